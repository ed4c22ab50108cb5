import json

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from landcover import artifacts, stats, weights
from landcover.combine import Member, _advised, combine
from landcover.errors import ArtifactError

CLASSES = ("Forest", "Highway", "River")
DRAWS = np.random.default_rng(0)


def evaluated(folder, classes, logits, true, name="main", seed=0, sha256="a"):
    """What evaluation leaves of a run, of logits by split."""
    folder.mkdir(parents=True)
    tensors = {f"best.{s}": torch.tensor(v, dtype=torch.float32) for s, v in logits.items()}
    weights.write(folder / "logits.safetensors", tensors, {"classes": list(classes)})
    artifacts.write_json(folder / "spec.json", {"name": name, "seed": seed})
    measured = {"seconds": dict.fromkeys(logits, 2.0), "data": {"sha256": sha256}, "device": "x"}
    artifacts.write_json(folder / "metrics.json", measured)
    rows = [("best", split, CLASSES[label]) for split in ("val", "test") for label in true[split]]
    text = artifacts.rows_as_csv(("weights", "split", "true"), rows)
    artifacts.write_text(folder / "predictions.csv", text)
    return folder


@pytest.fixture
def labels():
    return {split: DRAWS.integers(3, size=400) for split in ("val", "test")}


@pytest.fixture
def confused(labels):
    """Logits that know Forest, and guess between Highway and River."""
    found = {}
    for split, true in labels.items():
        logits = np.where(true[:, None] == 0, [4.0, 0.0, 0.0], [0.0, 3.0, 3.0])
        found[split] = logits + DRAWS.normal(size=logits.shape)
        found[f"{split}-8-views"] = found[split]
    return found


def expert_for_the_pair(labels):
    """Logits of Highway and River that are right nine times out of ten."""
    found = {}
    for split, true in labels.items():
        is_right = DRAWS.random(len(true)) < 0.9
        says_river = (true == 2) == is_right
        found[split] = np.where(says_river[:, None], [0.0, 2.2], [2.2, 0.0])
    return found


def test_an_expert_that_knows_more_is_heard_and_helps(tmp_path, labels, confused):
    main = evaluated(tmp_path / "main", CLASSES, confused, labels)
    logits = expert_for_the_pair(labels)
    expert = evaluated(tmp_path / "e", ("Highway", "River"), logits, labels, "expert")
    found = {row["combination"]: row for row in combine([main], [expert], tmp_path)["combinations"]}
    helped = found["with an expert for Highway and River"]
    assert helped["weight"] > 0.3
    assert helped["low"] > 0.1
    assert helped["p"] < 1e-6
    f1 = artifacts.read_csv(tmp_path / "combined_classes.csv", ("class", "low"))
    helped = f1[f1["combination"] == "with an expert for Highway and River"]
    assert helped["class"].tolist() == ["Highway", "River"]
    assert (helped["low"] > 0.1).all()


def test_an_expert_that_guesses_is_hardly_heard(tmp_path, labels):
    sure = {s: 6 * np.eye(3)[true] for s, true in labels.items()}
    main = evaluated(tmp_path / "main", CLASSES, sure, labels)
    noise = {s: DRAWS.normal(size=(len(true), 2)) for s, true in labels.items()}
    expert = evaluated(tmp_path / "e", ("Highway", "River"), noise, labels, "expert")
    found = combine([main], [expert], tmp_path)["combinations"][1]
    assert found["weight"] == 0
    assert found["difference"] == 0
    assert found["p"] == 1


def test_one_against_the_rest_keeps_the_shares_of_the_others():
    first = Member({}, {}, CLASSES, {"test": np.array([[0.2, 0.6, 0.2]])})
    adviser = Member({}, {}, ("rest", "River"), {"test": np.array([[0.1, 0.9]])})
    mixed = _advised(first, adviser, "test", 0.5)
    river = 0.5 * 0.2 + 0.5 * 0.9
    assert mixed[0].tolist() == pytest.approx([0.25 * (1 - river), 0.75 * (1 - river), river])
    assert _advised(first, adviser, "test", 0.0)[0].tolist() == pytest.approx([0.2, 0.6, 0.2])


def test_seeds_and_views_are_averaged(tmp_path, labels, confused):
    runs = [
        evaluated(tmp_path / str(seed), CLASSES, confused, labels, seed=seed) for seed in range(2)
    ]
    found = combine(runs, [], tmp_path)
    names = ["one network", "one network, eight views", "2 seeds", "2 seeds, eight views"]
    assert [row["combination"] for row in found["combinations"]] == names
    assert [row["seconds"] for row in found["combinations"]] == [2, 2, 4, 4]
    assert {row["difference"] for row in found["combinations"]} == {0}  # of equal networks
    assert json.loads((tmp_path / "summary.json").read_text())["seeds"] == [0, 1]
    assert artifacts.read_csv(tmp_path / "combined_classes.csv", ("class",)).empty  # no experts


def test_runs_of_other_images_are_refused(tmp_path, labels, confused):
    runs = [evaluated(tmp_path / sha, CLASSES, confused, labels, sha256=sha) for sha in ("a", "b")]
    with pytest.raises(ArtifactError, match="b was evaluated on other images"):
        combine(runs, [], tmp_path)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"name": "other", "seed": 1}, "a is a run of main, but .*b is a run of other"),
        ({}, "a and .*b both have the seed 0; drop one"),
    ],
)
def test_what_is_no_other_seed_of_the_experiment_is_refused(
    tmp_path, labels, confused, others, message
):
    one = evaluated(tmp_path / "a", CLASSES, confused, labels)
    other = evaluated(tmp_path / "b", CLASSES, confused, labels, **others)
    with pytest.raises(ArtifactError, match=message):
        combine([one, other], [], tmp_path)


def test_an_expert_is_no_run_and_a_run_is_no_expert(tmp_path, labels, confused):
    main = evaluated(tmp_path / "main", CLASSES, confused, labels)
    pair = expert_for_the_pair(labels)
    expert = evaluated(tmp_path / "pair", ("Highway", "River"), pair, labels)
    rest = evaluated(tmp_path / "rest", ("rest", "River"), pair, labels)
    for runs in ([rest], [main, expert], [expert, main]):
        with pytest.raises(ArtifactError, match=r"knows only the classes .*name it with --expert"):
            combine(runs, [], tmp_path)
    with pytest.raises(ArtifactError, match="not a part of the classes"):
        combine([main], [main], tmp_path)


def test_a_run_without_validation_images_is_refused(tmp_path, labels, confused):
    run = evaluated(tmp_path / "run", CLASSES, {"test": confused["test"]}, labels)
    with pytest.raises(ArtifactError, match="no logits of val images"):
        combine([run], [], tmp_path)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 0), (5, 5), (3, 11), (20, 2)])
def test_mcnemars_p_is_that_of_a_fair_coin(only_a, only_b):
    a = np.array([True] * only_a + [False] * only_b + [True] * 7)
    b = np.array([False] * only_a + [True] * only_b + [True] * 7)
    n = only_a + only_b
    wanted = binomtest(only_a, n).pvalue if n else 1.0
    assert stats.mcnemar(a, b) == pytest.approx(wanted)


def test_the_bootstrap_of_a_mean_is_nearly_normal():
    values = DRAWS.normal(1, 2, size=900)
    low, high = stats.bootstrap(values)
    half = 1.96 * values.std() / 30
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)

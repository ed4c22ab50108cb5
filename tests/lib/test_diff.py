import json
from shutil import copytree, rmtree

import pandas as pd
import pytest
import torch

from landcover import diff, profiling, weights
from landcover.errors import ArtifactError, LandcoverError, SpecError
from landcover.evaluate import evaluate_run
from landcover.models import Architecture

RUN = "runs/toy/seed0"


@pytest.fixture(scope="module")
def evaluated(toy_run, tiny, tmp_path_factory):
    run = copytree(toy_run, tmp_path_factory.mktemp("evaluated") / RUN)
    evaluate_run(run, tiny, run, torch.device("cpu"))
    return run.parents[2]


@pytest.fixture
def a(evaluated, tmp_path):
    return copytree(evaluated, tmp_path / "a")


@pytest.fixture
def b(evaluated, tmp_path):
    return copytree(evaluated, tmp_path / "b")


def change(results, file, *keys, value):
    """One value of a JSON file, by the keys that lead to it."""
    path = results / RUN / file
    facts = inner = json.loads(path.read_text())
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    path.write_text(json.dumps(facts))


def change_column(results, file, column, values):
    path = results / RUN / file
    pd.read_csv(path).assign(**{column: values}).to_csv(path, index=False)


def number(comparison, name):
    [found] = [n for n in comparison.compared[0].numbers if n.name == name]
    return found


def test_a_copy_agrees_in_every_number_and_byte(a, b):
    found = diff.compare(a, b)
    assert found.agrees
    assert [one.name for one in found.compared] == ["toy seed 0"]
    assert {n.apart for n in found.compared[0].numbers} == {0}
    assert [w.equal for w in found.compared[0].weights] == [True, True]
    assert found.reasons == found.only_a == found.only_b == ()


@pytest.mark.parametrize(("tolerance", "agrees"), [(0, False), (0.99, False), (1, True)])
def test_81_percent_is_one_point_from_80(a, b, tolerance, agrees):
    change(a, "run.json", "best_accuracy", value=0.81)
    change(b, "run.json", "best_accuracy", value=0.80)
    found = diff.compare(a, b, tolerance)
    assert found.agrees is agrees
    assert number(found, "best accuracy").apart == pytest.approx(1)


def test_the_last_digit_counts_where_nothing_may_differ(a, b):
    change(a, "metrics.json", "last", "test", "macro_f1", value=0.3)
    change(b, "metrics.json", "last", "test", "macro_f1", value=0.1 + 0.2)
    assert not diff.compare(a, b).agrees
    assert diff.compare(a, b, 1e-6).agrees


def test_of_a_curve_the_epoch_that_is_furthest_apart_is_named(a, b):
    change_column(a, "history.csv", "eval_accuracy", [0.5, 0.625])
    change_column(b, "history.csv", "eval_accuracy", [0.5, 0.5])
    found = number(diff.compare(a, b), "history eval_accuracy")
    assert (found.at, found.a, found.b, found.apart) == ("epoch 2", 0.625, 0.5, 12.5)


def test_losses_are_apart_in_percent_of_the_larger(a, b):
    change(a, "metrics.json", "best", "test", "loss", value=2.0)
    change(b, "metrics.json", "best", "test", "loss", value=1.5)
    found = number(diff.compare(a, b), "best weights on test: loss")
    assert (found.apart, found.scale) == (25, "%")


def test_confusions_are_apart_in_percent_of_the_true_classs_images(a, b):
    for results, right, wrong in ((a, 4, 0), (b, 3, 1)):
        counts = pd.read_csv(results / RUN / "confusion.csv").set_index("predicted")
        counts["count"] = counts["count"].where(counts["true"] != "airplane", 0)
        of_airplanes = counts["true"] == "airplane"
        counts.loc[of_airplanes & (counts.index == "airplane"), "count"] = right
        counts.loc[of_airplanes & (counts.index == "truck"), "count"] = wrong
        counts.reset_index().to_csv(results / RUN / "confusion.csv", index=False)
    found = number(diff.compare(a, b), "last weights on test: confusion")
    assert (found.at, found.a, found.b) == ("airplane as airplane", 4, 3)
    assert found.apart == 25


def test_times_and_peak_memory_are_not_compared(a, b):
    change_column(b, "history.csv", "train_seconds", 99)
    for key in ("seconds", "images_per_second", "peak_memory_bytes"):
        change(b, "run.json", key, value=99)
    assert diff.compare(a, b).agrees


def test_weights_are_compared_as_bytes_where_nothing_may_differ(a, b):
    with (b / RUN / "last.safetensors").open("ab") as file:
        file.write(b"\0")
    found = diff.compare(a, b)
    assert [(w.name, w.equal) for w in found.compared[0].weights] == [
        ("best.safetensors", True), ("last.safetensors", False)
    ]  # fmt: skip
    assert not found.agrees
    assert diff.compare(a, b, 0.1).agrees


def halved(tensors):
    return {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}


def test_weights_in_half_precision_are_compared_in_half_precision(a, b):
    """As `distill` writes them."""
    file = b / RUN / "last.safetensors"
    tensors, notes = weights.read(file)
    weights.write(file, halved(tensors), notes)
    last = diff.compare(a, b).compared[0].weights[1]
    assert (last.in_half, last.equal) == (True, True)
    tensors["fc2.bias"] = tensors["fc2.bias"] + 1
    weights.write(file, halved(tensors), notes)
    last = diff.compare(a, b).compared[0].weights[1]
    assert (last.in_half, last.equal, last.too_far) == (True, False, True)
    (a / RUN / "last.safetensors").write_bytes(b"damaged")
    last = diff.compare(a, b).compared[0].weights[1]
    assert (last.in_half, last.equal) == (False, False)


def test_which_epoch_is_best_decides_only_where_nothing_may_differ(a, b):
    for results, epoch in ((a, 1), (b, 2)):
        change(results, "run.json", "best_epoch", value=epoch)
        change(results, "metrics.json", "best", "epoch", value=epoch)
    assert not diff.compare(a, b).agrees
    assert diff.compare(a, b, 0.1).agrees


def test_another_number_of_parameters_is_too_far_at_every_tolerance(a, b):
    change(b, "run.json", "parameters", "total", value=1)
    assert not diff.compare(a, b, 100).agrees


def test_what_they_were_not_made_with_alike_is_named_and_decides_nothing(a, b):
    change(b, "spec.json", "batch_size", value=8)
    change(b, "run.json", "provenance", "versions", "torch", value="2.12")
    change(b, "run.json", "device", value="a GPU")
    change(b, "run.json", "threads", value=16)
    change(b, "run.json", "data", "sha256", value="other")
    found = diff.compare(a, b)
    whats = [reason.what for reason in found.reasons]
    assert whats == ["spec batch_size", "data sha256", "device", "threads", "versions torch"]
    assert (found.reasons[0].a, found.reasons[0].b) == ("16", "8")
    assert found.agrees


def test_the_same_reason_of_many_runs_is_said_once(a, b):
    for results in (a, b):
        copytree(results / RUN, results / "runs/toy/seed1")
        for file in ("run.json", "metrics.json"):
            change(results, f"../seed1/{file}", "seed", value=1)
    for seed in (0, 1):
        change(b, f"../seed{seed}/run.json", "threads", value=16)
    [reason] = diff.compare(a, b).reasons
    assert reason.results == ("toy seed 0", "toy seed 1")


def test_evaluation_elsewhere_is_a_reason_of_its_own(a, b):
    change(b, "metrics.json", "device", value="a GPU")
    assert [reason.what for reason in diff.compare(a, b).reasons] == ["evaluation device"]
    change(b, "run.json", "device", value="a GPU")
    assert [reason.what for reason in diff.compare(a, b).reasons] == ["device"]


def test_a_setting_at_its_default_is_the_same_as_none(a, b):
    change(b, "spec.json", "weight_decay", value=0.0)
    assert not diff.compare(a, b).reasons


def test_what_one_folder_lacks_is_listed_and_decides_nothing(a, b):
    copytree(a / RUN, a / "runs/toy/seed1")
    (a / RUN / "metrics.json").unlink()
    (b / RUN / "best.safetensors").unlink()
    found = diff.compare(a, b)
    assert found.only_a == ("toy seed 1", "toy seed 0: best.safetensors")
    assert found.only_b == ("toy seed 0: evaluation on test",)
    assert found.agrees


def test_synthetic_and_true_images_cannot_agree(a, b):
    change(b, "run.json", "data", "fidelity", value="original")
    found = diff.compare(a, b, 100)
    assert not found.agrees
    assert "synthetic images in A, original in B" in found.compared[0].cannot_agree
    assert found.compared[0].numbers == ()


def test_memory_of_layers_decides_and_their_times_do_not(a, b):
    measured = profiling.profile(
        Architecture("customcnn", 32, 10), 1, torch.device("cpu"), warmups=0, repeats=2
    )
    for results in (a, b):
        profiling.write(measured, results / "profile/customcnn")
    file = b / "profile/customcnn/profile.json"
    facts = json.loads(file.read_text())
    facts["layers"][3]["cold_time_seconds"] = 99
    file.write_text(json.dumps(facts))
    assert diff.compare(a, b).agrees
    facts["layers"][3]["memory_kb"] = 1
    file.write_text(json.dumps(facts))
    one = diff.compare(a, b, 100).compared[1]
    assert [(n.name, n.at) for n in one.numbers if n.too_far] == [("layers' memory_kb", "layer 4")]


def test_the_dictionary_is_json_with_the_verdicts(a, b):
    change(b, "run.json", "last_accuracy", value=0.99)
    found = json.loads(json.dumps(diff.as_dict(diff.compare(a, b)), allow_nan=False))
    assert (found["agrees"], found["compared"][0]["agrees"]) == (False, False)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("spec.json", '"batch_size"', '"batch_sizes": 1, "batch_size"'),
        ("spec.json", '"model"', '"network"'),
        ("history.csv", "eval_loss", "validation_loss"),
        ("history.csv", "\n2,", "\n"),
        ("confusion.csv", "truck,truck", "truck"),
        ("run.json", '"best_accuracy": ', '"best_accuracy": NaN, "x": '),
        ("run.json", "{", ""),
        ("metrics.json", '"loss": ', '"loss": NaN, "x": '),
    ],
)
def test_a_broken_file_or_one_of_another_version_is_named(a, b, file, old, new):
    broken = b / RUN / file
    broken.write_text(broken.read_text().replace(old, new, 1))
    with pytest.raises(ArtifactError, match=rf"b/{RUN}/.*{file}"):
        diff.compare(a, b)


def test_the_same_folder_twice_is_refused(a, tmp_path):
    (tmp_path / "link").symlink_to(a)
    with pytest.raises(ArtifactError, match="are the same folder"):
        diff.compare(a, tmp_path / "link")


def test_a_folder_without_results_and_a_single_run_are_refused(a, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArtifactError, match="no finished run and no profile"):
        diff.compare(a, tmp_path / "empty")
    with pytest.raises(ArtifactError, match="is a single run"):
        diff.compare(a, a / RUN)


@pytest.mark.parametrize("only", [(), ("toy",)])
def test_nothing_in_common_is_an_error(a, b, only):
    (b / RUN).rename(b / "runs/toy/seed7")
    with pytest.raises(ArtifactError, match=r"has toy seed 0, .* has toy seed 7;"):
        diff.compare(a, b, only=only)


def test_only_some_experiments_are_compared_if_both_have_them(a, b):
    copytree(a / RUN, a / "runs/broken/seed0")
    copytree(b / RUN, b / "runs/broken/seed0")
    assert len(diff.compare(a, b, only=["toy"]).compared) == 1
    rmtree(b / "runs/broken")
    with pytest.raises(LandcoverError, match="no finished run of 'broken'"):
        diff.compare(a, b, only=["toy", "broken"])


@pytest.mark.parametrize("tolerance", [-1, float("nan")])
def test_a_tolerance_that_is_none_is_refused(a, b, tolerance):
    with pytest.raises(SpecError, match="tolerance"):
        diff.compare(a, b, tolerance)

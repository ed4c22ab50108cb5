"""Verdicts on result folders made by hand: one that is the authors' own, one against them, gaps."""

import json
from pathlib import Path

import pandas as pd
import pytest

from landcover import artifacts, claims, experiments
from landcover.errors import ArtifactError, SpecError
from landcover.provenance import code_sha256
from landcover.results import authors, study

WORKFLOW = Path(__file__).parents[2] / "workflow"
TABLE = experiments.load(WORKFLOW, "paper")
AUTHORS = authors.read(WORKFLOW / "reference")
SEEDS = (0, 1, 2)
NOISE = 0.02  # points of accuracy, from seed to seed


def history(accuracy, eval_loss, train_loss):
    """As training writes it; accuracies in percent."""
    table = pd.DataFrame({"epoch": range(1, len(accuracy) + 1)})
    table["train_loss"] = table["train_loss_mean"] = list(train_loss)
    table["eval_loss"], table["eval_accuracy"] = list(eval_loss), [a / 100 for a in accuracy]
    table["learning_rate"], table["train_seconds"], table["eval_seconds"] = 0.001, 2.0, 0.5
    return table


def write_run(results, experiment, seed=0, **made):
    """Made up but for its spec; whatever is in `made` goes into run.json or replaces the curves."""
    folder = results / "runs" / experiment / f"seed{seed}"
    curves = made.pop("curves", history([40.0, 50.0], [2.0, 1.5], [2.0, 1.8]))
    spec = TABLE[experiment].experiment.as_dict() | made.pop("spec", {}) | {"seed": seed}
    data = {"dataset": spec["dataset"], "fidelity": "original", "source": "a place", "sha256": ""}
    accuracy = curves["eval_accuracy"]
    run = {
        "experiment": experiment,
        "seed": seed,
        "parameters": {"total": 10, "trainable": 9, "frozen": 1},
        "data": data | {"fidelity": made.pop("fidelity", "original")},
        "classes": ["a", "b"],
        "train_images": 50000,
        "eval_images": 10000,
        "epochs": len(curves),
        "best_epoch": int(accuracy.argmax()) + 1,
        "best_accuracy": accuracy.max(),
        "last_accuracy": accuracy.iloc[-1],
        "seconds": 100.0,
        "peak_memory_bytes": 1,
        "device": "a GPU",
        "threads": 1,
        "finished": "2024-01-12T10:00:00+00:00",
        "provenance": {"code_sha256": code_sha256()},
    }
    artifacts.write_csv(folder / "history.csv", curves)
    artifacts.write_json(folder / "spec.json", spec)
    artifacts.write_json(folder / "run.json", run | made)
    return folder


def write_evaluation(folder, counts, accuracy):
    """Of best and last weights alike; the scores of the classes follow from the counts."""
    run = artifacts.read_json(folder / "run.json")
    right = pd.Series({name: counts.loc[name, name] for name in counts.index})
    recall, precision = right / counts.sum(axis=1), right / counts.sum(axis=0)
    long = counts.stack().rename("count").rename_axis(["true", "predicted"]).reset_index()
    per_class = pd.DataFrame(
        {
            "class": counts.index,
            "precision": precision.to_numpy(),
            "recall": recall.to_numpy(),
            "f1": (2 * precision * recall / (precision + recall)).fillna(0).to_numpy(),
            "support": counts.sum(axis=1).to_numpy(),
        }
    )
    for name, table in (("confusion", long), ("per_class", per_class)):
        both = [table.assign(weights=weights, split="test") for weights in ("best", "last")]
        artifacts.write_csv(folder / f"{name}.csv", pd.concat(both))
    scores = {"n": int(counts.to_numpy().sum()), "accuracy": accuracy / 100, "loss": 0.5}
    scores |= {f"macro_{name}": accuracy / 100 for name in ("precision", "recall", "f1")}
    metrics = {
        "experiment": run["experiment"],
        "seed": run["seed"],
        "best": {"epoch": run["best_epoch"], "test": scores},
        "last": {"epoch": run["epochs"], "test": scores},
        "data": run["data"],
        "provenance": run["provenance"],
    }
    artifacts.write_json(folder / "metrics.json", metrics)


def as_logged(name, against):
    """What the authors logged of an experiment, or, against them, as far from it as can be."""
    entry = TABLE[name]
    split = entry.experiment.selection_split
    loss, accuracy, train = (
        list(AUTHORS.curve(key, of, metric))
        for key, of, metric in (
            (entry.authors, split, "loss"),
            (entry.authors, split, "accuracy"),
            (AUTHORS.figure_run(entry) or entry.authors, "train", "loss"),
        )
    )
    seconds = AUTHORS.seconds(entry)
    if against:
        accuracy = [(100 - a) / 3 for a in accuracy]
        loss, train = [3 - x for x in loss], [3 - x for x in train]
        seconds *= 10 if list(TABLE).index(name) % 2 else 0.1
    return history(accuracy, loss, train), seconds


def write_results(folder, *, against=False):
    for name in (name for name in TABLE if TABLE[name].authors):
        key = TABLE[name].authors
        curves, seconds = as_logged(name, against)
        counts = {c: AUTHORS.metrics[key, f"params_{c}"] for c in ("total", "trainable", "frozen")}
        for seed in SEEDS:
            moved = curves.assign(eval_accuracy=curves["eval_accuracy"] + seed * NOISE / 100)
            run = write_run(
                folder,
                name,
                seed,
                curves=moved,
                seconds=seconds,
                parameters={c: n + against for c, n in counts.items()},
                classes=["a"] * ({"task4-2": 13, "task4-4": 22}.get(name, 10) + against),
                train_images=50000 - against,
            )
            if key in AUTHORS.confusions:
                found = AUTHORS.confusions[key]
                accuracy = AUTHORS.metrics[key, "test/accuracy_pct"]
                table = found.max().max() - found if against else found
                write_evaluation(run, table, (100 - accuracy) / 3 if against else accuracy)
    return folder


def judge(results, only=(), workflow=WORKFLOW):
    return claims.judge(study.read(results, TABLE, workflow), workflow, only)


def verdicts(results, *only):
    return {j.claim.id: j.verdict for j in judge(results, only)}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """By claim, where our runs are what the authors logged."""
    results = write_results(tmp_path_factory.mktemp("theirs"))
    return {j.claim.id: j for j in judge(results)}


@pytest.fixture(scope="module")
def against(tmp_path_factory):
    results = write_results(tmp_path_factory.mktemp("against"), against=True)
    return {j.claim.id: j for j in judge(results)}


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    return {j.claim.id: j for j in judge(tmp_path_factory.mktemp("none"))}


def judged(found, *rules):
    """Verdicts by id of claims of these rules that were judged at all."""
    return {
        name: j.verdict
        for name, j in found.items()
        if j.claim.rule in rules and j.verdict != "not run"
    }


def write_inside(results, network, weights="best, epoch 10", fidelity="original"):
    """Two dense layers of two units each that know their classes better and better."""
    about = {"weights": weights, "seed": 0, "data": {"fidelity": fidelity}}
    about |= {"images": 10, "split": "test", "device": "a GPU", "provenance": {}}
    rows = [
        (layer, unit, rank, name if rank <= pure else "truck")
        for layer, pure in (("fc1", 6), ("fc2", 10))
        for unit, name in enumerate(("airplane", "dog"))
        for rank in range(10, 0, -1)
    ]
    images = pd.DataFrame(rows, columns=["layer", "unit", "rank", "class"])
    units = pd.DataFrame(
        {
            "layer": ["fc1", "fc1", "fc2", "fc2"],
            "unit": [0, 1, 0, 1],
            "class": ["airplane", "dog"] * 2,
            "purity": [0.6, 0.6, 1.0, 1.0],
        }
    )
    layers = pd.DataFrame({"layer": ["conv1", "conv2"], "input_channels": [3, 32]})
    measures = pd.DataFrame(
        {"layer": ["fc1", "fc2"], "map_knn_accuracy": [0.5, 0.9], "map_silhouette": [0.1, 0.4]}
    )
    for method, tables in (
        ("filters", {"layers": layers}),
        ("topk", {"images": images, "units": units}),
        ("tsne", {"separation": measures}),
    ):
        folder = results / "interpret" / network / method
        for name, table in tables.items():
            artifacts.write_csv(folder / f"{name}.csv", table)
        artifacts.write_json(folder / "summary.json", about)


def ask(results, measure, rule="exact", **entry):
    """The judgement of a claim of our own."""
    workflow = results / "workflow"
    if not workflow.exists():
        (workflow / "schemas").mkdir(parents=True)
        for name in (
            "reference",
            "presets",
            "experiments.yaml",
            "schemas/claims.schema.yaml",
            "schemas/experiments.schema.yaml",
            "schemas/preset.schema.yaml",
        ):
            (workflow / name).symlink_to(WORKFLOW / name)
    claim = {"claim": "Something is so.", "rule": rule, "measure": measure, "reported": 1}
    artifacts.write_json(workflow / "claims.yaml", {"own": claim | entry})
    (found,) = judge(results, workflow=workflow)
    return found


def test_what_the_authors_numbers_contradict_needs_no_training(untrained):
    found = judged(untrained, *{j.claim.rule for j in untrained.values()})
    contradicted = {name for name, verdict in found.items() if verdict == "contradicted"}
    assert contradicted == {
        "T1.tab1.paramsum", "T1.tab1.ops", "T1.time.pooldrop", "T1.mem.cause", "T1.modelsize",
        "T2.exp2.acc", "T2.exp5.highest.log", "T2.figures", "T2.exp5.noover", "T2.exp5.drop",
        "T3.dense", "T3.c1.u6", "T3.v2.u127", "T3.v2.better",
        "T4.data.name", "T4.trainval", "T4.p1.start", "T4.p1.over", "T4.p15.delta0",
        "T4.p3.frozen5", "T4.p3.reason", "T4.pc.names", "T4.p4.same", "T4.p4.repeat",
        "T4.p4.time", "T4.custombeats.time",
        "T5.pasture200", "T5.2500", "T5.cifar", "T5.samecnn", "T5.cnn.val.log",
        "T5.vgg16.val.log", "T5.vgg19.val.log", "T5.r152.val.log", "T5.vgg16.val.count",
        "T5.vgg19.val.count", "T5.general", "T5.patience", "T5.scheduler", "T5.cnn.gap",
        "T5.fin.wd", "T5.fin.patience", "T5.fin.test", "T5.fin.noover", "T5.cm.herb", "T5.f2",
        "T5.tsne.classes",
    }  # fmt: skip
    assert {name for name, verdict in found.items() if verdict == "close"} == {
        "T1.mem.pool", "T3.v1.u72", "T3.v2.u98", "T5.metricsorder", "T5.fin.similar",
    }  # fmt: skip


def test_without_results_only_the_authors_numbers_are_judged(untrained):
    assert {j.claim.rule for j in untrained.values() if j.verdict != "not run"} == {"arithmetic"}
    assert all(j.reason for j in untrained.values() if j.verdict == "not run")


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("T1.modelsize", 2.205864),  # 551,466 weights of 4 bytes
        ("T1.tab1.paramsum", 550570),
        ("T4.p3.frozen5", 1792 + 36928 + 73856 + 147584 + 295168),
        ("T4.p15.delta0", 51.9679 - 30.5221),
        ("T4.p4.time", 1367 / 167),
        ("T5.pasture200", 2000),
        ("T5.fin.test", 89.0123),
        ("T5.fin.patience", 21 - 11),
        ("T5.f2", 0.8482),
    ],
)
def test_contradicted_claims_show_what_the_authors_numbers_give(untrained, name, measured):
    assert untrained[name].measured.mean == pytest.approx(measured)
    assert all(file.parent.name == "reference" for file in untrained[name].files)


def test_the_authors_own_runs_reproduce_every_number(theirs):
    found = judged(theirs, "exact", "accuracy", "ratio")
    assert len(found) > 45
    assert set(found.values()) == {"reproduced"}


def test_the_authors_own_runs_differ_where_their_logs_contradict_the_paper(theirs):
    found = judged(theirs, "ordering", "shape")
    assert {name: verdict for name, verdict in found.items() if verdict != "reproduced"} == {
        "T2.exp5.highest": "differs",
        "T2.exp5.noover.ours": "close",  # one small rise
        "T4.p1.over.ours": "differs",
        "T4.p3.reason.ours": "differs",
        "T4.custombeats.time.ours": "differs",
        "T5.order.val": "close",  # the two ResNets
        "T5.general.ours": "differs",
        "T5.cnn.gap.ours": "differs",
        "T5.jitter": "close",
        "T5.fin.noover.ours": "differs",
        "T5.cm.herb.ours": "differs",
    }


def test_runs_that_are_against_the_authors_reproduce_no_number(against):
    found = judged(against, "exact", "accuracy", "ratio")
    assert len(found) > 45
    assert "reproduced" not in found.values()


def test_runs_that_are_against_the_authors_reproduce_no_order_but_what_the_logs_deny(against):
    found = judged(against, "ordering")
    assert [name for name, v in found.items() if v == "reproduced"] == ["T4.p3.reason.ours"]


def test_a_verdict_comes_with_its_seeds_interval_files_and_fidelity(theirs):
    found = theirs["T1.acc"]
    spread = found.measured
    assert found.verdict == "reproduced"
    assert spread.n == 3
    assert spread.mean == pytest.approx(83.52 + NOISE)
    assert spread.high - spread.mean == pytest.approx(4.302653 * NOISE / 3**0.5)  # t of 2 degrees
    assert found.fidelity == "original"
    assert {file.name for file in found.files} == {"run.json", "history.csv", "final_metrics.csv"}


def test_a_table_has_a_row_for_each_claim(theirs):
    rows = claims.table(list(theirs.values())).set_index("id")
    assert list(rows.index) == list(theirs)
    assert rows.loc["T1.params", ["measured", "logged", "n"]].tolist() == [551466, 551466, 3]
    assert rows.loc["T4.p2.params", "measured"] == "550176, 1677, 13"
    assert rows.loc["T1.acc", "low"] < rows.loc["T1.acc", "measured"] < rows.loc["T1.acc", "high"]


def test_experiments_are_compared_on_the_seeds_that_they_share(tmp_path):
    for seed in (0, 1, 2):
        write_run(tmp_path, "task2-exp3", seed, seconds=100.0 * (seed + 1))
    for seed in (1, 2, 3):
        write_run(tmp_path, "task2-exp4", seed, seconds=100.0 * (seed + 1))
    found = ask(tmp_path, "seconds('task2-exp4') / seconds('task2-exp3')", "ratio")
    assert found.values == (1.0, 1.0)


def test_experiments_without_a_common_seed_are_a_gap(tmp_path):
    write_run(tmp_path, "task2-exp3", 0)
    write_run(tmp_path, "task2-exp4", 1)
    found = ask(tmp_path, "seconds('task2-exp4') / seconds('task2-exp3')", "ratio")
    assert (found.verdict, found.reason) == ("not run", "task2-exp3, task2-exp4 share no seed")


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("best('task2-exp1')", "task2-exp1 not run"),
        ("test('task1', 'best', 'accuracy')", "task1, seed 0, was not evaluated"),
        ("at(curve('task1', 'eval_loss'), 5)", "of 2 values there is no number 5"),
        ("pixels('eurosat')", "the images of eurosat were not prepared"),
        ("sum(rows('parameters'))", "the profile of customcnn was not measured"),
        ("convolutions('vgg16')", "vgg16 was not looked into (filters)"),
        ("max(units('task1', 'fc1', 'purity'))", "task1 was not looked into (topk)"),
    ],
)
def test_what_was_not_run_is_a_gap_with_its_reason(tmp_path, measure, reason):
    write_run(tmp_path, "task1")
    found = ask(tmp_path, measure)
    assert (found.verdict, found.reason, found.values) == ("not run", reason, ())


def test_a_claim_that_nothing_could_decide_is_not_run_and_says_why(untrained):
    found = untrained["T5.bench"]
    assert (found.verdict, found.reason) == ("not run", found.claim.note)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"fidelity": "synthetic"}, "measured on synthetic images, which say nothing about it"),
        ({"spec": {"pretrained": "random"}}, "the backbone of task5-vgg16 was drawn at random"),
        ({"spec": {"epochs": 4}}, "task5-vgg16 has epochs 4 instead of 15"),
        ({"spec": {"max_train_images": 9}}, "task5-vgg16 has max_train_images 9 instead of off"),
    ],
)
def test_runs_that_say_nothing_about_the_paper_get_no_verdict(tmp_path, made, reason):
    write_run(tmp_path, "task5-vgg16", **made)
    found = ask(tmp_path, "best('task5-vgg16')", "accuracy", reported=50)
    assert (found.verdict, found.reason, found.values) == ("not run", reason, (50.0,))
    assert ask(tmp_path, "parameters('task5-vgg16', 'total')", reported=10).verdict == "reproduced"
    assert ask(tmp_path, "outputs('task5-vgg16')", reported=2).verdict == "reproduced"


def test_a_run_with_settings_that_only_another_version_knows_is_an_error(tmp_path):
    folder = write_run(tmp_path, "task1", spec={"of_another_version": 1})
    with pytest.raises(ArtifactError, match=rf"{folder}/spec.json.*of_another_version.*make it"):
        judge(tmp_path)


@pytest.mark.parametrize("spec", [{}, {"precision": "bf16"}])
def test_the_precision_of_the_sums_is_ours_to_choose(tmp_path, spec):
    write_run(tmp_path, "task1", spec=spec)
    assert ask(tmp_path, "best('task1')", "accuracy", reported=50).verdict == "reproduced"


def test_a_lossy_copy_is_judged_and_told(tmp_path):
    write_run(tmp_path, "task1", fidelity="lossy copy")
    found = ask(tmp_path, "best('task1')", "accuracy", reported=50)
    assert (found.verdict, found.fidelity) == ("reproduced", "lossy copy")


def test_times_of_different_machines_are_not_compared(tmp_path):
    write_run(tmp_path, "task2-exp1")
    write_run(tmp_path, "task2-exp2", device="a processor", threads=4)
    found = ask(tmp_path, "seconds('task2-exp2') / seconds('task2-exp1')", "ratio")
    machines = "a GPU, 1 threads; a processor, 4 threads"
    assert (found.verdict, found.reason) == (
        "not run",
        f"timed on different machines ({machines})",
    )


def test_an_epoch_of_originals_and_copies_has_twice_the_images(tmp_path):
    write_run(tmp_path, "task2-exp1")
    write_run(tmp_path, "task2-exp2")
    assert ask(tmp_path, "train_images('task2-exp1')").values == (50000,)
    assert ask(tmp_path, "train_images('task2-exp2')").values == (100000,)


def test_a_matrix_of_counts_tells_which_classes_mix(tmp_path):
    names = ["Forest", "Highway", "River"]
    counts = pd.DataFrame([[9, 1, 0], [0, 6, 4], [3, 2, 5]], names, names)
    write_evaluation(write_run(tmp_path, "task5-vgg16"), counts, 66.0)
    for measure, value in {
        "mixed('task5-vgg16', 'Highway', 'River')": 6,
        "most_mixed('task5-vgg16', 'Highway', 'River')": 6 - 3,
        "most_mixed('task5-vgg16', 'Forest', 'Highway')": 1 - 6,
        "taken_for('task5-vgg16', 'River', 'Forest')": 3,
        "most_taken_for('task5-vgg16', 'River', 'Forest')": 3 - 2,
        "of_class('task5-vgg16', 'Highway', 'recall')": 60,
    }.items():
        assert ask(tmp_path, measure).values == (pytest.approx(value),)
    found = ask(tmp_path, "of_class('task5-vgg16', 'Pasture', 'f1')")
    assert found.reason == "there is no f1 of Pasture among what was measured"


def test_prepared_images_are_counted(tmp_path):
    classes = ["Forest", "Pasture"]
    manifest = {"classes": classes, "image_size": 64, "fidelity": "copy"}
    manifest |= {"images": {"train": 2, "test": 1}, "split_sha256": {"train": "abc"}}
    artifacts.write_json(tmp_path / "data" / "eurosat" / "manifest.json", manifest)
    index = pd.DataFrame({"file": ["a", "b", "c"], "class": ["Forest", "Pasture", "Forest"]})
    artifacts.write_csv(tmp_path / "data" / "eurosat" / "index.csv", index)
    counts = (
        "[images('eurosat', 'train'), images('eurosat', 'val'), class_images('eurosat', 'Forest'), "
        "pixels('eurosat'), classes('eurosat'), min(class_sizes('eurosat')), "
        "split_sha256('eurosat', 'train')]"
    )
    found = ask(tmp_path, counts)
    assert (found.values, found.fidelity) == (([2, 0, 2, 64, 2, 1, "abc"],), "copy")


def test_what_lies_inside_a_network_is_looked_up(tmp_path):
    write_inside(tmp_path, "vgg16", weights="imagenet")
    for measure, value in {
        "convolutions('vgg16')": 2,
        "input_channels('vgg16')": [3, 32],
        "share(top('vgg16', 'fc1', 1), 'dog')": 0.6,
        "at(top('vgg16', 'fc1', 0), 1) == 'airplane'": True,
        "share(tops('vgg16', 'fc1'), 'truck')": 0.4,
        "mean(units('vgg16', 'fc2', 'purity'))": 1,
        "unit_classes('vgg16', 'fc2') == ['airplane', 'dog']": True,
        "separation('vgg16', 'fc2', 'map_silhouette')": 0.4,
    }.items():
        assert ask(tmp_path, measure).values == (value,)
    assert ask(tmp_path, "top('vgg16', 'fc1', 9)").reason == "fc1 of vgg16 has no unit 9"
    assert ask(tmp_path, "tops('vgg16', 'fc3')").reason == "vgg16 has no layer fc3"


@pytest.mark.parametrize(
    ("inside", "run", "reason"),
    [
        ({"fidelity": "synthetic"}, {}, "measured on synthetic images, which say nothing about it"),
        ({"weights": "random"}, {}, "weights of task2-exp5 were drawn at random"),
        (
            {"weights": "best, epoch 3, random backbone"},
            {},
            "weights of task2-exp5 were drawn at random",
        ),
        ({}, {"spec": {"epochs": 2}}, "task2-exp5 has epochs 2 instead of 10"),
    ],
)
def test_a_network_that_says_nothing_about_the_paper_gets_no_verdict(tmp_path, inside, run, reason):
    write_run(tmp_path, "task2-exp5", **run)
    write_inside(tmp_path, "task2-exp5", **inside)
    found = ask(tmp_path, "mean(units('task2-exp5', 'fc2', 'purity'))")
    assert (found.verdict, found.reason) == ("not run", reason)
    assert ask(tmp_path, "convolutions('task2-exp5')", reported=2).verdict == "reproduced"


def test_one_network_that_is_looked_into_reproduces_no_order(tmp_path):
    write_run(tmp_path, "task2-exp5")
    write_inside(tmp_path, "task2-exp5")
    assert verdicts(tmp_path, "T3.tsne.c") == {"T3.tsne.c": "close"}


def test_results_of_two_fidelities_are_refused(tmp_path):
    write_run(tmp_path, "task1", 0)
    write_run(tmp_path, "task2-exp1", 1, fidelity="lossy copy")
    with pytest.raises(ArtifactError) as error:
        verdicts(tmp_path)
    assert str(error.value) == (
        "task1, seed 0 saw original images of cifar10, task2-exp1, seed 1 saw lossy copy ones; "
        f"remove {tmp_path / 'runs/task2-exp1/seed1'} or train it again on the same images"
    )


def cut(file):
    file.write_text(file.read_text()[:-12], encoding="utf-8")


def spoil(key, value):
    def write(file):
        artifacts.write_text(file, json.dumps(artifacts.read_json(file) | {key: value}))

    return write


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("history.csv", cut, "history.csv lacks a number in the column 'train_seconds'; run the"),
        ("run.json", cut, "run.json cannot be read (not valid JSON"),
        ("run.json", spoil("best_accuracy", float("nan")), "(ValueError: nan is not a finite"),
        ("run.json", spoil("parameters", {}), "run.json is not what training writes (KeyError"),
        ("run.json", spoil("seed", 7), "run.json is of task1, seed 7, 2 epochs, and does not"),
    ],
)
def test_a_broken_run_is_told_in_one_sentence(tmp_path, name, damage, reason):
    damage(write_run(tmp_path, "task1") / name)
    with pytest.raises(ArtifactError) as error:
        verdicts(tmp_path)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_a_sum_of_what_is_no_number_is_told_with_its_claim(tmp_path):
    write_run(tmp_path, "task1")
    with pytest.raises(SpecError, match=r"own: there is no mul of \['cifar10', 2\]"):
        ask(tmp_path, "setting('task1', 'dataset') * 2")


def test_experiments_that_nobody_ran_are_named_in_the_gap(theirs):
    missing = {j.reason for j in theirs.values() if j.claim.id in ("T5.concat", "T4.fix.labels")}
    assert missing == {
        "task5-final-2 not run",
        "task4-1-legacy-labels, task4-1.5-legacy-labels not run",
    }

"""Judgements on result folders made by hand: runs with settings, images and gaps of their own."""

import json
import shutil

import made_study
import pandas as pd
import pytest

from landcover import artifacts, claims
from landcover.claims import judging, ledger, rows
from landcover.claims.verdicts import Verdict
from landcover.errors import ArtifactError, SpecError
from landcover.results import layout, study

WORKFLOW, TABLE = made_study.WORKFLOW, made_study.TABLE
NUMBERS = made_study.Numbers(40, 50, 50, 2, 2, 100, test=50, test_last=50)


def write_changed_run(
    results, name, seed=0, *, spec=(), fidelity="original", evaluated=False, **made
):
    """Writes a run as the paper has it, but for its spec; `made` goes into run.json."""
    folder = layout.run(results, name, seed)
    made_study.write_run(results, name, seed, NUMBERS)
    if not evaluated:
        for file in (layout.METRICS, layout.CONFUSION, layout.PER_CLASS):
            artifacts.remove(folder / file)
    run = artifacts.read_json(folder / layout.RUN) | made
    run["data"]["fidelity"] = fidelity
    artifacts.write_json(folder / layout.RUN, run)
    settings = artifacts.read_json(folder / layout.SPEC) | dict(spec)
    artifacts.write_json(folder / layout.SPEC, settings)
    return folder


def judged(results, *only):
    read = study.read(results, TABLE, WORKFLOW)
    return claims.judge(read, WORKFLOW, only)


def by_id(found):
    return {one.claim.id: one for one in (*found.claims, *found.findings)}


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    return by_id(judged(tmp_path_factory.mktemp("none")))


@pytest.fixture(scope="module")
def all_made(tmp_path_factory):
    return study.read(made_study.write(tmp_path_factory.mktemp("made")), TABLE, WORKFLOW)


@pytest.fixture(scope="module")
def made(all_made):
    return by_id(claims.judge(all_made, WORKFLOW))


def ask(results, value, rule="exact", **entry):
    """Our judgement of a claim that is not in the ledger."""
    own = {"claim": "Something is so.", "reported": 1} | entry
    own["ours"] = {"rule": rule, "value": value} | own.pop("ours", {})
    workflow = results / "workflow"
    if not workflow.exists():
        (workflow / "schemas").mkdir(parents=True)
        (workflow / "schemas" / "claims.schema.yaml").symlink_to(
            WORKFLOW / "schemas" / "claims.schema.yaml"
        )
    artifacts.write_json(workflow / "claims.yaml", {"claims": {"own": own}})
    read = study.read(results, TABLE, WORKFLOW)
    (found,) = judging.judge_together(ledger.load(workflow, read).claims, read)
    return found.ours


def verdict(results, value, rule="exact", **entry):
    found = ask(results, value, rule, **entry).verdict
    return found.word, found.reason


def test_the_paper_is_held_against_its_authors_files_without_any_results(untrained):
    found = {name: one.paper.verdict.word for name, one in untrained.items()}
    assert {name for name, word in found.items() if word == "contradicted"} == {
        "T1.tab1.paramsum", "T1.tab1.ops", "T1.mem.cause",
        "T1.modelsize", "T2.exp2.acc", "T3.dense", "T3.c1.u6", "T3.v2.u127", "T4.data.name",
        "T4.p1.start", "T4.p15.delta0", "T4.p3.frozen5", "T4.p3.reason", "T4.p4.same", "T4.p4.time",
        "T4.custombeats.time", "T5.pasture200", "T5.2500", "T5.cifar",
        "T5.cnn.val", "T5.patience", "T5.scheduler", "T5.fin.wd",
        "T5.fin.patience", "T5.fin.test", "T5.fin.noover", "T5.f2",
    }  # fmt: skip
    assert {name for name, word in found.items() if word == "nearly"} == {
        "T1.mem.pool", "T1.time.pooldrop", "T2.exp4.acc", "T2.exp4.highest",
        "T2.exp5.highest", "T2.exp2.gain", "T2.exp5.noover", "T2.exp5.drop", "T3.cmp",
        "T4.trainval", "T5.samecnn",
        "T3.c1.u30", "T3.c1.u54", "T3.c1.u66", "T3.c1.some", "T3.c2.pure", "T3.v1.u42",
        "T3.v1.u72", "T3.v2.u36", "T3.v2.u98", "T3.v2.better", "T4.p1.over",
        "T4.p4.best", "T4.p4.delay", "T5.general",
        "T5.vgg16.val", "T5.vgg19.val", "T5.r152.val", "T5.metricsorder", "T5.jitter", "T5.imbal",
        "T5.cm.herb", "T5.tsne.classes", "T5.top.u646", "T5.top.some", "T5.top.fc2",
    }  # fmt: skip


def test_without_results_nothing_of_ours_is_judged(untrained):
    found = [one.ours for one in untrained.values()]
    assert {one.verdict.word for one in found} == {"not run", "undecidable"}
    assert all(one.verdict.reason for one in found)
    assert not any(one.measured.values for one in found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("T1.modelsize", 2.205864),  # 551,466 weights of 4 bytes
        ("T1.tab1.paramsum", 550570),
        ("T4.p15.delta0", 51.9679 - 30.5221),
        ("T4.p4.time", 1367 / 167),
        ("T4.pc.count", 961 / 9),
        ("T5.pasture200", 2000),
        ("T5.fin.test", 89.0123),
        ("T5.fin.patience", 21 - 11),
        ("T5.f2", 0.8482),
    ],
)
def test_a_claim_shows_what_the_authors_files_say(untrained, name, value):
    assert untrained[name].paper.value == pytest.approx(value)
    assert all(file.parent.name == "reference" for file in untrained[name].paper.files)


def test_five_convolutions_have_other_parameters_than_the_paper_says(untrained):
    five = 1792 + 36928 + 73856 + 147584 + 295168
    assert untrained["T4.p3.frozen5"].paper.expected == five


def test_a_curve_that_was_read_off_a_figure_is_told_apart_from_a_log(untrained):
    assert untrained["T2.exp5.below"].paper.read_off
    assert not untrained["T1.noover"].paper.read_off


def test_images_that_were_identified_with_doubt_decide_nothing(untrained):
    found = untrained["T3.c1.u30"].paper
    assert (found.verdict.word, found.doubtful) == ("nearly", 6)
    assert found.verdict.reason == (
        "consistent as their pictures were identified, contradicted if the 6 that are in doubt "
        "show something else"
    )
    assert untrained["T5.top.u323"].paper.verdict.word == "consistent"


def test_doubt_is_resolved_against_a_claim_on_both_sides_of_a_comparison(untrained):
    """Their classes may be any in one layer, and all the same in the other."""
    found = untrained["T3.cmp"].paper
    assert (found.verdict.word, found.doubtful) == ("nearly", 179)
    assert found.verdict.reason.startswith("consistent as their pictures were identified, contra")


def test_a_judgement_comes_with_its_seeds_interval_files_and_fidelity(made):
    found, noise = made["T1.acc"].ours, made_study.NOISE
    spread = found.measured.spread
    assert (found.verdict.word, found.measured.seeds) == ("reproduced", 3)
    assert spread.mean == pytest.approx(84 + noise)
    assert spread.high - spread.mean == pytest.approx(4.302653 * noise / 3**0.5)  # t of 2 degrees
    assert found.measured.fidelities == ("original",)
    assert {file.name for file in found.measured.files} == {"run.json", "history.csv"}


def test_a_table_has_a_row_for_each_claim(all_made, made):
    table = rows.table(all_made, list(made.values())).set_index("id")
    assert list(table.index) == list(made)
    assert table.loc["T1.params", ["measured", "authors", "n"]].tolist() == [551466, 551466, 3]
    assert table.loc["T4.p2.params", "measured"] == "550176, 1677, 13"
    assert (
        table.loc["T1.acc", "low"] < table.loc["T1.acc", "measured"] < table.loc["T1.acc", "high"]
    )
    assert table.loc["T3.cmp", ["n", "network", "ours"]].tolist() == [1, "published", "not certain"]
    assert table.loc["T3.v1.u42", ["n", "network", "ours"]].tolist() == [
        0,
        "published",
        "reproduced",
    ]


def test_a_table_names_files_by_their_usual_places_and_spells_truths_in_one_way(all_made, made):
    table = rows.table(all_made, list(made.values())).set_index("id")
    files = set(table.loc["T1.acc", "files"].split())
    assert "results/paper/runs/task1/seed0/run.json" in files
    assert "workflow/reference/final_metrics.csv" in files
    for column in ("reported", "authors", "measured"):
        assert not any(isinstance(value, bool) for value in table[column])
    assert "true" in set(table["authors"])


def test_a_finding_holds_or_does_not(all_made, made):
    table = rows.table(all_made, [made["T4.fix.labels"], made["T2.figures"]], findings=True)
    assert table["ours"].tolist() == ["holds", "undecidable"]
    assert table["paper"].tolist() == ["nothing logged", "holds"]


def test_the_number_of_orderings_is_that_of_those_that_were_compared(tmp_path, made):
    assert (judged(tmp_path).tested_claims, judged(tmp_path).tested_findings) == (0, 0)
    compared = [one for one in made.values() if one.ours.p is not None]
    asked = judged(made_study.write(tmp_path), "T4.order")
    assert asked.tested_claims + asked.tested_findings == len(compared)
    assert 0 < asked.tested_findings < len(compared)
    assert asked.claims[0].ours.corrected == made["T4.order"].ours.corrected


def test_experiments_are_compared_on_the_seeds_that_they_share(tmp_path):
    for seed in (0, 1, 2):
        write_changed_run(tmp_path, "task2-exp3", seed, seconds=100.0 * (seed + 1))
    for seed in (1, 2, 3):
        write_changed_run(tmp_path, "task2-exp4", seed, seconds=100.0 * (seed + 1))
    found = ask(tmp_path, "seconds('task2-exp4') / seconds('task2-exp3')", "ratio")
    assert found.measured.values == (1.0, 1.0)


def test_experiments_without_a_common_seed_are_a_gap(tmp_path):
    write_changed_run(tmp_path, "task2-exp3", 0)
    write_changed_run(tmp_path, "task2-exp4", 1)
    found = verdict(tmp_path, "seconds('task2-exp4') / seconds('task2-exp3')", "ratio")
    assert found == ("not run", "task2-exp3, task2-exp4 share no seed")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("best('task2-exp1')", "task2-exp1 not run"),
        ("test('task5-vgg16', 'best', 'accuracy')", "task5-vgg16, seed 0, was not evaluated"),
        ("at(curve('task5-vgg16', 'eval_loss'), 50)", "there are only 15 values, so no number 50"),
        ("pixels('eurosat')", "the images of eurosat were not prepared"),
        ("sum(rows('parameters'))", "the profile of customcnn was not measured"),
        ("convolutions('vgg16')", "vgg16 was not looked into (filters)"),
        ("max(units('task1', 'fc1', 'purity'))", "task1 was not looked into (topk)"),
    ],
)
def test_what_was_not_run_is_a_gap_with_its_reason(tmp_path, value, reason):
    write_changed_run(tmp_path, "task5-vgg16")
    found = ask(tmp_path, value)
    assert (found.verdict.word, found.verdict.reason) == ("not run", reason)
    assert found.measured.values == ()


def test_what_is_expected_and_was_not_logged_is_a_gap_with_its_reason(tmp_path):
    write_changed_run(tmp_path, "task1")
    missing = "at(authors_curve('task1', 'test', 'accuracy'), 99)"
    found = ask(tmp_path, "best('task1')", ours={"expect": missing})
    assert found.verdict.word == "not run"
    assert "so no number 99" in found.verdict.reason


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"fidelity": "synthetic"}, "measured on synthetic images"),
        (
            {"spec": {"pretrained": "random"}},
            "the backbone of task5-vgg16 is randomly initialised",
        ),
        ({"spec": {"epochs": 4}}, "task5-vgg16 has epochs 4 instead of 15"),
        ({"spec": {"max_train_images": 9}}, "task5-vgg16 has max_train_images 9 instead of off"),
    ],
)
def test_what_was_measured_in_another_way_is_shown_and_not_compared(tmp_path, made, reason):
    write_changed_run(
        tmp_path, "task5-vgg16", **made, parameters={"total": 1, "trainable": 1, "frozen": 0}
    )
    found = ask(tmp_path, "best('task5-vgg16')", "accuracy", reported=50)
    assert (found.verdict.word, found.verdict.reason) == ("not comparable", reason)
    assert found.measured.values == (pytest.approx(50),)
    assert verdict(tmp_path, "parameters('task5-vgg16', 'total')") == ("reproduced", "")


def test_parameters_are_compared_only_of_the_same_network(tmp_path):
    write_changed_run(tmp_path, "task5-vgg16", spec={"freeze": ""})
    assert verdict(tmp_path, "parameters('task5-vgg16', 'total')") == (
        "not comparable",
        "task5-vgg16 has freeze off instead of backbone",
    )


def test_a_run_that_starts_from_another_is_what_that_one_was(tmp_path):
    write_changed_run(tmp_path, "task4-1.5")
    assert verdict(tmp_path, "best('task4-1.5')", reported=50) == ("reproduced", "")
    write_changed_run(tmp_path, "task2-exp5", spec={"epochs": 2})
    assert verdict(tmp_path, "best('task4-1.5')", reported=50) == (
        "not comparable",
        "task2-exp5 has epochs 2 instead of 10",
    )


@pytest.mark.parametrize("spec", [{}, {"precision": "bf16"}])
def test_the_precision_of_the_sums_is_ours_to_choose(tmp_path, spec):
    for seed in (0, 1):
        write_changed_run(tmp_path, "task1", seed, spec=spec)
    assert verdict(tmp_path, "best('task1')", "accuracy", reported=50) == ("reproduced", "")


def test_of_a_lossy_copy_the_level_of_an_accuracy_is_not_compared_and_all_else_is(tmp_path):
    for seed in (0, 1):
        write_changed_run(tmp_path, "task1", seed, fidelity="lossy copy")
    found = ask(tmp_path, "best('task1')", "accuracy", reported=50)
    assert found.verdict.word == "not comparable"
    assert found.verdict.reason.startswith("measured on a lossy copy of the images")
    assert found.measured.fidelities == ("lossy copy",)
    for rule, value, reported in (
        ("shape", "end(curve('task1', 'eval_loss')) > 0", True),
        ("ratio", "seconds('task1') / 100", 1),
        ("exact", "train_images('task1')", 50000),
        ("gain", "best('task1') - first('task1')", 10),
    ):
        assert verdict(tmp_path, value, rule, reported=reported) == ("reproduced", "")


@pytest.mark.parametrize(
    ("rule", "value", "reported"),
    [
        ("accuracy", "best('task1')", 50),
        ("gain", "best('task1') - 40", 10),
        ("ratio", "seconds('task1') / 100", 1),
        ("shape", "best('task1') > 40", True),
    ],
)
def test_a_single_seed_is_not_certain_and_says_so(tmp_path, rule, value, reported):
    write_changed_run(tmp_path, "task1")
    expected = ("not certain", "it agrees; a single seed cannot tell")
    assert verdict(tmp_path, value, rule, reported=reported) == expected
    assert verdict(tmp_path, "train_images('task1')", reported=50000) == ("reproduced", "")


def test_times_of_different_machines_are_not_compared(tmp_path):
    write_changed_run(tmp_path, "task2-exp1")
    write_changed_run(tmp_path, "task2-exp2", device="a processor", threads=4)
    machines = "a GPU, 1 threads; a processor, 4 threads"
    assert verdict(tmp_path, "seconds('task2-exp2') / seconds('task2-exp1')", "ratio") == (
        "not comparable",
        f"timed on different machines ({machines})",
    )


def test_an_epoch_that_other_work_slowed_down_costs_no_time(tmp_path):
    folder = write_changed_run(tmp_path, "task1", seconds=100.0)
    history = artifacts.read_csv(folder / layout.HISTORY, ())
    assert verdict(tmp_path, "seconds('task1')", "exact", reported=100) == ("reproduced", "")
    history.loc[3, "train_seconds"] += 50
    artifacts.write_csv(folder / layout.HISTORY, history)
    run = artifacts.read_json(folder / layout.RUN) | {"seconds": 150.0}
    artifacts.write_json(folder / layout.RUN, run)
    assert verdict(tmp_path, "seconds('task1')", "exact", reported=100) == ("reproduced", "")


def test_a_profile_of_many_images_is_not_compared(tmp_path):
    made_study.write_profile(tmp_path)
    file = layout.profile(tmp_path, "customcnn") / layout.PROFILE
    assert verdict(tmp_path, "max(rows('memory_kb'))", reported=131.072) == ("reproduced", "")
    artifacts.write_json(file, artifacts.read_json(file) | {"batch_size": 64})
    assert verdict(tmp_path, "max(rows('memory_kb'))", reported=131.072) == (
        "not comparable",
        "customcnn was profiled with batch_size 64 instead of 1",
    )


def test_an_epoch_of_originals_and_copies_has_twice_the_images(tmp_path):
    write_changed_run(tmp_path, "task2-exp1")
    write_changed_run(tmp_path, "task2-exp2")
    value = "train_images(['task2-exp1', 'task2-exp2'])"
    assert ask(tmp_path, value).measured.values == ([50000, 100000],)


def test_a_matrix_of_counts_tells_which_classes_mix(tmp_path):
    write_changed_run(tmp_path, "task5-vgg16", evaluated=True)
    counts = made_study.counts()
    for value, expected in {
        "mixed('task5-vgg16', 'Highway', 'River')": 50,
        "most_mixed('task5-vgg16', 'Highway', 'River')": 50 - 22,
        "most_taken_for('task5-vgg16', 'HerbaceousVegetation', 'PermanentCrop')": 16 - 10,
        "of_class('task5-vgg16', 'Pasture', 'recall')": 100 * 300 / 322,
        "sum(of_classes('task5-vgg16', 'support'))": counts.to_numpy().sum(),
    }.items():
        assert ask(tmp_path, value).measured.values == (pytest.approx(expected),)


def test_prepared_images_are_counted(tmp_path):
    made_study.write_images(tmp_path, "eurosat", made_study.EUROSAT, 64, {"train": 20, "test": 9})
    counts = (
        "[images('eurosat', 'train'), images('eurosat', 'val'), pixels('eurosat'), "
        "classes('eurosat'), min(class_sizes('eurosat')), class_images('eurosat', 'River')]"
    )
    assert ask(tmp_path, counts).measured.values == ([20, 0, 64, 10, 200, 2500],)


def test_what_lies_inside_a_network_is_looked_up(tmp_path):
    made_study.write_inside(tmp_path, "vgg16", made_study.CIFAR)
    for value, expected in {
        "convolutions('vgg16')": 13,
        "share(top('vgg16', 'fc1', 42), 'dog')": 1,
        "at(top('vgg16', 'fc2', 36), 1) == 'automobile'": True,
        "mean(units('vgg16', 'fc2', 'purity'))": pytest.approx(0.6, abs=0.02),
        "at(unit_classes('vgg16', 'fc1'), 43)": "dog",
        "separation('vgg16', 'fc2', 'map_silhouette')": 0.4,
    }.items():
        assert ask(tmp_path, value).measured.values == (expected,)
    assert verdict(tmp_path, "top('vgg16', 'fc1', 999)")[1] == "fc1 of vgg16 has no unit 999"
    assert verdict(tmp_path, "tops('task2-exp5', 'fc3')")[0] == "not run"


@pytest.mark.parametrize(
    ("about", "run", "reason"),
    [
        ({"fidelity": "synthetic"}, {}, "measured on synthetic images"),
        (
            {"weights": "last, epoch 3, random backbone"},
            {},
            "the weights of task2-exp5 are randomly initialised",
        ),
        ({"kind": "best"}, {}, "task2-exp5 was looked into (topk) with kind best instead of last"),
        ({"top": 20}, {}, "task2-exp5 was looked into (topk) with top 20 instead of 10"),
        (
            {"images": 200},
            {},
            "task2-exp5 was looked into (topk) with images 200 instead of 10000",
        ),
        ({}, {"spec": {"epochs": 2}}, "task2-exp5 has epochs 2 instead of 10"),
    ],
)
def test_a_look_inside_that_asked_something_else_is_not_compared(tmp_path, about, run, reason):
    write_changed_run(tmp_path, "task2-exp5", **run)
    made_study.write_inside(tmp_path, "task2-exp5", made_study.CIFAR)
    file = layout.interpret(tmp_path, "task2-exp5") / "topk" / layout.SUMMARY
    summary = artifacts.read_json(file) | about
    summary["data"]["fidelity"] = about.get("fidelity", "original")
    artifacts.write_json(file, summary)
    value = "mean(units('task2-exp5', 'fc2', 'purity'))"
    assert verdict(tmp_path, value) == ("not comparable", reason)
    assert verdict(tmp_path, "convolutions('task2-exp5')", reported=6) == ("reproduced", "")


def test_a_look_into_one_seed_reproduces_nothing(tmp_path):
    write_changed_run(tmp_path, "task2-exp5")
    made_study.write_inside(tmp_path, "task2-exp5", made_study.CIFAR)
    found = by_id(judged(tmp_path, "T3.tsne.c", "T3.c2.pure"))
    assert {one.ours.verdict.word for one in found.values()} == {"not certain"}
    assert {one.ours.measured.seeds for one in found.values()} == {1}


def test_looks_into_several_seeds_decide_and_every_one_counts(tmp_path):
    for seed in range(3):
        write_changed_run(tmp_path, "task2-exp5", seed)
        made_study.write_inside(tmp_path, "task2-exp5", made_study.CIFAR, seed)
    found = by_id(judged(tmp_path, "T3.tsne.c", "T3.c2.pure"))
    assert {one.ours.verdict.word for one in found.values()} == {"reproduced"}
    assert {one.ours.measured.seeds for one in found.values()} == {3}
    look = layout.interpret(tmp_path, "task2-exp5-run-seed2")
    file = look / "topk" / "units.csv"
    artifacts.write_csv(file, pd.read_csv(file).assign(purity=0.5))
    assert pure(tmp_path).verdict == Verdict("not certain", "the seeds disagree")
    shutil.rmtree(look)
    assert pure(tmp_path).measured.seeds == 2


def pure(results):
    return by_id(judged(results, "T3.c2.pure"))["T3.c2.pure"].ours


def test_networks_that_were_combined_once_decide_nothing(made):
    verdict = made["T5.open.seeds"].ours.verdict
    assert verdict.word == "not certain"
    assert verdict.reason.endswith("a single combination cannot tell")


def test_results_of_two_fidelities_are_refused(tmp_path):
    write_changed_run(tmp_path, "task1", 0)
    write_changed_run(tmp_path, "task2-exp1", 1, fidelity="lossy copy")
    with pytest.raises(ArtifactError) as error:
        judged(tmp_path)
    assert str(error.value) == (
        "task1, seed 0 saw cifar10 (original), task2-exp1, seed 1 saw cifar10 (lossy copy); "
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
        ("run.json", spoil("parameters", {}), "run.json is not what lc-cli train writes (KeyError"),
        ("spec.json", spoil("name", "task2-exp1"), "spec.json is of task2-exp1, and does not"),
        ("run.json", spoil("seed", 7), "run.json is of task1, seed 7, 10 epochs, and does not"),
    ],
)
def test_a_broken_run_is_told_in_one_sentence(tmp_path, name, damage, reason):
    damage(write_changed_run(tmp_path, "task1") / name)
    with pytest.raises(ArtifactError) as error:
        judged(tmp_path)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_a_sum_of_what_is_no_number_is_told_with_its_claim(tmp_path):
    write_changed_run(tmp_path, "task1")
    with pytest.raises(SpecError, match=r"own: there is no mul of \['cifar10', 2\]"):
        ask(tmp_path, "setting('task1', 'dataset') * 2")


def test_an_unknown_claim_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SpecError, match=r"no claim 'T1\.ac'; did you mean 'T1\.acc'"):
        judged(tmp_path, "T1.ac")

"""What the report says that the results teach: looked up; nothing without real images."""

import re
import shutil
from dataclasses import replace

import made
import made_study
import pandas as pd
import pytest

from landcover import artifacts, experiments
from landcover.report import build, lessons
from landcover.results import audits, evaluations, layout
from landcover.results.audits import AuditRecord


def made_report(folder, *without, elsewhere=()):
    """The report of a study of real images with three seeds, without some folders or files.

    `elsewhere` are runs that another device made.
    """
    made_study.write(folder)
    shutil.rmtree(folder / "interpret")  # it has what claims read, and a page needs more
    bins = pd.DataFrame(columns=evaluations.BINS)
    artifacts.write_csv(layout.run(folder, "task5-residual", 0) / layout.CALIBRATION, bins)
    for place in without:
        path = folder / place
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for run in elsewhere:
        file = layout.run(folder, *run) / layout.RUN
        artifacts.write_json(file, artifacts.read_json(file) | {"device": "another GPU"})
    return build(folder, made_study.TABLE, made_study.WORKFLOW, folder / "report").parent


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return made_report(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def text(report):
    return (report / layout.LESSONS).read_text()


def section(text, title):
    return text.partition(f"### {title}")[2].partition("###")[0]


def test_seeds_best_and_last_weights_are_those_of_the_runs(text):
    mean = made_study.MADE["task1"].best + made_study.NOISE  # of seeds 0, 1 and 2
    noise = section(text, "What lies inside the noise of the seeds")
    assert f"| task1 | 3 | test | {mean:.2f} ± {made_study.NOISE:.2f} | 84.00 | 84.04 |" in noise
    weights = section(text, "How far the best and the last weights lie apart")
    assert (
        "| task5-customcnn | val | 82.24 ± 0.02 | 68.32 ± 0.02 | 79.52 ± 0.02 | 68.02 ± 0.02 |"
        in weights
    )


def test_runs_on_another_device_are_named(tmp_path, text):
    assert "All ran on" not in text
    runs = [("task1", 1), ("task1", 2), *(("task4-1", seed) for seed in made_study.SEEDS)]
    found = (made_report(tmp_path, elsewhere=runs) / layout.LESSONS).read_text()
    named = "task1, seeds 1, 2; task4-1, seeds 0, 1, 2."
    assert f"All ran on a GPU, but on another GPU: {named} Another processor" in found
    assert "with nothing changed but the seed and, of task1, the processor." in found


def test_the_summary_names_the_network_that_is_best_on_test_images(text):
    short = " ".join(section(text, "In short").split())
    assert "is task5-residual: 98.82 ± 0.02 % of the test images" in short
    assert (
        "without pretraining. The authors' log gives 89.01 % for the paper's final model" in short
    )


def test_every_experiment_that_the_authors_logged_is_held_against_their_log(report, text):
    short = section(text, "In short")
    assert "20 of the 20 experiments that the authors logged" in short
    rows = section(text, "How far ours lie from the authors' logs").splitlines()
    (cnn,) = [row for row in rows if row.startswith("| task5-customcnn |")]
    headline = pd.read_csv(report / "tables" / "headline.csv").set_index("experiment")
    logged = headline.loc["task5-customcnn", "authors_best"]
    assert cnn.endswith(f"| 82.24 ± 0.02 | {logged:.2f} | {82.24 - logged:+.2f} |")
    assert sum(row.startswith("| task") for row in rows) == 20


def test_what_the_authors_own_files_contradict_comes_before_our_measurements(report, text):
    claims = pd.read_csv(report / layout.CLAIMS)
    contradicted = claims.loc[claims["paper"] == "contradicted", "id"]
    rows = section(text, "What the authors' own files contradict").splitlines()
    assert [row.split(" | ")[0].lstrip("| ") for row in rows if row.startswith("| T")] == [
        *contradicted
    ]
    assert f"contradict {len(contradicted)} of the {len(claims)} claims" in text


def test_the_page_says_which_combinations_help(report):
    page = " ".join((report / layout.PAGE).read_text().split())
    assert "The interval of the accuracy lies above zero for one network, eight views; with" in page
    assert "gave the expert no weight" not in page


def test_a_measured_value_has_its_unit(text):
    rows = section(text, "Which claims hold, and which do not")
    measured = {
        row.split(" | ")[0]: row.split(" | ")[3] for row in rows.split("\n| ")[1:] if " | " in row
    }
    for claim, unit in (
        ("T2.exp1.acc", "%"), ("T2.exp2.gain", "points"), ("T2.exp2.time", "ratio"),
        ("T2.exp3.delay", "epochs"), ("T2.exp5.cause", "loss"), ("T1.modelsize", "MB"),
    ):  # fmt: skip
        assert measured[claim].endswith(f"({unit})")
    assert measured["T1.params"] == "551,466"


def equal(text):
    """The experiments whose best and last weights are said to be equally good."""
    (names,) = re.findall(r"For (.*), the best epoch is the last one", text)
    return names.split(", ")


def test_only_what_was_evaluated_is_said_to_be_equally_good(text):
    assert {"task5-residual", "task5-final-1"} <= set(equal(text))
    evaluated = [name for name, numbers in made_study.MADE.items() if numbers.test]
    assert set(equal(text)) <= set(evaluated) < set(made_study.MADE)


def test_what_was_not_run_is_named_and_of_a_seed_not_evaluated_nothing_is_said(tmp_path):
    runs = [f"runs/task4-2/seed{seed}" for seed in (0, 1, 2)]
    report = made_report(tmp_path, *runs, f"runs/task5-final-1/seed2/{layout.METRICS}")
    text = (report / layout.LESSONS).read_text()
    short = section(text, "In short")
    assert "19 of the 20 experiments that the authors logged" in short
    assert "Missing are task4-2." in short
    assert "task5-final-2" in equal(text)
    assert "task5-final-1" not in equal(text)


def test_pairs_say_whether_a_difference_is_more_than_chance(text):
    (row,) = [line for line in text.splitlines() if line.startswith("| task2-exp5 − task2-exp4 ")]
    assert "+1.50" in row
    assert row.endswith("| yes |")


def test_few_seeds_have_no_interval_even_beside_pairs_that_have_one(tmp_path):
    report = made_report(tmp_path, "runs/task2-exp2/seed2")
    rows = (report / layout.LESSONS).read_text().splitlines()
    (row,) = [line for line in rows if line.startswith("| task2-exp2 − task2-exp1 ")]
    assert row.endswith("| – | too few seeds to tell |")
    pairs = pd.read_csv(report / layout.TABLES / "paired-differences.csv")
    tested = pairs[pairs["p"].notna()]
    assert (tested["n"] >= 3).all()
    assert tested["p_corrected"].min() == pytest.approx(len(tested) * tested["p"].min())


def test_a_scheduler_that_could_act_and_never_did_is_named(tmp_path):
    def told(second_rate):
        for name in ("task5-customcnn", "task5-customcnn-plateau"):  # the first never can act
            history = made.epochs(0).assign(learning_rate=[0.001, second_rate, second_rate])
            images = made_study.data("eurosat")
            made.write_run(tmp_path, name, 0, table=made_study.TABLE, history=history, data=images)
        build(tmp_path, made_study.TABLE, made_study.WORKFLOW, tmp_path / "report")
        return (tmp_path / "report" / layout.LESSONS).read_text()

    assert "In task5-customcnn-plateau the scheduler could lower" in told(0.001)
    assert "the scheduler could lower" not in told(0.0005)


def test_the_ideas_of_section_5_9_are_there_with_their_verdicts(text):
    ideas = section(text, "What the ideas of section 5.9 give")
    assert ideas.count("| holds |") > 10
    assert "River" in ideas


def test_only_a_lossy_copy_is_said_to_be_compressed_once_more(text, tmp_path, monkeypatch):
    assert "compressed once more" not in text
    original = made_study.data
    copy = {"fidelity": "lossy copy"}
    monkeypatch.setattr(made_study, "data", lambda dataset: original(dataset) | copy)
    copied = (made_report(tmp_path) / layout.LESSONS).read_text()
    assert "A *lossy copy* was compressed once more." in copied
    assert "images that were compressed once more" in section(copied, "How far ours lie")


def test_semicolons_part_numbers_in_which_commas_group_digits(text):
    assert "| 1,337,898; 1,337,898; 0 |" in text  # of T5.tab3.params.customcnn


def test_what_numbers_of_16_bits_change_is_said_with_an_interval(tmp_path, monkeypatch):
    table = experiments.load(made_study.WORKFLOW, "paper", {"precision": "bf16"})
    monkeypatch.setattr(made_study, "TABLE", table)
    for seed, best in enumerate((83.8, 84.02, 84.24)):  # Task 1 itself has 84, 84.02 and 84.04
        numbers = replace(made_study.MADE["task1"], best=best - seed * made_study.NOISE)
        made_study.write_run(tmp_path, "task1-fp32", seed, numbers)
    report = made_report(tmp_path)
    text = " ".join((report / layout.LESSONS).read_text().split())
    half = 4.3027 * 0.2 / 3**0.5  # Student's t of 3 seeds, whose differences are 0.2, 0 and -0.2
    interval = f"(-{half:.2f} to +{half:.2f}; task1 − task1-fp32)"
    assert f"differ by +0.00 points {interval}. How much the rest does" in text
    assert "computed in bf16, numbers of 16 bits, but task1-fp32 in fp32, of 32 bits." in text
    page = (report / layout.PAGE).read_text()
    assert 'id="task1-variants"' in page
    assert "lc-cli train task5-residual-10-percent-fp32 --preset paper --seed 0 --out" in page


def test_without_such_numbers_nothing_is_said_of_them(report, text):
    assert "bits" not in text
    page = (report / layout.PAGE).read_text()
    assert 'id="task1-variants"' not in page
    assert "task1-fp32" in page.partition("This preset leaves out")[2].partition("</p>")[0]


def test_the_page_shows_the_same_text(report, text):
    page = (report / layout.PAGE).read_text()
    assert '<section id="lessons"' in page
    for title in (line.removeprefix("### ") for line in text.splitlines() if line[:4] == "### "):
        assert f"<h3>{title}</h3>" in page


def test_synthetic_images_teach_nothing_of_the_paper(tmp_path):
    made.write_run(tmp_path, "task1", 0)
    out = tmp_path / "report"
    artifacts.write_text(out / layout.LESSONS, "of an earlier report")
    build(tmp_path, made.TABLE, made.WORKFLOW, out)
    assert not (out / layout.LESSONS).exists()
    assert 'id="lessons"' not in (out / layout.PAGE).read_text()


def test_a_text_cannot_bring_html_or_end_a_cell():
    assert "<script>" not in lessons.html("a <script> b")
    shown = lessons.html("| a |\n|---|\n| x |")
    assert shown.startswith('<div class="scroll"')


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"sensitivity": 0.4, "test_images_beside_train": 5}, "The audit finds 5 of 100 test"),
        ({"sensitivity": 0.4, "test_images_beside_train": 0}, ""),
        ({"sensitivity": None, "test_images_beside_train": 0}, ""),  # chance explains all that fit
        ({"looked_for": False, "sensitivity": None, "test_images_beside_train": 0}, ""),
    ],
)
def test_a_report_says_how_many_test_images_lie_beside_training_images(tmp_path, found, said):
    made_study.write_run(tmp_path, "task1", 0, made_study.MADE["task1"])
    beside = {"looked_for": True, "test_images": 100, "test_images_beside_train_by_chance": 1}
    facts = {"images": {"test": 100}, "data": made_study.data("eurosat")}
    folder = layout.explore(tmp_path, "eurosat")
    artifacts.write_json(folder / layout.AUDIT, facts | {"neighbours": beside | found})
    artifacts.write_csv(folder / layout.NEIGHBOURS, pd.DataFrame(columns=audits.NEIGHBOURS))
    out = tmp_path / "report"
    build(tmp_path, made_study.TABLE, made_study.WORKFLOW, out)
    text = " ".join((out / layout.LESSONS).read_text().split())
    assert "Does it work in another place?" in text
    assert (said in text) if said else "The audit finds" not in text


def test_images_beside_training_images_are_counted_apart(tmp_path):
    scenes = [("a", "train", "b", "test"), ("c", "test", "d", "test"), ("e", "test", "f", "train")]
    neighbours = pd.DataFrame(scenes, columns=["file_a", "split_a", "file_b", "split_b"])
    artifacts.write_csv(tmp_path / layout.NEIGHBOURS, neighbours)
    audit = AuditRecord(tmp_path, {}, (), {})
    assert audit.beside_training("test") == {"b", "e"}
    assert audit.beside_training("val") == set()
    rows = [
        ("best", "test", "b", "Forest", "Forest"),
        ("best", "test", "c", "Forest", "River"),
        ("last", "test", "b", "Forest", "River"),
    ]
    columns = list(evaluations.PREDICTIONS)
    artifacts.write_csv(tmp_path / layout.PREDICTIONS, pd.DataFrame(rows, columns=columns))
    right = evaluations.Evaluation(tmp_path, {}, {}, {}, {}, (), {}).right("best", "test")
    assert right.to_dict() == {"b": True, "c": False}

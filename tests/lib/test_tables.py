from pathlib import Path

import pandas as pd
import pytest

from landcover import experiments
from landcover.report.items import batch_sizes, classes, confused_pairs, layers, models
from landcover.report.table import (
    Column,
    as_stated,
    duration,
    integer,
    kilobytes,
    latex,
    markdown,
    percent,
    records,
)
from landcover.results import authors
from landcover.results.profiles import ProfileRecord
from landcover.results.runs import Result

WORKFLOW = Path(__file__).parents[2] / "workflow"
AUTHORS = authors.read(WORKFLOW / "reference")
TABLE = experiments.load(WORKFLOW, "paper")
PRINTED_KB = [  # Table 1 as printed, from Conv1 to FC2
    "131.07", "131.07", "32.77", "32.77", "65.54", "65.54", "16.38", "16.38",
    "32.77", "32.77", "8.19", "8.19", "8.19", "0.51", "0.51", "0.04",
]  # fmt: skip
COLUMNS = (
    Column("Name", lambda row: row["name"], number=False),
    Column("50 % & more", lambda row: str(row["ours"]), expected=lambda row: str(row["theirs"])),
)
FRAME = pd.DataFrame({"name": ["a_b|c", "[d]"], "ours": [1, 2], "theirs": [1, 3]})

LEAVES = [("Conv2d", 2.0), ("Conv2d", 4.0), ("MaxPool2d", 1.0), ("Dropout", 3.0)]  # µs
WARM_TIMES = [
    {"batch_size": size, "mode": mode, "index": i, "type": kind}
    | {f"{part}_seconds": size * microseconds / 1e6 for part in ("median", "q1", "q3")}
    for size in (1, 8)
    for mode in ("evaluation", "training")
    for i, (kind, microseconds) in enumerate([("Sequential", 12.0), *LEAVES])
]


def profile_of(rows):
    """A profile with the leaf of each row as its only layer."""
    layers = pd.DataFrame(rows)
    for part in ("q1", "q3"):
        layers[f"warm_time_{part}_seconds"] = layers[f"training_time_{part}_seconds"] = 1e-6
    for column in ("output_size", "formula", "operation"):
        layers[column] = ""
    layers["leaves"] = [[name] for name in layers["name"]]
    facts = {"batch_size": 1, "warm_times": WARM_TIMES}
    return ProfileRecord(Path("profile.json"), facts, layers, layers)


def test_table_1_has_the_papers_memory_to_the_digit():
    table = layers.table(None, AUTHORS)
    assert [kilobytes(kb) for kb in table["authors_memory_kb"][:16]] == PRINTED_KB


def test_table_1_sums_to_what_the_authors_printed():
    rows, everything = records(layers.table(None, AUTHORS))[-2:]
    assert (rows["authors_parameters"], everything["authors_parameters"]) == (550_570, 551_466)
    assert kilobytes(everything["authors_memory_kb"]) == "1,500.71"
    assert rows["authors_cold_us"] == pytest.approx(56_282)


def test_table_1_puts_ours_beside_the_row_of_the_same_name():
    measured = {"parameters": 1290, "memory_kb": 0.04, "cold_time_seconds": 2e-6}
    warm = {"warm_time_median_seconds": 3e-6, "training_time_median_seconds": 4e-6}
    ours = profile_of([{"name": "FC2", **measured, **warm}])
    table = layers.table(ours, AUTHORS).set_index("layer")
    columns = ["parameters", "memory_kb", "warm_us", "training_us"]
    assert table.loc["FC2", columns].tolist() == [1290, 0.04, 3, 4]
    assert table.iloc[-1][["warm_us", "training_us"]].tolist() == [12, 12]  # of the whole network
    assert table.loc["FC1", "memory_kb"] is None or pd.isna(table.loc["FC1", "memory_kb"])


def test_batch_sizes_have_the_time_of_an_image_and_its_shares():
    table = batch_sizes.table(profile_of([{"name": "FC2"}]))
    assert table["batch_size"].tolist() == [1, 1, 8, 8]
    assert table["mode"].tolist() == ["evaluation", "training"] * 2
    assert table["image_us"].tolist() == pytest.approx([12.0] * 4)
    assert table["convolutions"].tolist() == pytest.approx([60.0] * 4)
    assert table["dropout"].tolist() == pytest.approx([30.0] * 4)
    assert batch_sizes.table(None).empty


def not_run(*names):
    return [Result(TABLE[name], (), (0,), "real") for name in names]


MODELS = [f"task5-{name}" for name in ("customcnn", "vgg16", "vgg19", "resnet50", "resnet152")]


def test_table_3_has_the_papers_numbers_in_its_order():
    rows = records(models.table(not_run(*MODELS), AUTHORS))
    shown = [[column.show(row) for column in models.COLUMNS[1:4]] for row in rows]
    assert shown[0] == ["(1,337,898)", "(1,337,898)", "(0)"]
    assert shown[4] == ["(60,771,914)", "(2,628,106)", "(58,143,808)"]
    assert [as_stated(row["authors_stated"]) for row in rows] == [
        "82.22", "87.29", "85.77", "83.46", "83.95",
    ]  # fmt: skip
    assert duration(rows[0]["authors_seconds"]) == "38 m 19 s"


def test_the_final_models_worst_pairs_are_the_authors():
    [result] = not_run("task5-final-4")
    rows = records(confused_pairs.table(result, AUTHORS))
    assert len(rows) == confused_pairs.SHOWN
    assert [row["authors_pair"] for row in rows][:1] == ["Highway / River"]
    assert [row["authors_images"] for row in rows][:2] == [55 + 31, 29]
    assert rows[0]["authors_percent"] == pytest.approx(100 * 86 / 750)


def test_the_worst_pair_of_each_model_is_the_authors():
    rows = records(confused_pairs.worst_pairs(not_run(*MODELS), AUTHORS))
    assert [row["authors_images"] for row in rows] == [197, 93, 103, 106, 125]
    assert [row["authors_pair"] for row in rows[:2]] == [
        "HerbaceousVegetation / Residential", "Highway / River",
    ]  # fmt: skip


def test_the_classes_end_with_their_mean():
    [result] = not_run("task5-final-4")
    *each, mean = records(classes.table(result, AUTHORS))
    assert each[8]["class"] == "River"
    assert round(each[8]["authors_f1"], 2) == 77.66
    assert (round(mean["authors_recall"], 2), mean["authors_support"]) == (88.78, 4050)


def test_markdown_escapes_what_would_end_a_cell():
    assert markdown(FRAME, COLUMNS).splitlines() == [
        r"| Name | 50 % & more |",
        r"| --- | ---: |",
        r"| a_b\|c | 1 |",
        r"| [d] | 2 (authors: 3) |",
    ]


def test_latex_escapes_what_it_would_read_as_a_command():
    assert latex(FRAME, COLUMNS).splitlines()[2:6] == [
        r"Name & 50 \% \& more \\",
        r"\midrule",
        r"a\_b|c & 1 \\",
        r"{[}d{]} & 2 (authors: 3) \\",
    ]


def test_every_sign_of_a_verdict_can_be_printed_with_latex():
    signs = pd.DataFrame([{"name": "4 ≥ 3 ≤ 5 ≠ 6 − 1 × 2 ± … – µ", "n": 1}])
    assert latex(signs, COLUMNS[:1]).isascii()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(192, "3 m 12 s"), (3661, "1 h 1 m 1 s"), (59.6, "1 m"), (0.25, "0.2 s"), (None, "–")],
)
def test_times_read_as_the_paper_writes_them(seconds, text):
    assert duration(seconds) == text


def test_what_is_not_there_is_a_dash_and_not_a_zero():
    absent = [show(None) for show in (percent, integer, kilobytes)]
    assert absent == ["–", "–", "–"]
    assert percent(float("nan")) == "–"

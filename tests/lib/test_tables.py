from pathlib import Path

import pandas as pd
import pytest

from landcover import tables
from landcover.results import Profile, read_authors
from landcover.tables import Column

REFERENCE = Path(__file__).parents[2] / "workflow" / "reference"
AUTHORS = read_authors(REFERENCE)
PRINTED_KB = [  # Table 1 as printed, from Conv1 to FC2
    "131.07", "131.07", "32.77", "32.77", "65.54", "65.54", "16.38", "16.38",
    "32.77", "32.77", "8.19", "8.19", "8.19", "0.51", "0.51", "0.04",
]  # fmt: skip
COLUMNS = (
    Column("Name", lambda row: row["name"], number=False),
    Column("50 % & more", lambda row: str(row["ours"]), expected=lambda row: str(row["theirs"])),
)
FRAME = pd.DataFrame({"name": ["a_b|c", "[d]"], "ours": [1, 2], "theirs": [1, 3]})


def profile_of(rows):
    """A profile with the leaf of each row as its only layer."""
    layers = pd.DataFrame(rows)
    layers["warm_time_q1_seconds"] = layers["warm_time_q3_seconds"] = 1e-6
    for column in ("output_size", "formula", "operation"):
        layers[column] = ""
    layers["leaves"] = [[name] for name in layers["name"]]
    facts = {f"warm_time_{part}_seconds": 5e-6 for part in ("median", "q1", "q3")}
    return Profile(Path("profile.json"), facts, layers, layers)


def test_table_1_has_the_papers_memory_to_the_digit():
    table = tables.table1(None, AUTHORS)
    assert [tables.kilobytes(kb) for kb in table["authors_memory_kb"][:16]] == PRINTED_KB


def test_table_1_sums_to_what_the_authors_printed():
    rows, layers = tables.records(tables.table1(None, AUTHORS))[-2:]
    assert (rows["authors_parameters"], layers["authors_parameters"]) == (550_570, 551_466)
    assert tables.kilobytes(layers["authors_memory_kb"]) == "1,500.71"
    assert rows["authors_cold_us"] == pytest.approx(56_282)


def test_table_1_puts_ours_beside_the_row_of_the_same_name():
    measured = {"parameters": 1290, "memory_kb": 0.04, "cold_time_seconds": 2e-6}
    ours = profile_of([{"name": "FC2", **measured, "warm_time_median_seconds": 3e-6}])
    table = tables.table1(ours, AUTHORS).set_index("layer")
    assert table.loc["FC2", ["parameters", "memory_kb", "warm_us"]].tolist() == [1290, 0.04, 3]
    assert table.loc["FC1", "memory_kb"] is None or pd.isna(table.loc["FC1", "memory_kb"])


def test_markdown_escapes_what_would_end_a_cell():
    assert tables.markdown(FRAME, COLUMNS).splitlines() == [
        r"| Name | 50 % & more |",
        r"| --- | ---: |",
        r"| a_b\|c | 1 |",
        r"| [d] | 2 (authors: 3) |",
    ]


def test_latex_escapes_what_it_would_read_as_a_command():
    assert tables.latex(FRAME, COLUMNS).splitlines()[2:6] == [
        r"Name & 50 \% \& more \\",
        r"\midrule",
        r"a\_b|c & 1 \\",
        r"{[}d{]} & 2 (authors: 3) \\",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(192, "3 m 12 s"), (3661, "1 h 1 m 1 s"), (59.6, "1 m"), (0.25, "0.2 s"), (None, "–")],
)
def test_times_read_as_the_paper_writes_them(seconds, text):
    assert tables.duration(seconds) == text


def test_what_is_not_there_is_a_dash_and_not_a_zero():
    absent = [show(None) for show in (tables.percent, tables.integer, tables.kilobytes)]
    assert absent == ["–", "–", "–"]
    assert tables.percent(float("nan")) == "–"

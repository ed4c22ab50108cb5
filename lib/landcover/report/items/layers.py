"""Table 1: the parameters, the memory and the time of each layer of the CustomCNN."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.table import DASH, Column, Row, integer, is_absent, kilobytes, microseconds
from landcover.results.authors import LAYERS, Authors
from landcover.results.profiles import ProfileRecord
from landcover.results.study import Study

WARM = {  # columns of the median and the quartiles, by mode
    "evaluation": ("warm_us", "q1", "q3"),
    "training": ("training_us", "training_q1", "training_q3"),
}
BYTES_PER_VALUE = 4  # an activation in single precision


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    model, theirs = listed["model"], study.authors.layers
    profile = study.profiles.get(model)
    rows = table(profile, study.authors)
    return Content(
        values={
            "rows": rows.iloc[-2],
            "layers": rows.iloc[-1],
            "counts": {"rows": int(theirs["in_table1"].sum()), "layers": len(theirs)},
            "weight_bytes": int(theirs["params"].sum()) * BYTES_PER_VALUE,
            "measured": profile,
            "memory_agrees": _agrees(rows, kilobytes, "memory_kb"),
            "parameters_agree": _agrees(rows, integer, "parameters"),
        },
        made_from=(
            *([profile.file] if profile else []),
            study.authors.folder / LAYERS,
        ),
        gaps=() if profile else (gaps.profile(study, model),),
        table=rows,
        columns=COLUMNS,
        sums=2,
        hardware=(profile.device,) if profile else (),
        made_by_other_code=profile is not None and profile.made_by_other_code,
    )


def _agrees(rows: pd.DataFrame, show: Callable[[float], str], column: str) -> bool:
    """Tells whether our column reads the same as the authors' in every row."""
    return list(map(show, rows[column])) == list(map(show, rows[f"authors_{column}"]))


def table(profile: ProfileRecord | None, authors: Authors) -> pd.DataFrame:
    """Returns the paper's 16 rows, then the sums. Times are in µs.

    As in the paper, the numbers of a row are those of its first layer. Without a profile, our
    cells are empty.
    """
    theirs = authors.layers[authors.layers["in_table1"] == 1]
    rows = [
        {
            "layer": row["table1_row"],
            "authors_parameters": row["params"],
            "authors_memory_kb": _memory_kb(row["activation_elements"]),
            "authors_cold_us": row["time_s"] * 1e6,
            **_our_row(profile, row["table1_row"]),
        }
        for row in theirs.to_dict("records")
    ]
    our_rows, our_layers = (profile.rows, profile.layers) if profile else (None, None)
    names = (
        f"Sum, {len(theirs)} rows",
        f"Sum, {len(authors.layers)} layers",
    )
    sums = [
        _sum(names[0], theirs, our_rows),
        _sum(names[1], authors.layers, our_layers) | _whole(profile),
    ]
    return pd.DataFrame(rows + sums)


def _our_row(profile: ProfileRecord | None, name: str) -> dict[str, Any]:
    named = [] if profile is None else profile.rows[profile.rows["name"] == name].to_dict("records")
    if profile is None or not named:
        words = dict.fromkeys(("output", "formula", "operation"), "")
        numbers = ("parameters", "memory_kb", "cold_us", *WARM["evaluation"], *WARM["training"])
        return words | dict.fromkeys(numbers)
    row = named[0]
    first = profile.layers.set_index("name").loc[row["leaves"][0]]
    return {
        "output": row["output_size"],
        "formula": row["formula"],
        "operation": row["operation"],
        "parameters": row["parameters"],
        "memory_kb": row["memory_kb"],
        "cold_us": row["cold_time_seconds"] * 1e6,
        "warm_us": row["warm_time_median_seconds"] * 1e6,
        "q1": first["warm_time_q1_seconds"] * 1e6,
        "q3": first["warm_time_q3_seconds"] * 1e6,
        "training_us": row["training_time_median_seconds"] * 1e6,
        "training_q1": first["training_time_q1_seconds"] * 1e6,
        "training_q3": first["training_time_q3_seconds"] * 1e6,
    }


def _sum(name: str, theirs: pd.DataFrame, ours: pd.DataFrame | None) -> dict[str, Any]:
    """Returns a row of sums; the warm times are empty, because medians cannot be added."""
    row = {
        "layer": name,
        **_our_row(None, name),
        "authors_parameters": theirs["params"].sum(),
        "authors_memory_kb": _memory_kb(theirs["activation_elements"].sum()),
        "authors_cold_us": theirs["time_s"].sum() * 1e6,
    }
    if ours is None:
        return row
    return row | {
        "parameters": ours["parameters"].sum(),
        "memory_kb": ours["memory_kb"].sum(),
        "cold_us": ours["cold_time_seconds"].sum() * 1e6,
    }


def _whole(profile: ProfileRecord | None) -> dict[str, Any]:
    """Returns the warm times of the whole forward pass, which is timed separately."""
    if profile is None:
        return {}
    cells: dict[str, Any] = {}
    for time in profile.facts["warm_times"]:
        if (time["index"], time["batch_size"]) == (0, profile.facts["batch_size"]):
            seconds = (time[f"{part}_seconds"] for part in ("median", "q1", "q3"))
            cells |= {k: 1e6 * v for k, v in zip(WARM[time["mode"]], seconds, strict=True)}
    return cells


def _memory_kb(elements: float) -> float:
    return elements * BYTES_PER_VALUE / 1000


def _median_and_quartiles(row: Row, mode: str) -> str:
    median, q1, q3 = (row[key] for key in WARM[mode])
    if is_absent(median):
        return DASH
    return f"{microseconds(median)} [{microseconds(q1)}, {microseconds(q3)}]"


COLUMNS = (
    Column("Layer", lambda row: row["layer"], number=False),
    Column("Output", lambda row: row["output"] or DASH, number=False),
    Column("Parameters", lambda row: row["formula"] or integer(row["parameters"] or None)),
    Column("Operation", lambda row: row["operation"] or DASH, number=False),
    Column("Memory, ours (KB)", lambda row: kilobytes(row["memory_kb"])),
    Column("Memory, authors (KB)", lambda row: kilobytes(row["authors_memory_kb"]), authors=True),
    Column("Cold, ours (µs)", lambda row: microseconds(row["cold_us"])),
    Column("Cold, authors (µs)", lambda row: integer(row["authors_cold_us"]), authors=True),
    Column(
        "Warm, ours: median [IQR] (µs)",
        lambda row: _median_and_quartiles(row, "evaluation"),
    ),
    Column(
        "Warm in training mode, ours: median [IQR] (µs)",
        lambda row: _median_and_quartiles(row, "training"),
    ),
)

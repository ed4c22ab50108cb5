"""Combined seeds, symmetric views and experts, against one network on the same test images."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.table import (
    DASH,
    Column,
    Row,
    duration,
    is_absent,
    percent,
    probability,
    signed,
)
from landcover.results.combinations import Combinations
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    found = study.combinations
    if found is None:
        return Content(values={"combined": False}, gaps=(gaps.combinations(study),))
    rows, images = table(found), found.image_records[0]
    names = rows.set_index("combination")
    return Content(
        values={
            "combined": len(rows) > 1,
            "better": list(names.index[names["low"] > 0]),
            "ignored": list(names.index[names["weight"] == 0]),
        },
        made_from=(found.file,),
        table=rows,
        columns=columns(found),
        image_notes=(f"{images}: {found.about['n']:,} test images",),
        hardware=(found.about["device"],),
        made_by_other_code=found.made_by_other_code,
    )


def table(found: Combinations) -> pd.DataFrame:
    """Returns a row per combination; accuracies, F1 and differences in percent."""
    wide = found.table.copy()
    wide[["accuracy", "difference", "low", "high"]] *= 100
    for name, rows in found.classes.groupby("class", sort=False):
        of_class = rows.set_index("combination").drop(columns="class") * 100
        of_class.columns = [f"{name}_{column}" for column in of_class.columns]
        wide = wide.merge(of_class, left_on="combination", right_index=True)
    return wide


def columns(found: Combinations) -> tuple[Column, ...]:
    classes = list(dict.fromkeys(found.classes["class"]))
    return (
        Column("Combination", lambda row: row["combination"], number=False),
        Column("Networks", lambda row: str(row["networks"])),
        Column("Expert's weight", lambda row: percent(row["weight"])),
        Column("Accuracy (%)", lambda row: percent(row["accuracy"])),
        Column("Difference (points)", lambda row: _difference(row, "")),
        Column("p", _p),
        *(column for name in classes for column in _of_class(name)),
        Column("Time", lambda row: duration(row["seconds"])),
    )


def _of_class(name: str) -> tuple[Column, Column]:
    return (
        Column(f"F1 of {name} (%)", lambda row: percent(row[f"{name}_f1"])),
        Column("Difference (points)", lambda row: _difference(row, f"{name}_")),
    )


def _p(row: Row) -> str:
    return DASH if _difference(row, "") == DASH else probability(row["p"])


def _difference(row: Row, prefix: str) -> str:
    """Returns `+0.32 (+0.10 to +0.54)`; a dash for what others are compared with."""
    value, low, high = (row[f"{prefix}{key}"] for key in ("difference", "low", "high"))
    if is_absent(value) or value == low == high == 0:
        return DASH
    return f"{signed(value)} ({signed(low)} to {signed(high)})"

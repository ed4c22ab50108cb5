"""The cells and columns that all tables with a row per experiment share."""

import math
from typing import Any

from landcover.report.table import DASH, Column, Row, as_stated, duration, integer, is_absent
from landcover.results import runs
from landcover.results.authors import Authors
from landcover.results.runs import Result


def times(result: Result, authors: Authors) -> dict[str, Any]:
    return {
        "seconds": math.nan if result.seconds is None else result.seconds,
        "authors_seconds": authors.seconds(result.entry),
    }


def parameters(result: Result, authors: Authors) -> dict[str, Any]:
    """Returns our counts and theirs; None if nothing was run or logged."""
    theirs = {k: authors.number(result.entry.authors, f"params_{k}") for k in runs.PARAMETERS}
    return {key: result.parameters.get(key) for key in theirs} | {
        f"authors_{key}": value for key, value in theirs.items()
    }


def _parameters(heading: str, key: str) -> Column:
    """Returns a column that shows the authors' number in parentheses if ours was not run."""

    def show(row: Row) -> str:
        theirs = integer(row[f"authors_{key}"])
        if not is_absent(row[key]):
            return integer(row[key])
        return DASH if theirs == DASH else f"({theirs})"

    def expected(row: Row) -> str:
        comparable = not is_absent(row[key]) and not is_absent(row[f"authors_{key}"])
        return integer(row[f"authors_{key}"]) if comparable else show(row)

    return Column(heading, show, expected=expected)


NAME = Column(
    "Experiment", lambda row: row["experiment"], number=False,
    remark=lambda row: " (random backbone)" if "random" in row.get("backbone", "") else "",
)  # fmt: skip
TIMES = (
    Column("Time, ours", lambda row: duration(row["seconds"])),
    Column("Time, authors", lambda row: duration(row["authors_seconds"]), authors=True),
)
STATED = Column("The paper says (%)", lambda row: as_stated(row["authors_stated"]), authors=True)
PARAMETERS = (
    _parameters("Parameters", "total"),
    _parameters("Trainable", "trainable"),
    _parameters("Frozen", "frozen"),
)

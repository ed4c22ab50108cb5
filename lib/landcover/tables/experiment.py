"""What the tables share that have a row per experiment."""

import math
from typing import Any

from landcover.results import Authors, Result
from landcover.tables.column import Column
from landcover.tables.values import as_stated, duration

NAME = Column(
    "Experiment", lambda row: row["experiment"], number=False,
    remark=lambda row: " (random backbone)" if "random" in row.get("backbone", "") else "",
)  # fmt: skip
TIMES = (
    Column("Time, ours", lambda row: duration(row["seconds"])),
    Column("Time, authors", lambda row: duration(row["authors_seconds"]), authors=True),
)
STATED = Column("The paper says (%)", lambda row: as_stated(row["authors_stated"]), authors=True)


def times(result: Result, authors: Authors) -> dict[str, Any]:
    return {
        "seconds": result.seconds.mean if result.seconds else math.nan,
        "authors_seconds": authors.seconds(result.entry),
    }

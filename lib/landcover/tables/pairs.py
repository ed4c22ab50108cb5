"""The pairs of classes that a model takes for one another, the most images first."""

from itertools import zip_longest
from typing import Any

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.stats import Confusion, confusions
from landcover.tables import confusion
from landcover.tables.column import Column
from landcover.tables.values import NONE, images, percent

SHOWN = 8


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """The worst on the test images, ours and the authors'; with the percentage of both classes."""
    worst = ranked(result, authors)[:SHOWN]
    return pd.DataFrame([{"rank": rank, **row} for rank, row in enumerate(worst, 1)])


def ranked(result: Result, authors: Authors) -> list[dict[str, Any]]:
    """Our first pair beside the authors' first, and so on."""
    ours, theirs = (confusions(counts) for counts in confusion.counts(result, authors))
    return [cells(*pair) for pair in zip_longest(ours, theirs)]


def cells(ours: Confusion | None, theirs: Confusion | None) -> dict[str, Any]:
    return {
        f"{owner}{key}": value
        for owner, found in (("", ours), ("authors_", theirs))
        for key, value in (
            ("pair", " / ".join(found.classes) if found else ""),
            ("images", found.images if found else None),
            ("percent", found.percent if found else None),
        )
    }


PAIR = (
    Column("Pair, ours", lambda row: row["pair"] or NONE, number=False),
    Column("Images, ours", lambda row: images(row["images"])),
    Column("%, ours", lambda row: percent(row["percent"], 1)),
    Column("Pair, authors", lambda row: row["authors_pair"] or NONE, authors=True, number=False),
    Column("Images, authors", lambda row: images(row["authors_images"]), authors=True),
    Column("%, authors", lambda row: percent(row["authors_percent"], 1), authors=True),
)
COLUMNS = (Column("Rank", lambda row: str(row["rank"])), *PAIR)

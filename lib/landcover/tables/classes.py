"""What a model gets right of each class."""

from typing import Any

import pandas as pd

from landcover import stats
from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.tables import confusion
from landcover.tables.column import Column
from landcover.tables.spread import in_percent, plus_minus
from landcover.tables.values import integer, percent

SCORES = ("precision", "recall", "f1")


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """Precision, recall and F1 of each class on the test images in percent; then their means."""
    ours = result.per_class("best", "test")
    theirs = authors.confusions.get(result.entry.authors, pd.DataFrame())
    rows = [
        {
            "class": name,
            **_scores(ours[ours["class"] == name]),
            **{
                f"authors_{score}": _times_100(
                    authors.number(result.entry.authors, f"test/{score}/{name}")
                )
                for score in SCORES
            },
            "authors_support": authors.number(result.entry.authors, f"test/support/{name}"),
        }
        for name in dict.fromkeys([*ours["class"], *theirs.index])
    ]
    return pd.DataFrame([*rows, _means(result, authors)])


def _scores(found: pd.DataFrame) -> dict[str, float | None]:
    """Of one class, its rows those of the seeds."""
    row: dict[str, float | None] = {}
    for score in SCORES:
        row |= in_percent(score, stats.spread([*found[score]]) if len(found) else None)
    return row | {"support": found["support"].mean() if len(found) else None}


def _means(result: Result, authors: Authors) -> dict[str, Any]:
    """The last row: macro averages, and all images."""
    row: dict[str, Any] = {"class": "Mean of the classes"}
    for score in SCORES:
        row |= in_percent(score, result.score("best", "test", f"macro_{score}"))
        row[f"authors_{score}"] = _times_100(
            authors.number(result.entry.authors, f"test/macro_{score}")
        )
    counts = confusion.counts(result, authors)
    ours, theirs = (images.to_numpy().sum() or None for images in counts)
    return row | {"support": ours, "authors_support": theirs}


def _times_100(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


def _score(heading: str, key: str) -> tuple[Column, Column]:
    return (
        Column(f"{heading}, ours", lambda row: plus_minus(row, key).removesuffix(" (n=1)")),
        Column(f"{heading}, authors", lambda row: percent(row[f"authors_{key}"]), authors=True),
    )


COLUMNS = (
    Column("Class", lambda row: row["class"], number=False),
    *_score("Precision", "precision"),
    *_score("Recall", "recall"),
    *_score("F1", "f1"),
    Column("Images, ours", lambda row: integer(row["support"])),
    Column("Images, authors", lambda row: integer(row["authors_support"]), authors=True),
)

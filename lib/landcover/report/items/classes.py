"""Precision, recall and F1 of each class on the test images, ours beside the authors'."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landcover import stats
from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.report.items.confusion import test_counts
from landcover.report.table import Column, in_percent, integer, percent, plus_minus
from landcover.results import layout
from landcover.results.authors import METRICS, Authors
from landcover.results.runs import Result
from landcover.results.study import Study

SCORES = ("precision", "recall", "f1")


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result = study.result(listed["experiment"])
    return Content(
        values=on_test_images(result, study.authors),
        made_from=study.files([result], layout.METRICS, layout.PER_CLASS, reference=METRICS),
        results=(result,),
        gaps=gaps.evaluation(study, [result]),
        table=table(result, study.authors),
        columns=COLUMNS,
        sums=1,
    )


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """Returns a row per class, in percent; the last row has their means."""
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


def _scores(seeds: pd.DataFrame) -> dict[str, float | None]:
    """Returns the scores of one class, which has a row per seed."""
    row: dict[str, float | None] = {}
    for score in SCORES:
        row |= in_percent(score, stats.spread([*seeds[score]]) if len(seeds) else None)
    return row | {"support": seeds["support"].mean() if len(seeds) else None}


def _means(result: Result, authors: Authors) -> dict[str, Any]:
    """Returns the last row: macro averages, and the number of all images."""
    row: dict[str, Any] = {"class": "Mean, and all images"}
    for score in SCORES:
        row |= in_percent(score, result.score("best", "test", f"macro_{score}"))
        row[f"authors_{score}"] = _times_100(
            authors.number(result.entry.authors, f"test/macro_{score}")
        )
    matrices = test_counts(result, authors)
    ours, theirs = (counts.to_numpy().sum() or None for counts in matrices)
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

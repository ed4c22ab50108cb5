"""The pairs of classes that one experiment, or each experiment of a group, confuses most."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from landcover.report import gaps, per_experiment
from landcover.report.content import Content
from landcover.report.items.confusion import test_counts
from landcover.report.table import DASH, Column, integer, is_absent, percent
from landcover.results import layout
from landcover.results.authors import CONFUSIONS, Authors
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import Confusion, confusions

SHOWN = 8


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    one = "experiment" in listed
    results = (study.result(listed["experiment"]),) if one else study.group(listed["group"])
    return Content(
        made_from=study.files(results, layout.CONFUSION, reference=CONFUSIONS),
        results=results,
        gaps=gaps.evaluation(study, results),
        table=table(results[0], study.authors) if one else worst_pairs(results, study.authors),
        columns=COLUMNS if one else WORST_COLUMNS,
    )


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """Returns the pairs that are confused most on the test images, ours beside the authors'.

    The percentages are parts of the images of both classes.
    """
    pairs = _ranked(result, authors)[:SHOWN]
    return pd.DataFrame([{"rank": rank, **row} for rank, row in enumerate(pairs, 1)])


def _ranked(result: Result, authors: Authors) -> list[dict[str, Any]]:
    """Returns our first pair beside the authors' first, our second beside their second, ..."""
    ours, theirs = (confusions(counts) for counts in test_counts(result, authors))
    return [_cells(*pair) for pair in zip_longest(ours, theirs)]


def _cells(ours: Confusion | None, theirs: Confusion | None) -> dict[str, Any]:
    return {
        f"{owner}{key}": value
        for owner, pair in (("", ours), ("authors_", theirs))
        for key, value in (
            ("pair", " / ".join(pair.classes) if pair else ""),
            ("images", pair.images if pair else None),
            ("percent", pair.percent if pair else None),
        )
    }


def worst_pairs(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """Returns a row per experiment, with the pair that it confuses most."""
    return pd.DataFrame(
        [
            {"experiment": result.name, "backbone": ", ".join(result.backbones)}
            | next(iter(_ranked(result, authors)), _cells(None, None))
            for result in results
        ]
    )


def _images(count: float | None) -> str:
    """Returns a number of images; a mean over seeds can have decimals."""
    if count is None or is_absent(count):
        return DASH
    return integer(count) if count == round(count) else f"{count:,.1f}"


PAIR = (
    Column("Pair, ours", lambda row: row["pair"] or DASH, number=False),
    Column("Images, ours", lambda row: _images(row["images"])),
    Column("%, ours", lambda row: percent(row["percent"], 1)),
    Column("Pair, authors", lambda row: row["authors_pair"] or DASH, authors=True, number=False),
    Column("Images, authors", lambda row: _images(row["authors_images"]), authors=True),
    Column("%, authors", lambda row: percent(row["authors_percent"], 1), authors=True),
)
COLUMNS = (Column("Rank", lambda row: str(row["rank"])), *PAIR)
WORST_COLUMNS = (per_experiment.NAME, *PAIR)

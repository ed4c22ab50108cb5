"""Two experiments at a time, seed by seed: which one is better, and is that more than chance?"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.stats import CONFIDENCE, holm, p_value, spread
from landcover.tables.column import Column, Row
from landcover.tables.spread import in_percent
from landcover.tables.values import NONE, is_absent

Pair = tuple[Result, Result]


def table(pairs: Sequence[Pair], authors: Authors) -> pd.DataFrame:
    """A row per pair: the first's best accuracy less the second's, in points.

    p is two-sided, by Student's t over the seeds that both were run with, and corrected by Holm for
    all pairs of the table.
    """
    rows = [_row(*pair, authors) for pair in pairs]
    for row, corrected in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_corrected"] = corrected
    return pd.DataFrame(rows)


def _row(ours: Result, other: Result, authors: Authors) -> dict[str, Any]:
    differences = _differences(ours, other)
    logged, others = (authors.best(result.entry) for result in (ours, other))
    return {
        "comparison": f"{ours.name} − {other.name}",
        "n": len(differences),
        **in_percent("difference", spread(differences) if differences else None),
        "p": p_value(differences) if differences else None,
        "authors_difference": None if logged is None or others is None else logged - others,
    }


def _differences(ours: Result, other: Result) -> list[float]:
    """Of best accuracies, as fractions, by shared seed."""
    theirs = {run.seed: run.best_accuracy for run in other.runs}
    return [run.best_accuracy - theirs[run.seed] for run in ours.runs if run.seed in theirs]


def _signed(value: float | None) -> str:
    return NONE if is_absent(value) else f"{value:+.2f}"


def _interval(row: Row) -> str:
    if is_absent(row["difference_low"]):
        return "a single seed" if row["n"] else NONE
    return f"{_signed(row['difference_low'])} to {_signed(row['difference_high'])}"


def _probability(key: str) -> Column:
    heading = {"p": "p", "p_corrected": "p, corrected"}[key]
    return Column(heading, lambda row: NONE if is_absent(row[key]) else f"{row[key]:.2g}")


COLUMNS = (
    Column("Comparison", lambda row: row["comparison"], number=False),
    Column("Seeds", lambda row: str(row["n"])),
    Column("Difference, ours (points)", lambda row: _signed(row["difference_mean"])),
    Column(f"{CONFIDENCE:.0%} interval", _interval),
    _probability("p"),
    _probability("p_corrected"),
    Column(
        "Difference, authors' logs", lambda row: _signed(row["authors_difference"]), authors=True
    ),
)

"""Experiments against one another, seed by seed: is the difference more than chance?"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.ledger import FEWEST
from landcover.report.table import DASH, Column, Row, in_percent, probability, signed
from landcover.results import layout
from landcover.results.authors import METRICS, Authors
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import CONFIDENCE, holm, p_value, spread

Pair = tuple[Result, Result]


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    wanted = {result.name for result in study.wanted}
    pairs = [
        (study.result(ours), study.result(other))
        for ours, other in listed["pairs"]
        if {ours, other} <= wanted
    ]
    results = tuple({result.name: result for pair in pairs for result in pair}.values())
    differences = table(pairs, study.authors)
    return Content(
        values={"tested": int(differences["p"].notna().sum()) if pairs else 0},
        made_from=study.files(results, layout.RUN, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
        table=differences,
        columns=COLUMNS,
    )


def table(pairs: Sequence[Pair], authors: Authors) -> pd.DataFrame:
    """Returns a row per pair: the first's best accuracy minus the second's, in points.

    p is two-sided, by Student's t over the seeds that both have, of which it needs three. It is
    corrected by Holm's method for all pairs that have one.
    """
    rows = [_row(*pair, authors) for pair in pairs]
    for row, corrected in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_corrected"] = corrected
    return pd.DataFrame(rows)


def _row(ours: Result, other: Result, authors: Authors) -> dict[str, Any]:
    differences = _differences(ours, other)
    logged, others = (authors.best(result.entry) for result in (ours, other))
    return {
        "experiment": ours.name,
        "minus": other.name,
        "n": len(differences),
        **in_percent("difference", spread(differences) if differences else None),
        "p": p_value(differences) if len(differences) >= FEWEST else None,
        "authors_difference": None if logged is None or others is None else logged - others,
    }


def _differences(ours: Result, other: Result) -> list[float]:
    """Returns the differences of the best accuracies, as fractions, one per shared seed."""
    theirs = {run.seed: run.best_accuracy for run in other.runs}
    return [run.best_accuracy - theirs[run.seed] for run in ours.runs if run.seed in theirs]


def _interval(row: Row) -> str:
    if row["n"] < FEWEST:
        return {0: DASH, 1: "a single seed"}.get(row["n"], "too few seeds")
    return f"{signed(row['difference_low'])} to {signed(row['difference_high'])}"


def _probability(key: str) -> Column:
    heading = {"p": "p", "p_corrected": "p, corrected"}[key]
    return Column(heading, lambda row: probability(row[key]))


COLUMNS = (
    Column("Comparison", lambda row: f"{row['experiment']} − {row['minus']}", number=False),
    Column("Seeds", lambda row: str(row["n"])),
    Column("Difference, ours (points)", lambda row: signed(row["difference_mean"])),
    Column(f"{CONFIDENCE:.0%} interval".replace("%", " %"), _interval),
    _probability("p"),
    _probability("p_corrected"),
    Column(
        "Difference, authors' logs", lambda row: signed(row["authors_difference"]), authors=True
    ),
)

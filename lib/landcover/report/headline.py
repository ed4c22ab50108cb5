"""The accuracy of every experiment, ours beside the authors'."""

from collections.abc import Sequence

import pandas as pd

from landcover.report import per_experiment
from landcover.report.table import DASH, Column, in_percent, percent, plus_minus
from landcover.results.authors import Authors
from landcover.results.runs import Result


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """Returns a row per experiment; accuracies in percent, on the split that chooses the epoch."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "split": result.entry.experiment.selection_split,
                "images": ", ".join(sorted({run.fidelity for run in result.runs})),
                "backbone": ", ".join(result.backbones),
                "seeds": len(result.runs),
                "seeds_missing": len(result.missing),
                **in_percent("best", result.best),
                **in_percent("last", result.last),
                "authors_best": authors.best(result.entry),
                "authors_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                "other_settings": "; ".join(result.stale),
                "other_code": result.made_by_other_code,
            }
            for result in results
        ]
    )


COLUMNS = (
    per_experiment.NAME,
    Column("Split", lambda row: row["split"], number=False),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Last, ours (%)", lambda row: plus_minus(row, "last")),
    Column("Seeds", lambda row: f"{row['seeds']} of {row['seeds'] + row['seeds_missing']}"),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    Column("Last, authors' log (%)", lambda row: percent(row["authors_last"]), authors=True),
    per_experiment.STATED,
    Column("Images", lambda row: row["images"] or DASH, number=False),
)

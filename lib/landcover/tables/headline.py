"""The accuracy of every experiment."""

from collections.abc import Sequence

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.tables import experiment
from landcover.tables.column import Column
from landcover.tables.spread import in_percent, plus_minus
from landcover.tables.values import NONE, percent


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per experiment; accuracies in percent on the split that chose the best epoch."""
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
    experiment.NAME,
    Column("Split", lambda row: row["split"], number=False),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Last, ours (%)", lambda row: plus_minus(row, "last")),
    Column("Seeds", lambda row: f"{row['seeds']} of {row['seeds'] + row['seeds_missing']}"),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    Column("Last, authors' log (%)", lambda row: percent(row["authors_last"]), authors=True),
    experiment.STATED,
    Column("Images", lambda row: row["images"] or NONE, number=False),
)

"""The numbers of a confusion matrix on the test images."""

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.evaluations import WEIGHTS
from landcover.results.runs import Result
from landcover.stats import mean_table, row_percent


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """Every pair of a true and a predicted class: images, and percent of the true class's."""
    ours = {
        f"{weights}_{unit}": mean_table(
            [show(counts) for counts in result.confusions(weights, "test")]
        )
        for weights in WEIGHTS
        for unit, show in (("images", lambda counts: counts), ("percent", row_percent))
        if result.evaluations
    }
    theirs = authors.confusions.get(result.entry.authors)
    if theirs is not None:
        ours |= {"authors_images": theirs, "authors_percent": row_percent(theirs)}
    long = [pd.Series(table.stack(), name=name) for name, table in ours.items()]
    return pd.DataFrame(pd.concat(long, axis=1).reset_index())


def counts(result: Result, authors: Authors) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ours with the best weights, a mean over seeds, and the authors'; empty where none."""
    ours = result.confusions("best", "test")
    theirs = authors.confusions.get(result.entry.authors, pd.DataFrame())
    return mean_table(ours) if ours else pd.DataFrame(), theirs

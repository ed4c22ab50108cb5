"""The one pair of classes that each experiment confuses most."""

from collections.abc import Sequence

import pandas as pd

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.tables import experiment, pairs

COLUMNS = (experiment.NAME, *pairs.PAIR)


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """A row per experiment."""
    return pd.DataFrame(
        [
            {"experiment": result.name, "backbone": ", ".join(result.backbones)}
            | next(iter(pairs.ranked(result, authors)), pairs.cells(None, None))
            for result in results
        ]
    )

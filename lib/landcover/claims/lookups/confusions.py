"""Which classes a confusion matrix mixes up; its rows are the true classes."""

from collections.abc import Callable
from itertools import combinations

import pandas as pd

from landcover.claims.evidence import cell

Measure = Callable[[pd.DataFrame, str, str], float]


def mixed(counts: pd.DataFrame, one: str, other: str) -> float:
    """Returns the images of either class that were taken for the other."""
    return cell(counts, one, other) + cell(counts, other, one)


def most_mixed(counts: pd.DataFrame, one: str, other: str) -> float:
    """Returns `mixed` of a pair minus that of the worst other pair: positive for the worst."""
    both = counts.to_numpy() + counts.to_numpy().T
    others = [
        both[i, j]
        for (i, a), (j, b) in combinations(enumerate(counts.index), 2)
        if {a, b} != {one, other}
    ]
    return mixed(counts, one, other) - float(max(others))


def most_taken_for(counts: pd.DataFrame, true: str, predicted: str) -> float:
    """Returns the images of a class taken for another minus those of its next frequent error."""
    others = [name for name in counts.index if name not in (true, predicted)]
    return cell(counts, true, predicted) - max(cell(counts, true, other) for other in others)


MEASURES: dict[str, Measure] = {
    measure.__name__: measure for measure in (mixed, most_mixed, most_taken_for)
}

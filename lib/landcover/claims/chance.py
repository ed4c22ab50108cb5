"""How likely an ordering is by chance, corrected for the number of orderings that were tried.

The correction is that of Benjamini and Hochberg (1995): of the orderings that are called
reproduced, at most one in twenty is expected to be chance. That is what the reader of a list asks.
Holm's correction guards against a single wrong one, and would need differences of ten standard
deviations from three seeds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from landcover.stats import Spread, p_positive, spread

LEVEL = 0.05
ROUNDING = 1 / 6  # variance of a difference of two rounded numbers, each having 1/12


@dataclass(frozen=True)
class Link:
    """One difference that must be positive, over the seeds."""

    spread: Spread
    share_positive: float  # of the seeds

    @property
    def p(self) -> float | None:
        """Returns that the mean is not positive, one-sided; None of a single seed."""
        return p_positive(self.spread)


def links(values: Sequence[Any]) -> list[Link]:
    """Returns the differences of a chain, from a number or a list of numbers of each seed."""
    return [
        _link(differences)
        for differences in zip(*(v if isinstance(v, list) else [v] for v in values), strict=True)
    ]


def _link(differences: Sequence[float]) -> Link:
    found = spread(differences)
    if all(isinstance(value, int) for value in differences) and found.sd is not None:
        found = _at_least(found, math.sqrt(ROUNDING))  # epochs: equal ones are equal by rounding
    return Link(found, sum(value > 0 for value in differences) / len(differences))


def _at_least(found: Spread, sd: float) -> Spread:
    if found.sd is None or found.sd >= sd:
        return found
    return replace(found, sd=sd)


def p_of_chain(chain: Sequence[Link]) -> float | None:
    """Returns that of its weakest link: all must hold."""
    values = [link.p for link in chain]
    known = [p for p in values if p is not None]
    return max(known) if known and len(known) == len(values) else None

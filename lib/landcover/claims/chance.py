"""How likely an ordering or a gain is by chance, corrected for the number of both.

The correction is that of Benjamini and Hochberg (1995): at most one in twenty of those that are
called reproduced is expected to be chance. Holm's correction allows hardly any wrong one, but
with three seeds it needs differences of ten standard deviations.
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

    @property
    def p(self) -> float | None:
        """Returns the one-sided p that the mean is not positive; None for a single seed."""
        return p_positive(self.spread)


def links(values: Sequence[Any]) -> list[Link]:
    """Returns the links of a chain, from a number or a list of numbers per seed."""
    return [
        _link(differences)
        for differences in zip(*(v if isinstance(v, list) else [v] for v in values), strict=True)
    ]


def _link(differences: Sequence[float]) -> Link:
    found = spread(differences)
    if all(isinstance(value, int) for value in differences) and found.sd is not None:
        found = _at_least(found, math.sqrt(ROUNDING))  # epochs are equal only by rounding
    return Link(found)


def _at_least(found: Spread, sd: float) -> Spread:
    if found.sd is None or found.sd >= sd:
        return found
    return replace(found, sd=sd)


def p_of_chain(chain: Sequence[Link]) -> float | None:
    """Returns the p of the weakest link, because all links must hold."""
    values = [link.p for link in chain]
    known = [p for p in values if p is not None]
    return max(known) if known and len(known) == len(values) else None

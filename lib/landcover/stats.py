"""Statistics over seeds: mean, spread, interval and p-values; and which classes are confused.

Formulas are written out, because scipy.stats takes 0.8 s to import; tests compare with it.
"""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

CONFIDENCE = 0.95
RESAMPLES = 2000  # of a bootstrap
BOOTSTRAP_SEED = 0


@dataclass(frozen=True)
class Spread:
    """Mean and spread, in the unit of the values; a single value has None for a spread."""

    n: int
    mean: float
    sd: float | None  # of a sample: with n - 1
    low: float | None  # of the 95 % interval for the mean, by Student's t
    high: float | None


@dataclass(frozen=True)
class Confusion:
    """Two classes that are confused, in either direction."""

    classes: tuple[str, str]
    images: float  # in both directions
    percent: float  # of the images of both classes


def spread(values: Sequence[float]) -> Spread:
    """Returns the spread of values. Raises ValueError if there is none, or one is not finite."""
    if not values or not all(map(math.isfinite, values)):
        raise ValueError(f"a spread needs finite values, not {list(values)}")
    n, mean = len(values), statistics.fmean(values)
    if n == 1:
        return Spread(n, mean, None, None, None)
    sd = statistics.stdev(values)
    from scipy.special import stdtrit  # 0.15 s to import, and a single seed does not need it

    reach = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / math.sqrt(n)
    return Spread(n, mean, sd, mean - reach, mean + reach)


def p_value(values: Sequence[float]) -> float | None:
    """Returns the two-sided p, by Student's t, that the mean is zero; None without a spread."""
    found = spread(values)
    if not found.sd:
        return None
    from scipy.special import stdtr

    t = abs(found.mean) / (found.sd / math.sqrt(found.n))
    return float(2 * stdtr(found.n - 1, -t))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Returns p-values corrected for their number, step by step (Holm, 1979); None stays None."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, i) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        corrected[i] = highest
    return corrected


def p_positive(found: Spread) -> float | None:
    """Returns the one-sided p, by Student's t, that the true mean is zero or less.

    Returns None for a single value.
    """
    if found.sd is None:
        return None
    if found.sd == 0:
        return 0.0 if found.mean > 0 else 1.0
    from scipy.special import stdtr

    t = found.mean / (found.sd / math.sqrt(found.n))
    return float(stdtr(found.n - 1, -t))


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Returns p-values corrected for the false discovery rate (1995); None stays None."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    least = 1.0
    for rank in range(len(known), 0, -1):
        p, i = known[rank - 1]
        corrected[i] = least = min(least, p * len(known) / rank)
    return corrected


def row_percent(counts: pd.DataFrame) -> pd.DataFrame:
    """Returns the percentages of each row, a true class; NaN if it has no images."""
    return 100 * counts.div(counts.sum(axis=1), axis=0)


def mean_table(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Returns the mean, cell by cell, of tables with the same rows and columns."""
    return sum(tables[1:], start=tables[0]) / len(tables)


def confusions(counts: pd.DataFrame) -> list[Confusion]:
    """Returns every pair of classes that was confused, most images first; ties by name."""
    support = counts.sum(axis=1)
    both = counts + counts.T
    found = [
        Confusion(
            (a, b), float(both.loc[a, b]), float(100 * both.loc[a, b] / (support[a] + support[b]))
        )
        for a, b in combinations(counts.index, 2)
        if both.loc[a, b]
    ]
    return sorted(found, key=lambda pair: (-pair.images, pair.classes))


def resamples(n: int) -> Iterator[npt.NDArray[np.intp]]:
    """Yields positions (n,), drawn with replacement; every call yields the same ones."""
    draws = np.random.default_rng(BOOTSTRAP_SEED)
    for _ in range(RESAMPLES):
        yield draws.integers(n, size=n)


def percentile_interval(values: Sequence[float]) -> tuple[float, float]:
    """Returns the interval that holds 95 % of the values of a bootstrap."""
    outside = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(values, [outside, 100 - outside])
    return float(low), float(high)


def bootstrap(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Returns a 95 % interval for the mean of values (n,)."""
    return percentile_interval([values[rows].mean() for rows in resamples(len(values))])


def mcnemar(a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_]) -> float:
    """Returns the two-sided exact p-value that two classifiers are right equally often.

    `a` and `b` (n,) say where each is right, on the same images (McNemar, 1947).
    """
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    few, n = min(only_a, only_b), only_a + only_b
    if not n:
        return 1.0
    from scipy.special import betainc

    at_most_few = 1.0 if few == n else float(betainc(n - few, few + 1, 0.5))  # binomial
    return min(1.0, 2 * at_most_few)

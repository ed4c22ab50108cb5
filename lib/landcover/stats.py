"""What several seeds say together: mean, spread, and how sure one can be of the mean."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtrit  # type: ignore[import-untyped]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Spread:
    """In the unit of the values; what one value cannot say is None."""

    n: int
    mean: float
    sd: float | None  # of the sample, with n - 1
    low: float | None  # of the 95 % interval for the mean, by Student's t
    high: float | None


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError where there is no value, or one that is not a number."""
    if not values or not all(map(math.isfinite, values)):
        raise ValueError(f"a spread needs finite values, not {list(values)}")
    n, mean = len(values), statistics.fmean(values)
    if n == 1:
        return Spread(n, mean, None, None, None)
    sd = statistics.stdev(values)
    reach = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / math.sqrt(n)
    return Spread(n, mean, sd, mean - reach, mean + reach)

"""What can be asked of numbers and curves once they are looked up. Epochs count from 1."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Curve = Sequence[float]


def argmin(curve: Curve) -> int:
    """The epoch of the least value, the first of several."""
    return min(range(len(curve)), key=curve.__getitem__) + 1


def argmax(curve: Curve) -> int:
    return max(range(len(curve)), key=curve.__getitem__) + 1


def at(curve: Curve, epoch: int) -> float:
    return curve[epoch - 1]


def after(curve: Curve, epoch: int) -> Curve:
    """The values of all later epochs."""
    return curve[epoch:]


def end(curve: Curve) -> float:
    return curve[-1]


def rises(curve: Curve) -> int:
    """How many epochs end higher than the one before."""
    return sum(later > earlier for earlier, later in pairwise(curve))


def largest_rise(curve: Curve) -> float:
    return max(later - earlier for earlier, later in pairwise(curve))


def slope(curve: Curve) -> float:
    """Of the straight line through the values by least squares, per epoch."""
    n, middle = len(curve), (len(curve) - 1) / 2
    mean = sum(curve) / n
    return sum((i - middle) * (y - mean) for i, y in enumerate(curve)) / sum(
        (i - middle) ** 2 for i in range(n)
    )


def reaches(curve: Curve, level: float) -> float:
    """The first epoch at a level or above; infinite where there is none."""
    return next((i for i, value in enumerate(curve, 1) if value >= level), float("inf"))


def below(lower: Curve, upper: Curve) -> bool:
    """Whether one curve lies under another at every epoch."""
    return all(a < b for a, b in zip(lower, upper, strict=True))


def share(values: Sequence[Any], *wanted: Any) -> float:
    return sum(value in wanted for value in values) / len(values)


def purity(values: Sequence[Any]) -> float:
    """The share of the most frequent value."""
    return max(share(values, value) for value in values)


def mean(values: Curve) -> float:
    return sum(values) / len(values)


def median(values: Curve) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
    **{
        function.__name__: function
        for function in (
            argmin, argmax, at, after, end, rises, largest_rise, slope, reaches, below,
            share, purity, mean, median,
        )
    },
}  # fmt: skip

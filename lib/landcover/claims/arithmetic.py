"""The functions of numbers and curves in a claim's expressions. Epochs count from 1."""

from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import wraps
from inspect import signature
from itertools import combinations, pairwise
from statistics import median
from typing import Any

from landcover.claims.expression import MissingError

Curve = Sequence[float]


def _of_each(function: Callable[..., Any]) -> Callable[..., Any]:
    """Lets a function of one curve take a list of curves, too."""

    @wraps(function)
    def asked(curve: Any, *rest: Any) -> Any:
        if curve and isinstance(curve[0], list):
            return [function(one, *rest) for one in curve]
        return function(curve, *rest)

    return asked


def argmin(curve: Curve) -> int:
    """Returns the epoch of the least value; the first one if several are equal."""
    return min(range(len(curve)), key=curve.__getitem__) + 1


def argmax(curve: Curve) -> int:
    return max(range(len(curve)), key=curve.__getitem__) + 1


def at(curve: Curve, epoch: int) -> float:
    _require(curve, epoch)
    return curve[epoch - 1]


def until(curve: Curve, epoch: int) -> Curve:
    """Returns the values up to and including an epoch."""
    _require(curve, epoch)
    return curve[:epoch]


def after(curve: Curve, epoch: int) -> Curve:
    """Returns the values of all later epochs."""
    _require(curve, epoch + 1)
    return curve[epoch:]


def end(curve: Curve) -> float:
    return curve[-1]


def greatest(curve: Curve) -> float:
    return max(curve)


def rises(curve: Curve) -> int:
    """Returns how many epochs have a higher value than the one before."""
    return sum(later > earlier for earlier, later in pairwise(curve))


def largest_rise(curve: Curve) -> float:
    _require(curve, 2)
    return max(later - earlier for earlier, later in pairwise(curve))


def reaches(curve: Curve, level: float) -> int:
    """Returns the first epoch at a level or above; if there is none, the one after the last."""
    return next((i for i, value in enumerate(curve, 1) if value >= level), len(curve) + 1)


def longest_wait(curve: Curve) -> int:
    """Returns the largest number of epochs in a row without a new highest value."""
    waits, best = [0], curve[0]
    for value in curve[1:]:
        waits.append(0 if value > best else waits[-1] + 1)
        best = max(best, value)
    return max(waits)


def below(lower: Curve, upper: Curve) -> bool:
    """Tells whether one curve lies under another at every epoch."""
    return all(a < b for a, b in zip(lower, upper, strict=True))


def above(values: Curve, level: float) -> list[bool]:
    """Returns for each value whether it is above a level."""
    return [value > level for value in values]


def share(values: Sequence[Any], *wanted: Any) -> float:
    return sum(value in wanted for value in values) / len(values)


def purity(values: Sequence[Any]) -> float:
    """Returns the share of the most frequent value."""
    return max(share(values, value) for value in values)


def reaching(values: Curve, level: float) -> float:
    """Returns the share of values at a level or above."""
    return sum(value >= level for value in values) / len(values)


def nth_least(values: Curve, n: int) -> float:
    """Returns the n-th least value; n = 1 is the least."""
    _require(values, n)
    return sorted(values)[n - 1]


def columns(rows: Sequence[Curve]) -> list[list[float]]:
    """Returns the columns of a table that is given by its rows."""
    return [list(column) for column in zip(*rows, strict=True)]


def concordance(one: Curve, other: Curve) -> float:
    """Returns 1 for two equal orders, -1 for two reversed ones (Kendall's tau-a).

    scipy.stats has it too, but takes 0.8 s to import.
    """
    pairs = list(combinations(zip(one, other, strict=True), 2))
    signs = [(a - c) * (b - d) for (a, b), (c, d) in pairs]
    return (sum(sign > 0 for sign in signs) - sum(sign < 0 for sign in signs)) / len(pairs)


def countable(percent: float, images: int) -> bool:
    """Tells whether some count of `images` images is that percentage, rounded or cut."""
    count = int(percent * images / 100)
    return any(matches(100 * one / images, percent) for one in (count, count + 1))


def matches(value: float, stated: float) -> bool:
    """Tells whether a number, rounded or cut to the digits of the stated one, is equal to it."""
    digits = max(0, -Decimal(str(stated)).as_tuple().exponent)  # type: ignore[operator]
    step = Decimal(1).scaleb(-digits)
    exact, wanted = Decimal(str(value)), Decimal(str(stated)).quantize(step)
    return wanted in (exact.quantize(step, ROUND_HALF_UP), exact.quantize(step, ROUND_DOWN))


def rounded(values: Curve, digits: int) -> list[float]:
    return [round(value, digits) for value in values]


def mean(values: Curve) -> float:
    return sum(values) / len(values)


def _require(values: Curve, count: int) -> None:
    """Raises MissingError if a curve ends before an epoch; there is no epoch 0."""
    if not 1 <= count <= len(values):
        raise MissingError(f"there are only {len(values)} values, so no number {count}")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "sum": sum,
    **{
        function.__name__: function
        for function in (
            at, after, largest_rise, below, above, share, purity, reaching, nth_least, columns,
            countable,
            rounded, mean, median,
        )
    },
    **{
        function.__name__: _of_each(function)
        for function in (
            argmin, argmax, until, end, reaches, rises, longest_wait, greatest, concordance,
        )
    },
}  # fmt: skip


def accepts(name: str, arguments: int) -> bool:
    """Tells whether a function can be called with that number of arguments."""
    try:
        signature(FUNCTIONS[name]).bind(*range(arguments))
    except TypeError:
        return False
    except ValueError:  # max and min have no signature
        return arguments > 0
    return True

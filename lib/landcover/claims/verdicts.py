"""From what was measured, seed by seed, to a verdict: one function for each rule of the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from landcover.stats import spread

REPRODUCED, CLOSE, DIFFERS = "reproduced", "close", "differs"
CONTRADICTED, NOT_RUN = "contradicted", "not run"
VERDICTS = (REPRODUCED, CLOSE, DIFFERS, CONTRADICTED, NOT_RUN)

POINTS = 1.5  # of accuracy, by which the authors' own runs differ
SHARE = 0.3  # of a ratio of times
TIE = 0.5  # points; orderings closer than that are none
MOST = 2 / 3  # of the seeds


@dataclass(frozen=True)
class Expected:
    value: Any = None
    tolerance: float | None = None


Rule = Callable[[Sequence[Any], Sequence[bool], Expected], str]


def exact(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    return REPRODUCED if all(value == expected.value for value in values) else DIFFERS


def accuracy(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    """The mean over seeds within the tolerance; close within twice as much."""
    return _within(abs(_mean(values) - expected.value), expected.tolerance or POINTS)


def ratio(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    return _within(abs(_mean(values) / expected.value - 1), expected.tolerance or SHARE)


def ordering(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    """Differences that must be positive, one or a chain of them; the chain is its weakest link.

    Reproduced only outside of the noise of the seeds: a single seed cannot tell.
    """
    tie = TIE if expected.tolerance is None else expected.tolerance
    links = zip(*(v if isinstance(v, list) else [v] for v in values), strict=True)
    return max((_order(link, tie) for link in links), key=(REPRODUCED, CLOSE, DIFFERS).index)


def shape(values: Sequence[Any], nearly: Sequence[bool], _expected: Expected) -> str:
    """True of most seeds; close where it is true of some, or nearly true of most."""
    if _share(values) >= MOST:
        return REPRODUCED
    return CLOSE if any(values) or (nearly and _share(nearly) >= MOST) else DIFFERS


def arithmetic(values: Sequence[Any], nearly: Sequence[bool], expected: Expected) -> str:
    """By the authors' own numbers: they bear the claim out, or nearly so, or they contradict it."""
    (value,) = values
    if isinstance(value, bool):
        holds = value
    elif isinstance(value, int | float):
        holds = abs(value - expected.value) <= (expected.tolerance or 0)
    else:
        holds = value == expected.value
    if holds:
        return REPRODUCED
    return CLOSE if any(nearly) else CONTRADICTED


RULES: dict[str, Rule] = {
    "exact": exact,
    "accuracy": accuracy,
    "ratio": ratio,
    "ordering": ordering,
    "shape": shape,
    "arithmetic": arithmetic,
}
AGAINST = ("exact", "accuracy", "ratio")  # rules that compare with what is expected
UNKNOWABLE = "unknowable"  # a claim that no measurement could decide


def in_words(rule: str, values: Sequence[Any], expected: Expected) -> str:
    tolerance = expected.tolerance
    match rule:
        case "exact":
            return f"equal to {_shown(expected.value)}"
        case "accuracy":
            points = tolerance or POINTS
            return (
                f"mean over seeds within {points:g} of {_shown(expected.value)}; "
                f"close within {2 * points:g}"
            )
        case "ratio":
            share = tolerance or SHARE
            return f"within {share:.0%} of {_shown(expected.value)}; close within {2 * share:.0%}"
        case "ordering":
            tie = TIE if tolerance is None else tolerance
            return (
                f"positive in most seeds, its 95 % interval without zero; close if positive but "
                f"within the seeds' noise, or nearer to zero than {tie:g}"
            )
        case "shape":
            return "true of at least two thirds of the seeds; close if true of some"
        case "arithmetic" if any(isinstance(value, bool) for value in values):
            return "true by the authors' own numbers"
        case "arithmetic":
            off = f", within {tolerance:g}" if tolerance else ""
            return f"{_shown(expected.value)} by the authors' own numbers{off}"
    return "no measurement could decide it"


def _order(differences: Sequence[float], tie: float) -> str:
    found = spread(differences)
    if abs(found.mean) <= tie:
        return CLOSE
    if found.mean < 0:
        return CLOSE if found.high is not None and found.high > tie else DIFFERS
    sure = found.low is not None and found.low > 0
    return REPRODUCED if sure and _share([d > 0 for d in differences]) >= MOST else CLOSE


def _within(distance: float, tolerance: float) -> str:
    if distance <= tolerance:
        return REPRODUCED
    return CLOSE if distance <= 2 * tolerance else DIFFERS


def _mean(values: Sequence[Any]) -> float:
    return float(sum(values) / len(values))


def _share(values: Sequence[Any]) -> float:
    return sum(map(bool, values)) / len(values)


def _shown(value: Any) -> str:
    match value:
        case list():
            return ", ".join(map(_shown, value))
        case float() if value.is_integer():
            return f"{value:,.0f}"
        case float():
            return f"{value:g}"
        case bool() | str():
            return str(value)
    return f"{value:,}"

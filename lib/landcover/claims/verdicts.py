"""The rules of the two judgements: the paper against its authors' files, ours against the claim.

A rule for ours gets the measured values, seed by seed. It returns a verdict, some with a reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from landcover.claims import arithmetic
from landcover.claims.chance import LEVEL, Link
from landcover.claims.evidence import LOSSY, SYNTHETIC
from landcover.stats import spread

CONSISTENT, NEARLY, CONTRADICTED = "consistent", "nearly", "contradicted"
SILENT = "nothing logged"
OF_PAPER = (CONSISTENT, NEARLY, CONTRADICTED, SILENT)

REPRODUCED, CLOSE, DIFFERS = "reproduced", "close", "differs"
NOT_COMPARABLE, NOT_RUN, UNDECIDABLE = "not comparable", "not run", "undecidable"
OF_OURS = (REPRODUCED, CLOSE, DIFFERS, NOT_COMPARABLE, NOT_RUN, UNDECIDABLE)
JUDGED = OF_OURS[:3]  # compared with the claim

POINTS = 1.5  # of accuracy, by which the authors' own runs differ
SHARE = 0.3  # of a ratio of times
TIE = 0.5  # points; orderings closer than that are none
MOST = 2 / 3  # of the seeds


@dataclass(frozen=True)
class Verdict:
    word: str
    reason: str = ""  # why, if the word alone does not say it


@dataclass(frozen=True)
class Expected:
    value: Any = None
    tolerance: float | None = None
    direction: str = ""


Rule = Callable[[Sequence[Any], Sequence[bool], Expected], str]


def of_paper(value: Any, expected: Expected, *, nearly: bool = False) -> str:
    """Returns whether the authors' files support the paper.

    If one value is expected, a list has the values of several runs of theirs; the answer is
    "nearly" if only some of them are equal to it.
    """
    several = isinstance(value, list) and not isinstance(expected.value, list)
    found = [_equals(one, expected) for one in (value if several else [value])]
    if all(found):
        return CONSISTENT
    return NEARLY if nearly or any(found) else CONTRADICTED


def _equals(value: Any, expected: Expected) -> bool:
    if isinstance(value, list) and isinstance(expected.value, list):
        pairs = zip(value, expected.value, strict=False)
        same = [_equals(one, Expected(other, expected.tolerance)) for one, other in pairs]
        return len(value) == len(expected.value) and all(same)
    if not _is_number(value) or not _is_number(expected.value):
        return bool(value == expected.value)
    if expected.tolerance is None:
        return arithmetic.matches(value, expected.value)
    return bool(abs(value - expected.value) <= expected.tolerance)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def exact(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    near = Expected(expected.value, expected.tolerance or 0)
    return REPRODUCED if all(_equals(value, near) for value in values) else DIFFERS


def accuracy(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    """Returns whether the mean over seeds is within the tolerance.

    Close is within twice of it, or if the interval over the seeds contains the expected value.
    """
    found = _within(abs(_mean(values) - expected.value), expected.tolerance or POINTS)
    return CLOSE if found == DIFFERS and _contains(values, expected.value) else found


def _contains(values: Sequence[Any], expected: float) -> bool:
    """Tells whether a value lies inside the 95 % interval for the mean over seeds."""
    over = spread(values)
    return over.low is not None and over.high is not None and over.low <= expected <= over.high


def gain(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    """Returns `accuracy` of a difference of accuracies, which must also have the expected sign."""
    if _mean(values) * expected.value <= 0:
        return DIFFERS
    return accuracy(values, (), expected)


def ratio(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> str:
    """Returns whether the mean is within a share of the value, and on the claimed side of 1."""
    mean = _mean(values)
    if {"less": mean >= 1, "more": mean <= 1}.get(expected.direction, False):
        return DIFFERS
    return _within(abs(mean / expected.value - 1), expected.tolerance or SHARE)


def shape(values: Sequence[Any], nearly: Sequence[bool], _expected: Expected) -> str:
    """Returns whether the claim is true for most seeds; close if for some, or nearly for most."""
    if _share(values) >= MOST:
        return REPRODUCED
    return CLOSE if any(values) or (nearly and _share(nearly) >= MOST) else DIFFERS


RULES: dict[str, Rule] = {
    "exact": exact, "accuracy": accuracy, "gain": gain, "ratio": ratio, "shape": shape,
}  # fmt: skip
ORDERING = "ordering"
AGAINST = ("exact", "accuracy", "gain", "ratio")  # rules that compare with what is expected
OF_SAMPLES = ("accuracy", "gain", "ratio", "shape")  # rules that a single seed cannot decide
OF_LEVELS = ("accuracy",)  # rules whose value a lossy copy changes


def ordering(
    links: Sequence[Link], corrected: float | None, tolerance: float | None, seeds: int
) -> Verdict:
    """Returns the verdict on differences that must be positive: that on the weakest one.

    It is "reproduced" only if they exceed the noise of the seeds, corrected for the number of
    orderings. `seeds` is 0 if the links are not about runs.
    """
    tie = TIE if tolerance is None else tolerance
    found = [_link(link, corrected, tie, seeds) for link in links]
    return max(found, key=lambda one: JUDGED.index(one.word))


def _link(link: Link, corrected: float | None, tie: float, seeds: int) -> Verdict:
    mean, high = link.spread.mean, link.spread.high
    if abs(mean) <= tie:
        return Verdict(CLOSE, f"a tie: nearer to zero than {tie:g}" if mean else "a tie")
    if mean < 0:
        if seeds == 1:
            return Verdict(CLOSE, "reversed, but a single seed cannot tell")
        if high is None:
            return Verdict(DIFFERS, "reversed; measured once")
        if high <= 0:
            return Verdict(DIFFERS, "reversed")
        return Verdict(
            CLOSE, "reversed, but zero lies inside the interval, so these seeds cannot tell"
        )
    if corrected is None:
        return Verdict(CLOSE, "in that order, but a single seed or network cannot tell")
    if corrected >= LEVEL or link.share_positive < MOST:
        return Verdict(CLOSE, f"in that order, but within the noise (corrected p {corrected:.2g})")
    return Verdict(REPRODUCED)


def capped(verdict: Verdict, rule: str, single: str) -> Verdict:
    """Returns the verdict, but at best "close" for a single seed, network or profile."""
    if not single or verdict.word not in JUDGED or rule not in OF_SAMPLES:
        return verdict
    word = CLOSE if verdict.word == REPRODUCED else verdict.word
    return Verdict(word, "; ".join(filter(None, (verdict.reason, single))))


def incomparable(rule: str, fidelities: set[str], doubts: set[str]) -> str:
    """Returns why a measurement is not compared with the paper; "" if it is."""
    if SYNTHETIC in fidelities:
        return "measured on synthetic images"
    if LOSSY in fidelities and rule in OF_LEVELS:
        return "measured on a lossy copy of the images, which lowers accuracies"
    return "; ".join(sorted(doubts))


def in_words(rule: str, expected: Expected) -> str:
    tolerance = expected.tolerance
    match rule:
        case "exact":
            off = f", within {tolerance:g}" if tolerance else ""
            return f"equal to {_shown(expected.value)}{off}"
        case "accuracy" | "gain":
            points = tolerance or POINTS
            sign = " and of its sign" if rule == "gain" else ""
            return (
                f"mean over seeds within {points:g} of {_shown(expected.value)}{sign}; "
                f"close within {2 * points:g}, or if the interval over the seeds contains it"
            )
        case "ratio":
            share = tolerance or SHARE
            side = f"{expected.direction} than 1, and " if expected.direction else ""
            return (
                f"{side}within {share:.0%} of {_shown(expected.value)}; "
                f"close within {2 * share:.0%}"
            )
        case "ordering":
            tie = TIE if tolerance is None else tolerance
            return (
                f"more than {tie:g} in the mean, positive in most seeds, and p below {LEVEL:g} "
                "once corrected for all orderings; close if positive otherwise, if nearer to zero, "
                "or if negative with a single seed or with zero inside the interval"
            )
    return "true of at least two thirds of the seeds; close if true of some"


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

"""The rules of the two judgements: the paper against its authors' files, ours against the claim.

A rule for ours gets the measured values, seed by seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from landcover.claims import arithmetic
from landcover.claims.chance import LEVEL, Link
from landcover.claims.evidence import LOSSY, SYNTHETIC
from landcover.stats import spread

CONSISTENT, NEARLY, CONTRADICTED = "consistent", "nearly", "contradicted"
SILENT = "nothing logged"
OF_PAPER = (CONSISTENT, NEARLY, CONTRADICTED, SILENT)

REPRODUCED, CLOSE, UNCERTAIN, DIFFERS = "reproduced", "close", "not certain", "differs"
NOT_COMPARABLE, NOT_RUN, UNDECIDABLE = "not comparable", "not run", "undecidable"
JUDGED = (REPRODUCED, CLOSE, UNCERTAIN, DIFFERS)  # compared with the claim
OF_OURS = (*JUDGED, NOT_COMPARABLE, NOT_RUN, UNDECIDABLE)
SEEN = {REPRODUCED: "it agrees", CLOSE: "it nearly agrees", DIFFERS: "it does not agree"}

POINTS = 1.5  # of accuracy, by which the authors' own runs differ
SHARE = 0.3  # of a ratio of times
TIE = 0.5  # points; orderings closer than that are none


@dataclass(frozen=True)
class Verdict:
    word: str
    reason: str = ""  # why, if the word alone does not say it


@dataclass(frozen=True)
class Expected:
    value: Any = None
    tolerance: float | None = None
    direction: str = ""

    def within(self, usual: float) -> float:
        return usual if self.tolerance is None else self.tolerance


Rule = Callable[[Sequence[Any], Sequence[bool], Expected], Verdict]


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


def exact(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> Verdict:
    near = Expected(expected.value, expected.tolerance or 0)
    return Verdict(REPRODUCED if all(_equals(value, near) for value in values) else DIFFERS)


def accuracy(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> Verdict:
    """Returns whether all of the interval over the seeds is within the tolerance of the value.

    Close is within twice of it. If only the mean is, it is uncertain; so is a mean farther away, if
    the interval contains the expected value.
    """
    return _near(values, expected, expected.within(POINTS))


def gain(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> Verdict:
    """Returns `accuracy` of a difference of accuracies, whose sign must also be the expected one.

    It is uncertain if the interval over the seeds contains zero.
    """
    if _mean(values) * expected.value <= 0:
        return _apart("of the other sign", values, expected)
    return _beyond(0, values, accuracy(values, (), expected))


def ratio(values: Sequence[Any], _nearly: Sequence[bool], expected: Expected) -> Verdict:
    """Returns `accuracy` within a share of the value, and on the claimed side of 1.

    If there is such a side, it is uncertain if the interval over the seeds contains 1.
    """
    mean = _mean(values)
    if {"less": mean >= 1, "more": mean <= 1}.get(expected.direction, False):
        return _apart(f"not {expected.direction} than 1", values, expected)
    found = _near(values, expected, expected.value * expected.within(SHARE))
    return _beyond(1, values, found) if expected.direction else found


def _near(values: Sequence[Any], expected: Expected, tolerance: float) -> Verdict:
    if abs(_mean(values) - expected.value) > 2 * tolerance:
        return _apart("far away", values, expected)
    over = spread(values)
    ends = [over.mean, *(end for end in (over.low, over.high) if end is not None)]
    farthest = max(abs(end - expected.value) for end in ends)
    if farthest <= tolerance:
        return Verdict(REPRODUCED)
    if farthest <= 2 * tolerance:
        return Verdict(CLOSE)
    seen = SEEN[REPRODUCED if abs(over.mean - expected.value) <= tolerance else CLOSE]
    return Verdict(
        UNCERTAIN, f"in the mean {seen}, but the interval over the seeds reaches far away"
    )


def _apart(how: str, values: Sequence[Any], expected: Expected) -> Verdict:
    """Returns "differs"; "not certain" if the interval over the seeds contains the value."""
    if _may_be(expected.value, values):
        return Verdict(
            UNCERTAIN, f"{how}, but the interval over the seeds contains the expected value"
        )
    return Verdict(DIFFERS)


def _beyond(limit: float, values: Sequence[Any], found: Verdict) -> Verdict:
    """Returns what was found; if that is near, "not certain" if the limit may be the truth."""
    if found.word in (REPRODUCED, CLOSE) and _may_be(limit, values):
        reason = f"{SEEN[found.word]}, but {limit:g} lies inside the interval over the seeds"
        return Verdict(UNCERTAIN, reason)
    return found


def _may_be(value: float, values: Sequence[Any]) -> bool:
    """Tells whether a value lies inside the 95 % interval over the seeds."""
    over = spread(values)
    return over.low is not None and over.high is not None and over.low <= value <= over.high


def shape(values: Sequence[Any], nearly: Sequence[bool], _expected: Expected) -> Verdict:
    """Returns whether the claim is true for every seed; close if it is nearly so for every one.

    It differs if it is not even nearly so for any, and is uncertain otherwise.
    """
    if all(values):
        return Verdict(REPRODUCED)
    found = [any(pair) for pair in zip_longest(values, nearly, fillvalue=False)]
    if all(found):
        return Verdict(CLOSE)
    return Verdict(UNCERTAIN, "the seeds disagree") if any(found) else Verdict(DIFFERS)


RULES: dict[str, Rule] = {
    "exact": exact, "accuracy": accuracy, "gain": gain, "ratio": ratio, "shape": shape,
}  # fmt: skip
GAIN, ORDERING = "gain", "ordering"
TESTED = (GAIN, ORDERING)  # rules with a p, which is corrected for the number of such claims
AGAINST = ("exact", "accuracy", "gain", "ratio")  # rules that compare with what is expected


def ordering(links: Sequence[Link], corrected: float | None, expected: Expected) -> Verdict:
    """Returns the verdict on differences that must be positive: that on the weakest one.

    It is "reproduced" or "differs" only if they exceed the noise of the seeds; the first is
    corrected for the number of orderings and gains.
    """
    tie = expected.within(TIE)
    return max(
        (_link(link, corrected, tie) for link in links), key=lambda one: JUDGED.index(one.word)
    )


def _link(link: Link, corrected: float | None, tie: float) -> Verdict:
    mean, low, high = link.spread.mean, link.spread.low, link.spread.high
    way = "in that order" if mean > 0 else "reversed"
    if abs(mean) <= tie:
        nearer = f"nearer to zero than {tie:g}"
        if low is not None and high is not None and max(-low, high) > tie:
            return Verdict(UNCERTAIN, f"{nearer}, but the interval over the seeds is not")
        return Verdict(CLOSE, f"a tie: {nearer}" if mean else "a tie")
    if low is None or high is None or corrected is None:
        return Verdict(UNCERTAIN, way)
    if mean < 0 and high <= 0:
        return Verdict(DIFFERS, way)
    if low <= 0 <= high:
        return Verdict(UNCERTAIN, f"{way}, but zero lies inside the interval over the seeds")
    if corrected >= LEVEL:
        return Verdict(UNCERTAIN, f"{way}, but {_noise(corrected)}")
    return Verdict(REPRODUCED)


def beyond_chance(found: Verdict, corrected: float | None) -> Verdict:
    """Returns the verdict on a gain; "not certain" if chance explains it among all such claims."""
    if found.word in (REPRODUCED, CLOSE) and corrected is not None and corrected >= LEVEL:
        return Verdict(UNCERTAIN, f"{SEEN[found.word]}, but {_noise(corrected)}")
    return found


def _noise(corrected: float) -> str:
    return f"within the noise (corrected p {corrected:.2g})"


def of_single(verdict: Verdict, rule: str, single: str) -> Verdict:
    """Returns the verdict; if chance plays a part, that a single seed or network cannot tell."""
    if not single or rule == "exact":
        return verdict
    seen = verdict.reason or SEEN[verdict.word]
    return Verdict(UNCERTAIN, f"{seen}; {single} cannot tell")


def incomparable(rule: str, fidelities: set[str], doubts: set[str]) -> str:
    """Returns why a measurement is not compared with the paper; "" if it is."""
    if SYNTHETIC in fidelities:
        return "measured on synthetic images"
    if LOSSY in fidelities and rule == "accuracy":
        return "measured on a lossy copy of the images, which may lower accuracies"
    return "; ".join(sorted(doubts))


def in_words(rule: str, expected: Expected) -> str:
    match rule:
        case "exact":
            off = f", within {expected.tolerance:g}" if expected.tolerance else ""
            return f"equal to {_shown(expected.value)}{off}"
        case "accuracy" | "gain":
            points = expected.within(POINTS)
            within = _within(f"{points:g}", f"{2 * points:g}", expected)
            if rule == "accuracy":
                return within
            return (
                f"of its sign, and {within}, or if it contains 0 or the one-sided p is not below "
                f"{LEVEL:g} once corrected for their number"
            )
        case "ratio":
            share = expected.within(SHARE)
            within = _within(f"{share:.0%}", f"{2 * share:.0%}", expected)
            if not expected.direction:
                return within
            return f"{expected.direction} than 1, and {within}, or if it contains 1"
        case "ordering":
            tie = expected.within(TIE)
            return (
                f"more than {tie:g} in the mean, the interval over the seeds above zero, and the "
                f"one-sided p below {LEVEL:g} once corrected for their number; close if the "
                "interval is nearer to zero; differs if it lies below zero; otherwise not certain"
            )
    return (
        "true, and of every seed if several were run; close if nearly so of every one; differs if "
        "of none; otherwise not certain"
    )


def _within(near: str, farther: str, expected: Expected) -> str:
    value = _shown(expected.value)
    return (
        f"the interval over the seeds within {near} of {value}; close within {farther}; not "
        f"certain if it reaches farther, but contains {value} or its mean is that near"
    )


def _mean(values: Sequence[Any]) -> float:
    return float(sum(values) / len(values))


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
        case None:  # it was not measured
            return "–"
    return f"{value:,}"

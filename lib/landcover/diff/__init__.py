"""Compares two folders of results, number by number, and the settings, images and machines behind.

Runs are matched by experiment and seed, profiles by model. Times and peak memory change
from run to run, so they are not compared.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open

from landcover.diff.items import AGAIN, Contents, Item, Measured, Scale, contents
from landcover.errors import ArtifactError, SpecError, some


@dataclass(frozen=True)
class Number:
    """One number of both folders; of a curve or a matrix, the place with the largest difference."""

    name: str
    at: str  # the place; "" if there is only one
    a: float
    b: float
    apart: float  # in hundredths of the scale; for EXACT and EPOCHS the plain difference
    scale: Scale
    too_far: bool


@dataclass(frozen=True)
class Weights:
    """A file of weights that both folders have, as bytes.

    If one folder has it in half precision, as `distill` writes it, both are compared so.
    """

    name: str
    a_sha256: str
    b_sha256: str
    in_half: bool
    too_far: bool  # a byte differs at tolerance 0

    @property
    def equal(self) -> bool:
        return self.a_sha256 == self.b_sha256


@dataclass(frozen=True)
class Reason:
    """A setting or fact in which results differ, and which may explain different numbers."""

    what: str  # "spec batch_size", "versions torch"
    a: str  # "" if it is not stated
    b: str
    results: tuple[str, ...]  # names of the results that differ in it


@dataclass(frozen=True)
class Compared:
    """A run or a profile that both folders have."""

    name: str
    numbers: tuple[Number, ...]
    weights: tuple[Weights, ...]
    cannot_agree: str  # why not, at any tolerance; or ""

    @property
    def agrees(self) -> bool:
        found: tuple[Number | Weights, ...] = (*self.numbers, *self.weights)
        return not self.cannot_agree and not any(one.too_far for one in found)


@dataclass(frozen=True)
class Comparison:
    a: Path
    b: Path
    tolerance: float  # in hundredths of each number's scale
    reasons: tuple[Reason, ...]
    compared: tuple[Compared, ...]
    only_a: tuple[str, ...]  # runs and profiles, and parts of shared ones
    only_b: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Tells whether all shared results agree."""
        return all(one.agrees for one in self.compared)


def compare(a: Path, b: Path, tolerance: float = 0.0, only: Sequence[str] = ()) -> Comparison:
    """Compares all that both folders have, or only the runs of some experiments.

    Raises ArtifactError if there is nothing to compare or a file is broken, and SpecError for a
    negative tolerance.
    """
    if not tolerance >= 0:
        raise SpecError(f"the tolerance is {tolerance}; it must be a number from 0 on")
    if a.samefile(b):
        raise ArtifactError(f"{a} and {b} are the same folder; name another one to compare it with")
    of_a, of_b = contents(a, only), contents(b, only)
    _check_common(only, a, of_a, b, of_b)
    pairs = [(of_a[name](), of_b[name]()) for name in of_a if name in of_b]
    return Comparison(
        a,
        b,
        tolerance,
        tuple(reasons(pairs)),
        tuple(compared(*pair, tolerance) for pair in pairs),
        only_a=(*(n for n in of_a if n not in of_b), *_parts_of_first(pairs)),
        only_b=(*(n for n in of_b if n not in of_a), *_parts_of_first((b, a) for a, b in pairs)),
    )


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Returns the comparison JSON-ready, with the verdicts."""
    found = asdict(comparison) | {"a": str(comparison.a), "b": str(comparison.b)}
    verdicts = [{"agrees": one.agrees} for one in comparison.compared]
    both = [verdict | one for verdict, one in zip(verdicts, found["compared"], strict=True)]
    return {"agrees": comparison.agrees} | found | {"compared": both}


def compared(a: Item, b: Item, tolerance: float) -> Compared:
    if reason := _cannot_agree(a, b):
        return Compared(a.name, (), (), reason)
    found = (
        _furthest(name, measured, b.numbers[name], tolerance)
        for name, measured in a.numbers.items()
        if name in b.numbers
    )
    weights = (
        _weights(name, ours, b.weights[name], exact=tolerance == 0)
        for name, ours in a.weights.items()
        if name in b.weights
    )
    return Compared(a.name, tuple(one for one in found if one), tuple(weights), "")


def reasons(pairs: Sequence[tuple[Item, Item]]) -> list[Reason]:
    """Returns each reason once, with its results; first settings, then images, then versions."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for a, b in pairs:
        for what, (one, other) in _unlike(a.circumstances, b.circumstances).items():
            found.setdefault((what, one, other), []).append(a.name)
    order = list(
        dict.fromkeys(what for pair in pairs for one in pair for what in one.circumstances)
    )
    listed = sorted(found.items(), key=lambda item: order.index(item[0][0]))
    return [Reason(*difference, tuple(names)) for difference, names in listed]


def _unlike(a: Mapping[str, str], b: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    both = {what: (a.get(what, ""), b.get(what, "")) for what in dict.fromkeys((*a, *b))}
    return {
        what: pair
        for what, pair in both.items()
        if pair[0] != pair[1] and not (what.startswith(AGAIN) and _is_said(what, both))
    }


def _is_said(what: str, both: Mapping[str, tuple[str, str]]) -> bool:
    """Tells whether a difference of evaluations needs no mention.

    This is so if only one was evaluated, or if the trainings differ in the same way.
    """
    return not all(both[what]) or both[what] == both.get(what.removeprefix(AGAIN))


def _furthest(name: str, a: Measured, b: Measured, tolerance: float) -> Number | None:
    """Returns the place with the largest difference; None if they have no place in common."""
    apart = _apart(a, b)
    if apart.empty:
        return None
    at = str(apart.idxmax())
    x, y, gap = float(a.values[at]), float(b.values[at]), float(apart[at])
    return Number(name, at, x, y, gap, a.scale, too_far(gap, a.scale, tolerance))


def _apart(a: Measured, b: Measured) -> "pd.Series[float]":
    x, y = a.values.align(b.values, join="inner")
    gap = (x - y).abs()
    match a.scale:
        case Scale.POINTS:
            return 100 * gap
        case Scale.PERCENT:
            return (100 * gap / x.abs().combine(y.abs(), max)).fillna(0)  # 0 is not apart from 0
        case Scale.PERCENT_OF_CLASS if a.wholes is not None and b.wholes is not None:
            return (100 * gap / a.wholes.combine(b.wholes, max)[gap.index]).fillna(0)
        case _:
            return gap


def too_far(apart: float, scale: Scale, tolerance: float) -> bool:
    if tolerance == 0 or scale is Scale.EXACT:
        return apart > 0
    return scale is not Scale.EPOCHS and round(apart, 9) > tolerance  # 81 % is 1 point from 80 %


def _cannot_agree(a: Item, b: Item) -> str:
    fidelities = [item.circumstances.get("data fidelity", "") for item in (a, b)]
    if (fidelities[0] == "synthetic") == (fidelities[1] == "synthetic"):
        return ""
    return f"{fidelities[0]} images in A, {fidelities[1]} in B: their numbers cannot agree"


def _parts_of_first(pairs: Iterable[tuple[Item, Item]]) -> list[str]:
    """Returns the parts of first results that the second ones lack."""
    return [f"{a.name}: {part}" for a, b in pairs for part in sorted(a.parts - b.parts)]


def _check_common(only: Sequence[str], a: Path, of_a: Contents, b: Path, of_b: Contents) -> None:
    """Raises ArtifactError if both folders share nothing, or nothing of an experiment in `only`."""
    for start in [f"{experiment} seed " for experiment in only] or [""]:
        ours, theirs = ([n for n in names if n.startswith(start)] for names in (of_a, of_b))
        if set(ours).isdisjoint(theirs):
            raise ArtifactError(
                f"nothing is in both folders: {a} has {some(ours)}, {b} has {some(theirs)}; "
                "make the same experiment and seed in both"
            )


def _weights(name: str, ours: Path, theirs: Path, *, exact: bool) -> Weights:
    a, b = _sha256(ours), _sha256(theirs)
    of_a, of_b = (_kinds(ours), _kinds(theirs)) if a != b else (set(), set())
    in_half = bool(of_a and of_b) and ("F16" in of_a) != ("F16" in of_b)
    if in_half:
        a, b = _halved_sha256(ours), _halved_sha256(theirs)
    return Weights(name, a, b, in_half, exact and a != b)


def _kinds(file: Path) -> set[str]:
    """Returns the kinds of numbers in a file of weights, such as F16; none if it is damaged."""
    with suppress(SafetensorError), safe_open(file, "np") as tensors:
        return {tensors.get_slice(name).get_dtype() for name in tensors.keys()}  # noqa: SIM118
    return set()


def _halved_sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with safe_open(file, "np") as tensors:
        for name in sorted(tensors.keys()):
            tensor = tensors.get_tensor(name)
            floats = np.issubdtype(tensor.dtype, np.floating)
            digest.update(name.encode())
            digest.update((tensor.astype(np.float16) if floats else tensor).tobytes())
    return digest.hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

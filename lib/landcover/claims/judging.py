"""Judges one claim twice: the paper against its authors' own files, and our results against it."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import product
from pathlib import Path
from typing import Any

from landcover.claims import arithmetic, chance, expression, verdicts
from landcover.claims.chance import Link
from landcover.claims.evidence import ALIKE, APART, Evidence, Lookup, Read
from landcover.claims.expression import MissingError
from landcover.claims.ledger import AuthorsCheck, Claim, lookups_of
from landcover.claims.lookups import LOOKUPS
from landcover.claims.verdicts import Expected, Verdict
from landcover.errors import SpecError
from landcover.results.study import Study
from landcover.stats import Spread, benjamini_hochberg, spread


@dataclass(frozen=True)
class OfPaper:
    """The paper against its authors' own files."""

    verdict: Verdict
    value: Any = None  # in their files
    expected: Any = (
        None  # what it is compared with; None if `value` already tells whether the claim holds
    )
    read_off: bool = False  # whether a part was read off a plot
    logged: bool = False  # whether a part comes from a log
    doubtful: int = 0  # images of their figures that were identified with doubt
    files: tuple[Path, ...] = ()
    reads: frozenset[Read] = frozenset()


@dataclass(frozen=True)
class Measurement:
    """What our results say about a claim, before it is judged."""

    expected: Expected = field(default_factory=Expected)
    values: tuple[Any, ...] = ()  # one for each seed, or one if seeds do not matter
    nearly: tuple[bool, ...] = ()
    in_numbers: tuple[str, ...] = ()  # both sides of a comparison, for each value
    missing: str = ""  # what was not run
    seeds: int = 0  # their number; 0 if they do not matter
    published: bool = False  # a network that is the same for everybody was looked into
    fidelities: tuple[str, ...] = ()
    timed_once: bool = False  # whether a time of it was measured in a single process
    combined: bool = False  # whether networks were combined, which is done once
    incomparable: str = ""  # why it is not compared with the paper
    files: tuple[Path, ...] = ()
    reads: frozenset[Read] = frozenset()

    @cached_property
    def links(self) -> list[Link]:
        return chance.links(self.values)

    @property
    def spread(self) -> Spread | None:
        """Returns the spread over the seeds, if each has one number."""
        numbers = [v for v in self.values if isinstance(v, int | float) and not isinstance(v, bool)]
        return spread(numbers) if numbers and len(numbers) == len(self.values) else None


@dataclass(frozen=True)
class OfOurs:
    """Our measurement against the claim."""

    verdict: Verdict
    measured: Measurement
    rule: str = ""  # in words
    p: float | None = None  # of an ordering or a gain
    corrected: float | None = None  # p, corrected for all that were judged together


@dataclass(frozen=True)
class Judgement:
    claim: Claim
    paper: OfPaper
    ours: OfOurs


def of_paper(claim: Claim, study: Study) -> OfPaper:
    """Returns how well the authors' files support a claim; this needs no results."""
    if claim.files is None:
        return OfPaper(Verdict(verdicts.SILENT))
    seen = Evidence(study)
    try:
        word, value, expected = _by_files(claim, claim.files, seen)
    except MissingError as error:
        return OfPaper(Verdict(verdicts.SILENT, f"{error}"))
    verdict = Verdict(word)
    if otherwise := _with_doubt(claim, claim.files, seen, word) - {word}:
        least = max(otherwise, key=verdicts.OF_PAPER.index)
        verdict = Verdict(
            verdicts.NEARLY,
            f"{word} as their pictures were identified, {least} if the "
            f"{len(seen.doubtful)} that are in doubt show something else",
        )
    return OfPaper(
        verdict=verdict,
        value=value,
        expected=expected,
        read_off=seen.read_off,
        logged=seen.from_logs,
        doubtful=len(seen.doubtful),
        files=tuple(sorted(seen.files)),
        reads=frozenset(seen.reads),
    )


def _with_doubt(claim: Claim, files: AuthorsCheck, seen: Evidence, word: str) -> set[str]:
    """Returns the verdicts if doubtful images show something else.

    A claim must survive any mixture of layers, and a contradiction that they show nothing.
    """
    layers = sorted({(figure, layer) for figure, layer, *_ in seen.doubtful})
    ways = (APART,) if word == verdicts.CONTRADICTED else (APART, ALIKE)
    others = [
        Evidence(seen.study, doubtful_as=dict(zip(layers, mixture, strict=True)))
        for mixture in product(ways, repeat=len(layers))
    ]
    return {_by_files(claim, files, other)[0] for other in others if layers}


def _by_files(claim: Claim, files: AuthorsCheck, seen: Evidence) -> tuple[str, Any, Any]:
    """Returns the verdict, the value in the files, and the value that it is compared with."""
    value, holds, nearly = (_value(node, seen) for node in (files.value, files.holds, files.nearly))
    if files.holds is not None:
        word = verdicts.of_paper(holds, Expected(value=True), nearly=bool(nearly))
        return word, holds if files.value is None else value, None
    expected = _expected(claim, files.expect, seen)
    word = verdicts.of_paper(value, Expected(expected, files.tolerance), nearly=bool(nearly))
    return word, value, expected


def measure(claim: Claim, study: Study) -> Measurement:
    """Returns what the results say about a claim, seed by seed."""
    ours = claim.ours
    if ours is None:
        return Measurement()
    seen: list[Evidence] = []
    values: list[Any] = []
    nearly: list[bool] = []
    in_numbers: list[str] = []
    seeds: list[int] = []
    missing = ""
    theirs = Evidence(study)
    wanted = None
    try:
        wanted = _expected(claim, ours.expect, theirs)
        seeds = _seeds(claim, study)
        for seed in seeds or [0]:
            seen.append(Evidence(study, seed))
            values.append(_value(ours.value, seen[-1]))
            in_numbers.append(expression.in_numbers(ours.value, _functions(ours.value, seen[-1])))
            if ours.nearly is not None:
                nearly.append(bool(_value(ours.nearly, seen[-1])))
    except MissingError as error:
        missing, values, nearly, in_numbers = f"{error}", [], [], []
    fidelities = {f for one in seen for f in one.fidelities}
    doubts = {doubt for one in seen for doubt in one.doubts}
    return Measurement(
        expected=Expected(wanted, ours.tolerance, ours.direction),
        values=tuple(values),
        nearly=tuple(nearly),
        in_numbers=tuple(filter(None, in_numbers)),
        missing=missing,
        seeds=len(values) if seeds else 0,
        published=any(one.published for one in seen),
        fidelities=tuple(sorted(fidelities)),
        timed_once=any(one.timed_once for one in seen),
        combined=any(one.combined for one in seen),
        incomparable=verdicts.incomparable(ours.rule, fidelities, doubts),
        files=tuple(sorted({file for one in (theirs, *seen) for file in one.files})),
        reads=frozenset(read for one in (theirs, *seen) for read in one.reads),
    )


def of_ours(
    claim: Claim, measured: Measurement, p: float | None, corrected: float | None
) -> OfOurs:
    """Returns the verdict on a measurement; `corrected` is p, corrected for all others."""
    ours = claim.ours
    if ours is None:
        return OfOurs(Verdict(verdicts.UNDECIDABLE, claim.undecidable), measured)
    rule = verdicts.in_words(ours.rule, measured.expected)
    if measured.missing:
        verdict = Verdict(verdicts.NOT_RUN, measured.missing)
    elif measured.incomparable:
        verdict = Verdict(verdicts.NOT_COMPARABLE, measured.incomparable)
    else:
        if ours.rule == verdicts.ORDERING:
            found = verdicts.ordering(measured.links, corrected, measured.expected)
        else:
            rule_of = verdicts.RULES[ours.rule]
            found = rule_of(measured.values, measured.nearly, measured.expected)
            if ours.rule == verdicts.GAIN:
                found = verdicts.beyond_chance(found, corrected)
        verdict = verdicts.of_single(found, ours.rule, _single(measured, ours.rule))
    return OfOurs(verdict, measured, rule, p, corrected)


def _single(measured: Measurement, rule: str) -> str:
    """Returns what was measured only once; "" if nothing was, or if chance plays no part."""
    for what, is_single in (
        ("a single seed", measured.seeds == 1),
        ("a single profile", measured.timed_once),
        ("a single combination", measured.combined),
        ("a single measurement", rule == verdicts.ORDERING and len(measured.values) == 1),
    ):
        if is_single:
            return what
    return ""


def p_of(claim: Claim, measured: Measurement) -> float | None:
    """Returns how likely an ordering or a gain is by chance; None if that is not tested."""
    if claim.ours is None or claim.ours.rule not in verdicts.TESTED:
        return None
    if measured.missing or measured.incomparable:
        return None
    if claim.ours.rule == verdicts.GAIN and measured.expected.value < 0:
        return chance.p_of_chain(chance.links([-value for value in measured.values]))
    return chance.p_of_chain(measured.links)


def _seeds(claim: Claim, study: Study) -> list[int]:
    """Returns the seeds that all experiments of the claim have, so that runs compare in pairs.

    There are none if seeds do not matter.
    """
    runs = {name: {run.seed for run in study.results[name].runs} for name in _runs(claim)}
    if missing := [name for name, seeds in runs.items() if not seeds]:
        raise MissingError(f"{', '.join(missing)} not run")
    looks = [
        {seed for seed in study.looks(name, method) if seed is not None}
        for name, method in _insides(claim)
    ]
    if not (there := [*runs.values(), *filter(None, looks)]):
        return []
    if not (shared := sorted(set.intersection(*there))):
        names = sorted({*runs, *(name for name, _ in _insides(claim))})
        raise MissingError(f"{', '.join(names)} share no seed")
    return shared


def _runs(claim: Claim) -> list[str]:
    """Returns the experiments whose runs the claim reads."""
    return sorted({name for lookup, name in _asked(claim) if lookup.of_runs})


def _insides(claim: Claim) -> list[tuple[str, str]]:
    """Returns the networks that the claim looks into, each with a method."""
    return sorted({(name, lookup.method) for lookup, name in _asked(claim) if lookup.method})


def _asked(claim: Claim) -> list[tuple[Lookup, str]]:
    """Returns the lookups of our value, each with its first argument."""
    if claim.ours is None:
        return []
    asked = lookups_of(claim.ours.value) + lookups_of(claim.ours.nearly)
    return [(LOOKUPS[name], str(arguments[0])) for name, arguments in asked if arguments]


def _value(node: ast.expr | None, seen: Evidence) -> Any:
    if node is None:
        return None
    return expression.evaluate(node, _functions(node, seen))


def _functions(node: ast.expr, seen: Evidence) -> Mapping[str, Callable[..., Any]]:
    asked = {name: partial(LOOKUPS[name].ask, seen) for name, _ in lookups_of(node)}
    return arithmetic.FUNCTIONS | asked


def _expected(claim: Claim, own: ast.expr | None, seen: Evidence) -> Any:
    """Returns what a judgement expects itself, or else the claim, or else what is reported."""
    node = own or claim.expect
    return claim.reported if node is None else _value(node, seen)


def judge_together(claims: Sequence[Claim], study: Study) -> list[Judgement]:
    """Returns both judgements of each claim; p is corrected for all of them that have one."""
    papers, measurements = [], []
    for claim in claims:
        try:
            papers.append(of_paper(claim, study))
            measurements.append(measure(claim, study))
        except SpecError as error:
            raise SpecError(f"{claim.id}: {error}") from error
    p_values = [p_of(claim, one) for claim, one in zip(claims, measurements, strict=True)]
    corrected = benjamini_hochberg(p_values)
    return [
        Judgement(claim, paper, of_ours(claim, one, p, q))
        for claim, paper, one, p, q in zip(
            claims, papers, measurements, p_values, corrected, strict=True
        )
    ]

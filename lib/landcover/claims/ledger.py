"""Every claim of the paper that can be checked, and every finding: `workflow/claims.yaml`."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema.protocols import Validator

from landcover import yaml_source
from landcover.claims import arithmetic, expression
from landcover.claims.lookups import LOOKUPS, Known, known
from landcover.claims.verdicts import AGAINST
from landcover.errors import SpecError, nearest
from landcover.results.study import Study
from landcover.yaml_source import YamlSource

CLAIMS, FINDINGS = "claims", "findings"
UNITS = {"accuracy": "%", "gain": "points", "ordering": "points", "ratio": "ratio"}  # by rule
EXPRESSIONS = ("value", "holds", "expect", "nearly")


@dataclass(frozen=True)
class AuthorsCheck:
    """How the paper is compared with its authors' own files."""

    value: ast.expr | None  # in their files; it is shown
    holds: ast.expr | None  # true if they support the claim; None: the value is compared
    expect: ast.expr | None  # None: as the claim says
    tolerance: float | None  # None: equal if rounded or cut to the expected digits
    nearly: ast.expr | None  # true if they nearly support it


@dataclass(frozen=True)
class OurCheck:
    """How our measurement is compared with the claim."""

    rule: str
    value: ast.expr
    expect: ast.expr | None  # None: as the claim says
    tolerance: float | None
    nearly: ast.expr | None  # true if it is close
    direction: str  # of a ratio: "less" or "more" than 1; "": the paper claims none
    unit: str  # of the value; "" for counts and for what is true or false


@dataclass(frozen=True)
class Claim:
    id: str
    section: str  # of the paper; T1 is its Table 1
    text: str  # in our words
    reported: Any  # the text of the paper; None if it gives no value
    expect: ast.expr | None  # the reported value; None: `reported` itself
    files: AuthorsCheck | None
    ours: OurCheck | None
    undecidable: str  # why no measurement of ours could decide it
    note: str


@dataclass(frozen=True)
class Ledger:
    claims: tuple[Claim, ...]  # of the paper
    findings: tuple[Claim, ...]  # that the paper does not state


def load(workflow: Path, study: Study) -> Ledger:
    """Reads the ledger.

    Raises SpecError, with the line, for an entry that breaks the schema or names something that
    does not exist.
    """
    source = YamlSource.read(workflow / "claims.yaml")
    validator = yaml_source.validator(workflow / "schemas" / "claims.schema.yaml")
    for section in source.content:
        if section not in (CLAIMS, FINDINGS):
            raise SpecError(
                f"{source.at(str(section))}: unknown key; {nearest(section, (CLAIMS, FINDINGS))}"
            )
    if not source.section(CLAIMS):
        raise SpecError(f"{source.path} has no claims; add some")
    there = known(study)
    read = _Reader(source, validator, there)
    return Ledger(tuple(read.entries(CLAIMS)), tuple(read.entries(FINDINGS)))


@dataclass(frozen=True)
class _Reader:
    source: YamlSource
    validator: Validator
    there: Known

    def entries(self, section: str) -> Iterator[Claim]:
        for name, entry in self.source.section(section).items():
            yield self._claim((section, str(name)), entry)

    def _claim(self, place: tuple[str, ...], entry: Any) -> Claim:
        yaml_source.check(entry, self.validator, self.source, *place)
        files, ours = entry.get("files"), entry.get("ours")
        self._check_expected(place, entry)
        return Claim(
            id=place[-1],
            section=str(entry.get("section", "")),
            text=_line(entry["claim"]),
            reported=entry.get("reported"),
            expect=self._parsed(place, entry, of_authors=True).get("expect"),
            files=None if files is None else self._files((*place, "files"), files),
            ours=None if isinstance(ours, str) else self._ours((*place, "ours"), ours),
            undecidable=_line(ours) if isinstance(ours, str) else "",
            note=_line(entry.get("note", "")),
        )

    def _files(self, place: tuple[str, ...], entry: Mapping[str, Any]) -> AuthorsCheck:
        parsed = self._parsed(place, entry, of_authors=True)
        keys = {key: parsed.get(key) for key in EXPRESSIONS}
        return AuthorsCheck(tolerance=entry.get("tolerance"), **keys)

    def _ours(self, place: tuple[str, ...], entry: Mapping[str, Any]) -> OurCheck:
        parsed = self._parsed(place, entry)
        return OurCheck(
            rule=entry["rule"],
            value=parsed["value"],
            expect=parsed.get("expect"),
            nearly=parsed.get("nearly"),
            tolerance=entry.get("tolerance"),
            direction=entry.get("direction", ""),
            unit=entry.get("unit", UNITS.get(entry["rule"], "")),
        )

    def _parsed(
        self, place: tuple[str, ...], entry: Mapping[str, Any], *, of_authors: bool = False
    ) -> dict[str, ast.expr]:
        """Returns the expressions of an entry; `of_authors` allows only the authors' files."""
        parsed = {}
        for key in EXPRESSIONS:
            if key in entry:
                try:
                    parsed[key] = expression.parse(entry[key])
                    _check(parsed[key], self.there, of_authors=of_authors)
                except SpecError as error:
                    raise SpecError(f"{self.source.at(*place, key)}: {error}") from error
        return parsed

    def _check_expected(self, place: tuple[str, ...], entry: Mapping[str, Any]) -> None:
        """Raises SpecError if an entry does not say which value is expected."""
        for key in ("files", "ours"):
            check = entry.get(key)
            if not isinstance(check, dict):
                continue
            there = self.source.at(*place, key)
            if key == "files" and not {"value", "holds"} & check.keys():
                raise SpecError(f"{there}: 'value' or 'holds' is missing; add one")
            compares = check["rule"] in AGAINST if key == "ours" else "holds" not in check
            has = {"expect", "reported"} & entry.keys() or "expect" in check
            if compares and not has:
                raise SpecError(f"{there}: nothing says what is expected; add 'expect'")


def _line(text: Any) -> str:
    return " ".join(str(text).split())


def _check(node: ast.expr, there: Known, *, of_authors: bool) -> None:
    """Raises SpecError for a function or an argument that does not exist."""
    for name, arguments in expression.calls(node):
        if name in arithmetic.FUNCTIONS:
            if not arithmetic.accepts(name, len(arguments)):
                raise SpecError(f"{name} does not take {len(arguments)} values")
        elif name not in LOOKUPS:
            names = [*LOOKUPS, *arithmetic.FUNCTIONS]
            raise SpecError(f"there is no measurement '{name}'; {nearest(name, names)}")
        elif of_authors and not LOOKUPS[name].of_authors:
            raise SpecError(f"{name} reads our results; here only the authors' files are read")
        else:
            _check_arguments(name, arguments, there)


def _check_arguments(name: str, arguments: tuple[Any, ...], there: Known) -> None:
    wanted = LOOKUPS[name].arguments
    if len(arguments) != len(wanted):
        raise SpecError(f"{name} takes {len(wanted)}: {', '.join(wanted)}")
    for one in _each(arguments):
        for kind, argument in zip(wanted, one, strict=True):
            choices = there.kinds[kind]
            if argument is None:
                raise SpecError(f"{name} needs its {kind} as a plain value, not as an expression")
            if choices is not None and argument not in choices:
                raise SpecError(
                    f"{name}: no {kind} '{argument}'; {nearest(str(argument), choices)}"
                )
        if one not in there.left.get(name, (one,)):
            first, *others = map(str, one)
            raise SpecError(f"the authors have no {' '.join(others)} of {first}")


def _each(arguments: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yields the arguments of each single value; an argument can be a list of several."""
    for place, argument in enumerate(arguments):
        if isinstance(argument, list):
            for one in argument:
                yield from _each((*arguments[:place], one, *arguments[place + 1 :]))
            return
    yield arguments


def lookups_of(node: ast.expr | None) -> list[tuple[str, tuple[Any, ...]]]:
    """Returns every lookup of an expression, with the arguments of each value that it reads."""
    if node is None:
        return []
    asked = [(name, arguments) for name, arguments in expression.calls(node) if name in LOOKUPS]
    return [(name, one) for name, arguments in asked for one in _each(arguments)]

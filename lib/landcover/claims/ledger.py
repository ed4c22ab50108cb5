"""Every claim of the paper that can be checked: `workflow/claims.yaml`, read and checked."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from landcover.claims import arithmetic, expression
from landcover.claims.lookups import LOOKUPS, Known, known
from landcover.claims.verdicts import AGAINST, UNKNOWABLE
from landcover.errors import SpecError, nearest
from landcover.results.study import Study
from landcover.yaml_source import YamlSource


@dataclass(frozen=True)
class Claim:
    id: str
    section: str  # of the paper; "" for what only its files say
    claim: str  # in our words
    reported: Any  # in the paper, as it stands there; None where it gives no value
    rule: str
    measure: ast.expr | None
    logged: ast.expr | None  # what the authors' files say of the same
    expect: ast.expr | None  # what the measure is compared with; else what is logged, or reported
    nearly: ast.expr | None  # true of what is close
    tolerance: float | None
    note: str


def load(workflow: Path, study: Study) -> list[Claim]:
    """Raises SpecError with the line of a claim that the schema does not allow, or whose
    measurement points nowhere.
    """
    source = YamlSource.read(workflow / "claims.yaml")
    schema = yaml.safe_load((workflow / "schemas" / "claims.schema.yaml").read_text())
    validator = Draft202012Validator(schema)
    there = known(study)
    if not source.content:
        raise SpecError(f"{source.path} holds no claims; write some")
    return [_claim(source, name, entry, validator, there) for name, entry in source.content.items()]


def _claim(source: YamlSource, name: str, entry: Any, validator: Any, there: Known) -> Claim:
    for error in sorted(validator.iter_errors(entry), key=lambda e: list(map(str, e.path))):
        raise SpecError(f"{source.at(name, *map(str, error.path))} ({name}): {error.message}")
    parsed: dict[str, ast.expr | None] = {}
    for key in ("measure", "logged", "expect", "nearly"):
        parsed[key] = None
        if key in entry:
            try:
                parsed[key] = expression.parse(entry[key])
                _check(parsed[key], there)
            except SpecError as error:
                raise SpecError(f"{source.at(name, key)} ({name}): {error}") from error
    if entry["rule"] != UNKNOWABLE and "measure" not in entry:
        raise SpecError(f"{source.at(name)} ({name}): a measure is missing")
    if entry["rule"] in AGAINST and not {"reported", "logged", "expect"} & entry.keys():
        raise SpecError(f"{source.at(name)} ({name}): nothing says what is expected")
    return Claim(
        id=name,
        section=str(entry.get("section", "")),
        claim=" ".join(str(entry["claim"]).split()),
        reported=entry.get("reported"),
        rule=entry["rule"],
        tolerance=entry.get("tolerance"),
        note=" ".join(str(entry.get("note", "")).split()),
        **parsed,
    )


def _check(node: ast.expr | None, there: Known) -> None:
    """Raises SpecError for a function or an argument that does not exist."""
    for name, arguments in expression.calls(node) if node else ():
        if name in arithmetic.FUNCTIONS:
            if not arithmetic.accepts(name, len(arguments)):
                raise SpecError(f"{name} cannot be asked of {len(arguments)} values")
        elif name in LOOKUPS:
            _check_arguments(name, arguments, there)
        else:
            names = [*LOOKUPS, *arithmetic.FUNCTIONS]
            raise SpecError(f"there is no measurement '{name}'; {nearest(name, names)}")


def _check_arguments(name: str, arguments: tuple[Any, ...], there: Known) -> None:
    wanted = LOOKUPS[name].arguments
    if len(arguments) != len(wanted):
        raise SpecError(f"{name} takes {len(wanted)}: {', '.join(wanted)}")
    for kind, argument in zip(wanted, arguments, strict=True):
        if argument is None:
            raise SpecError(f"{name} must be given its {kind} as it is, not as a sum")
        choices = there.kinds[kind]
        if choices is not None and argument not in choices:
            raise SpecError(f"{name}: no {kind} '{argument}'; {nearest(str(argument), choices)}")
    if arguments not in there.left.get(name, (arguments,)):
        first, *others = map(str, arguments)
        raise SpecError(f"the authors left no {' '.join(others)} of {first}")

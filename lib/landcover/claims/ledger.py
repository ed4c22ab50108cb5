"""Every claim of the paper that can be checked: `workflow/claims.yaml`, read and checked."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from landcover.claims import arithmetic, expression
from landcover.claims.lookups import LOOKUPS, Ground, known
from landcover.claims.verdicts import UNKNOWABLE
from landcover.errors import SpecError, nearest
from landcover.yaml_source import YamlSource

LEFT = {"authors": "their number", "authors_curve": "their curves"}  # not all of all experiments


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


def load(workflow: Path, ground: Ground) -> list[Claim]:
    """Raises SpecError with the line of a claim that the schema does not allow, or whose
    measurement points nowhere.
    """
    source = YamlSource.read(workflow / "claims.yaml")
    schema = yaml.safe_load((workflow / "schemas" / "claims.schema.yaml").read_text())
    validator = Draft202012Validator(schema)
    kinds = known(ground)
    if not source.content:
        raise SpecError(f"{source.path} holds no claims; write some")
    return [_claim(source, name, entry, validator, kinds) for name, entry in source.content.items()]


def _claim(
    source: YamlSource, name: str, entry: Any, validator: Any, kinds: Mapping[str, Any]
) -> Claim:
    for error in sorted(validator.iter_errors(entry), key=lambda e: list(map(str, e.path))):
        raise SpecError(f"{source.at(name, *map(str, error.path))} ({name}): {error.message}")
    parsed: dict[str, ast.expr | None] = {}
    for key in ("measure", "logged", "expect", "nearly"):
        parsed[key] = None
        if key in entry:
            try:
                parsed[key] = expression.parse(entry[key])
                _check(parsed[key], kinds)
            except SpecError as error:
                raise SpecError(f"{source.at(name, key)} ({name}): {error}") from error
    if entry["rule"] != UNKNOWABLE and "measure" not in entry:
        raise SpecError(f"{source.at(name)} ({name}): a measure is missing")
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


def _check(node: ast.expr | None, kinds: Mapping[str, Any]) -> None:
    """Raises SpecError for a function or an argument that does not exist."""
    for name, arguments in expression.calls(node) if node else ():
        if name in arithmetic.FUNCTIONS:
            continue
        if name not in LOOKUPS:
            known_names = [*LOOKUPS, *arithmetic.FUNCTIONS]
            raise SpecError(f"there is no measurement '{name}'; {nearest(name, known_names)}")
        wanted = LOOKUPS[name].arguments
        if len(arguments) != len(wanted):
            raise SpecError(f"{name} takes {len(wanted)}: {', '.join(wanted)}")
        for kind, argument in zip(wanted, arguments, strict=True):
            _check_argument(name, kind, argument, kinds[kind])
        if name in LEFT and arguments not in kinds[LEFT[name]]:
            raise SpecError(
                f"the authors left no {' '.join(map(str, arguments[1:]))} of {arguments[0]}"
            )


def _check_argument(name: str, kind: str, argument: Any, choices: Any) -> None:
    if argument is None:
        raise SpecError(f"{name} must be given its {kind} as it is, not as a sum")
    if choices is not None and argument not in choices:
        raise SpecError(f"{name}: no {kind} '{argument}'; {nearest(str(argument), choices)}")

"""A YAML file with the line of each key, and its check against a JSON schema.

It is read as plain data: tags, and aliases that would grow without limit, are refused before any
value is built. (ruamel.yaml keeps lines, too, but has no such limits and parses in Python.)
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from landcover.errors import SpecError, nearest

MOST_BYTES = 500_000  # the longest file of the project has a fifth of it; this many take seconds
MOST_VALUES = 50_000  # with every alias written out; an experiment has about ten
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, if it was built
UNKNOWN = "additionalProperties"  # JSON Schema's name for an unknown key
DEEPEST = 30  # levels; our own files have six, and Python's stack allows some hundred
LONG_NUMBER = re.compile(r"[-+]?(?=[\d_:.]*\d)(0x[\da-fA-F_]{30,}|[\d_:.]{30,})")  # int64 has 19


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return is_integer(value) or (isinstance(value, float) and math.isfinite(value))


STRICT = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: is_integer(value),
            "number": lambda _, value: _is_number(value),
        }
    ),
)


@dataclass(frozen=True)
class YamlSource:
    path: Path
    content: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]

    @classmethod
    def read(cls, path: Path) -> "YamlSource":
        try:
            if path.stat().st_size > MOST_BYTES:
                raise SpecError(f"{path} is larger than {MOST_BYTES:,} bytes; shorten it")
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"{path} cannot be read as YAML: {error}") from error
        root, content = _plain(text, str(path))
        if not isinstance(content, dict):
            raise SpecError(f"{path} must hold a mapping of keys to values")
        return cls(path, content, dict(_key_lines(path, root)))

    def section(self, key: str) -> dict[str, Any]:
        """Returns a mapping of the file; {} if it is absent."""
        section = self.content.get(key) or {}
        if not isinstance(section, dict):
            raise SpecError(f"{self.at(key)} must hold a mapping of names to entries")
        return section

    def at(self, *keys: str) -> str:
        """Returns where a key stands: `experiments.yaml, line 12, task1.epochs`."""
        line = next(
            (self.lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in self.lines), 0
        )
        place = ".".join(keys[1:] if len(keys) > 1 else keys)
        return ", ".join(
            [str(self.path), *([f"line {line}"] if line else []), *([place] if place else [])]
        )


def validator(schema: Path) -> Validator:
    """Returns a JSON schema's validator, for which 64.0 is no integer and .nan no number."""
    return cast("Validator", STRICT(value(schema.read_text(encoding="utf-8"), str(schema))))


def check(values: Any, validator: Validator, source: YamlSource, *keys: str) -> None:
    """Raises SpecError for the first thing that a schema does not allow, with its line.

    `values` are below `keys` in the source; they may be merged from several entries.
    """
    errors = sorted(
        validator.iter_errors(values),
        key=lambda e: (e.validator != UNKNOWN, list(map(str, e.path))),
    )
    for error in errors:
        path = (*keys, *map(str, error.path))
        if error.validator == UNKNOWN:
            known = error.schema["properties"]  # type: ignore[index]
            unknown = next(key for key in error.instance if key not in known)  # type: ignore[union-attr]
            place = source.at(*path, unknown)
            raise SpecError(f"{place}: unknown key '{unknown}'; {nearest(unknown, known)}")
        place = source.at(*path) if path else str(source.path)
        raise SpecError(f"{place}: {_reason(error)}")


def _reason(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator, error.instance:
        case "required", dict() as given:
            missing = next(key for key in wanted if key not in given)
            return f"the key '{missing}' is missing; add it"
        case "enum", str() as given:
            return f"there is no '{given}'; {nearest(given, wanted)}"
        case "type", str() as given if wanted in ("integer", "number") and _reads_as_number(given):
            return f"{error.message}; write 0.001 rather than 1e-3, and no quotes"
    return error.message


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def value(text: str, place: str) -> Any:
    """Parses a short text as YAML; an error begins with `place`."""
    return _plain(text, place)[1]


def _plain(text: str, place: str) -> tuple[yaml.Node | None, Any]:
    try:
        _check_plain(text, place)
        loader = LOADER(text)
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SpecError(f"{place} cannot be read as YAML: {reason}") from error
    except (ValueError, ArithmeticError) as error:  # 2024-02-31, or 0b_
        raise SpecError(f"{place} has a value that cannot be ({error}); quote it") from error


def _check_plain(text: str, place: str) -> None:
    """Raises SpecError for anything beyond plain data of a sensible size."""
    open_parts: list[tuple[str | None, int]] = []  # anchor, and how many values came before
    sizes: dict[str, int] = {}  # by anchor: the number of its values
    values = 0
    for event in yaml.parse(text, Loader=LOADER):
        where = f"{place}, line {event.start_mark.line + 1}" if event.start_mark else place
        match event:
            case yaml.AliasEvent(anchor=anchor):
                if anchor not in sizes:
                    raise SpecError(f"{where}: '*{anchor}' is not complete here; write it out")
                values += sizes[anchor]
            case yaml.ScalarEvent(anchor=anchor, value=scalar):
                values += 1
                if not event.style and LONG_NUMBER.fullmatch(scalar):
                    raise SpecError(f"{where}: the number {scalar[:9]}... is too long; quote it")
                if anchor:
                    sizes[anchor] = 1
            case yaml.CollectionStartEvent(anchor=anchor):
                values += 1
                open_parts.append((anchor, values))
            case yaml.CollectionEndEvent():
                anchor, before = open_parts.pop()
                if anchor:
                    sizes[anchor] = values - before + 1
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise SpecError(f"{where}: the tag '{event.tag}' is not allowed; write plain values")
        if len(open_parts) > DEEPEST:
            raise SpecError(f"{where}: nested more than {DEEPEST} levels deep; flatten it")
        if values > MOST_VALUES:
            raise SpecError(f"{where}: more than {MOST_VALUES:,} values so far; shorten it")


def _key_lines(
    path: Path, node: yaml.Node | None, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            yield (*above, str(i)), item.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag != "tag:yaml.org,2002:str":
            raise SpecError(f"{path}, line {line}: the key {key.value} must be text; quote it")
        if key.value in seen:
            raise SpecError(
                f"{path}, line {line}, '{key.value}' appears twice; remove one of the two"
            )
        seen.add(key.value)
        yield (*above, key.value), line
        yield from _key_lines(path, value, (*above, key.value))

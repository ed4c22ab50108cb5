"""A YAML file that can say on which line each of its keys stands.

It is read as plain data and no more: what would build objects is refused, and so is what would
grow without end, before anything is made of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

from landcover.errors import SpecError

MOST_BYTES = 500_000  # the longest file of the project has a fifth; this many take seconds
MOST_VALUES = 50_000  # with every alias written out; an experiment has about ten
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where it was built
DEEPEST = 30  # levels; our own files have six, and the stack of Python ends at some hundred
LONG_NUMBER = re.compile(r"[-+]?(?=[\d_:.]*\d)(0x[\da-fA-F_]{30,}|[\d_:.]{30,})")  # int64 has 19


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
        """A mapping of the file; an absent one is empty."""
        section = self.content.get(key) or {}
        if not isinstance(section, dict):
            raise SpecError(f"{self.at(key)} must hold a mapping of names to entries")
        return section

    def at(self, *keys: str) -> str:
        """Where a key stands: `experiments.yaml, line 12, task1.epochs`."""
        line = next(
            (self.lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in self.lines), 0
        )
        place = ".".join(keys[1:] if len(keys) > 1 else keys)
        return ", ".join(
            [str(self.path), *([f"line {line}"] if line else []), *([place] if place else [])]
        )


def check(source: YamlSource, schema: Path) -> None:
    """Raises SpecError for the first thing that a JSON schema does not allow, with its line."""
    validator = Draft202012Validator(yaml.safe_load(schema.read_text(encoding="utf-8")))
    for error in sorted(
        validator.iter_errors(source.content), key=lambda e: list(map(str, e.path))
    ):
        place = source.at(*map(str, error.path)) if error.path else str(source.path)
        raise SpecError(f"{place}: {_reason(error)}")


def _reason(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    if error.validator == "required":
        missing = next(key for key in wanted if key not in error.instance)  # type: ignore[operator]
        return f"the key '{missing}' is missing; add it"
    return error.message


def value(text: str, place: str) -> Any:
    """What YAML makes of a short text; `place` begins the sentence about what is wrong with it."""
    return _plain(text, place)[1]


def _plain(text: str, place: str) -> tuple[yaml.Node | None, Any]:
    try:
        _check(text, place)
        loader = LOADER(text)
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SpecError(f"{place} cannot be read as YAML: {reason}") from error
    except (ValueError, ArithmeticError) as error:  # 2024-02-31, or 0b_
        raise SpecError(f"{place} has a value that cannot be ({error}); quote it") from error


def _check(text: str, place: str) -> None:
    """Raises SpecError at what YAML can do beyond plain data of a sensible size."""
    open_parts: list[tuple[str | None, int]] = []  # anchor, and how many values came before
    sizes: dict[str, int] = {}  # of what an anchor names, in values
    values = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        where = f"{place}, line {event.start_mark.line + 1}" if event.start_mark else place
        match event:
            case yaml.AliasEvent(anchor=anchor):
                if anchor not in sizes:
                    raise SpecError(f"{where}: '*{anchor}' is not complete here; write it out")
                values += sizes[anchor]
            case yaml.ScalarEvent(anchor=anchor, value=scalar):
                values += 1
                if event.style is None and LONG_NUMBER.fullmatch(scalar):
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

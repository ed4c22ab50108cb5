"""A YAML file that can say on which line each of its keys stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from landcover.errors import SpecError


@dataclass(frozen=True)
class YamlSource:
    path: Path
    content: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]

    @classmethod
    def read(cls, path: Path) -> "YamlSource":
        try:
            text = path.read_text(encoding="utf-8")
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            content = yaml.safe_load(text)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SpecError(
                f"{path} cannot be read as YAML: {' '.join(str(error).split())}"
            ) from error
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


def _key_lines(
    path: Path, node: yaml.Node | None, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], int]]:
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

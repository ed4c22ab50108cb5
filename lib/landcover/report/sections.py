"""The page's sections, with the items that items.yaml lists and those that it need not list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from landcover import figures, yaml_source
from landcover.errors import SpecError, nearest
from landcover.report.content import Content
from landcover.report.facts import facts
from landcover.report.files import Files, beside
from landcover.report.items import KINDS
from landcover.results.study import Study
from landcover.tables.column import records
from landcover.yaml_source import YamlSource

NARROW_POINTS = 460


@dataclass(frozen=True)
class Item:
    """A table or a figure as the page shows it."""

    id: str
    title: str
    caption: Markup
    notes: tuple[Markup, ...]
    content: Content
    drawing: Markup | None  # the figure, inline
    folded: tuple[tuple[str, Markup], ...]
    files: tuple[str, ...]  # beside the page
    facts: list[str]
    made_from: tuple[str, ...]

    @property
    def label(self) -> str:
        """`Figure 3`, `Figure 19a`; empty for what the paper does not have."""
        found = re.fullmatch(r"(table|figure)-(\d+)-?([a-z]?)", self.id)
        return f"{found[1].capitalize()} {found[2]}{found[3]}" if found else ""

    @property
    def group_id(self) -> str:
        """`figure-19` for its first part, `figure-19-a`; empty for all else."""
        whole, _, part = self.id.rpartition("-")
        return whole if part == "a" and whole else ""

    @property
    def is_narrow(self) -> bool:
        """Whether another like it has room beside it."""
        return self.drawing is not None and 0 < figures.width(self.drawing) < NARROW_POINTS

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [] if self.content.table is None else records(self.content.table)


@dataclass(frozen=True)
class Section:
    id: str  # the group of its experiments
    title: str
    intro: Markup
    items: tuple[Item, ...]


def sections(environment: Environment, study: Study, listed: Path, files: Files) -> list[Section]:
    known = _listed(listed)
    groups = dict.fromkeys([*known["sections"], *(e.group for e in study.table.entries.values())])
    made = []
    for group in groups:
        section = known["sections"].get(group, {"title": _title(group), "items": []})
        shown = {item.get("experiment") for item in section["items"]}
        rest = [r.name for r in study.group(group) if r.name not in shown]
        items = [*section["items"], *({"experiment": n} | known["unlisted"] for n in rest)]
        made.append(
            Section(
                id=group,
                title=section["title"],
                intro=_words(environment, section.get("intro", ""), {}),
                items=tuple(_item(environment, study, item, files) for item in items),
            )
        )
    return made


def _listed(file: Path) -> dict[str, Any]:
    source = YamlSource.read(file)
    schema = yaml_source.validator(file.parents[1] / "schemas" / "items.schema.yaml")
    yaml_source.check(source.content, schema, source)
    return source.content


def _title(group: str) -> str:
    return f"Task {group.removeprefix('task')}"


def _item(environment: Environment, study: Study, listed: Mapping[str, Any], files: Files) -> Item:
    kind = listed["kind"]
    if kind not in KINDS:
        raise SpecError(f"items.yaml: no kind of item '{kind}'; {nearest(kind, KINDS)}")
    content = KINDS[kind](study, listed)
    name = listed.get("id") or f"{kind}-{listed['experiment']}"
    title = str(_words(environment, listed["title"], content.values))
    if content.table is not None:
        files.table(name, content.table, content.columns)
    if content.data is not None:
        files.data(name, content.data)
    folded = {f"{name}-{i}": figure for i, figure in enumerate(content.folded, 2)}
    return Item(
        id=name,
        title=title,
        caption=_words(environment, listed["caption"], content.values),
        notes=tuple(_words(environment, note, content.values) for note in listed.get("notes", [])),
        content=content,
        drawing=_drawing(files, name, content, title),
        folded=(
            *(
                (summary, files.figure(part, figure, f"{title}. {summary}"))
                for part, (summary, figure) in folded.items()
            ),
            *(
                (path.stem, files.picture(f"{name}-{path.stem}", path, f"{title}. {path.stem}"))
                for path in content.more
            ),
        ),
        files=beside(name, content, list(folded)),
        facts=facts(content),
        made_from=tuple(map(study.shown, content.made_from)),
    )


def _drawing(files: Files, name: str, content: Content, title: str) -> Markup | None:
    if content.picture:
        return files.picture(name, content.picture, title)
    return files.figure(name, content.figure, title) if content.figure else None


def _words(environment: Environment, text: str, values: Mapping[str, Any]) -> Markup:
    """A caption with its numbers looked up; an empty one where its conditions say so."""
    return Markup(environment.from_string(text).render(values).strip())  # noqa: S704, escaped there

"""The sections of the page: the items of items.yaml, and the curves of all other experiments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from landcover import yaml_source
from landcover.errors import SpecError, nearest
from landcover.report import svg
from landcover.report.content import Content
from landcover.report.facts import item_facts
from landcover.report.files import Files
from landcover.report.items import KINDS
from landcover.report.table import records
from landcover.results.study import Study
from landcover.yaml_source import YamlSource

NARROW_POINTS = 460


@dataclass(frozen=True)
class ReportItem:
    """A table or a figure as the page shows it."""

    id: str
    kind: str
    title: str
    caption: Markup
    notes: tuple[Markup, ...]
    content: Content
    drawing: Markup | None  # the figure, inline
    folded: tuple[tuple[str, Markup], ...]
    files: list[str]  # beside the page
    facts: list[str]
    made_from: tuple[str, ...]

    @property
    def label(self) -> str:
        """Returns `Figure 3` or `Figure 19a`; "" if the paper has no such item."""
        match = re.fullmatch(r"(table|figure)-(\d+)-?([a-z]?)", self.id)
        return f"{match[1].capitalize()} {match[2]}{match[3]}" if match else ""

    @property
    def group_id(self) -> str:
        """Returns `figure-19` for its first part, `figure-19-a`; else ""."""
        whole, _, part = self.id.rpartition("-")
        return whole if part == "a" and whole else ""

    @property
    def is_narrow(self) -> bool:
        """Tells whether a second figure of this width fits beside it."""
        return self.drawing is not None and 0 < svg.width(self.drawing) < NARROW_POINTS

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [] if self.content.table is None else records(self.content.table)


@dataclass(frozen=True)
class Section:
    id: str  # the group of its experiments
    title: str
    intro: Markup
    items: tuple[ReportItem, ...]
    folded: tuple[ReportItem, ...]  # the curves of experiments without an item of their own


def write_sections(
    environment: Environment, study: Study, listed: Path, files: Files
) -> list[Section]:
    """Writes the files of every item, and returns the sections in the order of the page."""
    wanted = _wanted(listed)
    of_entries = dict.fromkeys(entry.group for entry in study.table.entries.values())
    sections = []
    for group in {**dict.fromkeys(wanted["sections"]), **of_entries}:
        if group in of_entries and not study.group(group):
            continue  # the preset leaves out all of it
        section = wanted["sections"].get(group, {"title": _title(group), "items": []})
        with_item = {item.get("experiment") for item in section["items"]}
        rest = [r.name for r in study.group(group) if r.name not in with_item]
        curves = [{"experiment": name} | wanted["unlisted"] for name in rest]
        shown, folded = (section["items"], curves) if section["items"] else (curves, [])
        sections.append(
            Section(
                id=group,
                title=section["title"],
                intro=_words(environment, section.get("intro", ""), {}),
                items=_write_items(environment, study, shown, files),
                folded=_write_items(environment, study, folded, files),
            )
        )
    return sections


def _wanted(file: Path) -> dict[str, Any]:
    source = YamlSource.read(file)
    schema = yaml_source.validator(file.parents[1] / "schemas" / "items.schema.yaml")
    yaml_source.check(source.content, schema, source)
    return source.content


def insides_shown(workflow: Path) -> set[tuple[str, str]]:
    """Returns the pictures of networks' insides on the page: network and file name."""
    sections = _wanted(workflow / "report" / "items.yaml")["sections"].values()
    items = [item for section in sections for item in section["items"] if "network" in item]
    return {
        (item["network"], file) for item in items for file in (item["file"], *item.get("more", []))
    }


def _title(group: str) -> str:
    return f"Task {group.removeprefix('task')}"


def _write_items(
    environment: Environment, study: Study, listed: Sequence[Mapping[str, Any]], files: Files
) -> tuple[ReportItem, ...]:
    return tuple(_write_item(environment, study, item, files) for item in listed)


def _write_item(
    environment: Environment, study: Study, listed: Mapping[str, Any], files: Files
) -> ReportItem:
    kind = listed["kind"]
    if kind not in KINDS:
        raise SpecError(f"items.yaml: no kind of item '{kind}'; {nearest(kind, KINDS)}")
    content = KINDS[kind](study, listed)
    name = listed.get("id") or f"{kind}-{listed['experiment']}"
    shared = {"preset": study.table.preset, "random_backbone": content.has_random_backbone}
    words = partial(_words, environment, values={**shared, **content.values})
    title = str(words(listed["title"]))
    if content.table is not None:
        files.write_table(name, content.table, content.columns)
    if content.data is not None:
        files.write_data(name, content.data)
    more = listed.get("more_title", title)
    folded = {f"{name}-{i}": figure for i, figure in enumerate(content.folded, 2)}
    return ReportItem(
        id=name,
        kind=kind,
        title=title,
        caption=words(listed["caption"]),
        notes=tuple(map(words, listed.get("notes", []))),
        content=content,
        drawing=_write_drawing(files, name, content, title),
        folded=(
            *(
                (summary, files.write_figure(part, figure, f"{title}. {summary}"))
                for part, (summary, figure) in folded.items()
            ),
            *(
                (more, files.write_picture(f"{name}-{path.stem}", path, f"{title}. {more}"))
                for path in content.more
            ),
        ),
        files=files.beside_the_page(name, content, list(folded)),
        facts=item_facts(content),
        made_from=tuple(map(study.shown, content.made_from)),
    )


def _write_drawing(files: Files, name: str, content: Content, title: str) -> Markup | None:
    if content.picture:
        return files.write_picture(name, content.picture, title)
    return files.write_figure(name, content.figure, title) if content.figure else None


def _words(environment: Environment, text: str, values: Mapping[str, Any]) -> Markup:
    """Returns a text of items.yaml with its numbers looked up."""
    return Markup(_template(environment, text).render(values).strip())  # noqa: S704, escaped there


@cache  # many items share a text, and to compile one takes 4 ms
def _template(environment: Environment, text: str) -> Template:
    return environment.from_string(text)

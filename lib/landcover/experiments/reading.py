"""Reads `workflow/experiments.yaml`: entries, what they inherit, and what a preset caps.

An entry names a `base` and states only the differences from it.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from landcover import artifacts, yaml_source
from landcover.architectures import PUBLISHED
from landcover.errors import SpecError, nearest
from landcover.experiments.experiment import PIXELS, Experiment
from landcover.experiments.preset import Preset, load_preset
from landcover.experiments.settings import check_consistent
from landcover.experiments.table import Entry, Table
from landcover.yaml_source import YamlSource, check, is_integer

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
BESIDE = ("base", "group", "authors", "seeds", "interpret")  # keys that are no settings
SECTIONS = ("bases", "experiments", "networks", "combined")  # of the table
CURVES = Path("reference", "curves.csv")  # of the authors, in the workflow's folder
LONGEST_LINEAGE = 30  # levels of bases and experiments; the table has five


def load(
    workflow: Path,
    preset: str = "demo",
    settings: Mapping[str, Any] | None = None,
    images: object = None,
) -> Table:
    """Reads `workflow/experiments.yaml` under a preset; `settings` replace keys of the preset.

    `images` is the place of real images, if the user names one. Raises SpecError with file, line
    and nearest right name.
    """
    source = YamlSource.read(workflow / "experiments.yaml")
    chosen = load_preset(workflow, preset, settings or {})
    for section, content in source.content.items():
        if section not in SECTIONS:
            reason = f"unknown key; {nearest(section, SECTIONS)}"
            if isinstance(content, dict) and not {"base", "group"}.isdisjoint(content):
                reason = "this entry stands at the left edge; indent it by two spaces"
            raise SpecError(f"{source.at(section)}: {reason}")
    if chosen.data == "synthetic" and images is not None:
        raise SpecError(
            f"the preset {chosen.name} draws its own images and reads none from {images}; "
            "choose the preset quick or paper"
        )
    entries = _entries(source, workflow, chosen)
    _check_authors(source, workflow, entries)
    combined = _combined(source, entries)
    table = Table(chosen, entries, source.section("networks"), combined)
    _check_networks(source, table)
    _check_looked_into(workflow, table)
    return table


def uncapped(workflow: Path) -> dict[str, Experiment]:
    """Returns every experiment of the table, without the changes of a preset."""
    source = YamlSource.read(workflow / "experiments.yaml")
    preset = Preset(name="", data="real", seeds=(0,), precision="fp32")
    entries = _entries(source, workflow, preset)
    return {name: entry.experiment for name, entry in entries.items()}


def _entries(source: YamlSource, workflow: Path, preset: Preset) -> dict[str, Entry]:
    validator = yaml_source.validator(workflow / "schemas" / "experiments.schema.yaml")
    names = source.section("experiments")
    entries = {name: _entry(source, validator, name, preset) for name in names}
    for name in entries:
        _check_ancestors(source, entries, name)
    return entries


def _entry(source: YamlSource, validator: Any, name: str, preset: Preset) -> Entry:
    if not NAME.fullmatch(name):
        raise SpecError(
            f"{source.at('experiments', name)}: a name has letters, digits, '.', '_' and '-' only"
        )
    values = _merged(source, name)
    beside = {key: str(values.pop(key, "")) for key in ("group", "authors")}
    interpret, seeds = values.pop("interpret", ""), values.pop("seeds", None)
    if interpret not in ("", "best", "last"):
        raise SpecError(
            f"{source.at('experiments', name, 'interpret')}: there are no '{interpret}' weights to "
            "look into; say best or last"
        )
    if seeds is not None and (not is_integer(seeds) or seeds < 1):
        raise SpecError(
            f"{source.at('experiments', name, 'seeds')}: {seeds!r} is no number of seeds, such as 5"
        )
    if not beside["group"].startswith(tuple(f"task{n}" for n in range(1, 6))):
        raise SpecError(
            f"{source.at('experiments', name)}: group must start with task1 ... task5, "
            f"not '{beside['group']}'"
        )
    check(values, validator, source, "experiments", name)
    check_consistent(values, source, ("experiments", name))
    return Entry(
        Experiment(name=name, **_capped(values, preset)),
        **beside,
        seeds=seeds or 0,
        interpret=interpret,
    )


def _merged(source: YamlSource, name: str, children: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns an entry with all settings of its bases; the keys in BESIDE are not inherited."""
    sections = {s: source.section(s) for s in ("experiments", "bases")}
    section = next((s for s, entries in sections.items() if name in [*entries]), None)
    if section is None:
        known = [*sections["bases"], *sections["experiments"]]
        raise SpecError(
            f"{source.at('experiments', children[-1])}: no base '{name}'; "
            f"{nearest(str(name), known)}"
        )
    if name in children:
        raise SpecError(
            f"{source.at(section, name)}: its bases lead back to itself; break the circle"
        )
    if len(children) > LONGEST_LINEAGE:
        raise SpecError(
            f"{source.at(section, name)}: it stands below {LONGEST_LINEAGE} others; let some of "
            "them say themselves what they inherit"
        )
    own = sections[section][name]
    if not isinstance(own, dict):
        raise SpecError(f"{source.at(section, name)} must hold a mapping of keys to values")
    for key in own:
        _check_known(key, source.at(section, name, key))
    if "base" not in own:
        return dict(own)
    inherited = _merged(source, own["base"], (*children, name))
    return {k: v for k, v in inherited.items() if k not in BESIDE} | {
        k: v for k, v in own.items() if k != "base"
    }


def _check_known(key: str, place: str) -> None:
    known = [f.name for f in fields(Experiment) if f.name != "name"]
    if key not in known and key not in BESIDE:
        raise SpecError(f"{place}: unknown key '{key}'; {nearest(key, [*known, *BESIDE])}")


def _capped(values: dict[str, Any], preset: Preset) -> dict[str, Any]:
    capped = values | {"precision": values.get("precision", preset.precision)}
    if preset.max_image_size and values["dataset"] not in PIXELS:
        capped["image_size"] = min(values["image_size"], preset.max_image_size)
    epochs, images, held_out = preset.max_epochs, preset.max_train_images, preset.max_eval_images
    if values.get("pretrained"):
        capped["pretrained"] = preset.pretrained or values["pretrained"]
        epochs = preset.max_pretrained_epochs or epochs
        images = preset.max_pretrained_images or images
        held_out = preset.max_pretrained_eval_images or held_out
    for key, cap in (
        ("epochs", epochs),
        ("batch_size", preset.max_batch_size),
        ("max_train_images", images),
        ("max_eval_images", held_out),
    ):
        if cap:
            capped[key] = min(values.get(key) or cap, cap)
    return capped


def _combined(source: YamlSource, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    names = source.content.get("combined", [])
    if not isinstance(names, list):
        raise SpecError(f"{source.at('combined')} must hold a list of experiments")
    for name in names:
        if name not in [*entries]:
            raise SpecError(
                f"{source.at('combined')}: no experiment '{name}'; {nearest(str(name), entries)}"
            )
    return tuple(names)


def _check_networks(source: YamlSource, table: Table) -> None:
    """Raises SpecError for a network that is not published, or images that no experiment has."""
    images = [*table.images()]
    for network, name in table.networks.items():
        place = source.at("networks", network)
        if network not in PUBLISHED:
            raise SpecError(
                f"{place}: no published network '{network}'; {nearest(network, PUBLISHED)}"
            )
        if name not in images:
            raise SpecError(
                f"{place}: no experiment trains on '{name}'; {nearest(str(name), images)}"
            )


def _check_authors(source: YamlSource, workflow: Path, entries: Mapping[str, Entry]) -> None:
    """Raises SpecError for an experiment of the authors of which they logged nothing."""
    named = {name: entry.authors for name, entry in entries.items() if entry.authors}
    known = artifacts.read_texts(workflow / CURVES, ("experiment",))[0] if named else []
    for name, authors in named.items():
        if authors not in known:
            raise SpecError(
                f"{source.at('experiments', name, 'authors')}: {CURVES} has no '{authors}'; "
                f"{nearest(authors, {*known})}"
            )


def _check_looked_into(workflow: Path, table: Table) -> None:
    """Raises SpecError if the preset looks into an unknown experiment."""
    for name in table.preset.interpret:
        if name not in table.entries:
            preset = YamlSource.read(workflow / "presets" / f"{table.preset.name}.yaml")
            raise SpecError(
                f"{preset.at('interpret')}: no experiment '{name}'; {nearest(name, table)}"
            )


def _check_ancestors(source: YamlSource, entries: Mapping[str, Entry], name: str) -> None:
    """Raises SpecError if an experiment starts from an unknown one or, in the end, from itself."""
    lineage = [name]
    while ancestor := entries[lineage[-1]].experiment.init_from:
        place = source.at("experiments", lineage[-1], "init_from")
        if ancestor not in entries:
            raise SpecError(f"{place}: no experiment '{ancestor}'; {nearest(ancestor, entries)}")
        if ancestor in lineage:
            raise SpecError(f"{place}: '{ancestor}' would start from itself; break the circle")
        if len(lineage) > LONGEST_LINEAGE:
            raise SpecError(f"{place}: more than {LONGEST_LINEAGE} start from one another; cut it")
        lineage.append(ancestor)

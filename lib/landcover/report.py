"""All that was measured -> one page that needs nothing beside it; figures and tables as files.

`workflow/report/items.yaml` lists what the page shows, in the paper's order. An experiment that no
item shows gets its curves all the same, and a group that no section names gets its section. What
was not run is shown as a gap, with the command that fills it.
"""

import base64
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from landcover import artifacts, experiments, figures, tables
from landcover.errors import SpecError, nearest
from landcover.experiments import Entry, Experiment, Table
from landcover.results import (
    Authors,
    Profile,
    Result,
    profile_file,
    read,
    read_authors,
    read_profile,
    run_folder,
)
from landcover.tables import Column

UNCAPPED = "paper"  # the preset that changes nothing of what the authors did
RANDOM_BACKBONE = (
    "The frozen backbone was drawn at random instead of trained on ImageNet: "
    "its accuracy says nothing about the paper's"
)
FIDELITIES = ("synthetic", "lossy copy", "copy", "original")  # the least true first
FILTERS = {
    "percent": tables.percent,
    "duration": tables.duration,
    "integer": tables.integer,
    "kilobytes": tables.kilobytes,
    "megabytes": lambda n: f"{n / 1e6:.2f}",
}


@dataclass(frozen=True)
class Gap:
    """Something that was not run, and the commands that run it."""

    what: str
    commands: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """What a kind of item makes of the results, before its words are put to it."""

    values: Mapping[str, Any]  # what the captions may look up
    made_from: tuple[Path, ...]
    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()
    figure: Figure | None = None
    folded: tuple[tuple[str, Figure], ...] = ()  # shown on demand, each under a title
    picture: Path | None = None  # one that another stage drew: SVG or PNG
    data: pd.DataFrame | None = None  # what is drawn, in numbers
    table: pd.DataFrame | None = None
    columns: tuple[Column, ...] = ()
    sums: int = 0  # rows at the end of the table that add up the others
    hardware: tuple[str, ...] = ()
    images: tuple[str, ...] = ()  # where there are no runs to tell which they were
    made_by_other_code: bool = False  # what is not said of each result


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
    made_from: tuple[str, ...]

    @property
    def label(self) -> str:
        """`Figure 3`, `Figure 19a`; empty for what the paper does not have."""
        found = re.fullmatch(r"(table|figure)-(\d+)-?([a-z]?)", self.id)
        return f"{found[1].capitalize()} {found[2]}{found[3]}" if found else ""

    @property
    def facts(self) -> list[str]:
        """What was measured how often, on which images, and where."""
        runs = [run for result in self.content.results for run in result.runs]
        images = [
            f"{run.fidelity} {run.dataset} images: {run.train_images:,} to train, "
            f"{run.eval_images:,} to evaluate"
            for run in runs
        ]
        commits = [_short(run.provenance.get("commit", "")) for run in runs]
        seeds = _seeds([result for result in self.content.results if result.runs])
        random = "random backbone" if any(run.backbone == "random" for run in runs) else ""
        images += self.content.images
        hardware = self.content.hardware
        return list(dict.fromkeys(filter(None, [seeds, random, *images, *hardware, *commits])))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [] if self.content.table is None else tables.records(self.content.table)


@dataclass(frozen=True)
class Section:
    id: str  # the group of its experiments
    title: str
    intro: Markup
    items: tuple[Item, ...]


@dataclass(frozen=True)
class _Sources:
    folder: Path
    table: Table
    found: Mapping[str, Result]
    authors: Authors
    published: Mapping[str, Experiment]
    reference: Path

    def group(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.found.values() if result.entry.group == name)

    def result(self, name: str) -> Result:
        return self.found[self.table[name].experiment.name]


@dataclass(frozen=True)
class _Files:
    """What is written beside the page."""

    out: Path

    def figure(self, name: str, drawn: Figure, label: str) -> Markup:
        drawing, image = figures.svg(drawn, name), figures.png(drawn)
        artifacts.write_text(self.out / "figures" / f"{name}.svg", drawing)
        artifacts.write(self.out / "figures" / f"{name}.png", lambda file: file.write(image))
        return Markup(figures.inline(drawing, name, str(escape(label))))  # noqa: S704, ours

    def picture(self, name: str, picture: Path, label: str) -> Markup:
        """A copy beside the page, and one on it: an SVG as a part of it, a PNG as a data URI."""
        image = picture.read_bytes()
        artifacts.write(
            self.out / "figures" / f"{name}{picture.suffix}", lambda file: file.write(image)
        )
        if picture.suffix == ".svg":
            return Markup(figures.inline(image.decode(), name, str(escape(label))))  # noqa: S704
        source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
        return Markup('<img src="{}" alt="{}">').format(source, label)

    def data(self, name: str, data: pd.DataFrame) -> None:
        artifacts.write_csv(self.out / "tables" / f"{name}.csv", data)

    def table(self, name: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
        artifacts.write_csv(self.out / "tables" / f"{name}.csv", table)
        artifacts.write_text(self.out / "tables" / f"{name}.md", tables.markdown(table, columns))
        artifacts.write_text(self.out / "tables" / f"{name}.tex", tables.latex(table, columns))


def build(results: Path, table: Table, workflow: Path, out: Path) -> Path:
    """Writes index.html, figures/ and tables/ to `out`; returns the page.

    The same results give the same bytes. Raises ArtifactError for a broken result, SpecError for a
    template or a list of items that asks for what there is not.
    """
    reference = workflow / "reference"
    published = experiments.load(workflow, UNCAPPED).entries
    sources = _Sources(
        folder=results,
        table=table,
        found=read(results, table),
        authors=read_authors(reference),
        published={name: entry.experiment for name, entry in published.items()},
        reference=reference,
    )
    environment = _environment(workflow / "report")
    try:
        page = _page(environment, sources, workflow / "report" / "items.yaml", _Files(out))
    except TemplateError as error:
        raise SpecError(
            f"{workflow / 'report'} cannot be filled in ({error}); "
            "correct the template or items.yaml"
        ) from error
    artifacts.write_text(out / "index.html", page)
    return out / "index.html"


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


def _page(environment: Environment, sources: _Sources, listed: Path, files: _Files) -> str:
    sections = _sections(environment, sources, listed, files)
    found = list(sources.found.values())
    shown = tables.headline(found, sources.authors)
    files.table("headline", shown, tables.HEADLINE)
    overview = figures.overview(found, sources.authors)
    return environment.get_template("index.html.j2").render(
        sections=sections,
        preset=sources.table.preset,
        results=found,
        runs=[run for result in found for run in result.runs],
        places=_places(sections),
        badges={result.name: _badges(result) for result in found},
        gaps=_training_gaps(sources, found),
        random_backbones=[result.name for result in found if result.has_random_backbone],
        fidelities=_worst_first(found),
        headline=tables.records(shown),
        headline_columns=tables.HEADLINE,
        overview=files.figure("overview", overview, "Best accuracy of every experiment"),
    )


def _sections(
    environment: Environment, sources: _Sources, listed: Path, files: _Files
) -> list[Section]:
    known = _listed(listed)
    groups = dict.fromkeys([*known["sections"], *(e.group for e in sources.table.entries.values())])
    sections = []
    for group in groups:
        section = known["sections"].get(group, {"title": _title(group), "items": []})
        shown = {item.get("experiment") for item in section["items"]}
        rest = [r.name for r in sources.group(group) if r.name not in shown]
        items = [*section["items"], *({"experiment": n} | known["unlisted"] for n in rest)]
        sections.append(
            Section(
                id=group,
                title=section["title"],
                intro=_words(environment, section.get("intro", ""), {}),
                items=tuple(_item(environment, sources, item, files) for item in items),
            )
        )
    return sections


def _listed(file: Path) -> dict[str, Any]:
    try:
        known = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SpecError(f"{file} cannot be read as YAML: {error}") from error
    if not isinstance(known, dict) or {"sections", "unlisted"} - set(known):
        raise SpecError(f"{file} must have the keys sections and unlisted")
    return known


def _title(group: str) -> str:
    return f"Task {group.removeprefix('task')}"


def _item(
    environment: Environment, sources: _Sources, listed: Mapping[str, Any], files: _Files
) -> Item:
    kind = listed["kind"]
    if kind not in KINDS:
        raise SpecError(f"items.yaml: no kind of item '{kind}'; {nearest(kind, KINDS)}")
    content = KINDS[kind](sources, listed)
    name = listed.get("id") or f"{kind}-{listed['experiment']}"
    title = str(_words(environment, listed["title"], content.values))
    if content.table is not None:
        files.table(name, content.table, content.columns)
    if content.data is not None:
        files.data(name, content.data)
    folded = {f"{name}-{i}": drawn for i, drawn in enumerate(content.folded, 2)}
    return Item(
        id=name,
        title=title,
        caption=_words(environment, listed["caption"], content.values),
        notes=tuple(_words(environment, note, content.values) for note in listed.get("notes", [])),
        content=content,
        drawing=_drawing(files, name, content, title),
        folded=tuple(
            (summary, files.figure(part, figure, f"{title}. {summary}"))
            for part, (summary, figure) in folded.items()
        ),
        files=_files_beside(name, content, list(folded)),
        made_from=tuple(_shown(sources, file) for file in content.made_from),
    )


def _drawing(files: _Files, name: str, content: Content, title: str) -> Markup | None:
    if content.picture:
        return files.picture(name, content.picture, title)
    return files.figure(name, content.figure, title) if content.figure else None


def _files_beside(name: str, content: Content, folded: Sequence[str]) -> tuple[str, ...]:
    drawn = [name, *folded] if content.figure else []
    return (
        *(f"figures/{figure}.{kind}" for figure in drawn for kind in ("svg", "png")),
        *([f"figures/{name}{content.picture.suffix}"] if content.picture else []),
        *([f"tables/{name}.csv"] if content.data is not None else []),
    )


def _shown(sources: _Sources, file: Path) -> str:
    """Without what is only so on this machine."""
    if file.is_relative_to(sources.folder):
        return Path(
            "results", sources.table.preset.name, file.relative_to(sources.folder)
        ).as_posix()
    return Path("workflow", "reference", file.name).as_posix()


def _words(environment: Environment, text: str, values: Mapping[str, Any]) -> Markup:
    """A caption with its numbers looked up; an empty one where its conditions say so."""
    return Markup(environment.from_string(text).render(values).strip())  # noqa: S704, escaped there


def _curves(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    result, authors = sources.result(listed["experiment"]), sources.authors
    experiment, entry = result.entry.experiment, result.entry
    return Content(
        values={
            "name": result.name,
            "experiment": experiment,
            "published": sources.published[result.name],
            "random_backbone": result.has_random_backbone,
            "split": figures.LABELS[experiment.selection_split],
            "ours": result,
            "authors": {
                "epochs": authors.number(entry.authors, "epochs_logged"),
                "best": authors.best(entry),
                "stated": authors.stated(entry),
                **_figure_run(authors, entry),
            },
        },
        made_from=(
            *_run_files([result], "history.csv", "run.json"),
            sources.reference / "curves.csv",
        ),
        results=(result,),
        gaps=_training_gaps(sources, [result]),
        figure=figures.curves(result, authors) if result.runs or entry.authors else None,
        hardware=_hardware([result]),
    )


def _figure_run(authors: Authors, entry: Entry) -> dict[str, Any]:
    """The best accuracy of the run that the paper's figure draws, where that is another one."""
    run = authors.figure_run(entry)
    if not run:
        return {"figure_best": None}
    accuracy = authors.curve(run, entry.experiment.selection_split, "accuracy")
    return {"figure_best": accuracy.max(), "figure_read_off": authors.is_read_off(run, "accuracy")}


def _layers(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    model = listed["model"]
    profile, layers = read_profile(sources.folder, model), sources.authors.layers
    table = tables.table1(profile, sources.authors)
    rows, everything = table.iloc[-2], table.iloc[-1]
    file = profile_file(sources.folder, model)
    return Content(
        values={
            "rows": rows,
            "layers": everything,
            "counts": {"rows": int(layers["in_table1"].sum()), "layers": len(layers)},
            "weight_bytes": int(layers["params"].sum()) * tables.BYTES_PER_VALUE,
            "measured": profile,
            "memory_agrees": _agrees(table, tables.kilobytes, "memory_kb"),
            "parameters_agree": _agrees(table, tables.integer, "parameters"),
        },
        made_from=(*([file] if profile else []), sources.reference / "table1_profile.csv"),
        gaps=() if profile else (_profile_gap(sources, model),),
        table=table,
        columns=tables.TABLE1,
        sums=2,
        hardware=_profiled_on(profile),
        made_by_other_code=profile is not None and not profile.made_by_this_code,
    )


def _agrees(table: pd.DataFrame, show: Callable[[float], str], column: str) -> bool:
    """Whether ours and the authors' read the same in every row."""
    return list(map(show, table[column])) == list(map(show, table[f"authors_{column}"]))


def _profiled_on(profile: Profile | None) -> tuple[str, ...]:
    return (str(profile.facts["device"]),) if profile else ()


def _settings(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    results = sources.group(listed["group"])
    table = tables.table2(results, sources.published, sources.authors)
    return Content(
        values={
            "preset": sources.table.preset,
            "capped": any(c.differs(r) for c in tables.TABLE2 for r in tables.records(table)),
        },
        made_from=(
            *_run_files(results, "spec.json", "run.json"),
            sources.reference / "final_metrics.csv",
        ),
        results=results,
        gaps=_training_gaps(sources, results),
        table=table,
        columns=tables.TABLE2,
        hardware=_hardware(results),
    )


def _models(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    results = sources.group(listed["group"])
    table = tables.table3(results, sources.authors)
    rows = tables.records(table)
    parameters = [column for column in tables.TABLE3 if column.expected]
    return Content(
        values={
            "rows": {row["experiment"]: row for row in rows},
            "counted": [row["experiment"] for row in rows if row["seeds"]],
            "parameters_agree": not any(c.differs(row) for c in parameters for row in rows),
        },
        made_from=(
            *_run_files(results, "run.json", "metrics.json"),
            sources.reference / "final_metrics.csv",
        ),
        results=results,
        gaps=_evaluation_gaps(sources, results),
        table=table,
        columns=tables.TABLE3,
        hardware=_hardware(results),
    )


def _confusion(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    result, authors = sources.result(listed["experiment"]), sources.authors
    theirs = authors.confusions.get(result.entry.authors)
    measured = bool(result.evaluations)
    last = f"With the weights after the last epoch ({result.name})"
    return Content(
        values={
            **_about_test(result, authors),
            "authors_images": None if theirs is None else theirs.to_numpy().sum(),
        },
        made_from=(
            *_run_files([result], "metrics.json", "confusion.csv"),
            sources.reference / "confusion_matrices_test.csv",
        ),
        results=(result,),
        gaps=_evaluation_gaps(sources, [result]),
        figure=figures.confusion(result, authors, "best"),
        folded=((last, figures.confusion(result, authors, "last")),) if measured else (),
        data=tables.confusion(result, authors) if measured or theirs is not None else None,
        hardware=_hardware([result]),
    )


def _classes(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    result = sources.result(listed["experiment"])
    return Content(
        values=_about_test(result, sources.authors),
        made_from=(
            *_run_files([result], "metrics.json", "per_class.csv"),
            sources.reference / "final_metrics.csv",
        ),
        results=(result,),
        gaps=_evaluation_gaps(sources, [result]),
        table=tables.class_scores(result, sources.authors),
        columns=tables.CLASS_SCORE_COLUMNS,
        sums=1,
        hardware=_hardware([result]),
    )


def _confused_pairs(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    """Of one experiment its worst pairs, or of each of a group its worst one."""
    one = "experiment" in listed
    results = (sources.result(listed["experiment"]),) if one else sources.group(listed["group"])
    values = _about_test(results[0], sources.authors) if one else {}
    return Content(
        values=values | {"random_backbone": any(r.has_random_backbone for r in results)},
        made_from=(
            *_run_files(results, "confusion.csv"),
            sources.reference / "confusion_matrices_test.csv",
        ),
        results=results,
        gaps=_evaluation_gaps(sources, results),
        table=tables.confused_pairs(results[0], sources.authors)
        if one
        else tables.top_pairs(results, sources.authors),
        columns=tables.CONFUSED_PAIRS if one else tables.TOP_PAIR,
        hardware=_hardware(results),
    )


def _picture(sources: _Sources, listed: Mapping[str, Any]) -> Content:
    """What `explore` drew of a data set."""
    dataset = listed["dataset"]
    folder = sources.folder / "explore" / dataset
    picture, audit = folder / listed["file"], folder / "audit.json"
    if not picture.exists():
        gap = Gap(f"the pictures of {dataset}", (_exploring(sources, dataset),))
        return Content(values={}, made_from=(), gaps=(gap,))
    images: tuple[str, ...] = ()
    if audit.exists():
        facts = artifacts.read_json(audit)
        counts = ", ".join(f"{n:,} {figures.LABELS[split]}" for split, n in facts["images"].items())
        images = (f"{facts['data']['fidelity']} {dataset} images: {counts}",)
    return Content(values={}, made_from=(picture,), picture=picture, images=images)


def _about_test(result: Result, authors: Authors) -> dict[str, Any]:
    """What captions say of an experiment on the test images."""
    images = {e.scores["best", "test"]["n"] for e in result.evaluations}
    return {
        "name": result.name,
        "random_backbone": result.has_random_backbone,
        "images": max(images, default=None),
        "seeds": len(result.evaluations),
        "best": result.score("best", "test", "accuracy"),
        "last": result.score("last", "test", "accuracy"),
        "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
        "authors_stated": authors.number(result.entry.authors, "reported/test_accuracy_pct"),
    }


def _run_files(results: Sequence[Result], *names: str) -> tuple[Path, ...]:
    files = (run.folder / name for result in results for run in result.runs for name in names)
    return tuple(file for file in files if file.exists())


KINDS: dict[str, Callable[[_Sources, Mapping[str, Any]], Content]] = {
    "curves": _curves,
    "layers": _layers,
    "settings": _settings,
    "models": _models,
    "confusion": _confusion,
    "classes": _classes,
    "confused-pairs": _confused_pairs,
    "picture": _picture,
}


def _seeds(results: Sequence[Result]) -> str:
    counts = sorted({len(result.runs) for result in results})
    if not counts:
        return ""
    each = " each" if len(results) > 1 else ""
    if counts == [1]:
        return f"1 seed{each}, so no spread"
    return f"{counts[0]} seeds{each}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"


def _short(commit: str) -> str:
    """With the + that says that the checkout had changes."""
    return commit and f"commit {commit[:8]}{'+' if commit.endswith('+') else ''}"


def _training_gaps(sources: _Sources, results: Sequence[Result]) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            _seeds_of(result, result.missing),
            tuple(_training(sources, result.name, seed) for seed in result.missing),
        )
        for result in results
        if result.missing
    )


def _training(sources: _Sources, name: str, seed: int) -> str:
    preset = sources.table.preset.name
    words = ["lc-cli", "train", name, "--preset", preset, "--seed", str(seed)]
    if not _in_its_usual_place(sources):
        words += ["--out", run_folder(sources.folder, name, seed).as_posix()]
    return shlex.join(words)


def _evaluation_gaps(sources: _Sources, results: Sequence[Result]) -> tuple[Gap, ...]:
    """Trained or not: what lacks the numbers of `evaluate`."""
    gaps = []
    for result in results:
        trained = [run.seed for run in result.unevaluated]
        for what, seeds, steps in (
            (_seeds_of(result, result.missing), result.missing, (_training, _evaluating)),
            (f"the evaluation of {_seeds_of(result, trained)}", trained, (_evaluating,)),
        ):
            if seeds:
                commands = (step(sources, result.name, seed) for seed in seeds for step in steps)
                gaps.append(Gap(what, tuple(commands)))
    return tuple(gaps)


def _seeds_of(result: Result, seeds: Sequence[int]) -> str:
    return f"{result.name}, {'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def _evaluating(sources: _Sources, name: str, seed: int) -> str:
    usual = Path("results", sources.table.preset.name)
    folder = run_folder(usual if _in_its_usual_place(sources) else sources.folder, name, seed)
    words = ["lc-cli", "evaluate", "--run", folder.as_posix()]
    return shlex.join([*words, "--preset", sources.table.preset.name])


def _exploring(sources: _Sources, dataset: str) -> str:
    words = ["lc-cli", "explore", dataset, "--preset", sources.table.preset.name]
    if not _in_its_usual_place(sources):
        words += ["--out", (sources.folder / "explore" / dataset).as_posix()]
    return shlex.join(words)


def _profile_gap(sources: _Sources, model: str) -> Gap:
    usual = Path("results", sources.table.preset.name)
    folder = usual if _in_its_usual_place(sources) else sources.folder
    words = ["lc-cli", "profile", "--model", model, "--out"]
    words += [profile_file(folder, model).parent.as_posix()]
    return Gap(f"the profile of {model}", (shlex.join(words),))


def _in_its_usual_place(sources: _Sources) -> bool:
    return sources.folder.parts[-2:] == ("results", sources.table.preset.name)


def _hardware(results: Sequence[Result]) -> tuple[str, ...]:
    runs = [run for result in results for run in result.runs]
    return tuple(dict.fromkeys(f"{run.device} (threads: {run.threads})" for run in runs))


def _worst_first(results: Sequence[Result]) -> list[str]:
    present = {fidelity for result in results for fidelity in tables.fidelities(result)}
    return [*(f for f in FIDELITIES if f in present), *sorted(present - set(FIDELITIES))]


def _badges(result: Result) -> list[tuple[str, str]]:
    """Short words to an experiment's name, and what they mean."""
    badges = []
    if not result.runs:
        badges.append(("not run", "No seed of this experiment was run"))
    elif result.missing:
        badges.append(("seeds missing", f"Not run: seeds {', '.join(map(str, result.missing))}"))
    if result.has_random_backbone:
        badges.append(("random backbone", RANDOM_BACKBONE))
    if result.stale:
        badges.append(("other settings", f"The table has changed since: {'; '.join(result.stale)}"))
    if result.made_by_other_code:
        badges.append(("other code", "Another version of the library made these results"))
    return badges


def _places(sections: Sequence[Section]) -> dict[str, str]:
    """Where on the page an experiment's own figure is: the first, its curves."""
    places: dict[str, str] = {}
    for item in (item for section in sections for item in section.items):
        if item.content.figure:
            for result in item.content.results:
                places.setdefault(result.name, item.id)
    return places

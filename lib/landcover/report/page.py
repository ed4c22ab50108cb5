"""The page: the template with all sections, and with the facts about all of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from landcover import artifacts, figures
from landcover.report import checklist, gaps, headline, lessons, table
from landcover.report.facts import badges, fidelities
from landcover.report.files import Files
from landcover.report.ledger import write_ledger
from landcover.report.sections import Section, write_sections
from landcover.report.table import records
from landcover.results import layout
from landcover.results.study import Study

NORMALISED = {  # pixels, by the table's word
    "half": "scaled to −1 … 1",
    "imagenet": "normalised with ImageNet's mean and deviation",
    "none": "not normalised",
}
FILTERS = {
    "percent": table.percent,
    "duration": table.duration,
    "integer": table.integer,
    "signed": table.signed,
    "probability": table.probability,
    "kilobytes": table.kilobytes,
    "megabytes": table.megabytes,
    "cell": lessons.cell,
    "normalised": NORMALISED.__getitem__,
}


def write_parts(study: Study, workflow: Path, files: Files) -> str:
    """Writes all figures and tables, and returns the HTML of the page."""
    folder = workflow / "report"  # the template and items.yaml
    environment = _environment(folder)
    sections = write_sections(environment, study, folder / "items.yaml", files)
    results = study.wanted
    known = [r for r in results if r.runs or study.authors.best(r.entry) is not None]
    accuracies = headline.table(known, study.authors)
    files.write_table("headline", accuracies, headline.COLUMNS)
    asked = checklist.table(study)
    files.write_table("checklist", asked, checklist.COLUMNS)
    ledger = write_ledger(study, workflow, files)
    learned = lessons.text(environment, study, ledger, _differences(sections))
    if learned:
        artifacts.write_text(files.out / layout.LESSONS, learned)
    else:  # or those of an earlier report stay
        artifacts.remove(files.out / layout.LESSONS)
    overview = figures.overview(known, study.authors)
    drawn = files.write_figure("overview", overview, "Best accuracy of every experiment")
    return environment.get_template("index.html.j2").render(
        sections=sections,
        formats=files.formats,
        is_small=files.is_small,
        ledger=ledger,
        lessons=lessons.html(learned),
        preset=study.table.preset,
        results=results,
        most_seeds=max((len(study.table.seeds(r.name)) for r in results), default=0),
        not_looked_into=study.table.not_looked_into,
        left_out=[name for name in study.table.left_out if not study.results[name].runs],
        runs=study.runs,
        places=_places(sections),
        badges={result.name: badges(result) for result in results},
        gaps=gaps.training(study, results),
        everything=gaps.everything(study),
        random_backbones=[result.name for result in results if result.has_random_backbone],
        fidelities=fidelities(results),
        headline=records(accuracies),
        headline_columns=headline.COLUMNS,
        checklist=records(asked),
        checklist_columns=checklist.COLUMNS,
        overview=drawn,
        drawings_css=Markup(files.drawings.css),  # noqa: S704, looked through
    )


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


def _differences(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Returns the rows of experiments that are compared in pairs."""
    items = (item for section in sections for item in section.items)
    return [row for item in items if item.kind == "comparisons" for row in item.rows]


def _places(sections: Sequence[Section]) -> dict[str, str]:
    """Returns the id of each experiment's first figure on the page: its curves."""
    places: dict[str, str] = {}
    for item in (item for section in sections for item in (*section.items, *section.folded)):
        if item.content.figure:
            for result in item.content.results:
                places.setdefault(result.name, item.id)
    return places

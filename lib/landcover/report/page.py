"""The page: the template filled in with all its sections, and what is said of them together."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from landcover import checklist, figures
from landcover.report import gaps
from landcover.report.facts import badges, fidelities
from landcover.report.files import Files
from landcover.report.ledger import judged
from landcover.report.sections import Section, sections
from landcover.results.study import Study
from landcover.tables import headline, values
from landcover.tables.column import records

FILTERS = {
    "percent": values.percent,
    "duration": values.duration,
    "integer": values.integer,
    "kilobytes": values.kilobytes,
    "megabytes": values.megabytes,
}


def page(study: Study, workflow: Path, files: Files) -> str:
    folder = workflow / "report"  # the template and items.yaml
    environment = _environment(folder)
    shown = sections(environment, study, folder / "items.yaml", files)
    found = study.wanted
    accuracies = headline.table(found, study.authors)
    files.table("headline", accuracies, headline.COLUMNS)
    asked = checklist.table(study)
    files.table("checklist", asked, checklist.COLUMNS)
    overview = figures.overview(found, study.authors)
    return environment.get_template("index.html.j2").render(
        sections=shown,
        ledger=judged(study, workflow, files),
        preset=study.table.preset,
        results=found,
        not_looked_into=study.table.not_looked_into,
        left_out=[name for name in study.table.left_out if not study.results[name].runs],
        runs=study.runs,
        places=_places(shown),
        badges={result.name: badges(result) for result in found},
        gaps=gaps.training(study, found),
        random_backbones=[result.name for result in found if result.has_random_backbone],
        fidelities=fidelities(found),
        headline=records(accuracies),
        headline_columns=headline.COLUMNS,
        checklist=records(asked),
        checklist_columns=checklist.COLUMNS,
        overview=files.figure("overview", overview, "Best accuracy of every experiment"),
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


def _places(shown: Sequence[Section]) -> dict[str, str]:
    """Where on the page an experiment's own figure is: the first, its curves."""
    places: dict[str, str] = {}
    for item in (item for section in shown for item in section.items):
        if item.content.figure:
            for result in item.content.results:
                places.setdefault(result.name, item.id)
    return places

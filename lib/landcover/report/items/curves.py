"""Loss and accuracy of an experiment over its epochs, ours beside the authors'."""

from collections.abc import Mapping
from typing import Any

from landcover import figures
from landcover.experiments import Entry
from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.sources import Sources
from landcover.results import Authors


def content(sources: Sources, listed: Mapping[str, Any]) -> Content:
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
        made_from=sources.files([result], "history.csv", "run.json", reference="curves.csv"),
        results=(result,),
        gaps=gaps.training(sources, [result]),
        figure=figures.curves(result, authors) if result.runs or entry.authors else None,
    )


def _figure_run(authors: Authors, entry: Entry) -> dict[str, Any]:
    """The best accuracy of the run that the paper's figure draws, where that is another one."""
    run = authors.figure_run(entry)
    if not run:
        return {"figure_best": None}
    accuracy = authors.curve(run, entry.experiment.selection_split, "accuracy")
    return {"figure_best": accuracy.max(), "figure_read_off": authors.is_read_off(run, "accuracy")}

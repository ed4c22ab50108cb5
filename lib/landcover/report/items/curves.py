"""Loss and accuracy of an experiment by epoch, ours beside the authors'."""

from collections.abc import Mapping
from typing import Any

from landcover import figures
from landcover.experiments import Entry
from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import CURVES, Authors
from landcover.results.study import Study
from landcover.style import LABELS


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result, authors = study.result(listed["experiment"]), study.authors
    experiment, entry = result.entry.experiment, result.entry
    return Content(
        values={
            "name": result.name,
            "experiment": experiment,
            "published": study.published[result.name],
            "split": LABELS[experiment.selection_split],
            "ours": result,
            "authors": {
                "epochs": authors.number(entry.authors, "epochs_logged"),
                "best": authors.best(entry),
                "stated": authors.stated(entry),
                **_figure_run(authors, entry),
            },
        },
        made_from=study.files([result], layout.HISTORY, layout.RUN, reference=CURVES),
        results=(result,),
        gaps=gaps.training(study, [result]),
        figure=figures.curves(result, authors) if result.runs or entry.authors else None,
    )


def _figure_run(authors: Authors, entry: Entry) -> dict[str, Any]:
    """Returns the best accuracy of the run in the paper's figure, if that is not the logged run."""
    run = authors.figure_run(entry)
    if not run:
        return {"figure_best": None}
    curve = run, entry.experiment.selection_split, "accuracy"
    is_read_off = authors.origin(*curve) == "plot"
    return {"figure_best": authors.curve(*curve).max(), "figure_read_off": is_read_off}

"""Which classes an experiment takes for which, ours beside the authors'."""

from collections.abc import Mapping
from typing import Any

from landcover import figures
from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import CONFUSIONS
from landcover.results.study import Study
from landcover.tables import confusion


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result, authors = study.result(listed["experiment"]), study.authors
    theirs = authors.confusions.get(result.entry.authors)
    measured = bool(result.evaluations)
    last = f"With the weights after the last epoch ({result.name})"
    return Content(
        values={
            **on_test_images(result, authors),
            "authors_images": None if theirs is None else theirs.to_numpy().sum(),
        },
        made_from=study.files([result], layout.METRICS, layout.CONFUSION, reference=CONFUSIONS),
        results=(result,),
        gaps=gaps.evaluation(study, [result]),
        figure=figures.confusion(result, authors, "best"),
        folded=((last, figures.confusion(result, authors, "last")),) if measured else (),
        data=confusion.table(result, authors) if measured or theirs is not None else None,
    )

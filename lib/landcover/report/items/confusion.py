"""The confusion matrix of an experiment on the test images, ours beside the authors'."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landcover import figures
from landcover.report import gaps
from landcover.report.captions import on_test_images
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import CONFUSIONS, Authors
from landcover.results.evaluations import WEIGHTS
from landcover.results.runs import Result
from landcover.results.study import Study
from landcover.stats import mean_table, row_percent


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result, authors = study.result(listed["experiment"]), study.authors
    theirs = authors.confusions.get(result.entry.authors)
    measured = bool(result.evaluations)
    is_known = measured or theirs is not None
    last = f"With the weights after the last epoch ({result.name})"
    return Content(
        values={
            **on_test_images(result, authors),
            "authors_images": None if theirs is None else theirs.to_numpy().sum(),
        },
        made_from=study.files([result], layout.METRICS, layout.CONFUSION, reference=CONFUSIONS),
        results=(result,),
        gaps=gaps.evaluation(study, [result]),
        figure=figures.confusion(result, authors, "best") if is_known else None,
        folded=((last, figures.confusion(result, authors, "last")),) if measured else (),
        data=table(result, authors) if is_known else None,
    )


def table(result: Result, authors: Authors) -> pd.DataFrame:
    """Returns a row per true and predicted class: images, and percent of the true class."""
    matrices = {
        f"{weights}_{unit}": mean_table(
            [show(counts) for counts in result.confusions(weights, "test")]
        )
        for weights in WEIGHTS
        for unit, show in (("images", lambda counts: counts), ("percent", row_percent))
        if result.evaluations
    }
    theirs = authors.confusions.get(result.entry.authors)
    if theirs is not None:
        matrices |= {"authors_images": theirs, "authors_percent": row_percent(theirs)}
    long = [pd.Series(matrix.stack(), name=name) for name, matrix in matrices.items()]
    return pd.DataFrame(pd.concat(long, axis=1).reset_index())


def test_counts(result: Result, authors: Authors) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns our confusion matrix and the authors'; empty if there is none.

    Ours is that of the best weights, as a mean over the seeds.
    """
    ours = result.confusions("best", "test")
    theirs = authors.confusions.get(result.entry.authors, pd.DataFrame())
    return mean_table(ours) if ours else pd.DataFrame(), theirs

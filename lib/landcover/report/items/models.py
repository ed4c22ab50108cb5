"""Table 3: the parameters of each model of a group, its training time and its accuracies."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.report import gaps, per_experiment
from landcover.report.content import Content
from landcover.report.table import Column, in_percent, percent, plus_minus, records
from landcover.results import layout
from landcover.results.authors import METRICS, Authors
from landcover.results.evaluations import AUGMENTED
from landcover.results.runs import Result
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    models = table(results, study.authors)
    rows = records(models)
    return Content(
        values={
            "rows": {row["experiment"]: row for row in rows},
            "counted": [row["experiment"] for row in rows if row["seeds"]],
            "parameters_agree": not any(c.differs(row) for c in COLUMNS for row in rows),
        },
        made_from=study.files(results, layout.RUN, layout.METRICS, reference=METRICS),
        results=results,
        gaps=gaps.evaluation(study, results),
        table=models,
        columns=COLUMNS,
    )


def table(results: Sequence[Result], authors: Authors) -> pd.DataFrame:
    """Returns a row per model; accuracies in percent."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "backbone": ", ".join(result.backbones),
                "seeds": len(result.runs),
                **per_experiment.parameters(result, authors),
                **per_experiment.times(result, authors),
                **in_percent("val_best", result.best),
                "authors_val_best": authors.best(result.entry),
                "authors_val_last": authors.last(result.entry),
                "authors_stated": authors.stated(result.entry),
                **in_percent("test_best", result.score("best", "test", "accuracy")),
                **in_percent("test_last", result.score("last", "test", "accuracy")),
                "authors_test": authors.number(result.entry.authors, "test/accuracy_pct"),
                # the authors' seems to be that of the last weights, too
                **in_percent("augmented", result.score("last", AUGMENTED, "accuracy")),
                "authors_augmented": authors.number(
                    result.entry.authors, "train_augmented/accuracy_pct"
                ),
            }
            for result in results
        ]
    )


COLUMNS = (
    per_experiment.NAME,
    *per_experiment.PARAMETERS,
    *per_experiment.TIMES,
    Column("Validation, best: ours (%)", lambda row: plus_minus(row, "val_best")),
    Column("Authors' log (%)", lambda row: percent(row["authors_val_best"]), authors=True),
    per_experiment.STATED,
    Column("Test, best weights: ours (%)", lambda row: plus_minus(row, "test_best")),
    Column("Test, last weights: ours (%)", lambda row: plus_minus(row, "test_last")),
    Column("Test, authors (%)", lambda row: percent(row["authors_test"]), authors=True),
    Column("Augmented training images: ours (%)", lambda row: plus_minus(row, "augmented")),
    Column("Authors (%)", lambda row: percent(row["authors_augmented"]), authors=True),
)

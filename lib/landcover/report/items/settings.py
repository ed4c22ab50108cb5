"""Table 2: what each experiment of a group changes, its training time and its accuracy."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.experiments import Experiment
from landcover.report import gaps, per_experiment
from landcover.report.content import Content
from landcover.report.table import Column, in_percent, percent, plus_minus, records
from landcover.results import layout
from landcover.results.authors import METRICS, Authors
from landcover.results.runs import Result
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    rows = table(results, study.published, study.authors)
    return Content(
        values={"capped": any(c.differs(row) for c in COLUMNS for row in records(rows))},
        made_from=study.files(results, layout.SPEC, layout.RUN, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
        table=rows,
        columns=COLUMNS,
    )


def table(
    results: Sequence[Result], as_published: Mapping[str, Experiment], authors: Authors
) -> pd.DataFrame:
    """Returns a row per experiment.

    `as_published` has the same experiments without the caps of a preset. If the authors did not run
    an experiment, none of its settings is marked as different from theirs.
    """
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                **_settings(result.entry.experiment),
                **{
                    f"authors_{key}": value
                    for key, value in _settings(
                        as_published[result.name]
                        if result.entry.authors
                        else result.entry.experiment
                    ).items()
                },
                "seeds": len(result.runs),
                **per_experiment.times(result, authors),
                **in_percent("best", result.best),
                "authors_best": authors.best(result.entry),
                "authors_stated": authors.stated(result.entry),
            }
            for result in results
        ]
    )


def _settings(entry: Experiment) -> dict[str, Any]:
    return {
        "batch_size": entry.batch_size,
        "augmentation": _augmentation(entry),
        "batch_norm": entry.batch_norm,
        "dropout": entry.dropout,
        "weight_decay": entry.weight_decay,
        "epochs": entry.epochs,
    }


def _augmentation(entry: Experiment) -> str:
    if entry.augment == "none":
        return "No"
    added = "+ original" if entry.concat_original else "only"
    half = ", half of both an epoch" if entry.equal_steps else ""
    return f"{entry.augment} {added}{half}{', balanced' if entry.balance else ''}"


def _setting(heading: str, key: str, show: Callable[[Any], str]) -> Column:
    return Column(
        heading,
        show=lambda row: show(row[key]),
        expected=lambda row: show(row[f"authors_{key}"]),
    )


def _yes(value: float, as_text: str) -> str:
    return as_text if value else "No"


COLUMNS = (
    per_experiment.NAME,
    _setting("Batch", "batch_size", str),
    _setting("Augmentation", "augmentation", str),
    _setting("Batch norm", "batch_norm", lambda on: _yes(on, "Yes")),
    _setting("Dropout", "dropout", lambda rate: _yes(rate, f"{100 * rate:.0f} %")),
    _setting("L2", "weight_decay", lambda decay: _yes(decay, f"{decay:g}")),
    _setting("Epochs", "epochs", str),
    *per_experiment.TIMES,
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    per_experiment.STATED,
)

"""Networks without pretraining: accuracy with one view and with eight, and calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.per_experiment import NAME
from landcover.report.table import Column, duration, in_percent, integer, plus_minus
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.evaluations import VIEWED
from landcover.results.runs import Result
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = [result for group in listed["groups"] for result in study.group(group)]
    return Content(
        made_from=study.files(results, layout.RUN, layout.METRICS, reference=METRICS),
        results=tuple(results),
        gaps=gaps.evaluation(study, results),
        table=table(results),
        columns=COLUMNS,
    )


def table(results: Sequence[Result]) -> pd.DataFrame:
    """Returns a row per experiment; accuracies and calibration errors in percent."""
    return pd.DataFrame(
        [
            {
                "experiment": result.name,
                "seeds": len(result.runs),
                "parameters": result.parameters.get("total"),
                "images": result.runs[0].train_images if result.runs else None,
                "epochs": result.entry.experiment.epochs,
                "seconds": result.seconds,
                **in_percent("val", result.best),
                **in_percent("test", result.score("best", "test", "accuracy")),
                **in_percent("viewed", result.score("best", VIEWED, "accuracy")),
                **in_percent("ece", result.score("best", "test", "ece")),
                **in_percent("calibrated", result.score("best", "test", "ece_calibrated")),
            }
            for result in results
        ]
    )


def points(results: Sequence[Result], *columns: str) -> pd.DataFrame:
    """Returns a row per evaluated experiment, to draw; test accuracies in percent."""
    rows = [
        {
            "experiment": result.name,
            "model": result.entry.experiment.model,
            "parameters": result.parameters["total"],
            "images": result.runs[0].train_images,
            "seconds": result.seconds,
            "seeds": found.n,
            "accuracy": 100 * found.mean,
            "sd": None if found.sd is None else 100 * found.sd,
        }
        for result in results
        if (found := result.score("best", "test", "accuracy"))
    ]
    return pd.DataFrame(rows, columns=list(columns))


COLUMNS = (
    NAME,
    Column("Parameters", lambda row: integer(row["parameters"])),
    Column("Training images", lambda row: integer(row["images"])),
    Column("Epochs", lambda row: integer(row["epochs"])),
    Column("Time", lambda row: duration(row["seconds"])),
    Column("Validation (%)", lambda row: plus_minus(row, "val")),
    Column("Test, one view (%)", lambda row: plus_minus(row, "test")),
    Column("Test, eight views (%)", lambda row: plus_minus(row, "viewed")),
    Column("Calibration error (%)", lambda row: plus_minus(row, "ece")),
    Column("… with a temperature (%)", lambda row: plus_minus(row, "calibrated")),
)

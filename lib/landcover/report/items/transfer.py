"""Task 4: what each network starts from, which part is trained, and the accuracy it reaches."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.experiments import Experiment
from landcover.report import gaps, per_experiment
from landcover.report.content import Content
from landcover.report.table import (
    DASH,
    Column,
    Row,
    in_percent,
    integer,
    percent,
    plus_minus,
    records,
)
from landcover.results import layout
from landcover.results.authors import METRICS, Authors
from landcover.results.runs import Result
from landcover.results.study import Study


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    networks = table(results, study.published, study.authors)
    rows = records(networks)
    return Content(
        values={
            "found": {result.name: result for result in results},
            "rotations": {run.exif_rotation for result in results for run in result.runs},
            "mistaught": [text for result in results for text in _mistaught(result)],
            "capped": any(row["pixels"] != row["authors_pixels"] for row in rows),
        },
        made_from=study.files(results, layout.RUN, layout.HISTORY, reference=METRICS),
        results=results,
        gaps=gaps.training(study, results),
        table=networks,
        columns=COLUMNS,
    )


def _mistaught(result: Result) -> list[str]:
    """Returns, for each seed, how many classes a training split numbers differently from test."""
    return [
        f"{result.name}, seed {run.seed}: {_differing(names)} of {len(names)} in {split}"
        for run in result.runs
        for split, names in run.mistaught.items()
    ]


def _differing(names: Mapping[str, str]) -> int:
    return sum(name != taught for name, taught in names.items())


def table(
    results: Sequence[Result], as_published: Mapping[str, Experiment], authors: Authors
) -> pd.DataFrame:
    """Returns a row per experiment; accuracies in percent, epochs from 1."""
    return pd.DataFrame([_row(result, as_published[result.name], authors) for result in results])


def _row(result: Result, published: Experiment, authors: Authors) -> dict[str, Any]:
    entry = result.entry
    return {
        "experiment": result.name,
        "backbone": ", ".join(result.backbones),
        "seeds": len(result.runs),
        "start": _start(entry.experiment),
        "freeze": entry.experiment.freeze,
        "pixels": entry.experiment.image_size,
        "authors_pixels": published.image_size,
        "train_images": result.runs[0].train_images if result.runs else None,
        **per_experiment.parameters(result, authors),
        **per_experiment.times(result, authors),
        **in_percent("first", result.first),
        "authors_first": authors.number(entry.authors, "first_test_accuracy_pct"),
        **in_percent("best", result.best),
        "authors_best": authors.best(entry),
        "authors_stated": authors.stated(entry),
        **in_percent("last", result.last),
        "authors_last": authors.last(entry),
        "turns": [run.turn for run in result.runs],
        "authors_turn": authors.number(entry.authors, "min_test_loss_epoch"),
    }


def _start(spec: Experiment) -> str:
    return spec.init_from or spec.pretrained or "scratch"


def _turns(row: Row) -> str:
    """Returns the epoch of each seed."""
    return ", ".join(map(str, row["turns"])) or DASH


COLUMNS = (
    per_experiment.NAME,
    Column("Starts from", lambda row: row["start"], number=False),
    *per_experiment.PARAMETERS,
    Column(
        "Pixels", lambda row: str(row["pixels"]), expected=lambda row: str(row["authors_pixels"])
    ),
    Column("Images to train", lambda row: integer(row["train_images"])),
    Column("Epoch 1, ours (%)", lambda row: plus_minus(row, "first")),
    Column("Epoch 1, authors (%)", lambda row: percent(row["authors_first"]), authors=True),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    per_experiment.STATED,
    Column("Least test loss at epoch, ours", _turns),
    Column("At epoch, authors", lambda row: integer(row["authors_turn"]), authors=True),
    *per_experiment.TIMES,
)

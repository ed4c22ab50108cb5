"""Task 4 at a glance: what each network brings along, what of it learns, and how far it comes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landcover.experiments import Experiment
from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.tables import experiment
from landcover.tables.column import Column, Row
from landcover.tables.spread import in_percent, plus_minus
from landcover.tables.values import NONE, integer, percent


def table(
    results: Sequence[Result], as_published: Mapping[str, Experiment], authors: Authors
) -> pd.DataFrame:
    """A row per experiment; accuracies in percent, epochs from 1."""
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
        **experiment.parameters(result, authors),
        **experiment.times(result, authors),
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
    """Of each seed."""
    return ", ".join(map(str, row["turns"])) or NONE


COLUMNS = (
    experiment.NAME,
    Column("Starts from", lambda row: row["start"], number=False),
    *experiment.PARAMETERS,
    Column(
        "Pixels", lambda row: str(row["pixels"]), expected=lambda row: str(row["authors_pixels"])
    ),
    Column("Images to train", lambda row: integer(row["train_images"])),
    Column("Epoch 1, ours (%)", lambda row: plus_minus(row, "first")),
    Column("Epoch 1, authors (%)", lambda row: percent(row["authors_first"]), authors=True),
    Column("Best, ours (%)", lambda row: plus_minus(row, "best")),
    Column("Best, authors' log (%)", lambda row: percent(row["authors_best"]), authors=True),
    experiment.STATED,
    Column("Least test loss at epoch, ours", _turns),
    Column("At epoch, authors", lambda row: integer(row["authors_turn"]), authors=True),
    *experiment.TIMES,
)

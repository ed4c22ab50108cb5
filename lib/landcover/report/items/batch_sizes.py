"""The time per image in batches of several sizes, and the share of each kind of layer."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.table import Column, integer, microseconds
from landcover.results.profiles import ProfileRecord
from landcover.results.study import Study

KINDS = {
    "convolutions": "Conv2d",
    "batch_norms": "BatchNorm2d",
    "pooling": "MaxPool2d",
    "dropout": "Dropout",
}


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    model = listed["model"]
    profile = study.profiles.get(model)
    return Content(
        made_from=(profile.file,) if profile else (),
        gaps=() if profile else (gaps.profile(study, model),),
        table=table(profile),
        columns=COLUMNS,
        hardware=(profile.device,) if profile else (),
        made_by_other_code=profile is not None and profile.made_by_other_code,
    )


def table(profile: ProfileRecord | None) -> pd.DataFrame:
    """Returns a row per batch size and mode: µs per image of the whole network, shares in percent.

    A share is a part of the sum over all layers; each layer is timed separately.
    """
    columns = ["batch_size", "mode", "image_us", *KINDS]
    if profile is None:
        return pd.DataFrame(columns=columns)
    times = pd.DataFrame(profile.facts["warm_times"])
    groups = times.groupby(["batch_size", "mode"], sort=False)
    return pd.DataFrame([_row(rows) for _, rows in groups], columns=columns)


def _row(times: pd.DataFrame) -> dict[str, Any]:
    """Returns the row of one batch size in one mode, from all its times."""
    batch_size, mode = times["batch_size"].iloc[0], times["mode"].iloc[0]
    whole = times.loc[times["index"] == 0, "median_seconds"].sum()
    by_type = times[times["index"] > 0].groupby("type")["median_seconds"].sum()
    shares = {k: 100 * by_type.get(kind, 0.0) / by_type.sum() for k, kind in KINDS.items()}
    return {"batch_size": batch_size, "mode": mode, "image_us": whole * 1e6 / batch_size} | shares


def _share(heading: str, key: str) -> Column:
    return Column(f"{heading} (%)", lambda row: f"{row[key]:.1f}")


COLUMNS = (
    Column("Images in a batch", lambda row: integer(row["batch_size"])),
    Column("Mode", lambda row: row["mode"], number=False),
    Column("Time of an image (µs)", lambda row: microseconds(row["image_us"])),
    _share("Convolutions", "convolutions"),
    _share("Batch norm", "batch_norms"),
    _share("Pooling", "pooling"),
    _share("Dropout", "dropout"),
)

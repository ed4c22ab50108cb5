"""What an image takes, forward, in batches of several sizes, and which layers take it."""

from typing import Any

import pandas as pd

from landcover.results.profiles import Profile
from landcover.tables.column import Column
from landcover.tables.values import integer, microseconds

KINDS = {"convolutions": "Conv2d", "batch_norms": "BatchNorm2d", "pooling": "MaxPool2d"}
KINDS |= {"dropout": "Dropout"}


def table(profile: Profile | None) -> pd.DataFrame:
    """A row per batch size and mode: µs an image of the whole network, and shares in percent.

    Shares are of the sum over the layers, each timed on its own.
    """
    columns = ["batch_size", "mode", "image_us", *KINDS]
    if profile is None:
        return pd.DataFrame(columns=columns)
    times = pd.DataFrame(profile.facts["warm_times"])
    groups = times.groupby(["batch_size", "mode"], sort=False)
    return pd.DataFrame([_row(rows) for _, rows in groups], columns=columns)


def _row(times: pd.DataFrame) -> dict[str, Any]:
    """Of all times of one batch size in one mode."""
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

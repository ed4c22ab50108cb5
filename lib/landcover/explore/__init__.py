"""An audit of a data set before training, in numbers and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from landcover import artifacts, style
from landcover.data.prepared import Prepared
from landcover.explore import (
    augmented,
    contents,
    drawings,
    duplicates,
    likeness,
    neighbours,
    seams,
)
from landcover.results import layout


@dataclass(frozen=True)
class Audit:
    summary: dict[str, Any]  # JSON-ready
    tables: dict[str, pd.DataFrame]  # by file name, without its ending
    figures: dict[str, Figure]


def explore(
    data: Prepared, augmentation: str, normalise: str, seed: int = 0, *, tiles: bool = True
) -> Audit:
    """Returns counts, colours, duplicates, look-alikes and neighbours of all images of a data set.

    `augmentation` and `normalise` are the names that its experiments use, for Figure 18. Without
    `tiles`, no images count as neighbours, because similar borders mean nothing.
    """
    mean, sd = contents.image_moments(data.pixels)
    cells = likeness.cells(data.pixels)
    closest, stranger = likeness.nearest(cells, data.labels)
    search = seams.search(data.pixels)
    if not tiles:
        search = replace(search, threshold=None)
    look_alikes = likeness.look_alikes(data, stranger)
    tables = {
        "class_counts": contents.class_counts(data),
        "channels": contents.channel_statistics(data, mean, sd),
        "near_constant": contents.near_constant(data, sd),
        "exact_duplicates": duplicates.exact(data),
        "near_duplicates": duplicates.near(data, cells, closest),
        "look_alikes": look_alikes,
        "look_alike_classes": likeness.look_alike_classes(data, look_alikes),
        "neighbours": neighbours.pairs(data, search),
        "neighbour_thresholds": neighbours.curve(search),
    }
    figures = {
        "class_counts": drawings.draw_class_counts(tables["class_counts"]),
        "samples": drawings.draw_samples(data),
        "augmented": drawings.draw_augmented(augmented.batch(data, augmentation, seed), normalise),
        "near_constant": drawings.draw_contrasts(data, sd),
        "near_duplicates": drawings.draw_near_duplicates(data, tables["near_duplicates"]),
        "look_alikes": drawings.draw_look_alikes(data, look_alikes),
        "look_alike_classes": drawings.draw_look_alike_classes(tables["look_alike_classes"]),
        "neighbours": drawings.draw_neighbours(data, tables["neighbours"]),
        "neighbour_scores": drawings.draw_neighbour_scores(search),
    }
    return Audit(_summary(data, tables, search, tiles), tables, figures)


def write(audit: Audit, out: Path) -> None:
    """Writes every table as CSV, every figure as SVG and PNG, and the summary last."""
    for name, table in audit.tables.items():
        artifacts.write_csv(out / f"{name}.csv", table)
    note = "Synthetic images" if audit.summary["data"]["fidelity"] == "synthetic" else ""
    for name, figure in audit.figures.items():
        style.save(figure, out, name, note)
    artifacts.write_json(out / layout.AUDIT, audit.summary)


def _summary(
    data: Prepared, tables: Mapping[str, pd.DataFrame], search: seams.Search, tiles: bool
) -> dict[str, Any]:
    constant, exact, near = (
        tables[name] for name in ("near_constant", "exact_duplicates", "near_duplicates")
    )
    return {
        "data": data.identity,
        "images": dict(data.manifest["images"]),
        "channels": tables["channels"].to_dict("records"),
        "near_constant": {
            "images": len(constant),
            "classes": {str(k): int(v) for k, v in constant["class"].value_counts().items()},
            "contrast_below": contents.CONSTANT_BELOW,
        },
        "exact_duplicates": {
            "images": len(exact),
            "groups": int(exact["group"].nunique()),
            "images_across_splits": int(exact["across_splits"].sum()),
        },
        "near_duplicates": {
            "pairs": len(near),
            "pairs_across_splits": int(near["across_splits"].sum()),
            "correlation_above": duplicates.SAME_ABOVE,
        },
        "look_alikes": _strangers(tables["look_alikes"], tables["look_alike_classes"]),
        "neighbours": {"looked_for": tiles} | neighbours.summary(data, search),
    }


def _strangers(look_alikes: pd.DataFrame, classes: pd.DataFrame) -> dict[str, Any]:
    most = classes.sort_values("count", ascending=False, kind="stable").iloc[0]
    return {
        "closest": [look_alikes["file"].iloc[0], look_alikes["nearest_file"].iloc[0]],
        "closest_distance": float(look_alikes["distance"].iloc[0]),
        "median_distance": float(look_alikes["distance"].median()),
        "most_alike": [str(most["class"]), str(most["nearest_class"]), int(most["count"])],
    }

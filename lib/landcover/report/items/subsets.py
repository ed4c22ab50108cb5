"""Test accuracy by the number of training images, for two families of networks."""

import math
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from landcover import figures
from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.items import entries
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.style import COLOURS, STYLE

COLUMNS = ("experiment", "model", "images", "seeds", "accuracy", "sd")
FAMILIES = {"residual": "accuracy", "vision-transformer": "training"}  # names of colours


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = [*study.group(listed["group"]), *map(study.result, listed["more_experiments"])]
    points = entries.points(results, *COLUMNS).sort_values(["model", "images"])
    return Content(
        values={"trend": trend(points), "transformer_wins": transformer_wins(points)},
        made_from=study.files(results, layout.RUN, layout.METRICS, reference=METRICS),
        results=tuple(results),
        gaps=gaps.evaluation(study, results),
        figure=drawn(points) if len(points) else None,
        data=points,
    )


def transformer_wins(points: pd.DataFrame) -> list[int] | None:
    """Returns the numbers of training images at which the transformer is more accurate.

    Returns None if it can be compared at no size.
    """
    wide = points.pivot_table(index="images", columns="model", values="accuracy").dropna()
    if wide.empty or not set(FAMILIES) <= set(wide):
        return None
    return [int(n) for n in wide.index[wide["vision-transformer"] > wide["residual"]]]


def trend(points: pd.DataFrame) -> dict[str, float] | None:
    """Fits error = a · images^-b to each family and returns where the two lines cross.

    Returns None if a family has fewer than three points. The crossing is infinite if the
    transformer's error does not fall faster.
    """
    lines = {}
    for model in FAMILIES:
        rows = points[points["model"] == model]
        if rows["images"].nunique() < 3 or (rows["accuracy"] >= 100).any():
            return None
        errors = np.log(100 - rows["accuracy"].to_numpy(dtype=float))
        lines[model] = np.polyfit(np.log(rows["images"].to_numpy(dtype=float)), errors, 1)
    (slope, start), (other_slope, other_start) = lines.values()
    crossing = math.inf
    if other_slope < slope:
        with np.errstate(over="ignore"):
            crossing = float(np.exp((start - other_start) / (other_slope - slope)))
    return {"residual": -float(slope), "transformer": -float(other_slope), "crossing": crossing}


def drawn(points: pd.DataFrame) -> Figure:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 3.9))
        figure.subplots_adjust(left=0.1, right=0.95, bottom=0.3, top=0.92)
        axes = figure.subplots()
        for model, colour in FAMILIES.items():
            rows = points[points["model"] == model]
            if rows.empty:
                continue
            figures.with_spread(axes, rows, "images", label=model, color=COLOURS[colour])
        figures.logarithmic(axes)
        axes.set_xlabel("Training images")
        axes.set_title("Test accuracy (%)")
        figures.legend_below(axes)
    return figure

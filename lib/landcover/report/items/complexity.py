"""Test accuracy by the size of a network and by its training time."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from landcover import figures
from landcover.figures import PANELS
from landcover.report import gaps
from landcover.report.content import Content
from landcover.report.items import entries
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.style import COLOURS, STYLE, WIDTH

COLUMNS = ("experiment", "model", "parameters", "seconds", "seeds", "accuracy", "sd")
LEAST_SIZES = 4
LEAST_GAIN = 0.1  # points; a network of twice the size is worth it only with more


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    results = study.group(listed["group"])
    points = entries.points(results, *COLUMNS)
    return Content(
        values={"pays_until": pays_until(points), "least_gain": LEAST_GAIN},
        made_from=study.files(results, layout.RUN, layout.METRICS, reference=METRICS),
        results=results,
        gaps=gaps.evaluation(study, results),
        figure=drawn(points) if len(points) else None,
        data=points,
    )


def pays_until(points: pd.DataFrame) -> int | None:
    """Returns the parameters of the largest residual network that is still worth its size.

    Returns None if fewer than four were measured, or if a larger one would still be worth it.
    """
    residual = points[points["model"] == "residual"].sort_values("parameters")
    if len(residual) < LEAST_SIZES:
        return None
    best = residual["accuracy"].cummax().to_numpy()
    sizes = residual["parameters"].to_numpy()
    for i in range(len(sizes) - 1):
        doublings = np.log2(sizes[i + 1 :] / sizes[i])
        if (best[i + 1 :] - best[i] < LEAST_GAIN * doublings).all():
            return int(sizes[i])
    return None


def drawn(points: pd.DataFrame) -> Figure:
    points = points.assign(millions=points["parameters"] / 1e6)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.9))
        panels = figure.subplots(1, 2, sharey=True, gridspec_kw=PANELS)
        for panel, column, title in zip(
            panels,
            ("millions", "seconds"),
            ("Parameters (millions)", "Training time (s)"),
            strict=True,
        ):
            figures.logarithmic(panel)
            panel.set_xlabel(title)
            for model, rows in points.sort_values(column).groupby("model", sort=False):
                colour = COLOURS["accuracy" if model == "residual" else "evaluation"]
                figures.with_spread(panel, rows, column, label=str(model), color=colour)
            panel.set_title("Test accuracy (%)")
        figures.legend_below(panels[0])
    return figure

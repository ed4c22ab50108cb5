"""A reliability diagram: accuracy by confidence, before and after calibration."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from landcover.figures import PANELS
from landcover.report import gaps
from landcover.report.content import Content
from landcover.results import layout
from landcover.results.authors import METRICS
from landcover.results.study import Study
from landcover.style import COLOURS, STYLE, WIDTH

SPLIT, KIND = "test", "best"


def content(study: Study, listed: Mapping[str, Any]) -> Content:
    result = study.result(listed["experiment"])
    first = next(iter(result.evaluations), None)
    bins = first.calibration(KIND, SPLIT) if first else None
    return Content(
        values={
            "name": result.name,
            "scores": first.scores.get((KIND, SPLIT)) if first else None,
            "temperature": first.temperatures.get(KIND) if first else None,
            "unsure": None if bins is None else unsure(bins),
        },
        made_from=study.files([result], layout.METRICS, layout.CALIBRATION, reference=METRICS),
        results=(result,),
        image_notes=("shown: the first seed",),
        gaps=gaps.evaluation(study, [result]),
        figure=drawn(bins) if bins is not None else None,
        data=bins,
    )


def unsure(bins: pd.DataFrame) -> Mapping[str, float]:
    """Returns how sure and how right the network is outside of the bin of the highest confidence.

    It is that after calibration, if there was one. `error` is the part of the calibration error
    that these images have.
    """
    calibrated = bins[bins["temperature"] == bins["temperature"].iloc[-1]] if len(bins) else bins
    rows = calibrated.iloc[:-1]
    rows = rows[rows["n"] > 0]
    images = int(rows["n"].sum())
    means = {
        column: float((rows["n"] * rows[column]).sum() / images) if images else 0.0
        for column in ("confidence", "accuracy")
    }
    apart = (rows["n"] * (rows["confidence"] - rows["accuracy"]).abs()).sum()
    means["error"] = float(apart / calibrated["n"].sum()) if images else 0.0
    return {"n": images, "below": float(calibrated["low"].max()) if images else 0.0} | means


def drawn(bins: pd.DataFrame) -> Figure:
    """Returns bars of accuracy; on the thin line, accuracy equals confidence."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.9))
        panels = figure.subplots(1, 2, sharey=True, gridspec_kw=PANELS | {"bottom": 0.13})
        tables = [rows for _, rows in bins.groupby("temperature", sort=False)]
        titles = ["Accuracy, as the network is", "Accuracy, with a temperature"]
        if len(tables) > 1:
            titles[1] += f" of {tables[1]['temperature'].iloc[0]:.2f}"
        for panel, title, rows in zip(panels, titles, [*tables, None], strict=False):
            panel.set_title(title)
            panel.set_xlim(0, 1)
            panel.set_ylim(0, 1)
            panel.set_xlabel("Confidence")
            panel.plot([0, 1], [0, 1], color=COLOURS["authors"], linewidth=0.8)
            if rows is not None:
                full = rows[rows["n"] > 0]
                panel.bar(
                    full["low"], full["accuracy"], width=full["high"] - full["low"], align="edge",
                    color=COLOURS["accuracy"], alpha=0.6, linewidth=0,
                )  # fmt: skip
                panel.plot(
                    full["confidence"],
                    full["accuracy"],
                    "o",
                    color=COLOURS["accuracy"],
                    markersize=3,
                    clip_on=False,
                )
                for place, n in zip((full["low"] + full["high"]) / 2, full["n"], strict=True):
                    panel.text(place, 0.01, f"{n:,}", ha="center", fontsize=6.5)
    return figure

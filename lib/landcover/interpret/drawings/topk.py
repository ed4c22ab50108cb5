"""Figures 8 and 24: the images that excite units most; and how pure all units are."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.figures import COLOURS, INK, STYLE
from landcover.interpret.drawings.shades import WIDE
from landcover.interpret.topk import SELECTIVE, Ranking
from landcover.mosaic import GAP, mosaic

MARKS = {"training": "o", "evaluation": "s", "accuracy": "^"}


def grid(
    ranking: Ranking, chosen: Sequence[int], pixels: NDArray[np.uint8], rows: pd.DataFrame
) -> Figure:
    """A column a unit, a row a rank, the best on top; below, the most frequent class.

    `rows` is the table of all units of the layer.
    """
    count, k = len(chosen), ranking.rows.shape[1]
    shown = pixels[ranking.rows[list(chosen)].T.ravel()]  # (k * units, H, W, 3)
    height, width = shown.shape[1] + GAP, shown.shape[2] + GAP
    across = min(WIDE, 0.55 * count + 0.6)  # inches
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        down = (across - 0.6) * k / count + 1.5
        figure = Figure(figsize=(across, down), layout="constrained")
        axes = figure.subplots()
        axes.imshow(mosaic(shown, count), interpolation="none")
        centres = np.arange(count) * width + (width - GAP) / 2
        told = rows.set_index("unit").loc[list(chosen)]
        axes.set_xticks(
            centres,
            [f"{100 * p:.0f} % {c}" for c, p in zip(told["class"], told["purity"], strict=True)],
            rotation=90,
        )
        axes.set_yticks(
            np.arange(k) * height + (height - GAP) / 2, [str(rank) for rank in range(1, k + 1)]
        )
        above = axes.secondary_xaxis("top")
        above.set_xticks(centres, [f"Unit\n{unit}" for unit in chosen])
        for one in (axes, above):
            one.tick_params(length=0, labelsize=7)
        axes.set_ylabel("Rank")
        axes.spines[:].set_visible(False)
        above.spines[:].set_visible(False)
    return figure


def purities(rows: pd.DataFrame, k: int) -> Figure:
    """How many of a layer's units have which purity; right of the line they are one class's own."""
    counts = np.arange(1, k + 1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.62 * WIDE, 3.4), layout="constrained")
        axes = figure.subplots()
        for (name, own), (colour, mark) in zip(
            rows.groupby("layer", sort=False), MARKS.items(), strict=False
        ):
            found = np.rint(own["purity"].to_numpy() * k).astype(int)
            share = 100 * np.bincount(found, minlength=k + 1)[1:] / len(own)
            axes.plot(
                counts, share, marker=mark, color=COLOURS[colour], markersize=5,
                label=f"{name}, {len(own):,} units",
            )  # fmt: skip
        axes.axvline(SELECTIVE * k - 0.5, color=INK, linewidth=1, linestyle=(0, (5, 2)))
        axes.set_xticks(counts)
        axes.set_xlabel(f"Images of the most frequent class, of {k}")
        axes.set_ylabel("Units of the layer (%)")
        axes.set_ylim(bottom=0)
        figure.legend(loc="outside upper right", ncols=3)
    return figure

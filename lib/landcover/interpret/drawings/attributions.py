"""Which pixels speak for the class that the network sees."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from landcover.figures import STYLE
from landcover.interpret.attributions import Attribution
from landcover.interpret.drawings.shades import WIDE, show, signed

ACROSS = 5  # pairs
CLIP = 99.5  # percentile of a map's magnitude that gets the full colour


def pairs(
    found: Attribution, pixels: NDArray[np.uint8], rows: pd.DataFrame, caption: str
) -> Figure:
    """Each image beside its map: orange speaks for the output, blue against it."""
    down = -(-len(pixels) // ACROSS)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDE, 1.25 * down + 0.25), layout="constrained")
        panels = figure.subplots(down, 2 * ACROSS, squeeze=False).reshape(-1, 2)
        for panel in panels.flatten():
            panel.set_axis_off()
        for i, (plain, explained) in enumerate(panels[: len(pixels)]):
            show(plain, pixels[i])
            one = found.maps[i]
            show(explained, signed(one, float(np.percentile(np.abs(one), CLIP))))
            explained.add_patch(_frame(one.shape))
            plain.set_title(
                f"{rows['class'].iloc[i]}\n→ {rows['output_name'].iloc[i]} "
                f"{100 * rows['probability'].iloc[i]:.0f} %",
                fontsize=7, fontweight="normal",
            )  # fmt: skip
        figure.supxlabel(caption, fontsize=8, x=0.005, ha="left")
    return figure


def _frame(shape: Sequence[int]) -> Rectangle:
    """So that a white map can be told from the paper."""
    return Rectangle(
        (-0.5, -0.5), shape[1], shape[0], fill=False, linewidth=0.5, edgecolor="#bbbbbb"
    )

"""Figure 7, and what it leaves out: all input channels of a convolution."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.figures import STYLE
from landcover.interpret import filters
from landcover.interpret.drawings.shades import AMOUNTS, WIDE, magnified, show, signed
from landcover.mosaic import mosaic

TILE, GAP = 24, 5  # pixels, at least; and of paper between two


def as_the_authors(name: str, weight: filters.Floats) -> Figure:
    """Figure 7: every filter a tile; in colour where there are three input channels."""
    F, C, H, W = weight.shape
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.62 * WIDE, 0.66 * WIDE), layout="constrained")
        axes = figure.subplots()
        show(axes, _grid(filters.tiles(weight)))
        what = "red, green, blue" if C == 3 else f"channel 0 of {C:,}"
        axes.set_title(f"{name}: {F:,} filters {H} × {W}, {what}")
    return figure


def all_channels(name: str, weight: filters.Floats) -> Figure:
    """Left, how strongly each filter weighs each input; right, what it looks for in all of them."""
    F, C, *_ = weight.shape
    found = filters.patterns(weight)
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = Figure(figsize=(WIDE, 0.5 * WIDE), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        drawn = left.imshow(
            filters.strength(weight), cmap=AMOUNTS, vmin=0, aspect="auto", interpolation="none"
        )
        left.set_title(f"{name}: strength of {F:,} × {C:,} kernels")
        left.set_xlabel("Input channel")
        left.set_ylabel("Filter")
        if C <= 3:
            left.set_xticks(range(C), ("red", "green", "blue")[:C])
        figure.colorbar(drawn, ax=left, label="Root mean square weight", pad=0.02)
        right.set_anchor("N")
        most = np.abs(found.pattern).max((1, 2), keepdims=True)
        show(right, _grid(signed(found.pattern / most, 1)))
        right.set_title("First pattern of each filter")
        right.text(
            0, -0.02, f"{100 * found.share.mean():.0f} % of the squared weights lie along it, "
            "on average.\nOrange adds, blue subtracts; all input channels.",
            va="top", fontsize=8, transform=right.transAxes,
        )  # fmt: skip
    return figure


def _grid(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(filters, kernel height, kernel width, 3) -> a square of them, the last cells blank."""
    times = -(-TILE // tiles.shape[1])
    return mosaic(magnified(tiles, times), filters.columns(len(tiles)), gap=GAP)

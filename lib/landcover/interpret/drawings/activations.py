"""Activation maps, which the paper's text promises and never shows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.data.prepared import Split
from landcover.figures import STYLE
from landcover.interpret.activations import Floats
from landcover.interpret.drawings.shades import WIDE, amounts, magnified, show, signed
from landcover.interpret.layers import evenly
from landcover.mosaic import mosaic

LAYERS_ACROSS = 13  # of a page
PANELS_ACROSS = 6
MOST_PANELS = 23
UNITS_SHOWN = 16  # of a convolution, those that answer most
MAP = 32  # pixels, at least


def overview(found: Mapping[str, Floats], images: Split, classes: Sequence[str]) -> Figure:
    """One image a row: how strongly each convolution answers where, over all of its filters.

    Root mean square over filters, from white, 0, to the layer's greatest on these images.
    """
    convolutions = evenly([name for name, maps in found.items() if maps.ndim == 4], LAYERS_ACROSS)
    across = len(convolutions) + 1
    side = min(1.0, WIDE / (across + 1.2))  # inches of an image
    with mpl.rc_context(STYLE):
        size = (side * (across + 1.2), side * (len(images.labels) + 0.25) + 0.2)
        figure = Figure(figsize=size)
        figure.set_layout_engine("constrained", w_pad=0.01, h_pad=0.01, hspace=0, wspace=0)
        panels = figure.subplots(len(images.labels), across, squeeze=False)
        for row, label in enumerate(images.labels):
            show(panels[row, 0], images.pixels[row])
            panels[row, 0].text(
                -0.08, 0.5, classes[label], ha="right", va="center", fontsize=7,
                transform=panels[row, 0].transAxes,
            )  # fmt: skip
        for column, name in enumerate(convolutions, 1):
            strength = np.sqrt((found[name] ** 2).mean(1))  # (images, height, width)
            for row, shown in enumerate(amounts(strength, float(strength.max()))):
                show(panels[row, column], shown)
            panels[0, column].set_title(name, fontsize=7, loc="center")
    return figure


def through_the_layers(found: Mapping[str, Floats], pixels: NDArray[Any], title: str) -> Figure:
    """One image: of each convolution the filters that answer most, of each dense layer all units.

    Blue is below 0, orange above, by the layer's greatest magnitude on this image.
    """
    dense = [name for name, output in found.items() if output.ndim == 1]
    convolutions = [name for name in found if name not in dense]
    names = [*evenly(convolutions, MOST_PANELS - len(dense)), *dense]
    across = min(PANELS_ACROSS, len(names) + 1)
    down = -(-(len(names) + 1) // across)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDE, down * (WIDE / across + 0.3)), layout="constrained")
        panels = figure.subplots(down, across, squeeze=False).flatten()
        for panel in panels:
            panel.set_axis_off()
            panel.set_anchor("N")
        show(panels[0], pixels)
        panels[0].set_title(title, fontsize=7)
        for name, panel in zip(names, panels[1:], strict=False):
            output = found[name]
            show(panel, _maps(output) if output.ndim == 3 else _units(output))
            shape = "×".join(map(str, output.shape))
            panel.set_title(f"{name}  {shape}", fontsize=8)
    return figure


def _maps(output: Floats) -> NDArray[np.uint8]:
    """(units, height, width) -> a square of the strongest."""
    strongest = (output**2).mean((1, 2)).argsort(kind="stable")[::-1][:UNITS_SHOWN]
    shown = signed(output[np.sort(strongest)], float(np.abs(output).max()))
    times = -(-MAP // output.shape[1])
    return mosaic(magnified(shown, times), math.isqrt(len(shown) - 1) + 1)


def _units(output: Floats) -> NDArray[np.uint8]:
    """(units,) -> a square of them in their order, white where it is not full."""
    side = math.isqrt(len(output) - 1) + 1
    cells = signed(output, float(np.abs(output).max()))[:, None, None]  # (units, 1, 1, 3)
    return mosaic(cells, side, gap=0)

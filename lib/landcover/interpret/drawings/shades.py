"""Numbers as colours: from nothing to much, and from less than nothing to more."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from landcover.figures import COLOURS, PAPER

AMOUNTS = LinearSegmentedColormap.from_list("amounts", [PAPER, COLOURS["training"]])
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [COLOURS["training"], PAPER, COLOURS["evaluation"]]
)
WIDE = 9.2  # inches, as the other figures of the report


def amounts(values: NDArray[Any], most: float) -> NDArray[np.uint8]:
    """(...) -> (..., 3), white at 0."""
    return _bytes(AMOUNTS(values / (most or 1)))


def signed(values: NDArray[Any], most: float) -> NDArray[np.uint8]:
    """(...) -> (..., 3): blue below 0, white at 0, orange above."""
    return _bytes(SIGNED(0.5 + 0.5 * values / (most or 1)))


def magnified(images: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """(N, H, W, 3), each pixel a square, so that the lines between images are thin beside it."""
    return images.repeat(times, 1).repeat(times, 2)


def show(panel: Axes, image: NDArray[Any]) -> None:
    panel.imshow(image, interpolation="none")
    panel.set_axis_off()


def _bytes(colours: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(colours[..., :3] * 255), np.uint8)

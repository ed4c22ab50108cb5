"""Small images on a figure: selects them, magnifies them, and joins them to one fast image."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
GAP = 2  # pixels between images


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """Returns at most `most` of the items, evenly spaced from the first to the last."""
    if len(items) <= most:
        return list(items)
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def magnified(images: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Enlarges the pixels of images (N, H, W, 3), so that lines between images look thin."""
    return images.repeat(times, 1).repeat(times, 2)


def mosaic(images: NDArray[np.uint8], columns: int, gap: int = GAP) -> NDArray[np.uint8]:
    """Returns images (N, H, W, 3) as one image with these columns; unused cells are white."""
    N, H, W, C = images.shape
    rows = -(-N // columns)
    cells = np.full((rows * columns, H + gap, W + gap, C), 255, np.uint8)
    cells[:N, :H, :W] = images
    grid = cells.reshape(rows, columns, H + gap, W + gap, C).swapaxes(1, 2)
    whole = grid.reshape(rows * (H + gap), columns * (W + gap), C)
    return whole[: rows * (H + gap) - gap, : columns * (W + gap) - gap]

"""Many small images as one, for a figure: a picture file of it is small and quick to draw."""

import numpy as np
from numpy.typing import NDArray

GAP = 2  # pixels between images


def mosaic(images: NDArray[np.uint8], columns: int, gap: int = GAP) -> NDArray[np.uint8]:
    """(N, H, W, 3) -> one image of rows of so many, white where the last row is not full."""
    N, H, W, C = images.shape
    rows = -(-N // columns)
    cells = np.full((rows * columns, H + gap, W + gap, C), 255, np.uint8)
    cells[:N, :H, :W] = images
    grid = cells.reshape(rows, columns, H + gap, W + gap, C).swapaxes(1, 2)
    whole = grid.reshape(rows * (H + gap), columns * (W + gap), C)
    return whole[: rows * (H + gap) - gap, : columns * (W + gap) - gap]

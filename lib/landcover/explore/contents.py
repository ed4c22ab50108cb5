"""Images per class and split, their colours, and images that show nothing."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from landcover.data.dataset import SPLITS
from landcover.data.prepared import Prepared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]

CHANNELS = ("red", "green", "blue")
CHUNK_IMAGES = 256
WHITE = 255
CONSTANT_BELOW = 1.0  # grey levels of 255: only noise, after JPEG compression


def chunks(pixels: Pixels) -> Iterator[tuple[slice, Pixels]]:
    """Yields a few images (N, H, W, 3) at a time, so that a mapped file stays on disk."""
    for start in range(0, len(pixels), CHUNK_IMAGES):
        rows = slice(start, min(start + CHUNK_IMAGES, len(pixels)))
        yield rows, np.asarray(pixels[rows])


def class_counts(data: Prepared) -> pd.DataFrame:
    """Returns class, split and count; a class without images in a split has a row, too."""
    splits = [split for split in SPLITS if split in data.manifest["images"]]
    every = pd.MultiIndex.from_product([data.classes, splits], names=["class", "split"])
    counts = data.index.groupby(["class", "split"]).size()
    return counts.reindex(every, fill_value=0).rename("count").reset_index()


def image_moments(pixels: Pixels) -> tuple[Floats, Floats]:
    """Returns mean and standard deviation (0 to 255) of each image and channel: (N, 3) and (N, 3).

    Sums of bytes and of their squares are whole numbers, so only the end result is rounded.
    """
    mean, sd = np.empty((len(pixels), 3)), np.empty((len(pixels), 3))
    for rows, images in chunks(pixels):
        values = images.reshape(len(images), -1, 3).astype(np.float32)  # exact: below 2 ** 24
        mean[rows] = values.mean(1, dtype=np.float64)
        squares = np.square(values, out=values).mean(1, dtype=np.float64)
        sd[rows] = np.sqrt(np.maximum(squares - mean[rows] ** 2, 0))
    return mean, sd


def channel_statistics(data: Prepared, mean: Floats, sd: Floats) -> pd.DataFrame:
    """Returns split, channel, mean and sd of pixels in 0 ... 1; all images have one size."""
    rows = []
    for split in data.manifest["images"]:
        inside = data.splits == split
        whole = mean[inside].mean(0)
        spread = np.sqrt((sd[inside] ** 2 + (mean[inside] - whole) ** 2).mean(0))
        for i, channel in enumerate(CHANNELS):
            rows.append((split, channel, whole[i] / WHITE, spread[i] / WHITE))
    return pd.DataFrame(rows, columns=["split", "channel", "mean", "sd"])


def near_constant(data: Prepared, sd: Floats) -> pd.DataFrame:
    """Returns the images whose every channel varies less than one level, the flattest first.

    The contrast is the largest standard deviation of a channel, in levels of 255.
    """
    contrast = sd.max(1)
    rows = np.flatnonzero(contrast < CONSTANT_BELOW)
    flat = data.index.iloc[rows].assign(contrast=contrast[rows])
    return flat.sort_values("contrast", kind="stable").reset_index(drop=True)

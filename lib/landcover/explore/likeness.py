"""Similar images: each image's nearest one of all, and its nearest one of another class.

Images are compared as 8 x 8 cells of mean colour. All pairs are compared, a few rows of the table
of distances at a time, so memory grows with the number of images and not with its square.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from landcover.data.prepared import Prepared
from landcover.explore.contents import Ints, Pixels, chunks

CELLS = 8  # along each side of an image
ROWS = 256  # of the table of distances that are in memory at once

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Nearest:
    """The position of each image's nearest one, and its distance."""

    image: Ints  # (N,)
    distance: Floats32  # (N,), root mean square difference of the cells, levels of 255


def cells(pixels: Pixels) -> Floats32:
    """Returns mean colours of 8 x 8 cells, (N, H, W, 3) -> (N, 192); H and W are multiples of 8."""
    _, H, W, _ = pixels.shape
    means = np.empty((len(pixels), CELLS * CELLS * 3), np.float32)
    for rows, images in chunks(pixels):
        blocks = images.reshape(-1, CELLS, H // CELLS, CELLS, W // CELLS, 3)
        means[rows] = blocks.mean((2, 4), dtype=np.float32).reshape(len(images), -1)
    return means


def nearest(features: Floats32, labels: Ints) -> tuple[Nearest, Nearest]:
    """Returns each image's nearest one of all, and its nearest one of another class."""
    order = np.argsort(labels, kind="stable")  # a class is one block of columns
    vectors = torch.from_numpy(features[order])
    half_squares = vectors.square().sum(1) / 2  # (N,)
    of_any, of_other = np.empty(len(labels), np.int64), np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        first, last = np.searchsorted(labels[order], [label, label + 1])
        for start in range(first, last, ROWS):
            rows = np.arange(start, min(start + ROWS, last))
            # minus half the squared distance, plus a number that is the same along each row
            likeness = torch.addmm(-half_squares, vectors[rows], vectors.T)  # (B, N)
            likeness[np.arange(len(rows)), rows] = -torch.inf
            of_any[order[rows]] = order[likeness.argmax(1)]
            likeness[:, first:last] = -torch.inf
            of_other[order[rows]] = order[likeness.argmax(1)]
    return _measured(features, of_any), _measured(features, of_other)


def _measured(features: Floats32, image: Ints) -> Nearest:
    """Computes distances again, pair by pair, because differences of large sums lose digits."""
    distance = np.empty(len(image), np.float32)
    for start in range(0, len(image), ROWS):
        rows = slice(start, start + ROWS)
        apart = features[rows] - features[image[rows]]  # (B, 192)
        distance[rows] = np.sqrt(np.square(apart).mean(1))
    return Nearest(image, distance)


def look_alikes(data: Prepared, other: Nearest) -> pd.DataFrame:
    """Returns every image with its nearest image of another class, the closest pairs first."""
    theirs = data.index.iloc[other.image].reset_index(drop=True).add_prefix("nearest_")
    table = pd.concat([data.index.reset_index(drop=True), theirs], axis=1)
    table["distance"] = other.distance
    return table.sort_values("distance", kind="stable").reset_index(drop=True)


def look_alike_classes(data: Prepared, table: pd.DataFrame) -> pd.DataFrame:
    """Counts the images of each class by the class of their nearest image of another class."""
    every = pd.MultiIndex.from_product([data.classes] * 2, names=["class", "nearest_class"])
    counts = table.groupby(["class", "nearest_class"]).size()
    return counts.reindex(every, fill_value=0).rename("count").reset_index()

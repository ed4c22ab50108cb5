"""Duplicate images: equal in every byte, or of the same place and moved by a few pixels."""

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from landcover.data.prepared import Prepared
from landcover.explore.contents import Floats, Pixels, chunks
from landcover.explore.likeness import Floats32, Nearest

CANDIDATE_BELOW = 1.0  # in units of the contrast that two images share
MOST_SHIFT = 4  # one copy may be moved by up to a 4th of the side
SAME_ABOVE = 0.7  # correlation of detail; EuroSAT has 0.90 and more, or 0.58 and less


class Overlap(NamedTuple):
    correlation: float
    right: int  # pixels by which the second image is moved
    down: int


def exact(data: Prepared) -> pd.DataFrame:
    """Returns the images whose pixels are equal byte for byte, a number for each group."""
    digests = [
        hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()
        for _, images in chunks(data.pixels)
        for image in images
    ]
    table = data.index.reset_index(drop=True).assign(digest=digests)
    table = table[table.duplicated("digest", keep=False)]
    groups = table.groupby("digest", sort=False)
    return table.assign(
        group=groups.ngroup() + 1, across_splits=groups["split"].transform("nunique") > 1
    )[["group", "file", "class", "split", "across_splits"]].sort_values("group", kind="stable")


def near(data: Prepared, features: Floats32, closest: Nearest) -> pd.DataFrame:
    """Returns the pairs of an image and its nearest one with the same detail under the best shift.

    Colours do not count, because two fields with a hedge between them often have the same. Each
    pixel's difference from its neighbours must correlate. Only an image's nearest one is tried, and
    only if their cells differ by less than the contrast that they share.
    """
    rows = []
    for first, second in _candidates(features, closest):
        overlap = best_overlap(data.pixels[first], data.pixels[second])
        if overlap.correlation > SAME_ABOVE:
            rows.append((first, second, *overlap))
    pairs = pd.DataFrame(rows, columns=["a", "b", "correlation", "right", "down"])
    table = pair_table(data, pairs).sort_values("correlation", ascending=False, kind="stable")
    return table.reset_index(drop=True)


def _candidates(features: Floats32, closest: Nearest) -> list[tuple[int, int]]:
    contrast = _contrast(features)
    shared = np.sqrt((contrast**2 + contrast[closest.image] ** 2) / 2)
    rows = np.flatnonzero((closest.distance < CANDIDATE_BELOW * shared) & (closest.distance > 0))
    pairs = np.sort(np.column_stack([rows, closest.image[rows]]), axis=1)
    return [(int(a), int(b)) for a, b in np.unique(pairs, axis=0)]


def _contrast(features: Floats32) -> Floats32:
    """Returns the standard deviation of the cells (N, 192), each channel about its mean: (N,)."""
    cells = features.reshape(len(features), -1, 3)
    return np.asarray(np.sqrt(cells.var(1).mean(1)))


def best_overlap(first: Pixels, second: Pixels) -> Overlap:
    """Returns the shift between two images (H, W, 3) with the best correlation of their details."""
    ours, theirs = detail(first), detail(second)  # (H - 2, W - 2)
    H, W = ours.shape
    size = (2 * H, 2 * W)  # twice as large, so that pixels do not come back on the other side
    spectrum = np.fft.rfft2(ours, size) * np.conj(np.fft.rfft2(theirs, size))
    agreement = np.fft.irfft2(spectrum, size)  # by shift down and right, negative ones at the end
    tall, wide = H // MOST_SHIFT, W // MOST_SHIFT
    near_zero = np.roll(agreement, (tall, wide), (0, 1))[: 2 * tall + 1, : 2 * wide + 1]
    down, right = np.unravel_index(near_zero.argmax(), near_zero.shape)
    return _overlap(ours, theirs, int(right) - wide, int(down) - tall)


def detail(image: Pixels) -> Floats:
    """Returns each pixel's grey minus that of its four neighbours: (H, W, 3) -> (H - 2, W - 2)."""
    grey = image.mean(2, dtype=np.float64)
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return np.asarray(4 * grey[1:-1, 1:-1] - around)


def _overlap(first: Floats, second: Floats, right: int, down: int) -> Overlap:
    H, W = first.shape
    ours = first[max(0, down) : H + min(0, down), max(0, right) : W + min(0, right)]
    theirs = second[max(0, -down) : H + min(0, -down), max(0, -right) : W + min(0, -right)]
    scale = float(np.sqrt(np.square(ours).sum() * np.square(theirs).sum()))
    return Overlap(float((ours * theirs).sum()) / scale if scale else 0.0, right, down)


def pair_table(data: Prepared, pairs: pd.DataFrame) -> pd.DataFrame:
    """Replaces positions a and b by file, class and split of both; adds whether splits differ."""
    sides = [
        data.index.iloc[pairs[side].to_numpy(dtype=np.int64)]
        .reset_index(drop=True)
        .add_suffix(f"_{side}")
        for side in ("a", "b")
    ]
    table = pd.concat([*sides, pairs.drop(columns=["a", "b"]).reset_index(drop=True)], axis=1)
    return table.assign(across_splits=table["split_a"] != table["split_b"])

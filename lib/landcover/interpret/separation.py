"""How well the classes are separated in a layer, and in its t-SNE map."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics.pairwise import euclidean_distances

from landcover.errors import DataError

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]

BLOCK_IMAGES = 256  # rows of distances at a time: 20 MB for each space with 10,000 images


@dataclass(frozen=True)
class Separation:
    """Shares from 0 to 1, silhouettes from -1 to 1; `raw` is for the activations themselves."""

    images: int
    k: int  # nearest neighbours, of kNN and of trustworthiness
    trustworthiness: float  # Venna and Kaski 2001: are the map's neighbours also true ones?
    map_knn_accuracy: float
    raw_knn_accuracy: float
    map_silhouette: float
    raw_silhouette: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def separation(activations: Floats, embedding: Floats, labels: Ints, k: int = 10) -> Separation:
    """Measures activations (N, D), their map (N, 2) and the classes (N,) by Euclidean distances.

    kNN leaves out the image itself; a tie goes to the lower label. Nothing is sampled: the
    distances in both spaces are computed a few rows at a time, for all five measures.
    Raises DataError if there are no two classes, or not more than 2 k images.
    """
    _check(labels, k)
    members = (labels[:, None] == np.unique(labels)).astype(np.float64)  # (N, C)
    classes = members.argmax(axis=1)
    intruders, right, silhouette = 0, np.zeros(2), np.zeros(2)
    for rows in _blocks(len(labels)):
        spaces = [_distances(points, rows) for points in (embedding, activations)]
        near = [np.argpartition(distances, k, axis=1)[:, :k] for distances in spaces]
        intruders += _intruders(spaces[1], near[0], k)
        right += [(_vote(members, places) == classes[rows]).sum() for places in near]
        silhouette += [_silhouettes(d, members, classes[rows]).sum() for d in spaces]
    N = len(labels)
    worst = N * k * (2 * N - 3 * k - 1) / 2
    return Separation(N, k, 1 - intruders / worst, *map(float, [*right / N, *silhouette / N]))


def _check(labels: Ints, k: int) -> None:
    if len(labels) <= 2 * k:
        raise DataError(f"{len(labels)} images are too few for k={k}; take more than {2 * k}")
    if len(np.unique(labels)) < 2:
        raise DataError("all images are of one class, which separates from nothing; take others")


def _blocks(images: int) -> Iterator[slice]:
    for start in range(0, images, BLOCK_IMAGES):
        yield slice(start, min(start + BLOCK_IMAGES, images))


def _distances(points: Floats, rows: slice) -> Floats:
    """Returns distances from a few images to all: (B, N); that to the image itself is infinite."""
    distances = euclidean_distances(points[rows], points)
    distances[np.arange(len(distances)), np.arange(len(points))[rows]] = np.inf
    return np.asarray(distances)


def _intruders(raw: Floats, near: Ints, k: int) -> int:
    """Sums by how many ranks the map's neighbours (B, k) exceed rank k in the activations.

    Images at equal distances have the same, better, rank.
    """
    ranks = [(raw < np.take_along_axis(raw, near[:, [i]], 1)).sum(axis=1) + 1 for i in range(k)]
    return int(np.maximum(np.stack(ranks) - k, 0).sum())


def _vote(members: Floats, near: Ints) -> Ints:
    """Returns the most frequent class among the neighbours (B, k): (B,)."""
    return np.asarray(members[near].sum(axis=1).argmax(axis=1))


def _silhouettes(distances: Floats, members: Floats, classes: Ints) -> Floats:
    """Returns silhouettes (B,) as in Rousseeuw 1987; 0 for the only image of its class."""
    sums = np.where(np.isinf(distances), 0, distances) @ members  # (B, C)
    rows, sizes = np.arange(len(classes)), members.sum(axis=0)
    others = sizes[classes] - 1
    within = sums[rows, classes] / np.maximum(others, 1)
    means = sums / sizes
    means[rows, classes] = np.inf
    between = means.min(axis=1)
    widest = np.maximum(within, between)
    share = np.divide(between - within, widest, out=np.zeros_like(widest), where=widest > 0)
    return np.where(others > 0, share, 0)

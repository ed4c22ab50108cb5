"""Which image belongs to which split, and which ones a cap keeps."""

import hashlib
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from landcover.data.dataset import SPLITS, Images
from landcover.errors import DataError

AUTHORS_SEED = 69


def authors(labels: npt.NDArray[np.int64], classes: int) -> npt.NDArray[np.str_]:
    """Returns the authors' 70/15/15 split of images, sorted by class and file name: (N,) names.

    They split one-hot rows, which scikit-learn treats as strings; this reverses the classes.
    """
    backwards = classes - 1 - labels
    _, rest = _halves(backwards, 0.3)
    test, val = _halves(
        backwards[rest], 0.5
    )  # the first part of the second split is their test set
    names = np.full(len(labels), "train", dtype="<U5")
    names[rest[test]] = "test"
    names[rest[val]] = "val"
    return names


def _halves(
    labels: npt.NDArray[np.int64], test_size: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    from sklearn.model_selection import StratifiedShuffleSplit  # takes seconds to import

    splitter = StratifiedShuffleSplit(n_splits=1, test_size=test_size, random_state=AUTHORS_SEED)
    try:
        first, second = next(splitter.split(np.zeros(len(labels)), labels))
    except ValueError as error:
        raise DataError(f"too few images to split into train, val and test ({error})") from error
    return first, second


def reordered(images: Images, names: npt.NDArray[np.str_]) -> Images:
    """Returns the images with the given splits, sorted by split and then in their old order."""
    order = np.argsort([SPLITS.index(name) for name in names], kind="stable")
    return replace(images, splits=tuple(names.tolist())).at(order)


def sha256(images: Images, split: str) -> str:
    """Returns the hash of the sorted file names of a split, one per line."""
    names = sorted(f for f, s in zip(images.files, images.splits, strict=True) if s == split)
    return hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()


def capped(labels: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Returns the positions of at most `most` images (0: all), evenly spaced along the classes."""
    if not most or most >= len(labels):
        return np.arange(len(labels))
    by_class = np.argsort(labels, kind="stable")
    return np.sort(by_class[np.arange(most) * len(labels) // most])

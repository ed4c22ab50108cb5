"""The data sets by name."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from landcover.data import eurosat_splits, paris, photographs, terrassa
from landcover.data.cifar10 import CIFAR10
from landcover.data.dataset import Dataset, Images
from landcover.data.eurosat import EUROSAT
from landcover.errors import DataError, SpecError, nearest

NAME = re.compile("[a-z0-9][a-z0-9_-]*")  # as in the schema of the table
LAYOUT = "train/CLASS/ and test/CLASS/ (val/CLASS/ may be absent)"  # of a user's photographs
DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (CIFAR10, EUROSAT, eurosat_splits.OFFICIAL, eurosat_splits.SPATIAL)
}
PHOTOGRAPHS: dict[str, Callable[[int], Dataset]] = {
    "terrassa": terrassa.dataset,
    "paris": paris.dataset,
}


def dataset(name: str, image_size: int = 0) -> Dataset:
    """Returns a known data set, or the user's own photographs by any other name.

    `image_size` in pixels is needed for photographs, which have no size of their own.
    """
    known = DATASETS.get(name)
    if known and image_size in (0, known.image_size):
        return known
    if known:
        raise SpecError(
            f"the images of {name} have {known.image_size} pixels, never {image_size}; leave out "
            "--image-size"
        )
    if not image_size and name in PHOTOGRAPHS:
        raise SpecError(f"the photographs of {name} have no one size; say --image-size")
    if not image_size:
        raise SpecError(
            f"no data set '{name}'; for your own photographs add --image-size, such as "
            f"--image-size 32; {nearest(name, [*DATASETS, *PHOTOGRAPHS])}"
        )
    return PHOTOGRAPHS[name](image_size) if name in PHOTOGRAPHS else _own(name, image_size)


def _own(name: str, image_size: int) -> Dataset:
    """Returns a user's own photographs; their true classes are read with the images."""
    if not NAME.fullmatch(name):
        raise SpecError(
            f"'{name}' cannot name photographs; take lower-case letters, digits, '-' and '_'"
        )
    return Dataset(
        name=name,
        title=name,
        classes=terrassa.CLASSES,
        image_size=image_size,
        splits=("train", "test"),
        normalise="imagenet",
        archive=(
            f"no images of '{name}' are known here; name with --source the folder or archive that "
            f"has your own as {LAYOUT}; {nearest(name, [*DATASETS, *PHOTOGRAPHS])}"
        ),
        read=partial(_read, image_size=image_size),
    )


def _read(source: Path, image_size: int, *, upright: bool = True) -> Images:
    images = photographs.read(source, image_size, upright=upright)
    if set(images.splits) == {"train"}:
        raise DataError(f"{source} has no test images; sort all images into {LAYOUT}")
    return images

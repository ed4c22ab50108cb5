"""The data sets by name."""

import re
from collections.abc import Callable
from functools import partial

from landcover.data import photographs
from landcover.data.cifar10 import CIFAR10
from landcover.data.dataset import Dataset
from landcover.data.eurosat import EUROSAT
from landcover.data.paris import paris
from landcover.data.terrassa import CLASSES as BUILDINGS
from landcover.data.terrassa import terrassa
from landcover.errors import SpecError, nearest

NAME = re.compile("[a-z0-9][a-z0-9_-]*")  # as in the schema of the table
DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in (CIFAR10, EUROSAT)}
PHOTOGRAPHS: dict[str, Callable[[int], Dataset]] = {"terrassa": terrassa, "paris": paris}


def dataset(name: str, image_size: int = 0) -> Dataset:
    """One of ours, or one's own photographs by any other name; these need their size in pixels."""
    known = DATASETS.get(name)
    if known and image_size in (0, known.image_size):
        return known
    if known:
        raise SpecError(f"the images of {name} have {known.image_size} pixels, never {image_size}")
    if not image_size and name in PHOTOGRAPHS:
        raise SpecError(f"the photographs of {name} have no one size; say --image-size")
    if not image_size:
        raise SpecError(
            f"no data set '{name}'; {nearest(name, [*DATASETS, *PHOTOGRAPHS])}, or say with "
            "--image-size to how many pixels your own photographs are to be squeezed"
        )
    return PHOTOGRAPHS[name](image_size) if name in PHOTOGRAPHS else _own(name, image_size)


def _own(name: str, image_size: int) -> Dataset:
    """Photographs that only their owner knows: drawn ones stand in as Terrassa's buildings."""
    if not NAME.fullmatch(name):
        raise SpecError(
            f"'{name}' cannot name photographs; take lower-case letters, digits, '-' and '_'"
        )
    return Dataset(
        name=name,
        title=name,
        classes=BUILDINGS,
        image_size=image_size,
        splits=("train", "test"),
        normalise="imagenet",
        archive=(
            f"no images of '{name}' are known here; {nearest(name, [*DATASETS, *PHOTOGRAPHS])}, or "
            "name with --source the folder or archive that has your own as train|test/CLASS/IMAGE"
        ),
        read=partial(photographs.read, image_size=image_size),
    )


__all__ = ["DATASETS", "PHOTOGRAPHS", "Dataset", "dataset"]

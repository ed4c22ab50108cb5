"""ParisComas: 961 photographs of nine landmarks, the authors' choice from Paris (Philbin, 2008).

The paper names eight of them. The ninth, here the Louvre, is a guess from the landmarks of the
larger data set; with real images, the names of their folders count.
"""

from functools import partial
from pathlib import Path

from landcover.data import photographs
from landcover.data.dataset import Dataset, Images
from landcover.errors import DataError

CLASSES = (
    "defense", "eiffel", "invalides", "louvre", "moulinrouge",
    "notredame", "pantheon", "sacrecoeur", "triomphe",
)  # fmt: skip
WHERE = (
    "ParisComas was never published; make it from about 107 images of each of nine landmarks of "
    "the Paris data set (https://www.robots.ox.ac.uk/~vgg/data/parisbuildings), and name with "
    "--source the folder or archive that has them as LANDMARK/IMAGE.jpg"
)


def dataset(image_size: int) -> Dataset:
    """Returns the photographs, resized to `image_size` × `image_size` pixels, all for training."""
    return Dataset(
        name="paris",
        title="ParisComas",
        classes=CLASSES,
        image_size=image_size,
        splits=("train",),
        normalise="none",
        archive=WHERE,
        read=partial(_read, image_size=image_size),
    )


def _read(source: Path, image_size: int, *, upright: bool = True) -> Images:
    images = photographs.read(source, image_size, upright=upright)
    if set(images.splits) != {"train"}:
        raise DataError(
            f"{source} is divided into splits, and ParisComas is not; name the folder that has its "
            "images as LANDMARK/IMAGE.jpg"
        )
    return images

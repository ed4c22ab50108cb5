"""EuroSAT: 27,000 satellite images of 64 x 64 pixels in ten land covers (Helber et al., 2019)."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from landcover.data import class_folders, splits
from landcover.data.dataset import Dataset, Images
from landcover.data.download import Archive, md5
from landcover.errors import DataError

CLASSES = (
    "AnnualCrop", "Forest", "HerbaceousVegetation", "Highway", "Industrial",
    "Pasture", "PermanentCrop", "Residential", "River", "SeaLake",
)  # fmt: skip
COLOURS = {  # similar to CORINE Land Cover's; they also differ in lightness
    "AnnualCrop": "#f2d679",
    "Forest": "#17643a",
    "HerbaceousVegetation": "#93b84d",
    "Highway": "#666c78",
    "Industrial": "#a45fbf",
    "Pasture": "#d3eaa4",
    "PermanentCrop": "#dd8a3c",
    "Residential": "#d1434b",
    "River": "#6fc0e8",
    "SeaLake": "#1f4e93",
}
IMAGES_PER_CLASS = (3000, 3000, 3000, 2500, 2500, 2000, 2500, 3000, 2500, 3000)
ARCHIVE = Archive(
    name="EuroSAT.zip",
    urls=(
        "https://huggingface.co/datasets/torchgeo/eurosat/resolve/"
        "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
        "https://madm.dfki.de/files/sentinel/EuroSAT.zip",
    ),
    md5="c8fa014336c82ac7804f0398fcb19387",
    size_bytes=None,
)
PIXELS = 64
AUTHORS_SPLIT_SHA256 = {  # of the sorted "Class/Class_n.jpg", one per line
    "train": "ae78cc2859b5d1040dd5b2e275a6dcfb090b61cbd8640c26db8c8935aa40f8ea",
    "val": "54c59310f1f7a001785c65c200b5f2d5d1f4dfe47f0bc5053fa3ddccf812dd0c",
    "test": "a6756d1efecc3efd62d43a552d24477978f8417036d8c2af6d416036eb520594",
}


def read(source: Path) -> Images:
    """Reads images in `Class/`, which get the authors' split, or in `train|val|test/Class/`."""
    images = undivided(source)
    if class_folders.NO_SPLIT not in images.splits:
        return images
    divided = splits.reordered(images, splits.authors(images.labels, len(CLASSES)))
    if tuple(np.bincount(images.labels)) == IMAGES_PER_CLASS:
        _check_authors_split(divided, source)
    return divided


def undivided(source: Path) -> Images:
    """Reads images by class and file name; only those in `train|val|test/` have a split."""
    images = class_folders.read(source, CLASSES, PIXELS)
    is_original = source.is_file() and md5(source) == ARCHIVE.md5
    # A copy is not called lossy, because the published images are JPEG files themselves.
    return replace(images, fidelity="original" if is_original else "copy")


def _check_authors_split(images: Images, source: Path) -> None:
    for split, expected in AUTHORS_SPLIT_SHA256.items():
        if splits.sha256(images, split) != expected:
            raise DataError(
                f"{source}: its {split} split is not the authors'; the file names differ from the "
                "published Class/Class_n.jpg, or scikit-learn now shuffles in another order"
            )


EUROSAT = Dataset(
    name="eurosat",
    title="EuroSAT (RGB)",
    classes=CLASSES,
    image_size=PIXELS,
    splits=("train", "val", "test"),
    normalise="imagenet",
    archive=ARCHIVE,
    read=read,
    tiles=True,
)

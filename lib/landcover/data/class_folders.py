"""Reads images that lie as `[split/]class/image`, in a folder or an archive."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from landcover.data import decode
from landcover.data.dataset import SPLITS, Images
from landcover.data.members import members
from landcover.errors import DataError, nearest

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".tif", ".tiff", ".webp"}
LOSSY = {".jpg", ".jpeg", ".webp"}
SPLIT_FOLDERS = {
    "train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
NO_SPLIT = ""


def read(source: Path, classes: tuple[str, ...], image_size: int) -> Images:
    """Reads images by split, class and file name; the split is "" if there is none.

    The fidelity is "lossy copy" if a file was compressed with losses, else "copy".
    Raises DataError that names the first broken file, or the folder that is no class.
    """
    pixels = {  # decoded one by one, because all files together may not fit into memory
        name: decode.exact(content, f"{source}/{name}", image_size)
        for name, content in members(source, partial(_is_image_of_a_class, classes, source))
    }
    if not pixels:
        raise DataError(f"{source} holds no images in folders named {', '.join(classes)}")
    found = sorted((*_place(name, classes), name) for name in pixels)
    suffixes = {PurePosixPath(name).suffix.lower() for name in pixels}
    return Images(
        pixels=np.stack([pixels[name] for *_, name in found]),
        classes=classes,
        labels=np.array([label for _, label, _ in found]),
        files=tuple(f"{classes[label]}/{PurePosixPath(name).name}" for _, label, name in found),
        splits=tuple(("", *SPLITS)[rank] for rank, *_ in found),
        fidelity="lossy copy" if suffixes & LOSSY else "copy",
    )


def holds_class_folders(folder: Path, classes: tuple[str, ...]) -> bool:
    """Tells whether class folders lie in the folder, or one or two levels below."""
    return any(path.name in classes for path in _folders(folder, levels=3))


def _folders(folder: Path, levels: int) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            yield path
            if levels > 1:
                yield from _folders(path, levels - 1)


def _is_image_of_a_class(classes: tuple[str, ...], source: Path, name: str) -> bool:
    """Tells whether a file is an image of a class.

    Raises DataError for an image in another folder, and for a name that cannot be kept.
    """
    path = PurePosixPath(name)
    if path.parent.name in classes:
        if not name.isprintable():  # it would not fit in a line of index.csv
            raise DataError(f"{source}: the file name {name!a} cannot be kept; rename it")
        return True
    if path.suffix.lower() not in SUFFIXES:
        return False
    folder = path.parent.name or source.name
    raise DataError(
        f"{source}/{name} lies in the folder '{folder}', which is no class; "
        f"{nearest(folder, classes)}"
    )


def _place(name: str, classes: tuple[str, ...]) -> tuple[int, int]:
    """Returns the positions of split and class, to sort by."""
    path = PurePosixPath(name)
    split = SPLIT_FOLDERS.get(path.parent.parent.name, NO_SPLIT)
    return ("", *SPLITS).index(split), classes.index(path.parent.name)

"""Classifies a user's images, of any size and kind, batch by batch."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from numpy.typing import NDArray

from landcover.classifier import Classifier
from landcover.data.class_folders import SUFFIXES
from landcover.data.decode import UnknownError, squeezed
from landcover.data.members import ARCHIVE_READERS, content, files_below, members
from landcover.errors import DataError

IMAGES = SUFFIXES | {".gif"}
RASTERS = (".tif", ".tiff")


@dataclass(frozen=True)
class Prediction:
    file: str
    classes: tuple[str, ...]  # the most probable first
    probabilities: tuple[float, ...]  # of these classes, in their order
    pixels: NDArray[np.uint8]  # (S, S, 3), as the network saw the image


@dataclass(frozen=True)
class Broken:
    file: str
    reason: str  # a sentence that begins with the file


@dataclass(frozen=True)
class _Opened:
    file: str
    pixels: NDArray[np.uint8]  # (S, S, 3)


def files(sources: Iterable[Path]) -> list[Path]:
    """Returns files and archives unchanged, and the sorted images in and below a folder.

    In a folder, images are found by their suffix. Hidden files are skipped, links are followed.
    Raises DataError if a source does not exist, or none holds an image.
    """
    sources = list(sources)
    try:
        found = [file for source in sources for file in _files(source)]
    except OSError as error:
        raise DataError(
            f"{error.filename} cannot be read ({error.strerror}); "
            "check that it exists and that you may read it"
        ) from error
    if not found:
        raise DataError(
            f"{', '.join(map(str, sources))}: no images there; name image files, archives, "
            f"or folders with {' '.join(sorted(IMAGES))}"
        )
    return found


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith(tuple(ARCHIVE_READERS))


def predict(classifier: Classifier, files: Iterable[Path]) -> Iterator[Prediction | Broken]:
    """Yields a result for each image, in order; at most one batch of images is in memory."""
    size = classifier.network.experiment.image_size
    opened = (image for file in files for image in _opened(file, size))
    while batch := list(islice(opened, classifier.use.batch_size)):
        predictions = _predictions(classifier, [one for one in batch if isinstance(one, _Opened)])
        yield from (one if isinstance(one, Broken) else next(predictions) for one in batch)


def _predictions(classifier: Classifier, images: Sequence[_Opened]) -> Iterator[Prediction]:
    if not images:
        return
    pixels = torch.from_numpy(np.stack([image.pixels for image in images]))  # (B, S, S, 3)
    ranked = classifier.probabilities(pixels).sort(dim=1, descending=True, stable=True)
    for image, values, order in zip(images, ranked.values, ranked.indices, strict=True):
        classes = tuple(classifier.network.classes[i] for i in order.tolist())
        yield Prediction(image.file, classes, tuple(values.tolist()), image.pixels)


def _opened(file: Path, size: int) -> Iterator[_Opened | Broken]:
    """Yields one image, or all images of an archive; after damage, yields Broken and stops."""
    try:
        for name, image in _in_archive(file) if is_archive(file) else _alone(file):
            yield _decoded(image, name, size)
    except DataError as error:
        yield Broken(str(file), str(error))


def _decoded(image: bytes, name: str, size: int) -> _Opened | Broken:
    try:
        return _Opened(name, squeezed(image, name, size))
    except UnknownError as error:
        if not name.lower().endswith(RASTERS):
            return Broken(name, str(error))
        reason = f"has bands or values that predict cannot read; use `lc-cli map {name}`"
        return Broken(name, f"{name} {reason}")
    except DataError as error:
        return Broken(name, str(error))


def _alone(file: Path) -> Iterator[tuple[str, bytes]]:
    yield str(file), content(file)


def _in_archive(archive: Path) -> Iterator[tuple[str, bytes]]:
    holds_images = False
    for name, image in members(archive, lambda n: PurePosixPath(n).suffix.lower() in IMAGES):
        holds_images = True
        yield f"{archive}/{name}", image
    if not holds_images:
        raise DataError(f"{archive} holds no images; remove or replace it")


def _files(source: Path) -> Iterator[Path]:
    source.stat()  # raises an error; is_dir() would only return False
    if source.is_dir():
        yield from (p for p in sorted(files_below(source)) if p.suffix.lower() in IMAGES)
    else:
        yield source

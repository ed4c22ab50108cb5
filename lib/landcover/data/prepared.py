"""A data set as one uint8 array on disk: decoded once, then memory-mapped."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from landcover import artifacts
from landcover.data.dataset import SPLITS, Dataset, Images
from landcover.data.splits import capped, sha256
from landcover.errors import DataError
from landcover.results import layout

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("file", "class", "split")
FILES = {"images": layout.PIXELS, "labels": layout.LABELS, "index": layout.INDEX}


@dataclass(frozen=True)
class Split:
    pixels: npt.NDArray[np.uint8]  # (N, H, W, 3)
    labels: npt.NDArray[np.int64]  # (N,)
    files: npt.NDArray[np.str_]  # (N,)
    splits: npt.NDArray[np.str_]  # (N,), the name of one split or of several


@dataclass(frozen=True)
class Prepared:
    """All images of a data set, in memory or memory-mapped, with their labels, names and splits."""

    place: Path  # where they were read from
    manifest: Mapping[str, Any]
    pixels: npt.NDArray[np.uint8]  # (N, H, W, 3)
    labels: npt.NDArray[np.int64]  # (N,)
    files: npt.NDArray[np.str_]  # (N,)
    splits: npt.NDArray[np.str_]  # (N,)

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.manifest["classes"])

    @property
    def index(self) -> "pd.DataFrame":
        """Returns a row per image: file, class, split."""
        import pandas as pd

        columns = (self.files, np.array(self.classes)[self.labels], self.splits)
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    @property
    def identity(self) -> dict[str, str]:
        """Returns the facts about the images that a result keeps."""
        digests = "".join(self.manifest["sha256"][name] for name in FILES)
        said = {key: self.manifest[key] for key in ("dataset", "fidelity", "source")}
        if exif := self.manifest.get("exif"):
            said["exif_rotation"] = exif["rotation"]
        return said | {"sha256": hashlib.sha256(digests.encode()).hexdigest()}

    def rows(self, *splits: str) -> npt.NDArray[np.int64]:
        """Returns the positions of the images of one split or several, in ascending order.

        Raises DataError if a split does not exist.
        """
        have = self.manifest["images"]
        if missing := [name for name in splits if name not in have]:
            raise DataError(
                f"{self.place} has no {missing[0]} split of {self.manifest['dataset']}; "
                f"it has {', '.join(have)}"
            )
        return np.flatnonzero(np.isin(self.splits, splits))

    def at(self, rows: npt.NDArray[np.int64]) -> Split:
        """Returns the images at these positions; consecutive ones are a view and no copy."""
        where = _in_one_piece(rows)
        return Split(self.pixels[where], self.labels[rows], self.files[rows], self.splits[rows])

    def split(self, name: str, most: int = 0) -> Split:
        """Returns one split, or a fixed sample of it with at most `most` images (0: all)."""
        rows = self.rows(name)
        return self.at(rows[capped(self.labels[rows], most)])


def _in_one_piece(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | slice:
    """Returns consecutive rows as a slice, so that mapped images stay on disk."""
    if len(rows) and (np.diff(rows) == 1).all():
        return slice(rows[0], rows[-1] + 1)
    return rows


def of(images: Images, dataset: Dataset, place: Path) -> Prepared:
    files, splits = np.array(images.files), np.array(images.splits)
    index = _index(files, images.labels, images.classes, splits)
    present = [split for split in SPLITS if split in images.splits]
    manifest = {
        "dataset": dataset.name,
        "classes": list(images.classes),
        "image_size": images.pixels.shape[1],
        "images": {split: images.splits.count(split) for split in present},
        "fidelity": images.fidelity,
        "source": place.name,
        # on this machine; results keep only the source, which is the same everywhere
        "place": "" if images.fidelity == "synthetic" else str(place.resolve()),
        "passed_over": list(images.passed_over),
        "split_sha256": {split: sha256(images, split) for split in present},
        "sha256": _digests(images.pixels, images.labels, index),
    }
    if images.exif:
        manifest["exif"] = dict(images.exif)
    return Prepared(place, manifest, images.pixels, images.labels, files, splits)


def write(folder: Path, data: Prepared) -> None:
    """Writes a data set; an old one stays usable until all new files are written.

    Then the old manifest is removed, the files are renamed, and the manifest comes last. A process
    that is killed in between leaves a folder without a manifest, which is prepared again.
    """
    with artifacts.held(folder, patiently=True):  # else the files of two writers could mix
        artifacts.write_together(
            {
                folder / FILES["images"]: _npy(data.pixels),
                folder / FILES["labels"]: _npy(data.labels),
                folder / FILES["index"]: artifacts.encoded(
                    _index(data.files, data.labels, data.classes, data.splits)
                ),
                folder / layout.MANIFEST: artifacts.encoded(artifacts.as_json(data.manifest)),
            }
        )


def _npy(array: npt.NDArray[Any]) -> artifacts.Content:
    """Returns the writer of a .npy file; np.save itself does not say that a disk is full."""

    def content(file: IO[bytes]) -> None:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(np.ascontiguousarray(array).data)

    return content


def read(folder: Path) -> Prepared:
    """Reads a data set. Raises DataError if a file is missing or differs from the manifest."""
    try:
        return _checked(folder)
    except Exception as error:  # any kind: numpy evaluates a damaged header as Python
        raise DataError(f"{folder} holds no usable data set ({error}); fetch it again") from error


def _checked(folder: Path) -> Prepared:
    manifest = artifacts.read_json(folder / layout.MANIFEST)
    pixels = np.load(folder / FILES["images"], mmap_mode="c", allow_pickle=False)
    labels = np.load(folder / FILES["labels"], allow_pickle=False)
    files, classes, splits = map(np.array, artifacts.read_texts(folder / FILES["index"], COLUMNS))
    index = artifacts.rows_as_csv(COLUMNS, zip(files, classes, splits, strict=True))
    for name, digest in _digests(pixels, labels, index).items():
        if digest != manifest["sha256"][name]:
            raise DataError(f"{FILES[name]} was changed or damaged after it was made")
    return Prepared(folder, manifest, pixels, labels, files, splits)


def _index(
    files: npt.NDArray[np.str_],
    labels: npt.NDArray[np.int64],
    classes: tuple[str, ...],
    splits: npt.NDArray[np.str_],
) -> str:
    """Returns the text of index.csv."""
    names = (classes[label] for label in labels)
    return artifacts.rows_as_csv(COLUMNS, zip(files, names, splits, strict=True))


def _digests(
    pixels: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64], index: str
) -> dict[str, str]:
    contents: dict[str, Any] = {
        "images": np.ascontiguousarray(pixels),
        "labels": np.ascontiguousarray(labels),
        "index": index.encode(),
    }
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}

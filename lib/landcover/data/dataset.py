"""A data set before anything is read, and the images after reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from landcover.data.download import Archive
from landcover.errors import DataError

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Images:
    """Decoded images in their final order."""

    pixels: npt.NDArray[np.uint8]  # (N, H, W, 3)
    classes: tuple[str, ...]  # alphabetical
    labels: npt.NDArray[np.int64]  # (N,), positions in the classes
    files: tuple[str, ...]
    splits: tuple[str, ...]
    fidelity: str  # "original", "copy" (not verified), "lossy copy" or "synthetic"
    passed_over: tuple[str, ...] = ()  # files beside the images that were not read
    exif: Mapping[str, Any] = field(default_factory=dict)  # rotation of photographs

    def at(self, order: npt.NDArray[np.intp]) -> "Images":
        return replace(
            self,
            pixels=self.pixels[order],
            labels=self.labels[order],
            files=tuple(self.files[i] for i in order),
            splits=tuple(self.splits[i] for i in order),
        )


@dataclass(frozen=True)
class Dataset:
    name: str
    title: str
    classes: tuple[str, ...]  # as published; the images of a user's own photographs have their own
    image_size: int  # pixels
    splits: tuple[str, ...]
    normalise: str  # the authors' statistics, a key of batches.STATISTICS
    archive: Archive | str  # where the images are published; words if no program can get them
    read: Callable[..., Images]  # takes the archive or folder; for photographs also `upright`
    tiles: bool = False  # whether images were cut side by side from larger ones


def require(images: Images, dataset: Dataset, splits: tuple[str, ...], source: Path) -> None:
    """Raises DataError for the first split or class that has no image."""
    for split in splits:
        inside = np.array(images.splits) == split
        if not inside.any():
            raise DataError(
                f"{source} has no images of the {split} split of {dataset.name}; add the folder "
                f"'{split}'"
            )
        present = set(np.unique(images.labels[inside]).tolist())
        for label, name in enumerate(images.classes):
            if label not in present:
                raise DataError(
                    f"{source} has no images of the class '{name}' in the {split} split of "
                    f"{dataset.name}; add some, or leave the class out of the other splits"
                )

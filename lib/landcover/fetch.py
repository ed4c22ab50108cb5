"""Gets the images of a data set: real ones, found or downloaded, or synthetic ones."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from landcover.data import class_folders, prepared, synthetic
from landcover.data.dataset import SPLITS, Dataset, Images, require
from landcover.data.download import OnBytes, download, silent
from landcover.data.members import ARCHIVE_READERS
from landcover.data.prepared import Prepared
from landcover.errors import DataError


def fetch(
    dataset: Dataset,
    source: Path | None,
    cache: Path,
    splits: tuple[str, ...] = (),
    on_bytes: OnBytes = silent,
) -> Prepared:
    """Reads real images, all in memory.

    `source` is an archive, a folder that holds one or the class folders, or a folder that was
    prepared before; without one the published archive is taken from the cache or downloaded.
    `splits` must be there whole; by default all that the data set has.
    """
    if source is not None and (source / prepared.MANIFEST).exists():
        return _prepared_before(dataset, source)
    if source is None:
        place = download(dataset.archive, cache, on_bytes)
    else:
        place = locate(dataset, source)
    images = dataset.read(place)
    require(images, dataset, splits or dataset.splits, place)
    return prepared.of(images, dataset, place)


def _prepared_before(dataset: Dataset, folder: Path) -> Prepared:
    data = prepared.read(folder)
    if data.manifest["dataset"] != dataset.name:
        raise DataError(f"{folder} holds {data.manifest['dataset']}, not {dataset.name}")
    return data


def draw(dataset: Dataset, images_per_class: Mapping[str, int]) -> Prepared:
    """Synthetic images with the classes, size and splits of a data set; a split is a seed."""
    counts = {split: images_per_class[split] for split in SPLITS if split in dataset.splits}
    drawn = [
        synthetic.images(dataset.classes, dataset.image_size, count, SPLITS.index(split))
        for split, count in counts.items()
    ]
    rows = [
        (split, label, f"{name}/{name}_{split}_{i}")
        for split, count in counts.items()
        for label, name in enumerate(dataset.classes)
        for i in range(count)
    ]
    images = Images(
        pixels=np.concatenate(drawn),
        labels=np.array([label for _, label, _ in rows]),
        files=tuple(file for *_, file in rows),
        splits=tuple(split for split, *_ in rows),
        fidelity="synthetic",
    )
    return prepared.of(images, dataset, Path("synthetic"))


def locate(dataset: Dataset, source: Path) -> Path:
    """The archive or folder to read: `source` itself, or what lies in it.

    Looked for in this order: a folder with the data set's name, the published archive, class
    folders, an archive with the data set's name in its own.
    """
    if source.is_file():
        return source
    if not source.is_dir():
        raise DataError(
            f"{source} does not exist; give a folder or an archive with images of {dataset.name}"
        )
    if (source / dataset.name).is_dir():
        return source / dataset.name
    if (source / dataset.archive.name).is_file():
        return source / dataset.archive.name
    if class_folders.holds_class_folders(source, dataset.classes):
        return source
    for path in sorted(source.iterdir()):
        if dataset.name in path.name.lower() and path.name.lower().endswith(tuple(ARCHIVE_READERS)):
            return path
    raise DataError(
        f"{source} holds no {dataset.title}: expected {dataset.archive.name}, "
        f"an archive with '{dataset.name}' in its name, or folders [split/]{dataset.classes[0]}/, "
        f"{dataset.classes[1]}/, ..."
    )

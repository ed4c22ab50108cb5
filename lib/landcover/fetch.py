"""Gets the images of a data set, real or synthetic, and published weights."""

import hashlib
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from landcover import artifacts, hub, sources
from landcover.data import (
    annotation,
    class_folders,
    eurosat,
    eurosat_splits,
    photographs,
    prepared,
    synthetic,
)
from landcover.data.catalog import DATASETS, LAYOUT
from landcover.data.dataset import SPLITS, Dataset, Images, require
from landcover.data.download import Archive, OnBytes, download, md5, silent
from landcover.data.prepared import Prepared
from landcover.errors import ArtifactError, DataError
from landcover.results import layout
from landcover.results.written import written_by


def fetch(
    dataset: Dataset,
    source: Path | None,
    cache: Path,
    splits: tuple[str, ...] = (),
    on_bytes: OnBytes = silent,
    lists: Path | None = None,
) -> Prepared:
    """Reads real images: published ones into memory, photographs into a temporary file.

    `source` is an archive, a folder with an archive or with class folders, or a folder that was
    prepared before; without it, the published archive is read from the cache or downloaded. All
    `splits` must be complete; by default, these are all splits of the data set. `lists` is the
    folder with the lists that divide the images, if the data set needs any; without it, they are
    read from `source` or the cache, or downloaded.
    """
    if source is not None and (source / layout.MANIFEST).exists():
        return _prepared_before(dataset, source)
    if source is not None:
        place = locate(dataset, source)
    elif isinstance(dataset.archive, Archive):
        place = download(dataset.archive, cache, on_bytes)
    else:
        raise DataError(dataset.archive)
    files = _lists(dataset, source, cache, on_bytes, lists)
    images = dataset.read(place, files) if files else dataset.read(place)
    require(images, dataset, splits or dataset.splits, place)
    data = prepared.of(images, dataset, place)
    return _with_lists(data, files) if files else data


def _lists(
    dataset: Dataset, source: Path | None, cache: Path, on_bytes: OnBytes, folder: Path | None
) -> eurosat_splits.Lists:
    """Returns the lists that divide the images of a data set; {} if it needs none."""
    published = eurosat_splits.archives(dataset.name)
    if published and folder is None and source and eurosat_splits.are_in(source, dataset.name):
        folder = source
    if published and folder:
        return eurosat_splits.lists(dataset.name, folder)
    return {split: download(one, cache, on_bytes) for split, one in published.items()}


def _with_lists(data: Prepared, lists: eurosat_splits.Lists) -> Prepared:
    """Returns the images; the manifest names the lists, and its source says their kind."""
    unknown = eurosat_splits.unpublished(data.manifest["dataset"], lists)
    facts = {
        split: {"file": path.name, "md5": md5(path), "published": path not in unknown}
        for split, path in lists.items()
    }
    kind = "unknown" if unknown else "published"
    source = f"{data.manifest['source']}, split by {kind} lists"
    return replace(data, manifest={**data.manifest, "source": source, "lists": facts})


def is_obtainable(dataset: Dataset, source: Path | None, cache: Path) -> bool:
    """Tells whether real images are in `source` or the cache, or a server answers within seconds.

    They may still be unreadable; only `fetch` finds that out.
    """
    archive = dataset.archive
    if source is not None or not isinstance(archive, Archive):
        return source is not None
    return (cache / archive.name).exists() or any(map(hub.answers, archive.urls))


def fetch_weights(name: str) -> dict[str, Any]:
    """Downloads a network's ImageNet weights into torch's cache; returns JSON-ready facts.

    Raises ArtifactError if they cannot be had, or the cached file is damaged.
    """
    from landcover.models.pretrained import imagenet  # takes seconds to import

    with redirect_stdout(sys.stderr):  # torch prints a message to stdout
        imagenet(name)
    file = hub.folder() / hub.FILES[name]
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if not digest.startswith(hub.sha256_start(name)):
        raise ArtifactError(f"{file} is damaged; remove it and run `lc-cli fetch {name}` again")
    return {
        "network": name,
        "file": str(file),
        "size_bytes": file.stat().st_size,
        "sha256": digest,
    }


def contradicts(dataset: Dataset, folder: Path, source: Path) -> bool:
    """Tells whether the prepared images in `folder` do not come from `source`.

    Raises DataError if `source` holds no images of the data set.
    """
    again = f"remove {folder} and fetch the images again"
    with written_by("lc-cli fetch", folder / layout.MANIFEST, again):
        manifest = artifacts.read_json(folder / layout.MANIFEST)
        sha256, name = manifest["sha256"], str(manifest["source"])
    if (source / layout.MANIFEST).exists():
        return bool(sha256 != artifacts.read_json(source / layout.MANIFEST).get("sha256"))
    place = locate(dataset, source).resolve()
    return str(manifest.get("place", place.with_name(name))) != str(place)


def _prepared_before(dataset: Dataset, folder: Path) -> Prepared:
    data = prepared.read(folder)
    found = (data.manifest["dataset"], data.manifest["image_size"])
    if found != (dataset.name, dataset.image_size):
        raise DataError(
            f"{folder} holds {found[0]} at {found[1]} pixels, not {dataset.name} at "
            f"{dataset.image_size}"
        )
    return data


def draw(dataset: Dataset, images_per_class: Mapping[str, int]) -> Prepared:
    """Draws synthetic images for a data set; each split has its own seed."""
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
        classes=dataset.classes,
        labels=np.array([label for _, label, _ in rows]),
        files=tuple(file for *_, file in rows),
        splits=tuple(split for split, *_ in rows),
        fidelity="synthetic",
    )
    if isinstance(dataset.archive, str):
        images = _in_no_order(images)
    return prepared.of(images, dataset, Path("synthetic"))


def _in_no_order(images: Images) -> Images:
    """Shuffles the images within each split, because annotations list photographs in no order."""
    chance = np.random.default_rng(0).random(len(images.labels))
    splits = np.array([SPLITS.index(split) for split in images.splits])
    return images.at(np.lexsort((chance, splits)))


def locate(dataset: Dataset, source: Path) -> Path:
    """Returns the archive or folder to read: `source` itself, or one inside it.

    The order of the search is: a folder with the data set's name, the published archive, an archive
    with that name in its own, class folders. Raises DataError if there is none.
    """
    if source.is_file():
        return source
    if not source.is_dir():
        raise DataError(
            f"{source} does not exist; give a folder or an archive with images of {dataset.name}"
        )
    published = dataset.archive.name if isinstance(dataset.archive, Archive) else ""
    is_divided = dataset.name in eurosat_splits.MD5
    named = sources.named(eurosat.EUROSAT.name if is_divided else dataset.name, source)
    if named and named.is_dir():
        return named
    if published and (source / published).is_file():
        return source / published
    if named:
        return named
    if _holds_images(dataset, source):
        return source
    raise DataError(
        f"{source} holds no {dataset.title}: expected "
        f"{f'{published}, ' if published else ''}a folder '{dataset.name}', an archive with "
        f"'{dataset.name}' in its name, or {_layout(dataset)}"
    )


def _holds_images(dataset: Dataset, folder: Path) -> bool:
    if dataset.name in DATASETS:
        return class_folders.holds_class_folders(folder, dataset.classes)
    return photographs.holds_photographs(folder)


def _layout(dataset: Dataset) -> str:
    if dataset.name == "terrassa":
        return f"train|val|test/{annotation.FILE} beside train|val|test/{photographs.IMAGES}/"
    if dataset.name in DATASETS:
        return f"folders [split/]{dataset.classes[0]}/, {dataset.classes[1]}/, ..."
    return f"images in {LAYOUT if 'test' in dataset.splits else 'CLASS/'}"

"""Photographs of any size in a user's folders, resized to squares of one size.

They are annotated, as Terrassa is, or sorted into folders, with or without splits:

    train|val|test/annotation.txt  and  train|val|test/images/ID.jpg
    [train|val|test/]class/image.jpg
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from landcover.data import annotation, decode
from landcover.data.class_folders import SPLIT_FOLDERS, SUFFIXES
from landcover.data.dataset import SPLITS, Dataset, Images
from landcover.data.members import members, names
from landcover.errors import DataError, nearest

IMAGES = "images"  # the folder beside an annotation
NAMED = 3  # a message names at most this many files


@dataclass(frozen=True)
class Photograph:
    split: str
    class_name: str
    file: str  # its path in the source
    place: str  # the file or line with its class, for messages


def read(source: Path, image_size: int, *, upright: bool = True) -> Images:
    """Reads photographs by split; within it as annotated, or by class and file name.

    Images that no annotation lists, and files that are no images, are skipped; a listed image that
    is missing is an error. The decoded pixels lie on disk, not in memory. The fidelity is "copy".
    `upright` rotates photographs as their EXIF says; the authors' code does not.
    Raises DataError with the file or line that is wrong.
    """
    present = names(source)
    annotations = _annotations(source, present)
    if annotations:
        photographs = _annotated(source, annotations, present)
    else:
        photographs = _sorted_into_folders(source, present)
    classes = _classes(photographs, source)
    files = [photograph.file for photograph in photographs]
    pixels, turned = _decoded(source, files, image_size, upright)
    return Images(
        pixels=pixels,
        classes=classes,
        labels=np.array([classes.index(p.class_name) for p in photographs], np.int64),
        files=tuple(files),
        splits=tuple(photograph.split for photograph in photographs),
        fidelity="copy",
        passed_over=tuple(sorted(set(present) - {*files, *annotations.values()})),
        exif={"rotation": "applied" if upright else "ignored", "photographs": turned},
    )


def holds_photographs(folder: Path) -> bool:
    """Tells whether annotations, or class folders with images, lie in the folder and not deeper."""
    present = [PurePosixPath(name) for name in names(folder)]
    images = [path for path in present if path.suffix.lower() in SUFFIXES]
    return bool(_annotations(folder, list(map(str, present)))) or any(
        len(path.parts) == (3 if _split(path.parts[0]) else 2) for path in images
    )


def _split(folder: str) -> str:
    """Returns the split that a folder's name stands for; "" if it is none."""
    return SPLIT_FOLDERS.get(folder.lower(), "")


def _annotations(source: Path, present: Sequence[str]) -> dict[str, str]:
    """Returns the annotation of each split; in an archive, they may lie one folder deeper.

    Raises DataError if a split has two.
    """
    found: dict[str, str] = {}
    deepest = 2 if source.is_dir() else 3
    for name in present:
        path = PurePosixPath(name)
        split = _split(path.parent.name)
        if path.name.lower() == annotation.FILE and split and len(path.parts) <= deepest:
            if split in found:
                raise DataError(
                    f"{source}: {found[split]} and {name} both annotate {split}; remove one"
                )
            found[split] = name
    return found


def _annotated(
    source: Path, annotations: Mapping[str, str], present: list[str]
) -> list[Photograph]:
    contents = dict(members(source, set(annotations.values()).__contains__))
    return [
        photograph
        for split in SPLITS
        if split in annotations
        for photograph in _listed(source, split, annotations[split], contents, present)
    ]


def _listed(
    source: Path, split: str, name: str, contents: Mapping[str, bytes], present: list[str]
) -> list[Photograph]:
    lines = annotation.read(contents[name], f"{source}/{name}")
    folder = (PurePosixPath(name).parent / IMAGES).as_posix()
    files = _by_id(source, folder, present)
    files |= {PurePosixPath(file).name: file for file in files.values()}  # ids with an ending
    missing = [line for line in lines if line.image_id not in files]
    if missing:
        some = ", ".join(f"{line.image_id} ({line.class_name})" for line in missing[:NAMED])
        raise DataError(
            f"{missing[0].place}: {len(missing)} of the {len(lines)} images listed in {name} are "
            f"not in {folder}/{_or_folders(source, folder, missing)}: {some}"
            f"{', ...' if len(missing) > NAMED else ''}; add them, or remove their lines"
        )
    return [Photograph(split, line.class_name, files[line.image_id], line.place) for line in lines]


def _by_id(source: Path, folder: str, present: list[str]) -> dict[str, str]:
    """Returns the images in a folder, but not below it, by their names without the ending.

    Raises DataError if two have the same name.
    """
    files: dict[str, str] = {}
    for file in present:
        path = PurePosixPath(file)
        if path.parent.as_posix() == folder and path.suffix.lower() in SUFFIXES:
            if path.stem in files:
                raise DataError(
                    f"{source}: {files[path.stem]} and {file} have the same id; remove one"
                )
            files[path.stem] = file
    return files


def _or_folders(source: Path, folder: str, missing: Sequence[annotation.Line]) -> str:
    """Returns a note if a missing image exists as a folder; else ""."""
    folders = [
        path
        for path in (source / folder).glob("*")
        if path.is_dir() and path.stem in {line.image_id for line in missing}
    ]
    return f" ({folders[0].name} is a folder, not an image)" if folders else ""


def _sorted_into_folders(source: Path, present: list[str]) -> list[Photograph]:
    images = [PurePosixPath(n) for n in present if PurePosixPath(n).suffix.lower() in SUFFIXES]
    if not images:
        raise DataError(
            f"{source} holds no photographs; expected train|val|test/{annotation.FILE} beside "
            "train|val|test/images/, or folders [train|val|test/]class/ with images"
        )
    with_split = _one_layout(source, images)
    photographs = [
        Photograph(
            _split(path.parent.parent.name) if with_split else "train",
            normalize("NFC", path.parent.name),
            path.as_posix(),
            f"{source}/{path.parent}",
        )
        for path in images
    ]
    return sorted(photographs, key=lambda p: (SPLITS.index(p.split), p.class_name, p.file))


def _one_layout(source: Path, images: Sequence[PurePosixPath]) -> bool:
    """Tells whether the class folders lie in split folders.

    An archive may have one more folder around all. Raises DataError if images lie on different
    levels or outside of class folders.
    """
    layouts: dict[tuple[bool, str], PurePosixPath] = {}
    for path in images:
        with_split = bool(_split(path.parent.parent.name))
        if _split(path.parent.name) or not path.parent.name:
            raise DataError(
                f"{source}/{path} lies in no class; put it into the folder of its class, which "
                "may not be called as a split is"
            )
        above = path.parents[2 if with_split else 1].as_posix()
        layouts.setdefault((with_split, above), path)
    if len(layouts) > 1:
        first, second, *_ = layouts.values()
        raise DataError(
            f"{source} mixes layouts: {first} and {second} do not lie alike; "
            "sort all images into CLASS/, or all into train/CLASS/ and test/CLASS/"
        )
    (with_split, above), path = next(iter(layouts.items()))
    if above != "." and source.is_dir():
        raise DataError(
            f"{source}/{path} lies too deep; name the folder {source / above} as the source"
        )
    return with_split


def _classes(photographs: Sequence[Photograph], source: Path) -> tuple[str, ...]:
    """Returns the classes in alphabetical order. Raises DataError if a split lacks one of them."""
    splits = dict.fromkeys(p.split for p in photographs)
    known = Counter(p.class_name for p in photographs)
    if IMAGES in known:
        where = next(p.place for p in photographs if p.class_name == IMAGES)
        raise DataError(f"{where} has no {annotation.FILE} beside it; add that")
    pairs = {(p.split, p.class_name) for p in photographs}
    for class_name in sorted(known, key=lambda name: (known[name], name)):
        lacking = [split for split in splits if (split, class_name) not in pairs]
        if lacking:
            first = next(p for p in photographs if p.class_name == class_name)
            others = [name for name in known if name != class_name]
            raise DataError(
                f"{first.place}: the class '{class_name}' has images in {first.split} and none in "
                f"{lacking[0]}; add some or remove it ({nearest(class_name, others)})"
            )
    if unprintable := next((p.file for p in photographs if not p.file.isprintable()), None):
        raise DataError(f"{source}: the file name {unprintable!a} cannot be kept; rename it")
    if len(known) < 2:
        raise DataError(f"{source} has the one class '{next(iter(known))}'; add another")
    return tuple(sorted(known))


def as_stored(dataset: Dataset) -> Dataset:
    """Returns the data set without the rotation that EXIF asks for."""
    return replace(dataset, read=partial(dataset.read, upright=False))


def _decoded(
    source: Path, files: Iterable[str], size: int, upright: bool
) -> tuple[npt.NDArray[np.uint8], int]:
    """Returns pixels (N, size, size, 3) in a temporary file, and how many images EXIF would rotate.

    Only one image at a time is in memory.
    """
    positions, turned = {file: i for i, file in enumerate(files)}, 0
    image_bytes = size * size * 3
    try:
        with tempfile.TemporaryFile() as file:
            for name, content in members(source, positions.__contains__):
                pixels = decode.squeezed(content, f"{source}/{name}", size, upright=upright)
                turned += decode.is_turned(content)
                file.seek(positions[name] * image_bytes)
                file.write(pixels.data)
            file.flush()
            shape = (len(positions), size, size, 3)
            return np.memmap(file, np.uint8, mode="c", shape=shape), turned
    except OSError as error:
        raise DataError(
            f"{source} cannot be decoded into {tempfile.gettempdir()} ({error.strerror or error}), "
            f"which takes {len(positions) * image_bytes / 1e6:,.0f} MB; free some space there, or "
            "choose another folder with TMPDIR"
        ) from error

"""EuroSAT in two splits that others use (60/20/20); published lists of images define them.

The official split is random (Neumann et al., 2019, "In-domain representation learning for remote
sensing"). The spatial split goes by longitude, so that no test image lies beside a training image.
torchgeo publishes both, with one `Class_n.jpg` per line.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from landcover.data import eurosat, splits
from landcover.data.dataset import SPLITS, Dataset, Images
from landcover.data.download import Archive, md5
from landcover.errors import DataError, nearest

TORCHGEO = (
    "https://hf.co/datasets/torchgeo/eurosat/resolve/1ce6f1bfb56db63fd91b6ecc466ea67f2509774c",
    "https://hf.co/datasets/torchgeo/eurosat/resolve/main",
)
MD5 = {
    "eurosat-official": {
        "train": "908f142e73d6acdf3f482c5e80d851b1",
        "val": "95de90f2aa998f70a3b2416bfe0687b4",
        "test": "7ae5ab94471417b6e315763121e67c5f",
    },
    "eurosat-spatial": {
        "train": "7be3254be39f23ce4d4d144290c93292",
        "val": "acf392290050bb3df790dc8fc0ebf193",
        "test": "5ec1733f9c16116bf0aa2d921fc613ef",
    },
}
TITLES = {"eurosat-official": "EuroSAT (RGB), official split",
          "eurosat-spatial": "EuroSAT (RGB), spatial split"}  # fmt: skip
FILES = {"eurosat-official": "eurosat-{}.txt", "eurosat-spatial": "eurosat-spatial-{}.txt"}

Lists = Mapping[str, Path]  # by split


def archives(name: str) -> dict[str, Archive]:
    """Returns the published list of each split of a data set; {} for one that needs no lists."""
    return {
        split: Archive(
            name=(file := FILES[name].format(split)),
            urls=tuple(f"{place}/{file}" for place in TORCHGEO),
            md5=digest,
            size_bytes=None,
        )
        for split, digest in MD5.get(name, {}).items()
    }


def named(folder: Path) -> list[str]:
    """Returns the data sets whose lists lie in a folder. Raises DataError if there are none."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder; name the one with {_files(*FILES)}")
    found = [name for name in FILES if any(path.exists() for path in _paths(name, folder).values())]
    if not found:
        raise DataError(f"{folder} has no lists of a split; put {_files(*FILES)} there")
    return found


def lists(name: str, folder: Path) -> Lists:
    """Returns the list of each split in a folder. Raises DataError for the first missing list."""
    found = _paths(name, folder)
    for path in found.values():
        if not path.is_file():
            raise DataError(f"{path} does not exist; {name} needs {_files(name)} there")
    return found


def are_in(folder: Path, name: str) -> bool:
    """Tells whether all lists of a data set lie in a folder."""
    return all(path.is_file() for path in _paths(name, folder).values())


def unpublished(name: str, lists: Lists) -> list[Path]:
    """Returns the lists whose md5 is not the published one."""
    return [path for split, path in lists.items() if md5(path) != MD5[name][split]]


def read(source: Path, lists: Lists) -> Images:
    """Reads the images on the lists, by split, class and file name; skips all others.

    Raises DataError for an image that is listed twice or missing, an unknown class, an empty list.
    """
    listed = _listed(lists)
    images = eurosat.undivided(source)
    if absent := sorted(listed.keys() - set(images.files)):
        file, more = absent[0], len(absent) - 1
        raise DataError(
            f"{lists[listed[file]]} lists images that {source} does not have: {file}"
            f"{f' and {more:,} more' if more else ''}; get the lists and the images of the same "
            "publication"
        )
    kept = np.array([i for i, file in enumerate(images.files) if file in listed])
    others = sorted(set(images.files) - listed.keys())
    chosen = replace(images.at(kept), passed_over=tuple(others))
    return splits.reordered(chosen, np.array([listed[file] for file in chosen.files]))


def _listed(lists: Lists) -> dict[str, str]:
    """Returns the split of each listed image, which is named as `Class/Class_n.jpg`."""
    found: dict[str, str] = {}
    for split in SPLITS:
        names = _lines(lists[split])
        if not any(names):
            raise DataError(f"{lists[split]} is empty; it should name one image per line")
        for number, name in enumerate(names, 1):
            if name:
                place = f"{lists[split]}, line {number}"
                file = f"{_class(name, place)}/{name}"
                if file in found:
                    raise DataError(
                        f"{place}: {name} is listed already in {lists[found[file]]}; "
                        "remove one of the two lines"
                    )
                found[file] = split
    return found


def _class(name: str, place: str) -> str:
    """Returns the class in a name such as Forest_7.jpg."""
    found = re.fullmatch(r"([A-Za-z]+)_\d+\.jpg", name)
    if not found:
        raise DataError(f"{place}: {name!r} names no image; write Class_n.jpg, as Forest_7.jpg")
    if found[1] not in eurosat.CLASSES:
        known = nearest(found[1], eurosat.CLASSES)
        raise DataError(f"{place}: EuroSAT has no class '{found[1]}'; {known}")
    return found[1]


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); check that you may read it"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text; get the list again") from error


def _paths(name: str, folder: Path) -> dict[str, Path]:
    return {split: folder / FILES[name].format(split) for split in SPLITS}


def _files(*names: str) -> str:
    return " or ".join(FILES[name].format("{train,val,test}") for name in names)


def _dataset(name: str) -> Dataset:
    return replace(eurosat.EUROSAT, name=name, title=TITLES[name], read=read)


OFFICIAL, SPATIAL = (_dataset(name) for name in FILES)

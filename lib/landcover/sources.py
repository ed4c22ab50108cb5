"""Finds a user's file or folder with the images of a data set, by its name alone."""

import re
from pathlib import Path

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
FILL_IT = "put archives or folders of images there"


def is_empty(source: Path) -> bool:
    return source.is_dir() and not any(source.iterdir())


def named(dataset: str, folder: Path) -> Path | None:
    """Returns `folder/dataset`, or the first archive in the folder whose name has the data set's.

    Returns None if there is neither.
    """
    if (folder / dataset).is_dir():
        return folder / dataset
    if not folder.is_dir():
        return None
    return next((p for p in sorted(folder.iterdir()) if _is_archive_of(dataset, p.name)), None)


def _is_archive_of(dataset: str, name: str) -> bool:
    """Tells whether an archive's name has the data set's as a word.

    So comparison.zip is not Paris, and cifar100.zip is not CIFAR-10. A hidden file is none, such as
    those that macOS puts beside its own.
    """
    end = r"(?!\d)" if dataset[-1].isdigit() else ""
    word = re.search(rf"(?<![a-z]){re.escape(dataset.lower())}(?![a-z]){end}", name.lower())
    return bool(word) and name.lower().endswith(ARCHIVES) and not name.startswith(".")

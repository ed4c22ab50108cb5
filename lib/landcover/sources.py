"""Which file or folder of a user's holds the images of a data set, told by its name alone."""

import re
from pathlib import Path

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


def named(dataset: str, folder: Path) -> Path | None:
    """`folder/dataset`, or the first archive in the folder with the data set's name in its own."""
    if (folder / dataset).is_dir():
        return folder / dataset
    if not folder.is_dir():
        return None
    return next((p for p in sorted(folder.iterdir()) if _is_archive_of(dataset, p.name)), None)


def _is_archive_of(dataset: str, name: str) -> bool:
    """As a word of its own: a comparison.zip does not hold Paris."""
    word = re.search(rf"(?<![a-z]){re.escape(dataset.lower())}(?![a-z])", name.lower())
    return bool(word) and name.lower().endswith(ARCHIVES)

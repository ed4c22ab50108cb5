"""Tables of a distilled folder: long ones are compressed, and a few numbers have fewer digits."""

import lzma
from pathlib import Path

from landcover import artifacts
from landcover.results import layout
from landcover.results.written import written_by

LARGE_BYTES = 4_000  # longer tables are compressed
OF_PROBABILITIES, OF_POSITIONS = 3, 2  # digits after the point
# Tables whose last values are kept with few digits: how many values, and digits.
SHORTENED = {layout.PREDICTIONS: (1, OF_PROBABILITIES), "embedding.csv": (2, OF_POSITIONS)}


def small(file: Path) -> tuple[str, bytes]:
    """Returns the name and the content of a table; a long one is compressed."""
    whole = file.read_bytes()
    content = _shortened(file, whole)
    return _packed(file.name, content) if len(whole) > LARGE_BYTES else (file.name, content)


def small_predictions(file: Path, kind: str) -> tuple[str, bytes]:
    """Returns the predictions of test images with the weights `kind`, compressed, as `small`."""
    rows = file.read_bytes().splitlines(keepends=True)
    kept = [row for row in rows[1:] if row.startswith(f"{kind},test,".encode())]
    return _packed(file.name, _shortened(file, b"".join((*rows[:1], *kept))))


def small_index(file: Path) -> tuple[str, bytes]:
    """Returns the class of every image and no other column, compressed, as `small`."""
    (classes,) = artifacts.read_texts(file, ("class",))
    rows = artifacts.rows_as_csv(("class",), ([name] for name in classes))
    return _packed(file.name, rows.encode())


def _packed(name: str, content: bytes) -> tuple[str, bytes]:
    return layout.packed(name), lzma.compress(content, preset=9)


def _shortened(file: Path, content: bytes) -> bytes:
    """Returns the content of a table, with fewer digits if the file is one of SHORTENED.

    Raises ArtifactError if one of its last values is no number.
    """
    if file.name not in SHORTENED:
        return content
    values, digits = SHORTENED[file.name]
    with written_by("lc-cli", file, "run the step that makes it again"):
        heading, *rows = content.splitlines()
        split = (row.rsplit(b",", values) for row in rows)
        short = [
            [first, *(b"%.*f" % (digits, float(value)) for value in last)] for first, *last in split
        ]
    return b"".join(b"%b\n" % b",".join(row) for row in ([heading], *short))

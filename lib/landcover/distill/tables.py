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


def copy(file: Path, place: Path) -> None:
    """Copies a table, compressed if it is long. The other form, from earlier, is removed."""
    whole = file.read_bytes()
    content = _shortened(file, whole)
    if len(whole) > LARGE_BYTES:
        _pack(content, place)
        place.unlink(missing_ok=True)
    else:
        artifacts.write(place, lambda target: target.write(content))
        _packed(place).unlink(missing_ok=True)


def copy_predictions(file: Path, place: Path, kind: str) -> None:
    """Copies the predictions of test images with the weights `kind`, compressed."""
    rows = file.read_bytes().splitlines(keepends=True)
    kept = [row for row in rows[1:] if row.startswith(f"{kind},test,".encode())]
    _pack(_shortened(file, b"".join((*rows[:1], *kept))), place)


def copy_classes(file: Path, place: Path) -> None:
    """Copies the class of every image, compressed, and no other column."""
    (classes,) = artifacts.read_texts(file, ("class",))
    _pack(artifacts.rows_as_csv(("class",), ([name] for name in classes)).encode(), place)


def _pack(content: bytes, place: Path) -> None:
    artifacts.write(_packed(place), lambda file: file.write(lzma.compress(content, preset=9)))


def _packed(place: Path) -> Path:
    return place.with_name(layout.packed(place.name))


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

"""Reads an annotation: a header, then a line for each image with its id and its class."""

from dataclasses import dataclass
from unicodedata import normalize

from landcover.errors import DataError

FILE = "annotation.txt"


@dataclass(frozen=True)
class Line:
    image_id: str  # the name of its file without the ending
    class_name: str
    place: str  # for messages


def read(content: bytes, name: str) -> list[Line]:
    """Returns the lines; tabs or spaces separate fields, and empty lines are skipped.

    Raises DataError, with the line, for a missing or an extra column, or an id that comes twice.
    """
    try:
        header, *lines = content.decode("utf-8-sig").splitlines() or [""]
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not a text in UTF-8 ({error.reason}); save it so") from error
    found: dict[str, Line] = {}
    for number, text in enumerate(lines, start=2):
        if text.strip():
            line = _line(text, f"{name}, line {number}")
            if line.image_id in found:
                raise DataError(
                    f"{line.place}: the image '{line.image_id}' was listed before, in "
                    f"{found[line.image_id].place}; keep one of the two lines"
                )
            found[line.image_id] = line
    if not found:
        raise DataError(f"{name} lists no images; after its header comes a line for each")
    if header.split()[-1:] in [[line.class_name] for line in found.values()]:
        raise DataError(f"{name} begins with an image; give it a header such as 'ImageID ClassID'")
    return list(found.values())


def _line(text: str, place: str) -> Line:
    fields = text.split()
    if len(fields) != 2:
        raise DataError(
            f"{place} has {len(fields)} columns instead of 2, image id and class: '{text.strip()}'"
        )
    image_id, class_name = fields[0], normalize("NFC", fields[1])
    if not class_name.isprintable() or "/" in class_name:
        raise DataError(f"{place}: the class {class_name!a} cannot name a file; rename it")
    return Line(image_id, class_name, place)

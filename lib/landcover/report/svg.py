"""SVGs as parts of the page: short, and in the page's own colours, so that dark mode works."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from landcover.errors import ArtifactError
from landcover.style import COLOURS, INK, PAPER

DRAWN_WITH = {"svg", "defs", "g", "path", "use", "clipPath", "rect", "image", "text", "tspan"}
LEFT_OUT = {"metadata", "style"}  # the page has its own style
WITH_WORDS = {"text", "tspan"}
PICTURES = ("#", "data:image/png;", "data:image/webp;")
IN_POINTS = {"d", "x", "y", "width", "height", "transform"}
NUMBER = re.compile(r"-?\d+\.\d+")
COMMAND = re.compile(r"\s*([A-Za-z])\s*")  # of a path
REFERENCE = re.compile(r"(?<=^#).+|(?<=^url\(#)[^)]+")
FONT = re.compile(r"font-family: [^;]*;? ?")  # the page has its own
STYLE = re.compile(r"[\w\s:;.,#%-]*")  # no url(...), and no end of a rule
OWN_COLOURS = {colour: f"var(--{thing})" for thing, colour in COLOURS.items()} | {
    INK: "currentColor",
    PAPER: "transparent",
    "#56b4e9": "var(--validation)",  # beside training, from which it must differ
}
COLOUR = re.compile("|".join(OWN_COLOURS))


class Drawings:
    """The SVGs of one page; they share their styles, and their ids differ."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}  # by style
        self._count = 0

    def inline(self, drawing: str, label: str) -> str:
        """Returns an SVG as a part of the page.

        Raises ArtifactError if it has more than a drawing, such as a script or a link.
        """
        root = _parsed(drawing)
        self._count += 1
        ids = _ids(root, f"d{self._count}-")
        about = {"style": f"--width: {width(drawing):g}", "role": "img", "aria-label": label}
        short = Element("svg", {"viewBox": root.get("viewBox", "")} | about)
        short.extend(self._inside(root, ids))
        return ElementTree.tostring(short, encoding="unicode")

    @property
    def css(self) -> str:
        """Returns a rule for each class that the drawings have."""
        return "\n".join(f".{name} {{ {style} }}" for style, name in self._classes.items())

    def _inside(self, element: Element, ids: Mapping[str, str]) -> list[Element]:
        """Returns the shortened children; a group that only groups has its children's place."""
        parts = []
        for child in element:
            tag = _local(child.tag)
            if tag in LEFT_OUT:
                continue
            if tag not in DRAWN_WITH:
                raise _more_than_a_drawing(tag)
            inside, attributes = self._inside(child, ids), self._attributes(child, ids)
            if tag == "g" and not attributes:
                parts += inside
            elif tag != "defs" or inside:
                short = Element(tag, attributes)
                short.extend(inside)
                short.text = child.text if tag in WITH_WORDS else None
                short.tail = child.tail if tag == "tspan" else "\n"
                parts.append(short)
        return parts

    def _attributes(self, element: Element, ids: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in ((_local(key), value) for key, value in element.items()):
            if key == "style":
                found["class"] = self._class(value)
            elif key == "id":
                found[key] = ids.get(value, "")
            elif key in IN_POINTS:
                found[key] = _rounded(key, value)
            elif key.lower().startswith("on") or (key == "href" and not value.startswith(PICTURES)):
                raise _more_than_a_drawing(f"{key}={value}")
            else:
                found[key] = REFERENCE.sub(lambda old: ids[old[0]], value)
        return {key: value for key, value in found.items() if value}

    def _class(self, style: str) -> str:
        style = FONT.sub("", style).strip("; ")
        if not STYLE.fullmatch(style):
            raise _more_than_a_drawing(style)
        style = COLOUR.sub(lambda colour: OWN_COLOURS[colour[0]], style)
        return self._classes.setdefault(style, f"s{len(self._classes)}")


def width(drawing: str) -> float:
    """Returns the width of an SVG in points."""
    found = re.search(r'viewBox="\S+ \S+ ([\d.]+) ', drawing)
    return float(found[1]) if found else 0.0


def _parsed(drawing: str) -> Element:
    try:
        # S314: dangerous XML entities need a DOCTYPE, which stands before <svg
        return ElementTree.fromstring(drawing[drawing.index("<svg") :])  # noqa: S314
    except (ValueError, ElementTree.ParseError) as error:
        raise _more_than_a_drawing(str(error)) from error


def _more_than_a_drawing(what: str) -> ArtifactError:
    return ArtifactError(f"more than a drawing, such as a script or a link: {what[:40]}")


def _local(name: str) -> str:
    """Returns a name without its namespace."""
    return name.rpartition("}")[2]


def _ids(root: Element, start: str) -> dict[str, str]:
    """Returns a new id for each that the drawing refers to."""
    values = (value for element in root.iter() for value in element.attrib.values())
    used = dict.fromkeys(found[0] for value in values if (found := REFERENCE.search(value)))
    return {old: f"{start}{number}" for number, old in enumerate(used)}


def _rounded(key: str, value: str) -> str:
    """Rounds places to a hundredth of a point, which nobody sees; scales stay: they multiply."""
    if value.startswith("rotate(-0 "):
        return ""
    if "scale" in value or "matrix" in value:
        return value
    value = NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)
    return COMMAND.sub(r"\1", value) if key == "d" else value

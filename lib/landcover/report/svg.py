"""An SVG as a part of the page: short, and in the page's own colours, so that dark mode works."""

import re
from xml.etree import ElementTree

from landcover.style import COLOURS, INK, PAPER

DRAWN_WITH = {
    "svg", "defs", "style", "g", "path", "use", "clipPath", "rect", "image", "text", "tspan",
}  # fmt: skip
PLACES = re.compile(r' (?:d|x|y|width|height|transform)="[^"]*"')  # in points
DECIMALS = re.compile(r"(\.\d\d)\d+")


def inline(drawing: str, name: str, label: str) -> str:
    """Returns an SVG as a part of a page: with the page's colours and with unique ids."""
    body = drawing[drawing.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = _shortened(body)
    opening = f'style="--width: {width(drawing):g}" role="img" aria-label="{label}">'
    body = re.sub(
        r'<svg.*?(viewBox="[^"]*")[^>]*>',
        lambda found: f"<svg {found[1]} {opening}",  # a label may have backslashes
        body,
        count=1,
    )
    body = _without_unused_ids(body)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r'(url\(#|xlink:href="#)', rf"\g<1>{name}-", body).replace("xlink:href", "href")
    for thing, colour in COLOURS.items():
        body = body.replace(colour, f"var(--{thing})")
    return body.replace(INK, "currentColor").replace(PAPER, "transparent")


def only_draws(inlined: str) -> bool:
    """Tells whether a part of a page has only elements of Matplotlib: no script, no link."""
    try:
        # S314: dangerous XML entities need a DOCTYPE, which a part of a page cannot have
        elements = list(ElementTree.fromstring(inlined).iter())  # noqa: S314
    except ElementTree.ParseError:
        return False
    return all(
        element.tag in DRAWN_WITH
        and not any(key.lower().startswith("on") for key in element.attrib)
        and element.get("href", "#").startswith(("#", "data:image/png;", "data:image/webp;"))
        for element in elements
    )


def width(drawing: str) -> float:
    """Returns the width of an SVG in points."""
    found = re.search(r'viewBox="\S+ \S+ ([\d.]+) ', drawing)
    return float(found[1]) if found else 0.0


def _without_unused_ids(body: str) -> str:
    """Removes unused ids, and the names of fonts, because the page has its own fonts."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]*)', body))
    body = re.sub(r' \bid="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)
    return re.sub(r"font-family: [^;\"]*;? ?", "", body)


def _shortened(body: str) -> str:
    """Rounds places to a hundredth of a point, which nobody sees, and removes indents.

    Scales stay, because they multiply.
    """
    body = re.sub(r"\n\s*", "\n", body).replace(" \n", " ")
    body = re.sub(r' transform="rotate\(-?0 [^"]*"', "", body)
    return PLACES.sub(
        lambda found: found[0] if "scale" in found[0] else DECIMALS.sub(r"\1", found[0]), body
    )

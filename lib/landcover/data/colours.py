"""The colour of each class, the same on maps, sheets and figures."""

import colorsys
from collections.abc import Sequence

from landcover.data import eurosat

GOLDEN = 0.618034  # of the circle: neighbours in the list get very different hues


def colours(classes: Sequence[str]) -> dict[str, str]:
    """Returns a colour as #rrggbb for each class; EuroSAT's classes have their own."""
    return {name: eurosat.COLOURS.get(name) or _hue(i) for i, name in enumerate(classes)}


def rgb(colour: str) -> tuple[int, int, int]:
    """Returns red, green and blue, 0 to 255, of #rrggbb."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _hue(place: int) -> str:
    lightness = (0.45, 0.6, 0.72)[place % 3]
    parts = colorsys.hls_to_rgb(place * GOLDEN % 1, lightness, 0.6)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)

"""A contact sheet of predictions: one offline HTML file with small pictures in it."""

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from landcover.errors import counted, some

TEMPLATE = Path(__file__).with_name("sheet.html.j2")
PIXELS, QUALITY = 192, 88  # the longest side of a picture, and the quality of its JPEG


@dataclass(frozen=True)
class Tile:
    file: str
    top: tuple[tuple[str, float], ...]  # classes and their probabilities, the most probable first
    jpeg: str  # base64

    @classmethod
    def of(cls, file: str, top: tuple[tuple[str, float], ...], pixels: NDArray[np.uint8]) -> "Tile":
        image, stored = Image.fromarray(pixels), io.BytesIO()
        image.thumbnail((PIXELS, PIXELS))
        image.save(stored, "JPEG", quality=QUALITY)
        return cls(file, top, base64.b64encode(stored.getvalue()).decode())


def page(
    tiles: Sequence[Tile], title: str, colours: Mapping[str, str], broken: Sequence[str] = ()
) -> str:
    """Returns the sheet as HTML, with the least confident predictions first.

    `broken` are the files that could not be read.
    """
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    counts = Counter(tile.top[0][0] for tile in tiles)
    return template.render(
        tiles=sorted(tiles, key=lambda tile: (tile.top[0][1], tile.file)),
        title=title,
        broken=broken,
        counts=dict(counts.most_common()),
        colours=colours,
        counted=counted,
        some=some,
    )

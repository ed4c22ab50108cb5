"""Pictures inside the SVG files of a distilled folder, as small as the eye allows."""

import base64
import io
import re
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from landcover.results.written import written_by

EMBEDDED = re.compile(r"data:image/png;base64,([\w+/=\s]+)")
QUALITY = 85  # of WebP, of 100
COLOURS = 128  # of a drawing
UNSEEN = 7.0  # of 255, the root mean square error of a colour that nobody sees


def small(file: Path) -> bytes:
    """Returns an SVG in which each picture is WebP, in the shortest way.

    Photographs are shorter with losses, and drawings without, with few colours.
    Raises ArtifactError if it is no text, or one of its pictures is damaged.
    """
    with written_by("lc-cli", file, "draw it again"):
        return EMBEDDED.sub(_shortest, file.read_text(encoding="utf-8")).encode()


def _shortest(found: re.Match[str]) -> str:
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGBA")
    except OSError as error:  # Pillow's word for no picture; no file was opened
        raise ValueError(error) from error
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE).convert("RGBA")
    ways = [_embedded(picture, quality=QUALITY), _embedded(picture, lossless=True)]
    if max(ImageStat.Stat(ImageChops.difference(*map(_on_white, (picture, few)))).rms) < UNSEEN:
        ways.append(_embedded(few, lossless=True))
    return min(ways, key=len)


def _on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def _embedded(picture: Image.Image, **settings: Any) -> str:
    file = io.BytesIO()
    picture.save(file, "webp", method=6, **settings)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"

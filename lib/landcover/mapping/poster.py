"""A picture of a scene beside its land cover, with a legend."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from landcover.data.colours import rgb
from landcover.mapping.scene import Mask, Pixels

PIXELS = 1600  # of the scene's longer side at most
DPI = 200
SIDE, GAP, MARGIN = 6.0, 0.2, 0.35  # inches: a panel's longer side, between panels, around all
HEAD, FOOT, ENTRY, LINE = 0.8, 0.35, 2.3, 0.5  # inches: title, footnote, a legend's entry
WIDE = 1.6  # width / height; a wider scene has its map below it
NARROWEST = 8.0  # inches, so that the legend and the footnote have room
SLIMMEST = 0.6  # width / height; slimmer scenes are drawn higher, to be wide enough
HIGHEST = 3 * SIDE
NO_DATA = (238, 238, 236)
INK, SOFT = "#1d2226", "#5c666e"
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
    "text.parse_math": False,  # a class may have dollars in its name
    "text.color": INK,
}


@dataclass(frozen=True)
class Poster:
    title: str
    footnote: str
    pixels: Pixels  # of the scene (H, W, 3); `valid` says which have data
    valid: Mask
    classes: npt.NDArray[np.uint8]  # of the cells (rows, columns); NODATA without data
    shown: tuple[float, float]  # rows and columns of cells that lie in the scene
    areas: Sequence[Mapping[str, Any]]
    colours: Mapping[str, str]  # by class, in their order
    metres: float  # width of the scene; NaN without a projection


@dataclass(frozen=True)
class _Layout:
    """Sizes in inches."""

    panel: tuple[float, float]  # width, height
    is_stacked: bool
    legend_columns: int
    legend_lines: int

    @property
    def width(self) -> float:
        panels = 1 if self.is_stacked else 2
        return max(NARROWEST, panels * self.panel[0] + (panels - 1) * GAP + 2 * MARGIN)

    @property
    def entry(self) -> float:
        return (self.width - 2 * MARGIN) / self.legend_columns

    @property
    def height(self) -> float:
        panels = 2 if self.is_stacked else 1
        body = panels * self.panel[1] + (panels - 1) * GAP
        return HEAD + body + self.legend_lines * LINE + LINE / 2 + FOOT + MARGIN


def png(poster: Poster) -> bytes:
    """Returns the picture."""
    layout = _layout(poster)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(layout.width, layout.height), dpi=DPI)
        scene, map_ = _panels(figure, layout)
        image = np.where(poster.valid[..., None], poster.pixels, np.array(NO_DATA, np.uint8))
        scene.imshow(image, extent=(0, 1, 1, 0), aspect="auto", interpolation="antialiased")
        rows, columns = poster.classes.shape
        extent = (0, columns / poster.shown[1], rows / poster.shown[0], 0)
        map_.imshow(_coloured(poster), extent=extent, aspect="auto", interpolation="nearest")
        map_.set(xlim=(0, 1), ylim=(1, 0))
        size = min(17, 72 * (layout.width - 2.5) / (0.75 * len(poster.title)))  # points that fit
        _text(figure, MARGIN, layout.height - HEAD / 2, poster.title, size=size, weight="bold")
        _text(figure, MARGIN, MARGIN, poster.footnote, size=7.5, color=SOFT)
        _legend(figure, layout, poster)
        _scale_bar(figure, layout, poster.metres)
        stored = io.BytesIO()
        figure.savefig(stored, format="png", facecolor="white", metadata={"Software": None})
    return stored.getvalue()


def _layout(poster: Poster) -> _Layout:
    ratio = poster.pixels.shape[1] / poster.pixels.shape[0]
    is_stacked = ratio > WIDE
    widest = 2 * SIDE if is_stacked else SIDE * min(1, max(ratio, SLIMMEST))
    height = min(widest / ratio, HIGHEST)
    panel = (height * ratio, height)
    one_column = _Layout(panel, is_stacked, 1, 0)
    columns = int((one_column.width - 2 * MARGIN) / ENTRY)
    return _Layout(panel, is_stacked, columns, math.ceil(len(_present(poster)) / columns))


def _panels(figure: Figure, layout: _Layout) -> list[Axes]:
    width, height = layout.panel
    panels = []
    for place in range(2):
        across, down = (0, place) if layout.is_stacked else (place, 0)
        left = MARGIN + across * (width + GAP)
        bottom = layout.height - HEAD - height - down * (height + GAP)
        panel = figure.add_axes(
            (left / layout.width, bottom / layout.height, width / layout.width,
             height / layout.height)
        )  # fmt: skip
        panel.set_axis_off()
        panels.append(panel)
    return panels


def _coloured(poster: Poster) -> Pixels:
    """Returns (rows, columns, 3)."""
    table = np.full((256, 3), NO_DATA, np.uint8)
    for value, colour in enumerate(poster.colours.values()):
        table[value] = rgb(colour)
    return table[poster.classes]


def _present(poster: Poster) -> list[Mapping[str, Any]]:
    return [row for row in poster.areas if row["cells"]]


def _legend(figure: Figure, layout: _Layout, poster: Poster) -> None:
    top = FOOT + MARGIN + layout.legend_lines * LINE
    for place, row in enumerate(_present(poster)):
        line, column = divmod(place, layout.legend_columns)
        left, middle = MARGIN + column * layout.entry, top - (line + 0.5) * LINE
        figure.add_artist(
            Rectangle(
                (left / layout.width, (middle - 0.16) / layout.height), 0.22 / layout.width,
                0.32 / layout.height, color=poster.colours[row["class"]], linewidth=0,
            )
        )  # fmt: skip
        _text(figure, left + 0.31, middle + 0.085, row["class"], size=9, weight="bold")
        is_mapped = row["hectares"] is not None
        area = f"{row['hectares']:,.0f} ha" if is_mapped else f"{row['pixels']:,} pixels"
        share = f"{row['percent']:.1f} %, {area}"
        _text(figure, left + 0.31, middle - 0.085, share, size=8, color=SOFT)


def _scale_bar(figure: Figure, layout: _Layout, metres: float) -> None:
    """Draws a bar of a round length, at most a third of a panel, right of the title."""
    if not 0 < metres < math.inf:
        return
    length = round_length(metres / 3)
    inches = length / metres * layout.panel[0]
    right = layout.width - MARGIN
    y = layout.height - HEAD + 0.14
    ends = [(right - inches) / layout.width, right / layout.width]
    figure.add_artist(
        Line2D(ends, [y / layout.height] * 2, color=INK, linewidth=2.5, solid_capstyle="butt")
    )
    unit = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    _text(figure, right, y + 0.15, unit, size=9, ha="right")


def round_length(most: float) -> float:
    """Returns the largest 1, 2 or 5 with any number of zeros, or of decimals, up to `most`."""
    power = 10.0 ** (math.floor(math.log10(most)) - 1)  # the logarithm may be rounded up
    return max(step * power for step in (1, 2, 5, 10, 20, 50) if step * power <= most)


def _text(figure: Figure, x: float, y: float, text: str, **look: Any) -> None:
    """Writes a text at a place in inches from the lower left corner."""
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, text, va="center", **look)

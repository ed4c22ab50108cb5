"""The look of every figure: colours, sizes, fonts; and how it is saved.

A colour has the same meaning in every figure. A figure is saved as SVG and PNG on white.
"""

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from landcover import artifacts

# Okabe and Ito's palette, which the colour-blind can tell apart; each is also a CSS variable.
COLOURS = {
    "training": "#0072b2",
    "evaluation": "#d55e00",
    "accuracy": "#009e73",
    "authors": "#8a8a8a",
}
INK, PAPER = "#222222", "#ffffff"
LABELS = {"train": "training", "test": "test", "val": "validation"}  # of splits, in words
WIDTH = 9.2  # inches of a figure that fills the page
NOTE_INCHES = 0.25  # of the strip above a figure that has a note
DASHED = (0, (5, 2))

AMOUNTS = LinearSegmentedColormap.from_list("amounts", [PAPER, COLOURS["training"]])
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [COLOURS["training"], PAPER, COLOURS["evaluation"]]
)

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    # comes with matplotlib, so that files are the same on every machine
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.linewidth": 0.5,
    "grid.alpha": 0.15,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "figure.facecolor": PAPER,
    "savefig.dpi": 150.0,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a class may have dollars in its name
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "grid.color"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
}


def as_bytes(fractions: NDArray[Any]) -> NDArray[np.uint8]:
    """Returns numbers from 0 to 1 as 0 ... 255; other numbers are clipped."""
    return np.asarray(np.rint(np.clip(fractions, 0, 1) * 255), np.uint8)


def amounts(values: NDArray[Any], most: float) -> NDArray[np.uint8]:
    """Returns colours (..., 3) of values (...): white at 0, blue at `most`."""
    return as_bytes(AMOUNTS(values / (most or 1))[..., :3])


def signed(values: NDArray[Any], most: float) -> NDArray[np.uint8]:
    """Returns colours (..., 3) of values (...): blue below 0, white at 0, orange above."""
    return as_bytes(SIGNED(0.5 + 0.5 * values / (most or 1))[..., :3])


def show(panel: Axes, image: NDArray[Any]) -> None:
    """Draws an image pixel by pixel, without axes."""
    panel.imshow(image, interpolation="none")
    panel.set_axis_off()


def svg(figure: Figure, name: str, note: str = "") -> str:
    """Returns an SVG, the same for the same figure; `name` makes its ids different from others.

    A note is printed on a strip above the figure, so that nothing in the figure moves.
    """
    file = io.StringIO()
    with mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        metadata = {"Date": None, "Creator": None}
        figure.savefig(file, format="svg", metadata=metadata, bbox_inches=_with_strip(figure, note))
    return file.getvalue()


def png(figure: Figure, note: str = "") -> bytes:
    """Returns a PNG, the same for the same figure; a note is as in the SVG."""
    file = io.BytesIO()
    with mpl.rc_context(STYLE):
        metadata = {"Software": None}
        figure.savefig(file, format="png", metadata=metadata, bbox_inches=_with_strip(figure, note))
    return file.getvalue()


def save(figure: Figure, folder: Path, name: str, note: str = "") -> None:
    """Writes the figure as SVG and as PNG."""
    if note:
        _add_note(figure, note)
    drawing = svg(figure, name, note)
    figure.set_layout_engine("none")  # the layout is final; to compute it again takes as long
    image = png(figure, note)
    artifacts.write_text(folder / f"{name}.svg", drawing)
    artifacts.write(folder / f"{name}.png", lambda file: file.write(image))


def _add_note(figure: Figure, note: str) -> None:
    """Writes a note above the figure, after the layout is final."""
    svg(figure, note)
    figure.set_layout_engine("none")
    figure.text(0.01, 1, note, va="bottom", fontsize=8, color=COLOURS["evaluation"])
    for legend in figure.legends:
        if legend.get_bbox_to_anchor() is figure.bbox:  # else it would move into the strip
            legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)


def _with_strip(figure: Figure, note: str) -> Bbox | None:
    """Returns the area to save if there is a note; None saves the figure alone."""
    width, height = figure.get_size_inches()
    return Bbox([[0, 0], [width, height + NOTE_INCHES]]) if note else None

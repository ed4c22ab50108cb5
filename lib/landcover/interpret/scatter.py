"""The maps of a model's dense layers as one figure: a marker is an image, a colour is a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from landcover.errors import SpecError
from landcover.interpret.separation import Separation
from landcover.style import STYLE, WIDTH

# Petroff 2021: for the colour-blind, the two most similar of ten are 17 apart in CIELAB; in the
# authors' tab10, 5. Further classes get the same colours, with another marker for each ten.
COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
MARKERS = "o^s"
MOST_CLASSES = len(COLOURS) * len(MARKERS)

COLUMNS = 3
LEFT, RIGHT, ABOVE, BELOW, GAP = 0.58, 0.12, 0.3, 1.05, 0.68  # inches around a panel
LARGEST_PANEL = 5.6  # inches
LEGEND_NAME, LEGEND_ROW = 1.3, 0.2  # inches of an entry at most
AUTHORS_PANEL = 7.4  # inches: their 12 x 10 without margins and colour bar
AUTHORS_SIZE, AUTHORS_ALPHA = 20.0, 0.6  # points squared, on their panel


@dataclass(frozen=True)
class Panel:
    """The name of a layer, its map (N, 2), and how well the map separates the classes."""

    title: str
    embedding: npt.NDArray[np.float32]
    separation: Separation


def scatter(maps: Sequence[Panel], labels: npt.NDArray[np.int64], classes: Sequence[str]) -> Figure:
    """Draws Figures 9 and 23: maps of layers side by side, of the same images with labels (N,).

    A legend replaces the authors' colour bar, and the points are pixels even in an SVG.
    Raises SpecError if there are too many classes for the colours and markers.
    """
    if len(classes) > MOST_CLASSES:
        raise SpecError(
            f"{len(classes)} classes cannot be told apart on a t-SNE figure; "
            f"take a data set with at most {MOST_CLASSES}"
        )
    columns = min(COLUMNS, len(maps))
    rows = -(-len(maps) // columns)
    side = min(LARGEST_PANEL, (WIDTH - LEFT - RIGHT - (columns - 1) * GAP) / columns)
    width = LEFT + RIGHT + columns * side + (columns - 1) * GAP
    lines = -(-len(classes) // int(width // LEGEND_NAME))
    foot = LEGEND_ROW * lines + 0.1
    height = rows * (ABOVE + side + BELOW) + foot
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        for i, panel in enumerate(maps):
            row, column = divmod(i, columns)
            left = LEFT + column * (side + GAP)
            bottom = height - row * (ABOVE + side + BELOW) - ABOVE - side
            axes = figure.add_axes(
                (left / width, bottom / height, side / width, side / height), aspect="equal"
            )
            _draw_panel(axes, panel, labels, side)
        figure.legend(
            handles=[_handle(label, name) for label, name in enumerate(classes)],
            loc="lower left", bbox_to_anchor=(LEFT / width, 0), ncols=-(-len(classes) // lines),
            borderaxespad=0.2, borderpad=0, handlelength=0.8, columnspacing=1.6,
        )  # fmt: skip
    return figure


def _draw_panel(axes: Axes, panel: Panel, labels: npt.NDArray[np.int64], side: float) -> None:
    """Draws images in a random order, so that no class lies on top of the others."""
    order = np.random.default_rng(0).permutation(len(labels))
    size = AUTHORS_SIZE * (side / AUTHORS_PANEL) ** 2
    for tens, marker in enumerate(MARKERS):
        shown = order[labels[order] // len(COLOURS) == tens]
        if len(shown):
            x, y = panel.embedding[shown].T
            axes.scatter(
                x, y, s=size, marker=marker, alpha=AUTHORS_ALPHA,
                c=[COLOURS[label % len(COLOURS)] for label in labels[shown]],
                linewidths=0, rasterized=True,
            )  # fmt: skip
    axes.set_aspect("equal", adjustable="datalim")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=8)
    axes.set_title(panel.title)
    axes.set_xlabel("t-SNE feature 1")
    axes.set_ylabel("t-SNE feature 2", labelpad=0)
    axes.annotate(
        _measures(panel.separation), (0, 0), (0, -36), xycoords="axes fraction",
        textcoords="offset points", va="top", fontsize=7.5, linespacing=1.4,
    )  # fmt: skip


def _measures(measured: Separation) -> str:
    return (
        f"{measured.k}-NN accuracy {100 * measured.map_knn_accuracy:.1f} %"
        f" (activations {100 * measured.raw_knn_accuracy:.1f} %)\n"
        f"Silhouette {measured.map_silhouette:.2f} (activations {measured.raw_silhouette:.2f})\n"
        f"Trustworthiness {measured.trustworthiness:.3f}"
    )


def _handle(label: int, name: str) -> Line2D:
    tens, colour = divmod(label, len(COLOURS))
    return Line2D(
        [], [], linestyle="", marker=MARKERS[tens], color=COLOURS[colour], markersize=5, label=name
    )

"""Figures 9 and 23: dense activations of all images on a plane, coloured by their true class."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.figures import STYLE

FEW = 10  # classes that the authors' ten colours can tell apart
ALPHA, AREA = 0.6, 20  # of a mark, the authors'; smaller where there are many images
MANY = 2000  # images


def scatter(
    embedding: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    title: str,
    measures: Mapping[str, float],
) -> Figure:
    """(images, 2) and (images,); `measures` say beside it how well the classes are told apart."""
    colours = colormaps["tab10" if len(classes) <= FEW else "tab20"].colors  # type: ignore[attr-defined]
    area = AREA * min(1, MANY / len(labels))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.4, 5.2), layout="constrained")
        axes = figure.subplots()
        for label, name in enumerate(classes):
            own = embedding[labels == label]
            axes.scatter(
                own[:, 0], own[:, 1], s=area, alpha=ALPHA, linewidths=0,
                color=colours[label % len(colours)], label=name, rasterized=True,
            )  # fmt: skip
        axes.set_title(title)
        axes.set_xlabel("t-SNE feature 1")
        axes.set_ylabel("t-SNE feature 2")
        axes.set_aspect("equal", adjustable="datalim")
        told = "\n".join(f"{_words(key)}  {value:.3f}" for key, value in measures.items())
        legend = figure.legend(loc="outside right upper", title=told, markerscale=2)
        legend.get_title().set(fontsize=8, linespacing=1.6, multialignment="right")
        for mark in legend.legend_handles:
            if mark is not None:
                mark.set_alpha(1)
    return figure


def _words(key: str) -> str:
    return key.replace("_", " ")

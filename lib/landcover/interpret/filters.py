"""The weights of convolutions as small pictures, and how strong they are.

Figure 7 shows only one input channel of a deeper filter; a second figure here shows all of them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from landcover.interpret.network import Layer
from landcover.interpret.plan import Case, Floats, MethodResult, Plan
from landcover.mosaic import evenly, magnified, mosaic
from landcover.style import AMOUNTS, STYLE, WIDTH, as_bytes, show, signed

MOST_DRAWN = 20  # convolutions, evenly spaced over the network
TILE, GAP = 24, 5  # pixels: the smallest side of a tile, and the space between two
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class Patterns:
    """The main common pattern of a filter's kernels, one for each input channel."""

    pattern: Floats  # (filters, kernel height, kernel width), of length 1
    share: Floats  # (filters,), of the filter's squared weights that its pattern explains


def plan(case: Case) -> Plan:
    return Plan(partial(_result, case.layers))


def _result(convolutions: tuple[Layer, ...]) -> MethodResult:
    tables = {layer.name: table(layer) for layer in convolutions}
    summaries = [summary(layer, tables[layer.name]) for layer in convolutions]
    return MethodResult(
        {"layers": summaries},
        {"filters": pd.concat(tables.values()), "layers": pd.DataFrame(summaries)},
        _figures(convolutions),
    )


def _figures(convolutions: tuple[Layer, ...]) -> dict[str, Callable[[], Figure]]:
    """Returns two figures of each convolution, except of 1 × 1 kernels, which have no shape."""
    figures: dict[str, Callable[[], Figure]] = {}
    for layer in evenly([x for x in convolutions if x.weight[0, 0].numel() > 1], MOST_DRAWN):
        weight = weights(layer)
        figures[layer.name] = partial(draw_as_the_authors, layer.name, weight)
        figures[f"{layer.name}-channels"] = partial(draw_all_channels, layer.name, weight)
    return figures


def weights(layer: Layer) -> Floats:
    """Returns weights (filters, input channels, kernel height, kernel width)."""
    return np.asarray(layer.weight.cpu().float().numpy())


def scaled(weight: Floats) -> Floats:
    """Scales to 0 ... 1 by the layer's least and greatest weight, as the authors did."""
    least, greatest = weight.min(), weight.max()
    return np.asarray((weight - least) / max(greatest - least, np.finfo(np.float32).tiny))


def tiles(weight: Floats) -> NDArray[np.uint8]:
    """Returns the tiles of Figure 7: (filters, kernel height, kernel width, 3).

    Filters with three input channels are coloured. For deeper ones, the authors drew only channel
    0, in grey, each from its own least weight to its own greatest.
    """
    fractions = scaled(weight)
    if weight.shape[1] == 3:
        return as_bytes(fractions.transpose(0, 2, 3, 1))
    first = fractions[:, 0]  # (filters, kernel height, kernel width)
    least, greatest = (reduce(first, (1, 2), keepdims=True) for reduce in (np.min, np.max))
    spread = np.maximum(greatest - least, np.finfo(np.float32).tiny)
    return as_bytes(np.repeat(((first - least) / spread)[..., None], 3, 3))


def columns(filters: int) -> int:
    """Returns the width of the authors' square grid; its last cells stay blank."""
    return math.isqrt(filters - 1) + 1


def strength(weight: Floats) -> Floats:
    """Returns the root mean square weight of each kernel: (filters, input channels)."""
    return np.asarray(np.sqrt((weight**2).mean((2, 3))))


def patterns(weight: Floats) -> Patterns:
    """Returns the first principal component, not centred, of each filter over its input channels.

    Its sign makes the sum of the kernels' projections on it positive.
    """
    F, C, H, W = weight.shape
    kernels = weight.reshape(F, C, H * W).astype(np.float64)
    moments = kernels.swapaxes(1, 2) @ kernels  # (F, H * W, H * W)
    values, vectors = np.linalg.eigh(moments)  # ascending
    first = vectors[:, :, -1]  # (F, H * W)
    along = (kernels @ first[:, :, None]).sum((1, 2))  # (F,)
    first = first * np.where(along < 0, -1, 1)[:, None]
    share = values[:, -1] / np.maximum(values.sum(1), np.finfo(np.float64).tiny)
    return Patterns(first.reshape(F, H, W).astype(np.float32), share.astype(np.float32))


def table(layer: Layer) -> pd.DataFrame:
    """Returns a row for each filter."""
    weight = weights(layer)
    return pd.DataFrame(
        {
            "layer": layer.name,
            "filter": np.arange(len(weight)),
            "minimum": weight.min((1, 2, 3)),
            "maximum": weight.max((1, 2, 3)),
            "rms": np.sqrt((weight**2).mean((1, 2, 3))),
            "strongest_channel": strength(weight).argmax(1),
            "pattern_share": patterns(weight).share,
        }
    )


def summary(layer: Layer, rows: pd.DataFrame) -> dict[str, object]:
    F, C, H, W = layer.weight.shape
    return {
        "layer": layer.name,
        "module": layer.path,
        "filters": F,
        "input_channels": C,
        "kernel": f"{H}×{W}",
        "minimum": float(rows["minimum"].min()),
        "maximum": float(rows["maximum"].max()),
        "rms": float(np.sqrt((rows["rms"].astype(float) ** 2).mean())),
        "mean_pattern_share": float(rows["pattern_share"].mean()),
    }


def draw_as_the_authors(name: str, weight: Floats) -> Figure:
    """Draws Figure 7: a tile for each filter, in colour if it has three input channels."""
    F, C, H, W = weight.shape
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.62 * WIDTH, 0.66 * WIDTH), layout="constrained")
        axes = figure.subplots()
        show(axes, _grid(tiles(weight)))
        channels = "red, green, blue" if C == 3 else f"channel 0 of {C:,}"
        axes.set_title(f"{name}: {F:,} filters {H} × {W}, {channels}")
    return figure


def draw_all_channels(name: str, weight: Floats) -> Figure:
    """Draws each kernel's strength (left) and each filter's pattern over all channels (right)."""
    F, C, *_ = weight.shape
    first = patterns(weight)
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = Figure(figsize=(WIDTH, 0.5 * WIDTH), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        matrix = left.imshow(
            strength(weight), cmap=AMOUNTS, vmin=0, aspect="auto", interpolation="none"
        )
        left.set_title(f"{name}: strength of {F:,} × {C:,} kernels")
        left.set_xlabel("Input channel")
        left.set_ylabel("Filter")
        if C <= 3:
            left.set_xticks(range(C), CHANNELS[:C])
        figure.colorbar(matrix, ax=left, label="Root mean square weight", pad=0.02)
        right.set_anchor("N")
        most = np.abs(first.pattern).max((1, 2), keepdims=True)
        show(right, _grid(signed(first.pattern / most, 1)))
        right.set_title("First pattern of each filter")
        right.text(
            0, -0.02, f"{100 * first.share.mean():.0f} % of the squared weights lie along it, "
            "on average.\nOrange adds, blue subtracts; all input channels.",
            va="top", fontsize=8, transform=right.transAxes,
        )  # fmt: skip
    return figure


def _grid(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns tiles (filters, kernel height, kernel width, 3) as a square with blank last cells."""
    times = -(-TILE // tiles.shape[1])
    return mosaic(magnified(tiles, times), columns(len(tiles)), gap=GAP)

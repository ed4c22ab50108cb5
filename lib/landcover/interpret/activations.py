"""Maps of what every layer puts out for a few images; the paper promises them but shows none."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.interpret.network import Layer, Network
from landcover.interpret.plan import Case, Floats, MethodResult, Plan
from landcover.mosaic import evenly, magnified, mosaic
from landcover.style import STYLE, WIDTH, amounts, show, signed

LAYERS_ACROSS = 13  # across a page
PANELS_ACROSS = 6
MOST_PANELS = 23
UNITS_SHOWN = 16  # the strongest ones of a convolution
MAP = 32  # pixels, at least


def plan(case: Case) -> Plan:
    return Plan(partial(_result, case))


def _result(case: Case) -> MethodResult:
    outputs = maps(case.network, case.few_inputs, case.layers)
    figures: dict[str, Callable[[], Figure]] = {}
    if any(output.ndim == 4 for output in outputs.values()):
        figures["overview"] = partial(draw_overview, outputs, case.few, case.classes)
    for i, label in enumerate(case.few.labels):
        of_image = {name: output[i] for name, output in outputs.items()}
        title = case.classes[label]
        figures[f"image{i + 1}-{title}"] = partial(
            draw_through_the_layers, of_image, case.few.pixels[i], title
        )
    shapes = [{"layer": name, "shape": list(o.shape[1:])} for name, o in outputs.items()]
    return MethodResult(
        {"files": case.few.files.tolist(), "layers": shapes},
        {"activations": table(outputs, case.few, case.classes)},
        figures,
    )


def maps(network: Network, images: DeviceSplit, layers: Sequence[Layer]) -> dict[str, Floats]:
    """Returns outputs: (images, units, height, width) of convolutions, else (images, units).

    They are the outputs of the layers themselves, before batch norm and ReLU. All are in memory, so
    use it only for a few images.
    """
    batches: dict[str, list[Floats]] = {layer.name: [] for layer in layers}

    def keep(_rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        for name, kept in batches.items():
            kept.append(outputs[name].cpu().numpy())

    network.sweep(images, layers, [keep])
    return {name: np.concatenate(kept) for name, kept in batches.items()}


def table(outputs: Mapping[str, Floats], images: Split, classes: Sequence[str]) -> pd.DataFrame:
    """Returns a row for each image and layer, over all units and places."""
    flat = {name: output.reshape(len(output), -1) for name, output in outputs.items()}
    rows = [
        pd.DataFrame(
            {
                "file": images.files,
                "class": np.array(classes)[images.labels],
                "layer": name,
                "mean": values.mean(1),
                "sd": values.std(1),
                "minimum": values.min(1),
                "maximum": values.max(1),
                "positive": (values > 0).mean(1),
            }
        )
        for name, values in flat.items()
    ]
    return pd.concat(rows, ignore_index=True)


def draw_overview(outputs: Mapping[str, Floats], images: Split, classes: Sequence[str]) -> Figure:
    """Draws a row for each image: where each convolution responds, and how strongly.

    Values are root mean squares over filters, from white (0) to the layer's maximum on these
    images.
    """
    convolutions = evenly([name for name, maps in outputs.items() if maps.ndim == 4], LAYERS_ACROSS)
    across = len(convolutions) + 1
    side = min(1.0, WIDTH / (across + 1.2))  # inches of an image
    with mpl.rc_context(STYLE):
        size = (side * (across + 1.2), side * (len(images.labels) + 0.25) + 0.2)
        figure = Figure(figsize=size)
        figure.set_layout_engine("constrained", w_pad=0.01, h_pad=0.01, hspace=0, wspace=0)
        panels = figure.subplots(len(images.labels), across, squeeze=False)
        for row, label in enumerate(images.labels):
            show(panels[row, 0], images.pixels[row])
            panels[row, 0].text(
                -0.08, 0.5, classes[label], ha="right", va="center", fontsize=7,
                transform=panels[row, 0].transAxes,
            )  # fmt: skip
        for column, name in enumerate(convolutions, 1):
            strength = np.sqrt((outputs[name] ** 2).mean(1))  # (images, height, width)
            for row, colours in enumerate(amounts(strength, float(strength.max()))):
                show(panels[row, column], colours)
            panels[0, column].set_title(name, fontsize=7, loc="center")
    return figure


def draw_through_the_layers(
    outputs: Mapping[str, Floats], pixels: NDArray[Any], title: str
) -> Figure:
    """Draws for one image the filters that respond most, and all units of dense layers.

    Blue is below 0, orange above; the full colour is the layer's greatest magnitude on this image.
    """
    dense = [name for name, output in outputs.items() if output.ndim == 1]
    convolutions = [name for name in outputs if name not in dense]
    names = [*evenly(convolutions, MOST_PANELS - len(dense)), *dense]
    across = min(PANELS_ACROSS, len(names) + 1)
    down = -(-(len(names) + 1) // across)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, down * (WIDTH / across + 0.3)), layout="constrained")
        panels = figure.subplots(down, across, squeeze=False).flatten()
        for panel in panels:
            panel.set_axis_off()
            panel.set_anchor("N")
        show(panels[0], pixels)
        panels[0].set_title(title, fontsize=7)
        for name, panel in zip(names, panels[1:], strict=False):
            output = outputs[name]
            show(panel, _strongest(output) if output.ndim == 3 else _square(output))
            shape = "×".join(map(str, output.shape))
            panel.set_title(f"{name}  {shape}", fontsize=8)
    return figure


def _strongest(output: Floats) -> NDArray[np.uint8]:
    """Returns a square of the maps of the strongest units, from (units, height, width)."""
    strongest = (output**2).mean((1, 2)).argsort(kind="stable")[::-1][:UNITS_SHOWN]
    colours = signed(output[np.sort(strongest)], float(np.abs(output).max()))
    times = -(-MAP // output.shape[1])
    return mosaic(magnified(colours, times), math.isqrt(len(colours) - 1) + 1)


def _square(output: Floats) -> NDArray[np.uint8]:
    """Returns a square of units (units,) in their order; unused cells are white."""
    side = math.isqrt(len(output) - 1) + 1
    cells = signed(output, float(np.abs(output).max()))[:, None, None]  # (units, 1, 1, 3)
    return mosaic(cells, side, gap=0)

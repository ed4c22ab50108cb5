"""Which pixels an output depends on: the shared part of Grad-CAM and integrated gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.inference import batches, evaluating
from landcover.interpret.network import Network
from landcover.interpret.plan import Case, Floats, MethodResult
from landcover.style import STYLE, WIDTH, show, signed

ACROSS = 5  # pairs
CLIP = 99.5  # the percentile of a map's magnitude with the full colour

Explain = Callable[[Tensor, Tensor], Tensor]  # inputs (B, 3, S, S), outputs (B,) -> maps (B, S, S)


@dataclass(frozen=True)
class Attribution:
    """The maps of the largest output of each image.

    The baseline is the image that becomes zeros after normalisation: the mean colour.
    """

    maps: Floats  # (images, S, S), at the network's own input size
    outputs: NDArray[np.int64]  # (images,)
    probability: Floats  # (images,), of that output
    gain: Floats  # (images,), of that output (a logit), compared with the baseline


def explained(network: Network, images: DeviceSplit, explain: Explain) -> Attribution:
    parts: list[tuple[Tensor, ...]] = []
    for _, inputs in batches(images, network.image_size):
        with evaluating(network.model):
            logits = network.model(inputs)  # (B, outputs)
            start = network.model(torch.zeros_like(inputs[:1]))  # (1, outputs)
        value, outputs = logits.max(1)
        maps = explain(inputs.requires_grad_(), outputs).detach()
        probability = logits.softmax(1).max(1).values
        parts.append((maps, outputs, probability, value - start[0, outputs]))
    return Attribution(
        *(torch.cat([part.cpu() for part in each]).numpy() for each in zip(*parts, strict=True))
    )


def result(
    case: Case, attribution: Attribution, caption: str, summary: dict[str, Any]
) -> MethodResult:
    rows = table(attribution, case.few, case.classes, case.network.outputs)
    figure = partial(draw_pairs, attribution, case.few.pixels, rows, caption)
    return MethodResult(
        {**summary, "explained": rows.to_dict("records")}, {"images": rows}, {"images": figure}
    )


def table(
    attribution: Attribution, images: Split, classes: tuple[str, ...], outputs: tuple[str, ...]
) -> pd.DataFrame:
    """Returns a row for each image."""
    return pd.DataFrame(
        {
            "file": images.files,
            "class": np.array(classes)[images.labels],
            "output": attribution.outputs,
            "output_name": np.array(outputs)[attribution.outputs],
            "probability": attribution.probability,
            "gain": attribution.gain,
            "sum": attribution.maps.sum((1, 2)),
        }
    )


def draw_pairs(
    attribution: Attribution, pixels: NDArray[np.uint8], rows: pd.DataFrame, caption: str
) -> Figure:
    """Draws each image beside its map: orange speaks for the output, blue against it."""
    down = -(-len(pixels) // ACROSS)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.25 * down + 0.25), layout="constrained")
        panels = figure.subplots(down, 2 * ACROSS, squeeze=False).reshape(-1, 2)
        for panel in panels.flatten():
            panel.set_axis_off()
        for i, (left, right) in enumerate(panels[: len(pixels)]):
            show(left, pixels[i])
            pixel_map = attribution.maps[i]
            show(right, signed(pixel_map, float(np.percentile(np.abs(pixel_map), CLIP))))
            right.add_patch(_frame(pixel_map.shape))
            left.set_title(
                f"{rows['class'].iloc[i]}\n→ {rows['output_name'].iloc[i]} "
                f"{100 * rows['probability'].iloc[i]:.0f} %",
                fontsize=7, fontweight="normal",
            )  # fmt: skip
        figure.supxlabel(caption, fontsize=8, x=0.005, ha="left")
    return figure


def _frame(shape: Sequence[int]) -> Rectangle:
    """Returns a line around a map, so that a white map differs from the page."""
    return Rectangle(
        (-0.5, -0.5), shape[1], shape[0], fill=False, linewidth=0.5, edgecolor="#bbbbbb"
    )

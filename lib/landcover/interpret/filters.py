"""What a convolution looks for: its weights as small pictures, and how strong they are."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landcover.interpret.layers import Layer

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Patterns:
    """What the kernels of a filter, one for each input channel, have most in common."""

    pattern: Floats  # (filters, kernel height, kernel width), of length 1
    share: Floats  # (filters,), of the filter's squared weights that lie along its pattern


def weights(layer: Layer) -> Floats:
    """(filters, input channels, kernel height, kernel width)."""
    return np.asarray(layer.weight.cpu().float().numpy())


def scaled(weight: Floats) -> Floats:
    """To 0 ... 1 by the least and the greatest weight of the whole layer, as the authors did."""
    least, greatest = weight.min(), weight.max()
    return np.asarray((weight - least) / max(greatest - least, np.finfo(np.float32).tiny))


def tiles(weight: Floats) -> NDArray[np.uint8]:
    """(filters, kernel height, kernel width, 3), as in Figure 7.

    Filters of three input channels are coloured. Of deeper ones the authors drew channel 0 alone,
    in grey, each from its own least weight to its own greatest.
    """
    shown = scaled(weight)
    if weight.shape[1] == 3:
        return _bytes(shown.transpose(0, 2, 3, 1))
    first = shown[:, 0]  # (filters, kernel height, kernel width)
    least, greatest = (reduce(first, (1, 2), keepdims=True) for reduce in (np.min, np.max))
    spread = np.maximum(greatest - least, np.finfo(np.float32).tiny)
    return _bytes(np.repeat(((first - least) / spread)[..., None], 3, 3))


def columns(filters: int) -> int:
    """Of the authors' square grid; its last cells stay blank."""
    return math.isqrt(filters - 1) + 1


def strength(weight: Floats) -> Floats:
    """(filters, input channels): root mean square of the weights between the two."""
    return np.asarray(np.sqrt((weight**2).mean((2, 3))))


def patterns(weight: Floats) -> Patterns:
    """The first principal component, not centred, of each filter over all its input channels.

    Its sign is the one that most of the weight over the channels has.
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
    """One row a filter."""
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


def _bytes(values: Floats) -> NDArray[np.uint8]:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)

"""What every layer makes of images: maps of a chosen few, and dense activations of all."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from landcover.data.batches import DeviceSplit
from landcover.data.prepared import Split
from landcover.interpret.layers import Layer
from landcover.interpret.specimen import Specimen
from landcover.interpret.sweep import sweep

Floats = NDArray[np.float32]


class Collected:
    """Watches a pass over images and keeps all of it: (images, units) float32 by layer."""

    def __init__(self, images: int, layers: Sequence[Layer]) -> None:
        self.by_layer: dict[str, Floats] = {
            layer.name: np.empty((images, layer.units), np.float32) for layer in layers
        }

    def __call__(self, rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        for name, kept in self.by_layer.items():
            kept[rows.cpu().numpy()] = outputs[name].cpu().numpy()


def maps(specimen: Specimen, images: DeviceSplit, layers: Sequence[Layer]) -> dict[str, Floats]:
    """(images, units, height, width) of each convolution, (images, units) of each dense layer.

    They are what the layer itself puts out, before batch norm and ReLU. All are kept, so these
    should be a few images.
    """
    parts: dict[str, list[Floats]] = {layer.name: [] for layer in layers}

    def keep(_rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        for name, kept in parts.items():
            kept.append(outputs[name].cpu().numpy())

    sweep(specimen, images, layers, [keep])
    return {name: np.concatenate(kept) for name, kept in parts.items()}


def table(found: Mapping[str, Floats], images: Split, classes: Sequence[str]) -> pd.DataFrame:
    """One row an image and layer, over all units and places."""
    flat = {name: output.reshape(len(output), -1) for name, output in found.items()}
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

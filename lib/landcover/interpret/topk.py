"""The k images that excite each unit most, for every unit of every layer in one pass.

What is kept grows with units × k and never with the images. On equal activations the image that
comes first wins, so that the result does not depend on how the images were cut into batches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from landcover.errors import SpecError
from landcover.interpret.layers import Layer

SELECTIVE = 0.9  # purity from which on a unit counts as one class's own
LOW, MAGNITUDE = 0xFFFFFFFF, 0x7FFFFFFF  # of 64 and of 32 bits: the lower half, all but the sign


@dataclass(frozen=True)
class Ranking:
    """Of one layer, the best image first."""

    layer: Layer
    values: NDArray[np.float32]  # (units, k)
    rows: NDArray[np.int64]  # (units, k), positions of images
    positive: NDArray[np.float64]  # (units,), share of all images for which a unit is above 0


class TopK:
    """Watches a pass over so many images; see `sweep`."""

    def __init__(self, k: int, images: int, layers: Sequence[Layer]) -> None:
        """Raises SpecError where k cannot be had."""
        if not 1 <= k <= images:
            raise SpecError(
                f"the {k} best of {images} images cannot be had; ask for fewer, but for one at "
                "least, or look at more images"
            )
        self.k = k
        self.images = images
        self.layers = layers
        self.keys: dict[str, Tensor] = {}  # by layer: (units, k) int64, descending
        self.positive: dict[str, Tensor] = {}  # by layer: (units,) int64, images above 0

    def __call__(self, rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        """Rows (B,), and activations (B, units) by layer."""
        for layer in self.layers:
            activations = outputs[layer.name]
            self._rank(layer.name, activations, rows)
            above = (activations > 0).sum(0)  # (units,)
            self.positive[layer.name] = self.positive.get(layer.name, 0) + above

    def _rank(self, name: str, activations: Tensor, rows: Tensor) -> None:
        """Merges a batch; a unit is passed over for which no image of it reaches the k best."""
        if name not in self.keys:
            self.keys[name] = _below_all(activations[:1], self.k)
        best = self.keys[name]
        lowest, _ = _decoded(best[:, -1])  # (units,)
        reached = (activations >= lowest).any(0).nonzero().squeeze(1)
        new = _keys(activations[:, reached], rows).T  # (units reached, B)
        best[reached] = torch.cat([best[reached], new], 1).topk(self.k).values

    def rankings(self) -> list[Ranking]:
        return [self._ranking(layer) for layer in self.layers]

    def _ranking(self, layer: Layer) -> Ranking:
        values, rows = (found.cpu().numpy() for found in _decoded(self.keys[layer.name]))
        positive = self.positive[layer.name].cpu().numpy() / self.images
        return Ranking(layer, values, rows, positive)


def units(
    ranking: Ranking, labels: NDArray[np.int64], classes: Sequence[str], *, is_output: bool
) -> pd.DataFrame:
    """One row a unit: the class that most of its images have, its purity, and the entropy in bits.

    A hidden unit is dead where it is positive for no image: nothing passes its ReLU, a hundredth
    its LeakyReLU. An output has neither. Of classes that are equally frequent, the first is named.
    """
    found = labels[ranking.rows]  # (units, k)
    counts = (found[..., None] == np.arange(len(classes))).sum(1)  # (units, classes)
    share = counts / counts.sum(1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(share > 0, -share * np.log2(share), 0).sum(1)
    return pd.DataFrame(
        {
            "layer": ranking.layer.name,
            "unit": np.arange(len(counts)),
            "class": np.array(classes)[counts.argmax(1)],
            "purity": share.max(1),
            "entropy_bits": bits,
            "positive": ranking.positive,
            "dead": (ranking.positive == 0) & (not is_output),
        }
    )


def summary(rows: pd.DataFrame) -> dict[str, object]:
    """Of the units of one layer."""
    selective = rows["purity"] >= SELECTIVE
    return {
        "layer": str(rows["layer"].iloc[0]),
        "units": len(rows),
        "dead": int(rows["dead"].sum()),
        "mean_purity": float(rows["purity"].mean()),
        "mean_entropy_bits": float(rows["entropy_bits"].mean()),
        "selective_share": float(selective.mean()),
        "classes_with_a_selective_unit": int(rows.loc[selective, "class"].nunique()),
    }


def images(
    ranking: Ranking, labels: NDArray[np.int64], files: NDArray[np.str_], classes: Sequence[str]
) -> pd.DataFrame:
    """One row an image of a unit, ranks from 1."""
    count, k = ranking.rows.shape
    flat = ranking.rows.ravel()
    return pd.DataFrame(
        {
            "layer": ranking.layer.name,
            "unit": np.repeat(np.arange(count), k),
            "rank": np.tile(np.arange(1, k + 1), count),
            "file": files[flat],
            "class": np.array(classes)[labels[flat]],
            "activation": ranking.values.ravel(),
        }
    )


def _keys(values: Tensor, rows: Tensor) -> Tensor:
    """(B, units) float32 and (B,) -> (B, units) int64, all different within a unit.

    The upper half orders by value (the bits of a float do so, but for the sign), the lower half,
    among equals, by row from the last to the first.
    """
    bits = (values + 0.0).contiguous().view(torch.int32)  # -0.0 + 0.0 is 0.0
    ordered = torch.where(bits < 0, bits ^ MAGNITUDE, bits).long()
    return (ordered << 32) | (LOW - rows)[:, None]


def _below_all(like: Tensor, k: int) -> Tensor:
    """(1, units) -> (units, k) keys that every image beats."""
    nothing = torch.full_like(like, -torch.inf)
    return _keys(nothing, torch.tensor([LOW], device=like.device)).T.repeat(1, k)


def _decoded(keys: Tensor) -> tuple[Tensor, Tensor]:
    """The values and the rows of keys."""
    ordered = (keys >> 32).to(torch.int32)
    bits = torch.where(ordered < 0, ordered ^ MAGNITUDE, ordered)
    return bits.view(torch.float32), LOW - (keys & LOW)

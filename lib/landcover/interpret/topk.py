"""The k images with the highest activation of each unit, for all dense layers in one pass.

Memory grows with units × k and not with the images. Of images with equal activations, the first one
is better, so that the result does not depend on the batches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import matplotlib as mpl
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from landcover.errors import SpecError
from landcover.interpret.network import Layer
from landcover.interpret.plan import Case, MethodResult, Plan
from landcover.mosaic import GAP, mosaic
from landcover.style import COLOURS, DASHED, INK, STYLE, WIDTH

SELECTIVE = 0.9  # a unit with at least this purity counts as selective for one class
LOW, MAGNITUDE = 0xFFFFFFFF, 0x7FFFFFFF  # the lower half of 64 bits; all of 32 bits except the sign
MARKS = {"training": "o", "evaluation": "s", "accuracy": "^"}

# The units that the authors drew.
# Task 3, both for 128 and for 4,096 units (Figure 8): every sixth, with a slip from 72 to 80.
TASK3 = (6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 80, 86, 92, 98, 104, 110, 116, 122, 127)
TASK5_COUNT = 20  # evenly spaced over a hidden layer (Figure 24)
MOST_OUTPUTS = 25  # an output layer with no more units is drawn whole
OUTPUT_STEPS = 10  # over ImageNet's 1,000 classes: 0, 100, ..., 900, and the last


@dataclass(frozen=True)
class Ranking:
    """The best images of each unit of one layer, the best one first."""

    layer: Layer
    values: NDArray[np.float32]  # (units, k)
    rows: NDArray[np.int64]  # (units, k), positions of the images
    positive: NDArray[np.float64]  # (units,), share of all images with an activation above 0


def plan(case: Case) -> Plan:
    watching = TopK(case.question.top, len(case.images.labels), case.layers)
    drawn = {layer.name: _units_to_draw(case, layer) for layer in case.layers}
    return Plan(partial(_result, case, watching, drawn), watching)


def _result(case: Case, watched: "TopK", drawn: Mapping[str, tuple[int, ...]]) -> MethodResult:
    images, classes = case.images, case.classes
    figures: dict[str, Callable[[], Figure]] = {}
    units, top_images = [], []
    for ranking in watched.rankings():
        is_output = ranking.layer in case.network.dense[-1:]
        rows = unit_table(ranking, images.labels, classes, is_output=is_output)
        units.append(rows)
        top_images.append(image_table(ranking, images.labels, images.files, classes))
        name = ranking.layer.name
        figures[name] = partial(draw_top_images, ranking, drawn[name], images.pixels, rows)
    all_units = pd.concat(units, ignore_index=True)
    figures["purity"] = partial(draw_purities, all_units, watched.k)
    summaries = [summary(rows) for rows in units]
    return MethodResult(
        {"top": watched.k, "selective_purity": SELECTIVE, "layers": summaries},
        {"units": all_units, "images": pd.concat(top_images), "layers": pd.DataFrame(summaries)},
        figures,
    )


def _units_to_draw(case: Case, layer: Layer) -> tuple[int, ...]:
    if case.question.units:
        return checked_units(layer, case.question.units)
    is_output = layer in case.network.dense[-1:]
    return authors_units(layer.units, is_output=is_output, dataset=case.dataset)


def authors_units(width: int, *, is_output: bool, dataset: str) -> tuple[int, ...]:
    """Returns the positions, from 0, of the units of a layer that the authors drew.

    Their Task 3 uses CIFAR-10, Task 5 EuroSAT; other data sets are drawn as in Task 5.
    """
    if is_output and width <= MOST_OUTPUTS:
        return tuple(range(width))
    if is_output:
        return (*range(0, width, width // OUTPUT_STEPS), width - 1)
    if dataset == "cifar10":
        return tuple(unit for unit in TASK3 if unit < width)
    return tuple(
        dict.fromkeys(np.rint(np.linspace(0, width - 1, TASK5_COUNT)).astype(int).tolist())
    )


def checked_units(layer: Layer, units: Sequence[int]) -> tuple[int, ...]:
    """Returns the units. Raises SpecError for the first one that the layer does not have."""
    for unit in units:
        if not 0 <= unit < layer.units:
            raise SpecError(
                f"{layer.name} has no unit {unit}; it has 0 ... {layer.units - 1}, so name other "
                "units, or only layers that have it"
            )
    return tuple(units)


class TopK:
    """Keeps the best images of each unit during a pass over all images; see `Network.sweep`."""

    def __init__(self, k: int, images: int, layers: Sequence[Layer]) -> None:
        """Raises SpecError if there are fewer than k images."""
        if not 1 <= k <= images:
            raise SpecError(
                f"there are no {k} best of {images} images; ask for 1 to {images} (--top), or look "
                "at more images (--max-images)"
            )
        self.k = k
        self.images = images
        self.layers = layers
        self.keys: dict[str, Tensor] = {}  # by layer: (units, k) int64, descending
        self.positive: dict[str, Tensor] = {}  # by layer: (units,) int64, images above 0

    def __call__(self, rows: Tensor, outputs: Mapping[str, Tensor]) -> None:
        """Adds a batch: rows (B,), and activations (B, units) by layer."""
        for layer in self.layers:
            activations = outputs[layer.name]
            self._rank(layer.name, activations, rows)
            above = (activations > 0).sum(0)  # (units,)
            self.positive[layer.name] = self.positive.get(layer.name, 0) + above

    def _rank(self, name: str, activations: Tensor, rows: Tensor) -> None:
        """Merges a batch; skips units if no image of the batch is among their k best."""
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
        values, rows = (part.cpu().numpy() for part in _decoded(self.keys[layer.name]))
        positive = self.positive[layer.name].cpu().numpy() / self.images
        return Ranking(layer, values, rows, positive)


def unit_table(
    ranking: Ranking, labels: NDArray[np.int64], classes: Sequence[str], *, is_output: bool
) -> pd.DataFrame:
    """Returns for each unit its most frequent class, the purity, and the entropy in bits.

    A hidden unit is dead if it is positive for no image: its ReLU lets nothing through, its
    LeakyReLU a hundredth. An output has no such function, so it is never dead. If several classes
    are equally frequent, the first is named.
    """
    of_images = labels[ranking.rows]  # (units, k)
    counts = (of_images[..., None] == np.arange(len(classes))).sum(1)  # (units, classes)
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
    """Returns the summary of the units of one layer."""
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


def image_table(
    ranking: Ranking, labels: NDArray[np.int64], files: NDArray[np.str_], classes: Sequence[str]
) -> pd.DataFrame:
    """Returns a row for each image of a unit, ranks from 1."""
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


def draw_top_images(
    ranking: Ranking, units: Sequence[int], pixels: NDArray[np.uint8], rows: pd.DataFrame
) -> Figure:
    """Draws Figures 8 and 24: a column for each unit, a row for each rank, best on top.

    `rows` is the table of all units of the layer.
    """
    count, k = len(units), ranking.rows.shape[1]
    best = pixels[ranking.rows[list(units)].T.ravel()]  # (k * units, H, W, 3)
    height, width = best.shape[1] + GAP, best.shape[2] + GAP
    across = min(WIDTH, 0.55 * count + 0.6)  # inches
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        down = (across - 0.6) * k / count + 1.5
        figure = Figure(figsize=(across, down), layout="constrained")
        axes = figure.subplots()
        axes.imshow(mosaic(best, count), interpolation="none")
        centres = np.arange(count) * width + (width - GAP) / 2
        labelled = rows.set_index("unit").loc[list(units)]
        axes.set_xticks(
            centres,
            [
                f"{100 * p:.0f} % {c}"
                for c, p in zip(labelled["class"], labelled["purity"], strict=True)
            ],
            rotation=90,
        )
        axes.set_yticks(
            np.arange(k) * height + (height - GAP) / 2, [str(rank) for rank in range(1, k + 1)]
        )
        above = axes.secondary_xaxis("top")
        above.set_xticks(centres, [f"Unit\n{unit}" for unit in units])
        for side in (axes, above):
            side.tick_params(length=0, labelsize=7)
        axes.set_ylabel("Rank")
        axes.spines[:].set_visible(False)
        above.spines[:].set_visible(False)
    return figure


def draw_purities(rows: pd.DataFrame, k: int) -> Figure:
    """Draws a histogram of a layer's purities; units on the right of the line are selective."""
    counts = np.arange(1, k + 1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.62 * WIDTH, 3.4), layout="constrained")
        axes = figure.subplots()
        for (name, of_layer), (colour, mark) in zip(
            rows.groupby("layer", sort=False), MARKS.items(), strict=False
        ):
            pure = np.rint(of_layer["purity"].to_numpy() * k).astype(int)
            share = 100 * np.bincount(pure, minlength=k + 1)[1:] / len(of_layer)
            axes.plot(
                counts, share, marker=mark, color=COLOURS[colour], markersize=5,
                label=f"{name}, {len(of_layer):,} units",
            )  # fmt: skip
        axes.axvline(SELECTIVE * k - 0.5, color=INK, linewidth=1, linestyle=DASHED)
        axes.set_xticks(counts)
        axes.set_xlabel(f"Images of the most frequent class, of {k}")
        axes.set_ylabel("Units of the layer (%)")
        axes.set_ylim(bottom=0)
        figure.legend(loc="outside upper right", ncols=3)
    return figure


def _keys(values: Tensor, rows: Tensor) -> Tensor:
    """Returns keys (B, units) int64 of values (B, units) and rows (B,); a unit's keys all differ.

    The upper half orders by value (the bits of a float do that, except for the sign). The lower
    half orders equal values, so that the first row has the largest key.
    """
    bits = (values + 0.0).contiguous().view(torch.int32)  # -0.0 + 0.0 is 0.0
    ordered = torch.where(bits < 0, bits ^ MAGNITUDE, bits).long()
    return (ordered << 32) | (LOW - rows)[:, None]


def _below_all(like: Tensor, k: int) -> Tensor:
    """Returns keys (units, k) that are below those of every image, from (1, units)."""
    nothing = torch.full_like(like, -torch.inf)
    return _keys(nothing, torch.tensor([LOW], device=like.device)).T.repeat(1, k)


def _decoded(keys: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the values and the rows of keys."""
    ordered = (keys >> 32).to(torch.int32)
    bits = torch.where(ordered < 0, ordered ^ MAGNITUDE, ordered)
    return bits.view(torch.float32), LOW - (keys & LOW)

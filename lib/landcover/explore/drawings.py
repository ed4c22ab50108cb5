"""Draws the contents of a data set."""

from collections.abc import Sequence
from pathlib import PurePath

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from torch import Tensor

from landcover.data.batches import STATISTICS, normalised
from landcover.data.prepared import Prepared
from landcover.explore.contents import CONSTANT_BELOW, Floats, Ints
from landcover.explore.neighbours import scores
from landcover.explore.seams import Search
from landcover.mosaic import evenly, mosaic
from landcover.style import (
    AMOUNTS,
    COLOURS,
    DASHED,
    INK,
    LABELS,
    PAPER,
    STYLE,
    WIDTH,
    as_bytes,
    show,
)

SPLIT_COLOURS = {
    "train": COLOURS["training"],
    "val": "#56b4e9",  # of the same palette
    "test": COLOURS["evaluation"],
}
SAMPLES_PER_CLASS = 4
PAIRS = 16  # on one figure


def draw_class_counts(counts: pd.DataFrame) -> Figure:
    """Draws Figure 17: images of each class, by split, with their sum above the bar."""
    table = counts.pivot(index="class", columns="split", values="count")
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
        axes = figure.subplots()
        base = np.zeros(len(table))
        for split in [split for split in SPLIT_COLOURS if split in table]:
            height = table[split].to_numpy()
            axes.bar(
                table.index, height, 0.72, base,
                color=SPLIT_COLOURS[split], label=LABELS[split].capitalize(),
            )  # fmt: skip
            base = base + height
        for x, total in enumerate(base):
            axes.annotate(
                f"{total:,.0f}", (x, total), (0, 3), textcoords="offset points", ha="center"
            )
        axes.set_title(f"{base.sum():,.0f} images in {len(table)} classes")
        axes.set_ylabel("Images")
        axes.grid(visible=False, axis="x")
        axes.tick_params(axis="x", length=0, rotation=30)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(0, 1.1 * base.max())
        figure.legend(loc="outside upper right", ncols=3)
    return figure


def draw_samples(data: Prepared) -> Figure:
    """Draws Figure 16: four training images of each class, evenly spaced in their order."""
    columns = 5
    rows = -(-len(data.classes) // columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.1 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).flatten()
        for label, panel in enumerate(panels):
            panel.set_axis_off()
            if label < len(data.classes):
                of_class = np.flatnonzero((data.labels == label) & (data.splits == "train"))
                places = np.arange(SAMPLES_PER_CLASS) * len(of_class) // SAMPLES_PER_CLASS
                chosen = of_class[places]
                show(panel, mosaic(data.pixels[chosen], 2))
                panel.set_title(data.classes[label], fontsize=9)
    return figure


def draw_augmented(images: Tensor, statistics: str) -> Figure:
    """Draws Figure 18: (25, 3, H, W) uint8, in the authors' colours and in the true ones."""
    inputs = normalised(images, statistics).permute(0, 2, 3, 1).numpy()  # (25, H, W, 3)
    mean, sd = (np.array(values, np.float32) for values in STATISTICS[statistics])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.85), layout="constrained")
        for panel, title, pixels in zip(
            figure.subplots(1, 2),
            ("As the authors drew it: x / 2 + 0.5, clipped", "Its true colours: x · sd + mean"),
            (inputs / 2 + 0.5, inputs * sd + mean),
            strict=True,
        ):
            panel.set_axis_off()
            panel.set_title(title)
            show(panel, mosaic(as_bytes(pixels), 5))
    return figure


def draw_contrasts(data: Prepared, sd: Floats) -> Figure:
    """Draws a histogram of contrasts; images on the left of the line show nothing."""
    contrast = np.maximum(sd.max(1), 0.1)
    bins = np.geomspace(0.9 * contrast.min(), 1.1 * contrast.max(), 60)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
        axes = figure.subplots()
        flattest = data.classes[
            int(
                np.argmin([np.median(contrast[data.labels == i]) for i in range(len(data.classes))])
            )
        ]
        is_flattest = data.index["class"].to_numpy() == flattest
        axes.hist(
            [contrast[is_flattest], contrast[~is_flattest]], bins=bins.tolist(), stacked=True,
            color=[COLOURS["training"], COLOURS["authors"]], label=[flattest, "All other classes"],
        )  # fmt: skip
        axes.axvline(CONSTANT_BELOW, color=INK, linewidth=1, linestyle=DASHED)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("Contrast: standard deviation of the strongest channel (levels of 255)")
        axes.set_ylabel("Images")
        count = int((contrast < CONSTANT_BELOW).sum())
        axes.set_title(f"{count:,} images are near constant (contrast under one level)")
        figure.legend(loc="outside upper right", ncols=2)
    return figure


def draw_near_duplicates(data: Prepared, pairs: pd.DataFrame) -> Figure:
    titles = [
        f"{PurePath(a).stem} ({in_a}), {PurePath(b).stem} ({in_b})\n"
        f"correlation {r:.3f}, moved by {x:+d}, {y:+d} px"
        for a, in_a, b, in_b, r, x, y in zip(
            *(pairs[c] for c in ("file_a", "split_a", "file_b", "split_b")),
            *(pairs[c] for c in ("correlation", "right", "down")),
            strict=True,
        )
    ]
    return _draw_pairs(data, pairs["file_a"], pairs["file_b"], titles)


def draw_look_alikes(data: Prepared, table: pd.DataFrame) -> Figure:
    """Draws the most similar pair of images of two classes, for the most similar classes."""
    classes = pd.Series(map(frozenset, zip(table["class"], table["nearest_class"], strict=True)))
    closest = table[~classes.duplicated()]  # the table is sorted
    titles = [
        f"{a}, {b}\n{d:.1f} levels apart"
        for a, b, d in zip(
            closest["class"], closest["nearest_class"], closest["distance"], strict=True
        )
    ]
    return _draw_pairs(data, closest["file"], closest["nearest_file"], titles)


def draw_look_alike_classes(counts: pd.DataFrame) -> Figure:
    """Draws a row for each class: which other class its nearest images have, in percent."""
    table = counts.pivot(index="class", columns="nearest_class", values="count")
    share = 100 * table.to_numpy() / np.maximum(table.to_numpy().sum(1, keepdims=True), 1)
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = Figure(figsize=(6.6, 5.6), layout="constrained")
        axes = figure.subplots()
        axes.imshow(share, cmap=AMOUNTS, vmin=0, vmax=100)
        for row, column in np.ndindex(*share.shape):
            if row != column:
                axes.text(
                    column, row, f"{share[row, column]:.0f}", ha="center", va="center", fontsize=8,
                    color=PAPER if share[row, column] > 55 else INK,
                )  # fmt: skip
        names = list(table.index)
        axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(length=0)
        axes.set_ylabel("Class of an image")
        axes.set_xlabel("Class of its nearest image of another class (% of a row)")
        axes.spines[:].set_visible(False)
    return figure


def draw_neighbours(data: Prepared, pairs: pd.DataFrame) -> Figure:
    """Draws likely neighbours side by side, the surest pairs first."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 5.2), layout="constrained")
        if not len(pairs):
            return _draw_nothing(figure)
        grid = figure.add_gridspec(4, 12, height_ratios=(1, 1, 1, 1.7))
        beside = [figure.add_subplot(grid[row, 2 * i : 2 * i + 2]) for row, i in np.ndindex(3, 6)]
        below = [figure.add_subplot(grid[3, i]) for i in range(12)]
        for side, axis, panels in (("right", 1, beside), ("below", 0, below)):
            on_side = pairs[pairs["side"] == side]
            rows = on_side.iloc[evenly(range(len(on_side)), len(panels))]
            for panel in panels:
                panel.set_axis_off()
            first, second = (_positions(data, rows[f"file_{end}"]) for end in ("a", "b"))
            for i, panel in enumerate(panels[: len(rows)]):
                both = np.concatenate([data.pixels[first[i]], data.pixels[second[i]]], axis)
                show(panel, both)
                ours, theirs = rows["split_a"].iloc[i], rows["split_b"].iloc[i]
                panel.set_title(
                    f"{ours}, {theirs}: {rows['score'].iloc[i]:.0f}" if axis
                    else f"{ours},\n{theirs}: {rows['score'].iloc[i]:.0f}",
                    fontsize=7, fontweight="normal",
                )  # fmt: skip
    return figure


def draw_neighbour_scores(search: Search) -> Figure:
    """Draws the scores of the best matches, of chance, and of true seams."""
    straight, mirrored = scores(search)
    levels = np.linspace(
        0, float(np.quantile(np.concatenate([straight, search.seams]), 0.9999)), 300
    )
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
        axes = figure.subplots()
        for score, colour, dashes, label in (
            (straight, COLOURS["training"], "-", "Best matches of two borders"),
            (
                mirrored,
                COLOURS["evaluation"],
                DASHED,
                "The same against mirrored borders: chance",
            ),
            (search.seams, COLOURS["authors"], (0, (1, 1.6)), "True seams, inside images"),
        ):
            axes.plot(
                levels, [(score >= level).sum() for level in levels],
                color=colour, linestyle=dashes, linewidth=2, label=label,
            )  # fmt: skip
        if search.threshold is not None:
            axes.axvline(search.threshold, color=INK, linewidth=1)
            axes.annotate(
                "5 % chance", (search.threshold, 1), (4, -4), xycoords=("data", "axes fraction"),
                textcoords="offset points", va="top",
            )  # fmt: skip
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.8)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_xlabel("Log-likelihood ratio of “continues” against “unrelated” (nats)")
        axes.set_ylabel("Borders with at least that score")
        axes.legend(loc="upper right")
    return figure


def _draw_pairs(
    data: Prepared, ours: "pd.Series[str]", theirs: "pd.Series[str]", titles: Sequence[str]
) -> Figure:
    """Draws two images in a panel, four panels in a row; the table has all pairs."""
    shown = min(len(ours), PAIRS)
    first, second = _positions(data, ours[:shown]), _positions(data, theirs[:shown])
    rows = max(1, -(-shown // 4))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.55 * rows), layout="constrained")
        if not shown:
            return _draw_nothing(figure)
        for i, panel in enumerate(figure.subplots(rows, 4, squeeze=False).flatten()):
            panel.set_axis_off()
            if i < shown:
                show(panel, mosaic(np.stack([data.pixels[first[i]], data.pixels[second[i]]]), 2))
                panel.set_title(titles[i], fontsize=6.5, fontweight="normal")
    return figure


def _draw_nothing(figure: Figure) -> Figure:
    figure.text(0.5, 0.5, "No such pair was found.", ha="center", va="center")
    return figure


def _positions(data: Prepared, files: "pd.Series[str]") -> Ints:
    position = pd.Series(np.arange(len(data.files)), index=data.files)
    return np.asarray(position[files], dtype=np.int64)

"""Draws the curves and the matrices of the report."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from landcover.results.authors import Authors
from landcover.results.runs import Result
from landcover.stats import mean_table, row_percent
from landcover.style import COLOURS, DASHED, LABELS, STYLE, WIDTH

# Fixed places, so that panels have the same place in all figures; the legend below has three lines.
PANELS = {"left": 0.05, "right": 0.985, "bottom": 0.3, "top": 0.92, "wspace": 0.14}
MATRICES = {"left": 0.165, "right": 0.995, "bottom": 0.33, "top": 0.94, "wspace": 0.05}
ONE_MATRIX = 0.58  # of the width of two, and of the place of their labels
FULL_SHADE = 0.6  # of 100 %; a darker cell would hide its text
OVERVIEW_ROW_INCHES, OVERVIEW_FOOT_INCHES = 0.34, 0.85
OURS: dict[str, Any] = {"linewidth": 2.0, "zorder": 3}
MARKER: dict[str, Any] = {"marker": "o", "markersize": 3.5}
MARKED_EPOCHS = 30  # with more, markers would hide the line
THEIRS: dict[str, Any] = {"linewidth": 1.1, "color": COLOURS["authors"], "zorder": 2}
DRAWN = THEIRS | {"linewidth": 0.9, "alpha": 0.8, "zorder": 1}  # the paper's figure, another run
DASHES: dict[str, Any] = {"train": (0, (1, 1.6)), "eval": DASHED}
DRAWN_DASHES: dict[str, Any] = {"train": (0, (1, 4)), "eval": (0, (7, 2, 1, 2))}


def curves(result: Result, authors: Authors) -> Figure:
    """Draws loss (left) and accuracy in percent (right) by epoch; ours in front of theirs.

    Bands are ± one standard deviation over the seeds that reached an epoch.
    """
    split = result.entry.experiment.selection_split
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.9))
        loss, accuracy = figure.subplots(1, 2, gridspec_kw=PANELS)
        for title, panel in (
            ("Loss", loss),
            (f"{LABELS[split].capitalize()} accuracy (%)", accuracy),
        ):
            panel.set_title(title)
            panel.set_xlabel("Epoch (from 1)")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        _their_curves(loss, authors, result, "loss", ("train", split))
        _their_curves(accuracy, authors, result, "accuracy", (split,))
        _our_curve(loss, result, "train_loss", "training", "Ours, training")
        _our_curve(loss, result, "eval_loss", "evaluation", f"Ours, {LABELS[split]}")
        if any("clean_train_loss" in run.history for run in result.runs):
            name = "Ours, training, not augmented"
            _our_curve(loss, result, "clean_train_loss", "training", name, dashed=True)
        _our_curve(
            accuracy, result, "eval_accuracy", "accuracy", f"Ours, {LABELS[split]}", scale=100
        )
        loss.set_ylim(bottom=0)
        for panel in (loss, accuracy):
            panel.set_xlim(left=0.5)
            legend_below(panel)
    return figure


def confusion(result: Result, authors: Authors, weights: str) -> Figure:
    """Draws confusion matrices, ours beside the authors': percent of each true class (row).

    Ours is a mean over seeds, with the best or the last weights. If one of the two is missing, the
    other is alone; one must be there.
    """
    matrices = {}
    if ours := result.confusions(weights, "test"):
        matrices[f"Ours, {weights} weights"] = mean_table([row_percent(counts) for counts in ours])
    if (theirs := authors.confusions.get(result.entry.authors)) is not None:
        matrices["Authors"] = row_percent(theirs)
    share = 1.0 if len(matrices) > 1 else ONE_MATRIX
    places = MATRICES | {"left": MATRICES["left"] / share}
    with mpl.rc_context(STYLE | {"axes.grid": False, "font.size": 8.0}):
        figure = Figure(figsize=(WIDTH * share, 5.4))
        panels = figure.subplots(1, len(matrices), sharey=True, squeeze=False, gridspec_kw=places)[
            0
        ]
        panels[0].set_ylabel("True class")
        for panel, (whose, percent) in zip(panels, matrices.items(), strict=True):
            _matrix(panel, percent)
            panel.set_title(f"{whose} (% of a row)")
            panel.set_xlabel("Predicted class")
            panel.tick_params(length=0)
            panel.spines[:].set_visible(False)
    return figure


def overview(results: Sequence[Result], authors: Authors) -> Figure:
    """Draws every experiment's best accuracy in percent: each seed, the mean, and the authors'."""
    with mpl.rc_context(STYLE):
        height = OVERVIEW_ROW_INCHES * len(results) + OVERVIEW_FOOT_INCHES + 0.1
        figure = Figure(figsize=(WIDTH, height))
        figure.subplots_adjust(
            left=0.235, right=0.985, bottom=OVERVIEW_FOOT_INCHES / height, top=1 - 0.1 / height
        )
        axes = figure.subplots()
        for y, result in enumerate(results):
            _overview_row(axes, y, result, authors)
        axes.set_yticks(range(len(results)), [result.name for result in results])
        axes.set_ylim(len(results) - 0.4, -0.6)
        axes.set_xlabel("Best accuracy (%)")
        legend_below(axes, columns=4)
    return figure


def _matrix(axes: Axes, percent: pd.DataFrame) -> None:
    """Draws shades by the square root, so that 1 % can be seen; a cell of 0 stays empty."""
    shown = [
        (x, y, value)
        for y, row in enumerate(percent.to_numpy())
        for x, value in enumerate(row)
        if value > 0
    ]
    cells = [Rectangle((x - 0.47, y - 0.47), 0.94, 0.94) for x, y, _ in shown]
    shades = [
        to_rgba(COLOURS["training"], FULL_SHADE * (value / 100) ** 0.5) for _, _, value in shown
    ]
    axes.add_collection(PatchCollection(cells, facecolors=shades, linewidths=0))
    for x, y, value in shown:
        weight = "bold" if x == y else "normal"
        axes.text(
            x, y, f"{value:.0f}", ha="center", va="center_baseline", fontsize=7, weight=weight
        )
    places = range(len(percent))
    axes.set_xticks(places, percent.columns, rotation=90)
    axes.set_yticks(places, percent.index)
    axes.set_xlim(-0.5, len(percent) - 0.5)
    axes.set_ylim(len(percent) - 0.5, -0.5)


def _their_curves(
    axes: Axes, authors: Authors, result: Result, metric: str, splits: tuple[str, ...]
) -> None:
    runs = {"Authors' figure run": (authors.figure_run(result.entry), DRAWN, DRAWN_DASHES)}
    runs["Authors"] = (result.entry.authors, THEIRS, DASHES)
    for owner, (experiment, look, dashes) in runs.items():
        for split in splits:
            curve = authors.curve(experiment, split, metric)
            if len(curve):
                dash = dashes["train" if split == "train" else "eval"]
                origin = authors.origin(experiment, split, metric)
                label = f"{owner}, {LABELS[split]} ({origin})"
                axes.plot(curve.index, curve.to_numpy(), linestyle=dash, label=label, **look)


def _our_curve(
    axes: Axes,
    result: Result,
    column: str,
    thing: str,
    label: str,
    scale: float = 1,
    *,
    dashed: bool = False,
) -> None:
    if not result.runs:
        return
    rows = pd.concat([run.history for run in result.runs])
    by_epoch = rows.groupby("epoch")[column]
    mean, sd = by_epoch.mean() * scale, by_epoch.std().fillna(0) * scale
    look = OURS | (MARKER if len(mean) <= MARKED_EPOCHS else {})
    look |= {"linestyle": "--"} if dashed else {}
    axes.plot(mean.index, mean.to_numpy(), color=COLOURS[thing], label=label, **look)
    if len(result.runs) > 1:
        axes.fill_between(
            mean.index, mean - sd, mean + sd, color=COLOURS[thing], alpha=0.18, linewidth=0
        )


def _overview_row(axes: Axes, y: int, result: Result, authors: Authors) -> None:
    grey, green = COLOURS["authors"], COLOURS["accuracy"]
    seeds = [100 * run.best_accuracy for run in result.runs]
    stated, logged = authors.stated(result.entry), authors.best(result.entry)
    if logged is not None and seeds:
        axes.plot([logged, sum(seeds) / len(seeds)], [y, y], color=grey, linewidth=0.8, alpha=0.5)
    if logged is not None:
        axes.plot(logged, y, "D", color=grey, markersize=5, label="Authors' log")
    if stated is not None:
        axes.plot(stated, y, "D", color=grey, markerfacecolor="none", label="The paper's text")
    if len(seeds) > 1:
        axes.plot(
            seeds,
            [y] * len(seeds),
            "o",
            color=green,
            alpha=0.4,
            markersize=4,
            label="Ours, each seed",
        )
    if result.best is not None:
        label = "Ours, mean over seeds"
        look: dict[str, Any] = {}
        if result.has_random_backbone:
            label, look = (
                "Ours, random backbone",
                {"markerfacecolor": "none", "markeredgewidth": 1.5},
            )
        axes.plot(100 * result.best.mean, y, "o", color=green, markersize=7, label=label, **look)


def with_spread(axes: Axes, rows: pd.DataFrame, column: str, **look: Any) -> None:
    """Draws `accuracy` over a column as a line, with an error bar where there is an `sd`."""
    axes.plot(rows[column], rows["accuracy"], marker="o", linewidth=1.2, **look)
    several = rows[rows["sd"].notna()]
    axes.errorbar(
        several[column], several["accuracy"], yerr=several["sd"].astype(float),
        color=look["color"], fmt="none", linewidth=1.2, capsize=2,
    )  # fmt: skip


def logarithmic(axes: Axes) -> None:
    """Gives the x-axis a logarithmic scale whose ticks are numbers, not formulas."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def legend_below(axes: Axes, columns: int = 2) -> None:
    """Draws a legend below the axes: each label once, ours first."""
    handles, labels = axes.get_legend_handles_labels()
    handle_of = dict(zip(labels, handles, strict=True))
    names = sorted(handle_of, key=lambda name: not name.startswith("Ours"))
    inches = axes.get_window_extent().height / axes.figure.dpi
    if names:
        axes.legend(
            [handle_of[name] for name in names], names, ncols=columns, loc="upper left",
            bbox_to_anchor=(-0.01, -0.46 / inches), borderaxespad=0, columnspacing=1,
        )  # fmt: skip

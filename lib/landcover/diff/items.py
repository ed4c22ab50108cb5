"""What a folder of results holds: an `Item` for each run and each profile, with its numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError, nearest
from landcover.results import layout, profiles
from landcover.results.evaluations import WEIGHTS
from landcover.results.runs import Run, read_run

# Facts of a run, an evaluation or a profile that may explain different numbers.
CIRCUMSTANCES = (
    "data", "also", "initial_sha256", "frozen_sha256", "train_images", "eval_images", "classes",
    "architecture", "batch_size", "device", "threads", "provenance",
)  # fmt: skip
LOSSES = ("train_loss", "train_loss_mean", "eval_loss", "learning_rate")
AGAIN = "evaluation "  # before a fact of an evaluation that its run may have, too
LAYERS = ("parameters", "activation_elements", "memory_kb")


class Scale(StrEnum):
    """The scale of a number; a tolerance is in hundredths of it."""

    POINTS = "points"  # of 1: accuracy, precision, recall, F1
    PERCENT = "%"  # of the larger of the two: losses, learning rates
    PERCENT_OF_CLASS = "% of class"  # of the true class's images: counts of a confusion matrix
    EXACT = "exact"  # equal at every tolerance: numbers of parameters, of images
    EPOCHS = "epochs"  # must be equal only at tolerance 0, because rounding can decide near ties


SCALES = {"n": Scale.EXACT, "loss": Scale.PERCENT}  # of an evaluation's scores; else POINTS


@dataclass(frozen=True)
class Measured:
    """One folder's values of a number, a curve or a matrix."""

    values: "pd.Series[float]"  # by place: "epoch 3", "Forest as River", or "" for a single one
    scale: Scale
    wholes: "pd.Series[float] | None" = None  # for PERCENT_OF_CLASS: images of the true class


@dataclass(frozen=True)
class Item:
    """A run or a profile of one folder."""

    name: str  # "task1 seed 0", "profile customcnn"
    numbers: Mapping[str, Measured]
    circumstances: Mapping[str, str]
    parts: frozenset[str] = frozenset()  # that another run may lack: weights, evaluations
    weights: Mapping[str, Path] = field(default_factory=dict)  # by file name


Contents = dict[str, Callable[[], Item]]  # by name; read only when it is asked for


def contents(folder: Path, only: Sequence[str]) -> Contents:
    """Returns, by name, a function that reads each finished run, then each profile."""
    if (folder / layout.RUN).exists():
        raise ArtifactError(f"{folder} is a single run; name the folder that has it in its runs/")
    runs, models = layout.finished(folder), layout.profiled(folder)
    if not runs and not models:
        raise ArtifactError(
            f"{folder} holds no finished run and no profile; run something first, or name another "
            f"folder, such as {layout.REFERENCE}"
        )
    experiments = {experiment for experiment, _ in runs}
    if unknown := next((name for name in only if name not in experiments), None):
        raise ArtifactError(
            f"{folder} holds no finished run of '{unknown}'; {nearest(unknown, experiments)}"
        )
    found: Contents = {
        f"{experiment} seed {seed}": partial(_run, folder, experiment, seed)
        for experiment, seed in runs
        if not only or experiment in only
    }
    profiles: Contents = {f"profile {name}": partial(_profile, folder, name) for name in models}
    return found if only else found | profiles


def _run(folder: Path, experiment: str, seed: int) -> Item:
    run = read_run(folder, experiment, seed)
    if run is None:
        raise ArtifactError(
            f"{layout.run(folder, experiment, seed)} lost its {layout.RUN} just now; "
            "let its training end first"
        )
    weights = [layout.weights(run.folder, kind) for kind in WEIGHTS]
    files = [file for file in weights if file.exists()]
    splits = {split for _, split in run.evaluation.scores} if run.evaluation else set()
    return Item(
        f"{experiment} seed {seed}",
        _numbers(run) | _scores(run),
        _spec(run) | _circumstances(run.folder / layout.RUN) | _again(run),
        frozenset(file.name for file in files) | {f"evaluation on {split}" for split in splits},
        {file.name: file for file in files},
    )


def _numbers(run: Run) -> dict[str, Measured]:
    curves = run.history.set_axis([f"epoch {n}" for n in range(1, run.epochs + 1)])
    return {
        "parameters": Measured(pd.Series(run.parameters, dtype=float), Scale.EXACT),
        "best accuracy": _single(run.best_accuracy, Scale.POINTS),
        "last accuracy": _single(run.last_accuracy, Scale.POINTS),
        "best epoch": _single(run.best_epoch, Scale.EPOCHS),
        "epochs": _single(run.epochs, Scale.EPOCHS),
        "history eval_accuracy": Measured(curves["eval_accuracy"].astype(float), Scale.POINTS),
    } | {f"history {name}": Measured(curves[name].astype(float), Scale.PERCENT) for name in LOSSES}


def _scores(run: Run) -> dict[str, Measured]:
    """Returns the scores of best and last weights, on each split of the evaluation."""
    if run.evaluation is None:
        return {}
    found = {}
    for (weights, split), scores in run.evaluation.scores.items():
        of = f"{weights} weights on {split}"
        for name, value in scores.items():
            found[f"{of}: {name}"] = _single(value, SCALES.get(name, Scale.POINTS))
        found[f"{of}: confusion"] = _confusion(run.evaluation.confusions[weights, split])
    return found


def _confusion(counts: pd.DataFrame) -> Measured:
    places = [f"{true} as {guess}" for true in counts.index for guess in counts.columns]
    images = counts.sum(axis=1).repeat(len(counts.columns))
    return Measured(
        pd.Series(counts.to_numpy().ravel(), places),
        Scale.PERCENT_OF_CLASS,
        pd.Series(images.to_numpy(), places),
    )


def _single(value: float, scale: Scale) -> Measured:
    return Measured(pd.Series([float(value)], [""]), scale)


def _profile(folder: Path, model: str) -> Item:
    measured = profiles.read_profile(layout.profile(folder, model) / layout.PROFILE)
    layers = measured.layers.set_axis([f"layer {n}" for n in range(1, len(measured.layers) + 1)])
    numbers = {
        f"layers' {name}": Measured(layers[name].astype(float), Scale.EXACT) for name in LAYERS
    }
    numbers["layers"] = _single(len(layers), Scale.EXACT)
    return Item(f"profile {model}", numbers, _circumstances(measured.file))


def _spec(run: Run) -> dict[str, str]:
    """Returns all settings, with defaults, so that a new setting alone is no difference."""
    return {f"spec {key}": str(value) for key, value in asdict(run.experiment).items()}


def _circumstances(file: Path) -> dict[str, str]:
    facts = artifacts.read_json(file)
    said = _flat({key: facts[key] for key in CIRCUMSTANCES if key in facts})
    return {what.removeprefix("provenance "): value for what, value in said}


def _again(run: Run) -> dict[str, str]:
    """Returns the facts of the evaluation, which may be from another machine than the training."""
    found = _circumstances(run.folder / layout.METRICS) if run.evaluation else {}
    return {AGAIN + what: value for what, value in found.items()}


def _flat(facts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yields `("data sha256", "x")` for `{"data": {"sha256": "x"}}`."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key} ")
        else:
            yield (
                f"{before}{key}",
                ", ".join(map(str, value)) if isinstance(value, list) else str(value),
            )

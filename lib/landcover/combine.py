"""Combines networks of one data set: seeds, symmetric views, and experts for single classes.

Works on the logits that evaluation kept. An expert's weight is chosen on validation images alone;
the test images are looked at once, with that choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from landcover import artifacts, calibration, stats, weights
from landcover.calibration import Floats, Labels
from landcover.data.training_set import REST
from landcover.errors import ArtifactError
from landcover.experiments import Table
from landcover.provenance import provenance
from landcover.results import layout
from landcover.results.combinations import OF_CLASSES
from landcover.views import VIEWS

KIND = "best"  # the weights that validation images chose
WEIGHTS = np.arange(0, 1.01, 0.05)  # that an expert's probabilities can have
VIEWED = f"-{VIEWS}-views"  # the end of the split's name in an evaluation
SPLITS = ("val", "test")


@dataclass(frozen=True)
class Member:
    """A run, with its probabilities of all images."""

    spec: Mapping[str, Any]
    measured: Mapping[str, Any]  # metrics.json
    classes: tuple[str, ...]
    probabilities: Mapping[str, Floats]  # by split: (N, classes)

    def seconds(self, split: str) -> float:
        """Returns the time that the evaluation of a split took."""
        return float(self.measured["seconds"][split])


@dataclass(frozen=True)
class Combination:
    name: str
    probabilities: Floats  # of the test images: (N, classes)
    networks: int
    seconds: float  # to classify the test images
    weight: float | None = None  # of an expert's probabilities


def combine(runs: Sequence[Path], experts: Sequence[Path], out: Path) -> dict[str, Any]:
    """Compares combinations with the first run alone, on the same test images.

    `runs` are seeds of one experiment that tells all classes apart, `experts` tell some of them
    apart. Writes combinations.csv and combined_classes.csv to `out`, and summary.json last;
    returns its content. Raises ArtifactError if the runs were evaluated on different images, or are
    not different seeds of one experiment.
    """
    members = [_member(run) for run in runs]
    advisers = [_member(expert) for expert in experts]
    _check_same_images([*runs, *experts], [*members, *advisers])
    _check_classes(runs, members, experts, advisers)
    _check_seeds(runs, members)
    labels = {split: _labels(runs[0], split, members[0].classes) for split in SPLITS}
    combinations = _combinations(members, advisers, labels["val"])
    base, *_ = combinations
    interesting = [name for a in advisers for name in a.classes if name != REST]
    classes = tuple(name for name in members[0].classes if name in interesting)
    rows = [_row(one, base, labels["test"]) for one in combinations]
    of_classes = [
        _class_row(one, base, labels["test"], members[0].classes, name)
        for one in combinations
        for name in classes
    ]
    artifacts.write_csv(out / layout.COMBINATIONS, pd.DataFrame(rows))
    artifacts.write_csv(
        out / layout.COMBINED_CLASSES, pd.DataFrame(of_classes, columns=list(OF_CLASSES))
    )
    summary = {
        "experiment": members[0].spec["name"],
        "seeds": [member.spec["seed"] for member in members],
        "experts": [adviser.spec["name"] for adviser in advisers],
        "n": len(labels["test"]),
        "data": members[0].measured["data"],
        "device": members[0].measured["device"],
        "provenance": provenance("combine"),
    }
    artifacts.write_json(out / layout.SUMMARY, summary)
    return summary | {"combinations": rows}


def of_table(table: Table, results: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Returns the evaluated runs, and the experts of the first of them, that a table combines.

    Raises ArtifactError if no such run is there.
    """
    runs, experts = (
        layout.evaluated(results, found) for found in table.combined_runs(table.combined)
    )
    if not runs:
        wanted = table.combined[0] if table.combined else "an experiment named in `combined`"
        raise ArtifactError(
            f"{results} has no evaluated run of {wanted}; train and evaluate it first, or name "
            "runs with --run"
        )
    return runs, experts


def _combinations(
    members: Sequence[Member], advisers: Sequence[Member], val_labels: Labels
) -> list[Combination]:
    first = members[0]
    has_views = all(f"test{VIEWED}" in member.probabilities for member in members)
    found = [Combination("one network", first.probabilities["test"], 1, first.seconds("test"))]
    if has_views:
        found.append(_mean("one network, eight views", members[:1], f"test{VIEWED}"))
    for adviser in advisers:
        name = f"with an expert for {' and '.join(n for n in adviser.classes if n != REST)}"
        weight = _best_weight(first, adviser, val_labels)
        advised = _advised(first, adviser, "test", weight)
        seconds = first.seconds("test") + adviser.seconds("test")
        found.append(Combination(name, advised, 2, seconds, weight))
    if len(members) > 1:
        found.append(_mean(f"{len(members)} seeds", members, "test"))
        if has_views:
            found.append(_mean(f"{len(members)} seeds, eight views", members, f"test{VIEWED}"))
    return found


def _mean(name: str, members: Sequence[Member], split: str) -> Combination:
    mean = np.mean([member.probabilities[split] for member in members], axis=0)
    return Combination(name, mean, len(members), sum(member.seconds(split) for member in members))


def _best_weight(first: Member, adviser: Member, val_labels: Labels) -> float:
    """Returns the weight, from 0 to 1, with the least cross-entropy on validation images."""

    def loss(weight: float) -> float:
        advised = _advised(first, adviser, "val", weight)
        return calibration.cross_entropy(np.log(advised.clip(1e-12)), val_labels)

    return float(min(WEIGHTS, key=loss))


def _advised(first: Member, adviser: Member, split: str, weight: float) -> Floats:
    """Mixes an expert's probabilities into those of all classes: (N, classes).

    The expert divides, among its own classes, the probability that the network gives to all of them
    together. An expert for one class against the rest divides the whole.
    """
    mine, theirs = first.probabilities[split].copy(), adviser.probabilities[split]
    if adviser.classes[0] == REST:
        one = first.classes.index(adviser.classes[1])
        chance = mine[:, one].copy()
        new = (1 - weight) * chance + weight * theirs[:, 1]
        mine *= ((1 - new) / (1 - chance).clip(1e-12))[:, None]
        mine[:, one] = new
        return mine
    columns = [first.classes.index(name) for name in adviser.classes]
    whole = mine[:, columns].sum(1, keepdims=True)
    mine[:, columns] = (1 - weight) * mine[:, columns] + weight * whole * theirs
    return mine


def _row(one: Combination, base: Combination, labels: Labels) -> dict[str, Any]:
    """Returns accuracies and their paired difference, as fractions."""
    right, first = (c.probabilities.argmax(1) == labels for c in (one, base))
    low, high = stats.bootstrap(right.astype(float) - first)
    return {
        "combination": one.name,
        "networks": one.networks,
        "weight": one.weight,
        "n": len(labels),
        "accuracy": right.mean(),
        "difference": right.mean() - first.mean(),
        "low": low,
        "high": high,
        "p": stats.mcnemar(right, first),
        "seconds": one.seconds,
    }


def _class_row(
    one: Combination, base: Combination, labels: Labels, classes: tuple[str, ...], name: str
) -> dict[str, Any]:
    """Returns the F1 of a class and its paired difference, with a bootstrap interval."""
    label = classes.index(name)
    guesses = [c.probabilities.argmax(1) for c in (one, base)]

    def f1(rows: npt.NDArray[np.intp], guessed: Labels) -> float:
        true, found = labels[rows] == label, guessed[rows] == label
        return float(2 * (true & found).sum() / max(1, true.sum() + found.sum()))

    everything = np.arange(len(labels))
    scores = [f1(everything, guessed) for guessed in guesses]
    draws = [f1(rows, guesses[0]) - f1(rows, guesses[1]) for rows in stats.resamples(len(labels))]
    low, high = stats.percentile_interval(draws)
    return {
        "combination": one.name,
        "class": name,
        "f1": scores[0],
        "difference": scores[0] - scores[1],
        "low": low,
        "high": high,
    }


def _member(run: Path) -> Member:
    if not (run / layout.LOGITS).exists():
        why = "distill kept none" if _is_distilled(run) else f"run `lc-cli evaluate --run {run}`"
        raise ArtifactError(f"{run} has no {layout.LOGITS}, which combining needs; {why}")
    tensors, notes = weights.read(run / layout.LOGITS)
    probabilities = {
        name.removeprefix(f"{KIND}."): calibration.probabilities(tensor.double().numpy())
        for name, tensor in tensors.items()
        if name.startswith(f"{KIND}.")
    }
    if missing := [split for split in SPLITS if split not in probabilities]:
        raise ArtifactError(
            f"{run / layout.LOGITS} has no logits of {missing[0]} images; evaluate a run that "
            "chose its weights on validation images"
        )
    spec, measured = (artifacts.read_json(run / name) for name in (layout.SPEC, layout.METRICS))
    return Member(spec, measured, tuple(notes["classes"]), probabilities)


def _is_distilled(run: Path) -> bool:
    return (run / layout.packed(layout.PREDICTIONS)).exists()


def _check_same_images(folders: Sequence[Path], members: Sequence[Member]) -> None:
    wanted, *others = (member.measured["data"]["sha256"] for member in members)
    for folder, sha256 in zip(folders[1:], others, strict=True):
        if sha256 != wanted:
            raise ArtifactError(
                f"{folder} was evaluated on other images than {folders[0]}; evaluate both on the "
                "same"
            )


def _check_classes(
    runs: Sequence[Path],
    members: Sequence[Member],
    experts: Sequence[Path],
    advisers: Sequence[Member],
) -> None:
    """Raises ArtifactError for a run that misses classes, or an expert for unknown ones."""
    every = max((member.classes for member in members), key=len)
    for run, member in zip(runs, members, strict=True):
        if member.classes != every or REST in every:
            raise ArtifactError(
                f"{run} knows only the classes {', '.join(member.classes)}; name it with --expert, "
                "and a network for all classes with --run"
            )
    for expert, adviser in zip(experts, advisers, strict=True):
        if not {*adviser.classes} - {REST} < {*every}:
            raise ArtifactError(
                f"{expert} is a network for {', '.join(adviser.classes)}, which is not a part of "
                f"the classes of {runs[0]}; name another expert"
            )


def _check_seeds(runs: Sequence[Path], members: Sequence[Member]) -> None:
    """Raises ArtifactError if the runs are of several experiments, or two have the same seed."""
    wanted = members[0].spec["name"]
    seen: dict[int, Path] = {}
    for run, member in zip(runs, members, strict=True):
        name, seed = member.spec["name"], member.spec["seed"]
        if name != wanted:
            raise ArtifactError(
                f"{runs[0]} is a run of {wanted}, but {run} is a run of {name}; name seeds of one "
                "experiment"
            )
        if seed in seen:
            raise ArtifactError(f"{seen[seed]} and {run} both have the seed {seed}; drop one")
        seen[seed] = run


def _labels(run: Path, split: str, classes: tuple[str, ...]) -> Labels:
    file = run / layout.PREDICTIONS
    table = artifacts.read_csv(file, ("weights", "split", "true"), texts=("true",))
    true = table[(table["weights"] == KIND) & (table["split"] == split)]["true"]
    return np.array([classes.index(name) for name in true], dtype=np.int64)

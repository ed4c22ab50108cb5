"""What a results folder holds, and what the authors logged: all that the report is made from.

A run counts when its run.json is there, which training writes last. A file that is absent is a gap;
a file that is broken, or belongs to another run, is an error.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.experiments import Entry, Experiment, Table
from landcover.provenance import code_sha256
from landcover.stats import Spread, spread

HISTORY = (
    "epoch", "train_loss", "train_loss_mean", "eval_loss", "eval_accuracy",
    "learning_rate", "train_seconds", "eval_seconds",
)  # fmt: skip
CURVES = ("experiment", "epoch", "split", "metric", "value", "kind")
ROW_NUMBERS = (
    "parameters", "memory_kb", "cold_time_seconds", "warm_time_median_seconds",
    "training_time_median_seconds",
)  # fmt: skip
LAYER_NUMBERS = (
    "parameters", "activation_elements", "memory_kb", "cold_time_seconds",
    "warm_time_median_seconds", "warm_time_q1_seconds", "warm_time_q3_seconds",
    "training_time_median_seconds", "training_time_q1_seconds", "training_time_q3_seconds",
)  # fmt: skip
CONFUSION = ("weights", "split", "true", "predicted", "count")
PER_CLASS = ("weights", "split", "class", "precision", "recall", "f1", "support")
SCORES = ("n", "loss", "accuracy", "macro_precision", "macro_recall", "macro_f1")
PARAMETERS = ("total", "trainable", "frozen")
WEIGHTS = ("best", "last")
METRICS = ("experiment", "metric", "value")
CONFUSIONS = ("experiment", "true", "predicted", "count")
LAYERS = (
    "module", "type", "output_size", "params", "activation_elements", "memory_KB", "time_s",
    "in_table1", "table1_row",
)  # fmt: skip


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` measured of a run's best and last weights: each by weights and split."""

    folder: Path
    scores: Mapping[tuple[str, str], Mapping[str, float]]  # accuracies as fractions
    confusions: Mapping[tuple[str, str], pd.DataFrame]  # counts; true classes down
    per_class: Mapping[tuple[str, str], pd.DataFrame]  # class, precision, recall, f1, support
    provenance: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One seed of one experiment, trained to its end."""

    folder: Path
    spec: Mapping[str, Any]
    history: pd.DataFrame
    experiment: str
    seed: int
    dataset: str
    fidelity: str  # "original", "copy", "lossy copy" or "synthetic" images
    source: str
    train_images: int
    eval_images: int
    parameters: Mapping[str, int]  # total, trainable, frozen
    epochs: int
    best_epoch: int  # from 1
    best_accuracy: float  # fraction, on the selection split
    last_accuracy: float
    seconds: float  # training and evaluation of all epochs
    peak_memory_bytes: int
    device: str
    threads: int
    finished: str  # ISO 8601
    provenance: Mapping[str, Any]
    evaluation: Evaluation | None
    energy_joules: float | None = None  # of the processor, where it can be read
    mistaught: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by split
    exif_rotation: str = ""  # of photographs: "applied" or, as the authors' code does, "ignored"

    @property
    def first_accuracy(self) -> float:
        return float(self.history["eval_accuracy"].iloc[0])

    @property
    def turn(self) -> int:
        """The epoch, from 1, of the least loss on the selection split."""
        return int(self.history["epoch"].iloc[self.history["eval_loss"].argmin()])

    @property
    def made_by_this_code(self) -> bool:
        made = [self.provenance, *([self.evaluation.provenance] if self.evaluation else [])]
        return all(provenance.get("code_sha256") == code_sha256() for provenance in made)

    @property
    def backbone(self) -> str:
        """Where its weights come from: "imagenet" or "random"; "" where there is none."""
        return str(self.spec.get("pretrained", ""))

    def differences(self, experiment: Experiment, data: str) -> tuple[str, ...]:
        """Where what was run is not what the table now asks for: `epochs 6, now 10`."""
        then = {k: v for k, v in self.spec.items() if k != "seed"} | {"data": _kind(self.fidelity)}
        now = experiment.as_dict() | {"data": data}
        return tuple(
            f"{key} {then.get(key, 'default')}, now {now.get(key, 'default')}"
            for key in now | then
            if then.get(key) != now.get(key)
        )


@dataclass(frozen=True)
class Result:
    """An experiment of the table with those of its seeds that were run."""

    entry: Entry
    runs: tuple[Run, ...]
    missing: tuple[int, ...]  # seeds
    data: str  # what the preset asks for: "real" or "synthetic"

    @property
    def name(self) -> str:
        return self.entry.experiment.name

    @property
    def first(self) -> Spread | None:
        return spread([run.first_accuracy for run in self.runs]) if self.runs else None

    @property
    def best(self) -> Spread | None:
        return spread([run.best_accuracy for run in self.runs]) if self.runs else None

    @property
    def last(self) -> Spread | None:
        return spread([run.last_accuracy for run in self.runs]) if self.runs else None

    @property
    def seconds(self) -> Spread | None:
        return spread([run.seconds for run in self.runs]) if self.runs else None

    @property
    def parameters(self) -> Mapping[str, int]:
        """Empty where nothing was run."""
        return self.runs[0].parameters if self.runs else {}

    @property
    def backbones(self) -> tuple[str, ...]:
        return tuple(sorted({run.backbone for run in self.runs if run.backbone}))

    @property
    def has_random_backbone(self) -> bool:
        return "random" in self.backbones

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        return tuple(run.evaluation for run in self.runs if run.evaluation)

    @property
    def unevaluated(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.evaluation is None)

    def score(self, weights: str, split: str, name: str) -> Spread | None:
        found = [e.scores[weights, split][name] for e in self.evaluations]
        return spread(found) if found else None

    def confusions(self, weights: str, split: str) -> list[pd.DataFrame]:
        """Counts, a table for each seed."""
        return [evaluation.confusions[weights, split] for evaluation in self.evaluations]

    def per_class(self, weights: str, split: str) -> pd.DataFrame:
        """The seeds below one another."""
        tables = [evaluation.per_class[weights, split] for evaluation in self.evaluations]
        return pd.concat(tables) if tables else pd.DataFrame(columns=list(PER_CLASS))

    @property
    def stale(self) -> tuple[str, ...]:
        found = (run.differences(self.entry.experiment, self.data) for run in self.runs)
        return tuple(dict.fromkeys(text for texts in found for text in texts))

    @property
    def made_by_other_code(self) -> bool:
        return not all(run.made_by_this_code for run in self.runs)


@dataclass(frozen=True)
class Profile:
    """What `profile` measured of one model."""

    file: Path
    facts: Mapping[str, Any]
    rows: pd.DataFrame  # of Table 1
    layers: pd.DataFrame

    @property
    def made_by_this_code(self) -> bool:
        return bool(self.facts["provenance"].get("code_sha256") == code_sha256())


@dataclass(frozen=True)
class Authors:
    """The numbers that the authors logged and stated."""

    curves: pd.DataFrame
    layers: pd.DataFrame
    metrics: Mapping[tuple[str, str], float]
    confusions: Mapping[str, pd.DataFrame]  # counts on the test split, by experiment

    def curve(self, experiment: str, split: str, metric: str) -> "pd.Series[float]":
        """By epoch, from 1; empty where there is none. Accuracy in percent."""
        found = self.curves.query(
            "experiment == @experiment and split == @split and metric == @metric"
        )
        return found.set_index("epoch")["value"].sort_index()

    def origin(self, experiment: str, split: str, metric: str) -> str:
        """Where a curve was read: in their "log", off their "plot", or "log and plot"."""
        found = self.curves.query(
            "experiment == @experiment and split == @split and metric == @metric"
        )
        words = {"log": "log", "digitised": "plot"}
        return " and ".join(word for kind, word in words.items() if kind in set(found["kind"]))

    def is_read_off(self, experiment: str, metric: str) -> bool:
        """Whether a curve comes from the picture of a plot, for want of a log."""
        found = self.curves.query("experiment == @experiment and metric == @metric")
        return bool((found["kind"] == "digitised").all())

    def number(self, experiment: str, *metrics: str) -> float | None:
        """The first of the metrics that they have of an experiment."""
        found = (self.metrics.get((experiment, metric)) for metric in metrics)
        return next((value for value in found if value is not None), None)

    def best(self, entry: Entry) -> float | None:
        """Percent, as logged."""
        return self.number(entry.authors, f"best_{entry.experiment.selection_split}_accuracy_pct")

    def last(self, entry: Entry) -> float | None:
        return self.number(entry.authors, f"last_{entry.experiment.selection_split}_accuracy_pct")

    def stated(self, entry: Entry) -> float | None:
        """Percent, as the paper's text or tables have it."""
        split = entry.experiment.selection_split
        names = ("best_accuracy_pct", "accuracy_pct", f"{split}_accuracy_pct")
        return self.number(entry.authors, *(f"reported/{name}" for name in names))

    def seconds(self, entry: Entry) -> float | None:
        return self.number(entry.authors, "train_time_s")

    def figure_run(self, entry: Entry) -> str:
        """The curves that the paper's figure draws, where those are not the logged run's; or ""."""
        name = f"{entry.authors}_figrun"
        return name if (self.curves["experiment"] == name).any() else ""


def read(results: Path, table: Table) -> dict[str, Result]:
    """Every experiment of the table, in its order, whether it was run or not."""
    return {name: _result(results, table, entry) for name, entry in table.entries.items()}


def run_folder(results: Path, experiment: str, seed: int) -> Path:
    return results / "runs" / experiment / f"seed{seed}"


def profile_file(results: Path, model: str) -> Path:
    return results / "profile" / model / "profile.json"


def read_profile(results: Path, model: str) -> Profile | None:
    """None where it was not measured."""
    file = profile_file(results, model)
    if not file.exists():
        return None
    facts = artifacts.read_json(file)
    if missing := [
        key for key in ("table", "layers", "warm_times", "provenance", "device") if key not in facts
    ]:
        raise ArtifactError(f"{file} lacks {missing}; measure it again with lc-cli profile")
    rows, layers = pd.DataFrame(facts["table"]), pd.DataFrame(facts["layers"])
    _require_finite(file, rows, ROW_NUMBERS)
    _require_finite(file, layers, LAYER_NUMBERS)
    return Profile(file, facts, rows, layers)


def read_authors(reference: Path) -> Authors:
    curves = artifacts.read_csv(reference / "curves.csv", CURVES)
    metrics = artifacts.read_csv(reference / "final_metrics.csv", METRICS)
    layers = artifacts.read_csv(reference / "table1_profile.csv", LAYERS)
    keys = zip(metrics["experiment"], metrics["metric"], strict=True)
    values = dict(zip(keys, metrics["value"].astype(float), strict=True))
    counted = artifacts.read_csv(reference / "confusion_matrices_test.csv", CONFUSIONS)
    confusions = {str(name): _square(rows) for name, rows in counted.groupby("experiment")}
    return Authors(curves, layers, values, confusions)


def _result(results: Path, table: Table, entry: Entry) -> Result:
    """With every seed that the preset asks for, and every other that was run."""
    name = entry.experiment.name
    folders = run_folder(results, name, 0).parent.glob("seed*")
    there = {int(number) for f in folders if (number := f.name.removeprefix("seed")).isdigit()}
    wanted = set() if name in table.left_out else set(table.seeds(name))
    found = {seed: read_run(run_folder(results, name, seed), name, seed) for seed in wanted | there}
    return Result(
        entry=entry,
        runs=tuple(run for _, run in sorted(found.items()) if run is not None),
        missing=tuple(seed for seed in sorted(wanted) if found[seed] is None),
        data=table.preset.data,
    )


def read_run(folder: Path, experiment: str, seed: int) -> Run | None:
    """None where it was not trained to its end."""
    file = folder / "run.json"
    if not file.exists():
        return None
    facts = artifacts.read_json(file)
    history = artifacts.read_csv(folder / "history.csv", HISTORY)
    _require_finite(folder / "history.csv", history, HISTORY)
    try:
        run = Run(
            folder=folder,
            spec=artifacts.read_json(folder / "spec.json"),
            history=history,
            experiment=str(facts["experiment"]),
            seed=int(facts["seed"]),
            dataset=str(facts["data"]["dataset"]),
            fidelity=str(facts["data"]["fidelity"]),
            source=str(facts["data"]["source"]),
            train_images=int(facts["train_images"]),
            eval_images=int(facts["eval_images"]),
            parameters={key: int(facts["parameters"][key]) for key in PARAMETERS},
            epochs=int(facts["epochs"]),
            best_epoch=int(facts["best_epoch"]),
            best_accuracy=_finite(facts["best_accuracy"]),
            last_accuracy=_finite(facts["last_accuracy"]),
            seconds=_finite(facts["seconds"]),
            peak_memory_bytes=int(facts["peak_memory_bytes"]),
            device=str(facts["device"]),
            threads=int(facts["threads"]),
            finished=str(facts["finished"]),
            provenance=dict(facts["provenance"]),
            evaluation=None,
            energy_joules=facts.get("energy_joules"),
            mistaught=dict(facts.get("mistaught", {})),
            exif_rotation=str(facts["data"].get("exif_rotation", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{file} is not what training writes ({type(error).__name__}: {error}); train it again"
        ) from error
    if (run.experiment, run.seed, run.epochs) != (experiment, seed, len(history)):
        raise ArtifactError(
            f"{file} is of {run.experiment}, seed {run.seed}, {run.epochs} epochs, and does not "
            f"belong here beside {len(history)} epochs in history.csv; train {experiment} again"
        )
    return replace(run, evaluation=_evaluation(run))


def _evaluation(run: Run) -> Evaluation | None:
    """None where the run was not evaluated: metrics.json is what evaluation writes last."""
    folder = run.folder
    file = folder / "metrics.json"
    if not file.exists():
        return None
    measured = artifacts.read_json(file)
    counted = artifacts.read_csv(folder / "confusion.csv", CONFUSION, texts=("true", "predicted"))
    classes = artifacts.read_csv(folder / "per_class.csv", PER_CLASS, texts=("class",))
    _require_finite(folder / "per_class.csv", classes, PER_CLASS[3:])
    try:
        about = [measured[key] for key in ("experiment", "seed")]
        about += [measured[weights]["epoch"] for weights in WEIGHTS]
        scores = {
            (weights, split): {name: _finite(found[name]) for name in SCORES}
            for weights in WEIGHTS
            for split, found in measured[weights].items()
            if split != "epoch"
        }
        confusions = {key: _square(table) for key, table in _parts(counted).items()}
        per_class = _parts(classes)
        provenance = dict(measured["provenance"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{file} and confusion.csv beside it are not what evaluation writes "
            f"({type(error).__name__}: {error}); evaluate the run again"
        ) from error
    if about != [run.experiment, run.seed, run.best_epoch, run.epochs] or any(
        found["n"] != confusions[key].to_numpy().sum() for key, found in scores.items()
    ):
        raise ArtifactError(f"{file} is of other weights than those beside it; evaluate them again")
    return Evaluation(folder, scores, confusions, per_class, provenance)


def _parts(table: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    groups = table.groupby(["weights", "split"])
    return {(str(weights), str(split)): rows for (weights, split), rows in groups}


def _square(counted: pd.DataFrame) -> pd.DataFrame:
    """Long form -> a row per true class, a column per predicted one, in the same order."""
    classes = list(dict.fromkeys(counted["true"]))
    table = counted.pivot(index="true", columns="predicted", values="count").astype(float)
    table = table.loc[classes, classes]
    if table.isna().to_numpy().any():
        raise ValueError("a pair of classes has no count")
    return table


def _require_finite(file: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for column in columns:
        values = pd.to_numeric(table.get(column, pd.Series([math.nan])), errors="coerce")
        if not values.map(math.isfinite).all():
            raise ArtifactError(
                f"{file} lacks a number in the column '{column}'; run the step that makes it again"
            )


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not a finite number")
    return number


def _kind(fidelity: str) -> str:
    return "synthetic" if fidelity == "synthetic" else "real"

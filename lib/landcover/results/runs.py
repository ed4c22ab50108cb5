"""The runs that `train` wrote, each with one seed, and their experiments.

A run counts if it has a run.json, which training writes last. A missing file is a gap; a file that
is broken, or belongs to another run, is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts, experiments
from landcover.errors import ArtifactError, SpecError
from landcover.experiments import Difference, Entry, Experiment, Table, differences
from landcover.results import evaluations, layout, packed
from landcover.results.code_record import code_record, is_of_other_code
from landcover.results.evaluations import PER_CLASS, Evaluation
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.numbers import finite, require_finite
from landcover.results.written import written_by
from landcover.stats import Spread, spread

HISTORY = (
    "epoch", "train_loss", "train_loss_mean", "eval_loss", "eval_accuracy",
    "learning_rate", "train_seconds", "eval_seconds",
)  # fmt: skip
PARAMETERS = ("total", "trainable", "frozen")


@dataclass(frozen=True)
class Run:
    """One seed of one experiment, trained to its end."""

    folder: Path
    experiment: Experiment  # as it was run; the table may have changed since
    seed: int
    history: pd.DataFrame
    image_records: tuple[ImageRecord, ...]  # that it trained on
    classes: tuple[str, ...]
    train_images: int
    eval_images: int
    parameters: Mapping[str, int]  # total, trainable, frozen
    epochs: int
    best_epoch: int  # from 1
    best_accuracy: float  # fraction, on the selection split
    last_accuracy: float
    seconds: float  # training and evaluation of all epochs, with all that slowed the machine
    peak_memory_bytes: int
    device: str
    threads: int
    finished: str  # ISO 8601
    provenance: Mapping[str, Any]
    evaluation: Evaluation | None
    energy_joules: float | None = None  # of the processor; None if it was not measured
    mistaught: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by split
    exif_rotation: str = ""  # of photographs: "applied", or "ignored" as in the authors' code

    @property
    def name(self) -> str:
        """Returns the name of the run's experiment."""
        return self.experiment.name

    @property
    def dataset(self) -> str:
        return self.image_records[0].dataset

    @property
    def fidelity(self) -> str:
        return self.image_records[0].fidelity

    @property
    def first_accuracy(self) -> float:
        return float(self.history["eval_accuracy"].iloc[0])

    @property
    def undisturbed_seconds(self) -> float:
        """Returns the time if every epoch had taken as long as the fastest with images of its size.

        So other work on the machine changes it least.
        """
        epochs = self.history["train_seconds"] + self.history["eval_seconds"]
        has_small = self.history["epoch"] <= self.experiment.small_share * self.experiment.epochs
        fastest = epochs.groupby(has_small).transform("min")
        return self.seconds - float(epochs.sum()) + float(fastest.sum())

    @property
    def turn(self) -> int:
        """Returns the epoch, from 1, of the least loss on the selection split."""
        return int(self.history["epoch"].iloc[self.history["eval_loss"].argmin()])

    @property
    def made_by_other_code(self) -> bool:
        """Tells whether other code trained or evaluated it."""
        made = {"train": self.provenance}
        if self.evaluation:
            made["evaluate"] = self.evaluation.provenance
        return any(is_of_other_code(found, stage) for stage, found in made.items())

    @property
    def backbone(self) -> str:
        """Returns the source of the backbone's weights: "imagenet", "random", or "" without one."""
        return self.experiment.pretrained

    def differences(self, experiment: Experiment) -> tuple[Difference, ...]:
        """Returns how the settings of the run differ from those of an experiment."""
        return differences(self.experiment.as_dict(), experiment.as_dict())


@dataclass(frozen=True)
class Result:
    """An experiment of the table, with its runs."""

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
    def seconds(self) -> float | None:
        """Returns the undisturbed time of the seed with the least: other machines are slower."""
        return min((run.undisturbed_seconds for run in self.runs), default=None)

    @property
    def parameters(self) -> Mapping[str, int]:
        """Returns the counts of parameters; {} if nothing was run."""
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
        """Returns a score over the evaluated seeds; None unless every one of them has it."""
        found = [e.scores.get((weights, split), {}) for e in self.evaluations]
        has_it = bool(found) and all(name in scores for scores in found)
        return spread([scores[name] for scores in found]) if has_it else None

    def confusions(self, weights: str, split: str) -> list[pd.DataFrame]:
        """Returns a confusion matrix of counts for each seed."""
        return [evaluation.confusions[weights, split] for evaluation in self.evaluations]

    def per_class(self, weights: str, split: str) -> pd.DataFrame:
        """Returns the scores of each class, for all seeds in one table."""
        tables = [evaluation.per_class[weights, split] for evaluation in self.evaluations]
        return pd.concat(tables) if tables else pd.DataFrame(columns=list(PER_CLASS))

    @property
    def stale(self) -> tuple[str, ...]:
        """Returns how runs differ from the present table: `epochs 6, now 10`."""
        asked = self.entry.experiment
        found = [
            f"{one.key} {one.ours}, now {one.theirs}"
            for run in self.runs
            for one in run.differences(asked)
        ]
        kinds = [_kind(run.fidelity) for run in self.runs]
        found += [f"data {kind}, now {self.data}" for kind in kinds if kind != self.data]
        return tuple(dict.fromkeys(found))

    @property
    def made_by_other_code(self) -> bool:
        return any(run.made_by_other_code for run in self.runs)


def read(results: Path, table: Table) -> dict[str, Result]:
    """Returns every experiment of the table, in its order, even if it was not run."""
    finished = layout.finished(results)
    return {
        name: _result(
            results, table, entry, {seed for experiment, seed in finished if experiment == name}
        )
        for name, entry in table.entries.items()
    }


def _result(results: Path, table: Table, entry: Entry, there: set[int]) -> Result:
    """Returns an experiment with every seed that the preset asks for or that was run."""
    name = entry.experiment.name
    wanted = set() if name in table.left_out else set(table.seeds(name))
    found = {seed: read_run(results, name, seed) for seed in wanted | there}
    return Result(
        entry=entry,
        runs=tuple(run for _, run in sorted(found.items()) if run is not None),
        missing=tuple(seed for seed in sorted(wanted) if found[seed] is None),
        data=table.preset.data,
    )


def read_run(results: Path, experiment: str, seed: int) -> Run | None:
    """Returns a run; None if it was not trained to its end."""
    folder = layout.run(results, experiment, seed)
    file = folder / layout.RUN
    if not file.exists():
        return None
    facts = artifacts.read_json(file)
    history_file, history = packed.read_csv(folder / layout.HISTORY, HISTORY)
    require_finite(history_file, history, HISTORY)
    spec = _spec(folder / layout.SPEC, experiment)
    with written_by("lc-cli train", file, "train it again"):
        about = str(facts["experiment"]), int(facts["seed"]), int(facts["epochs"])
        best_epoch, energy = int(facts["best_epoch"]), facts.get("energy_joules")
        run = Run(
            folder=folder,
            experiment=spec,
            seed=seed,
            history=history,
            image_records=image_records(facts),
            classes=tuple(facts["classes"]),
            train_images=int(facts["train_images"]),
            eval_images=int(facts["eval_images"]),
            parameters={key: int(facts["parameters"][key]) for key in PARAMETERS},
            epochs=len(history),
            best_epoch=best_epoch,
            best_accuracy=finite(facts["best_accuracy"]),
            last_accuracy=finite(facts["last_accuracy"]),
            seconds=finite(facts["seconds"]),
            peak_memory_bytes=int(facts["peak_memory_bytes"]),
            device=str(facts["device"]),
            threads=int(facts["threads"]),
            finished=str(facts["finished"]),
            provenance=code_record(facts),
            evaluation=evaluations.read(folder, experiment, seed, (best_epoch, len(history))),
            energy_joules=None if energy is None else finite(energy),
            mistaught={str(k): dict(v) for k, v in facts.get("mistaught", {}).items()},
            exif_rotation=str(facts["data"].get("exif_rotation", "")),
        )
    if about != (experiment, seed, len(history)):
        name, of_seed, epochs = about
        raise ArtifactError(
            f"{file} is of {name}, seed {of_seed}, {epochs} epochs, and does not belong here "
            f"beside {len(history)} epochs in {layout.HISTORY}; train {experiment} again"
        )
    return run


def _spec(file: Path, experiment: str) -> Experiment:
    """Reads spec.json. Raises ArtifactError if it is another experiment's or version's."""
    values = artifacts.read_json(file)
    values.pop("seed", None)
    try:
        spec = experiments.from_dict(values)
    except SpecError as error:
        raise ArtifactError(f"{file}: {error}") from error
    if spec.name != experiment:
        raise ArtifactError(
            f"{file} is of {spec.name}, and does not belong here; train {experiment} again"
        )
    return spec


def _kind(fidelity: str) -> str:
    return "synthetic" if fidelity == "synthetic" else "real"

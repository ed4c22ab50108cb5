"""The results that one judgement reads, and a record of them: values, files, images, departures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from landcover.claims.expression import MissingError
from landcover.experiments import Experiment
from landcover.results import layout
from landcover.results.combinations import Combinations
from landcover.results.evaluations import Evaluation
from landcover.results.insides import Inside
from landcover.results.runs import Run
from landcover.results.study import Study

OUR_CHOICE = (  # no training depends on them, or they are reported apart (a random backbone)
    "name", "precision", "pretrained", "clean_train_loss", "score_augmented",
)  # fmt: skip
STRUCTURE = ("dataset", "model", "batch_norm", "freeze", "also_train_on")  # decide parameters
SYNTHETIC, LOSSY = "synthetic", "lossy copy"

TOP = 10  # images of a unit in the authors' figures
TEST_IMAGES = {"cifar10": 10_000, "eurosat": 4_050}  # the authors looked at all of them
PUBLISHED = {"dataset": "cifar10", "image_size": 32, "normalise": "half", "weights": "imagenet"}

# What images of the authors' figures that were identified with doubt may show instead: each a class
# of its own, or all the class of most others of their unit.
APART, ALIKE = "apart", "alike"

Read = tuple[str, ...]
Layer = tuple[str, str]  # of a figure of the authors: figure, dense layer


@dataclass
class Evidence:
    """Reads the results of one seed, and records what was read; the seed is 0 if none matters."""

    study: Study
    seed: int = 0
    doubtful_as: Mapping[Layer, str] = field(default_factory=dict)  # APART or ALIKE; else as found
    reads: set[Read] = field(default_factory=set)  # every value that was looked up
    files: set[Path] = field(default_factory=set)
    fidelities: set[str] = field(default_factory=set)
    clocks: set[tuple[str, int]] = field(default_factory=set)  # devices and threads of timed runs
    departures: set[str] = field(default_factory=set)  # from what the authors did
    timed_once: bool = False  # whether a time was measured in a single process
    combined: bool = False  # whether a value is of networks that were combined, which is done once
    published: set[str] = field(default_factory=set)  # networks that are the same for everybody
    read_off: bool = False  # whether a number comes from the picture of a plot
    from_logs: bool = False  # whether a number comes from the authors' logs
    doubtful: set[Read] = field(default_factory=set)  # images that were identified with doubt

    @property
    def doubts(self) -> set[str]:
        """Returns the reasons why ours cannot be compared with the paper's."""
        if len(self.clocks) < 2:
            return self.departures
        clocks = sorted(f"{device}, {threads} threads" for device, threads in self.clocks)
        return self.departures | {f"timed on different machines ({'; '.join(clocks)})"}

    def run(self, experiment: str, value: str) -> Run:
        """Returns the run of this seed, whose images and settings matter to the claim."""
        run = self._run(experiment, value)
        self._trained_as(run)
        return run

    def counted(self, experiment: str, value: str) -> Run:
        """Returns the run of this seed, for a value that most of its settings do not change."""
        run = self._run(experiment, value)
        keys = (*STRUCTURE, "image_size") if run.experiment.model == "customcnn" else STRUCTURE
        self.reads.update(("settings", experiment, key) for key in keys)
        self.reads.add(("run", experiment, "structure"))
        self.departures.update(departures(run, self.study.published[experiment], keys))
        return run

    def timed(self, experiment: str) -> Run:
        """Returns `run` and records its machine, because times of two machines do not compare."""
        run = self.run(experiment, "seconds")
        self.clocks.add((run.device, run.threads))
        return run

    def evaluation(self, experiment: str, value: str) -> Evaluation:
        run = self.run(experiment, value)
        if run.evaluation is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not evaluated")
        self.files.add(run.folder / layout.METRICS)
        return run.evaluation

    def inside(self, network: str, method: str, value: str) -> Inside:
        """Returns a look inside a network whose weights and images matter to the claim."""
        seed = self.seed if network in self.study.results else None
        found = self._look(self.study.looks(network, method).get(seed), network, method, value)
        self.fidelities.add(found.fidelity)
        if network in self.study.published:
            self.reads.add(("settings", network, "all"))
        self.departures.update(asked_otherwise(found, network, method, self.study))
        if network not in self.study.results:
            self.published.add(network)
            return found
        self._trained_as(self.study.run(network, found.seed))
        return found

    def looked_into(self, network: str, method: str, value: str) -> Inside:
        """Returns a look inside a network, for a value that training does not change."""
        return self._look(self.study.insides.get((network, method)), network, method, value)

    def _look(self, found: Inside | None, network: str, method: str, value: str) -> Inside:
        if found is None:
            raise MissingError(f"{network} was not looked into ({method})")
        self.reads.add(("inside", network, method, value))
        self.files.add(found.file)
        return found

    def combinations(self, value: str) -> Combinations:
        """Returns the combinations of networks, whose images and settings matter to the claim."""
        found = self.study.combinations
        if found is None:
            raise MissingError("nothing was combined")
        self.combined = True
        self.reads.add(("combinations", value))
        self.files.add(found.file)
        self.fidelities.update(images.fidelity for images in found.image_records)
        for name, seed in found.runs:
            self._trained_as(self.study.run(name, seed))
        return found

    def logged(self, name: str, *value: str) -> None:
        self.files.add(self.study.authors.folder / name)
        self.reads.add((name, *value))

    def _run(self, experiment: str, value: str) -> Run:
        run = self.study.run(experiment, self.seed)
        if run is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not run")
        self.reads.add(("run", experiment, value))
        self.files |= {run.folder / layout.RUN, run.folder / layout.HISTORY}
        return run

    def _trained_as(self, run: Run | None) -> None:
        """Records images and settings of a run, and of the run whose weights it started from."""
        if run is None:
            return
        self.reads |= {("run", run.name, "settings"), ("settings", run.name, "all")}
        self.fidelities.add(run.fidelity)
        self.departures.update(departures(run, self.study.published[run.name]))
        self._trained_as(self.study.run(run.experiment.init_from, run.seed))


def departures(run: Run, published: Experiment, keys: tuple[str, ...] = ()) -> list[str]:
    """Returns how a run differs from the authors' run, in all settings or in some."""
    is_random = not keys and run.backbone == "random"
    found = [f"the backbone of {run.name} is randomly initialised"] if is_random else []
    return found + [
        f"{run.name} has {one.key} {one.ours} instead of {one.theirs}"
        for one in run.differences(published)
        if one.key not in OUR_CHOICE and (not keys or one.key in keys)
    ]


def asked_otherwise(found: Inside, network: str, method: str, study: Study) -> list[str]:
    """Returns how a look inside a network differs from the authors' look."""
    wanted = _faithful(network, method, study)
    about = {**found.about, "dataset": found.image_records[0].dataset}
    said = [
        f"{network} was looked into ({method}) with {key} {about.get(key, 'unknown')} "
        f"instead of {value}"
        for key, value in wanted.items()
        if about.get(key) != value and not (key == "weights" and found.is_random)
    ]
    return said + ([f"the weights of {network} are randomly initialised"] * found.is_random)


def _faithful(network: str, method: str, study: Study) -> dict[str, Any]:
    """Returns the facts that a summary has if it looks at what the authors looked at."""
    if network in study.published:
        asked = study.published[network]
        kind = "last" if asked.selection_split == "test" else "best"
        common: dict[str, Any] = {
            "dataset": asked.dataset,
            "image_size": asked.image_size,
            "normalise": asked.normalise,
            "kind": kind,
        }
    else:
        common = dict(PUBLISHED)
    common |= {"split": "test", "images": TEST_IMAGES[common["dataset"]]}
    of_method: dict[str, dict[str, Any]] = {"topk": {"top": TOP}, "tsne": {"engine": "sklearn"}}
    return common | of_method.get(method, {})


def cell(table: pd.DataFrame, row: str, column: str) -> float:
    """Returns a number of a table. Raises MissingError if there is no such row or column."""
    if row not in table.index or column not in table:
        raise MissingError(f"there is no {column} of {row} among what was measured")
    value: Any = table.loc[row, column]
    return float(value)


@dataclass(frozen=True)
class Lookup:
    arguments: tuple[str, ...]  # kinds, keys of `known`
    read: Callable[..., Any]  # called with an Evidence and the arguments
    of_runs: bool = False  # one value for each seed
    method: str = ""  # of looks into a network: one value for each seed that was looked into
    of_authors: bool = False  # in files that nobody edits

    def ask(self, seen: Evidence, *arguments: Any) -> Any:
        """Returns the value; if an argument is a list, a list of values."""
        for place, argument in enumerate(arguments):
            if isinstance(argument, list):
                rest = arguments[place + 1 :]
                return [self.ask(seen, *arguments[:place], one, *rest) for one in argument]
        return self.read(seen, *arguments)

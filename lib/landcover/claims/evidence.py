"""What claims are judged by, and what one of them looked at to be judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from landcover.claims.expression import MissingError
from landcover.experiments import Experiment
from landcover.results import layout
from landcover.results.evaluations import Evaluation
from landcover.results.runs import Run
from landcover.results.study import Study

OUR_CHOICE = ("precision", "pretrained")  # no cap; where a backbone is from is told apart


@dataclass
class Evidence:
    """One seed's view of it, and what was looked at; the seed is 0 where none matters."""

    study: Study
    seed: int = 0
    files: set[Path] = field(default_factory=set)
    fidelities: set[str] = field(default_factory=set)
    clocks: set[tuple[str, int]] = field(default_factory=set)  # devices and threads that took time
    departures: set[str] = field(default_factory=set)  # from what the authors ran

    @property
    def doubts(self) -> set[str]:
        """Why ours cannot be held against the paper's."""
        if len(self.clocks) < 2:
            return self.departures
        clocks = sorted(f"{device}, {threads} threads" for device, threads in self.clocks)
        return self.departures | {f"timed on different machines ({'; '.join(clocks)})"}

    def run(self, experiment: str) -> Run:
        """Of this seed, whose images matter to the claim."""
        run = self.counted(experiment)
        self.fidelities.add(run.fidelity)
        self.departures.update(departures(run, self.study.published[experiment]))
        return run

    def counted(self, experiment: str) -> Run:
        """Of this seed, for what its images do not change."""
        runs = self.study.results[experiment].runs
        run = next((run for run in runs if run.seed == self.seed), None)
        if run is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not run")
        self.files |= {run.folder / layout.RUN, run.folder / layout.HISTORY}
        return run

    def timed(self, experiment: str) -> Run:
        """Of this seed, for how long it took: one machine's times say nothing of another's."""
        run = self.run(experiment)
        self.clocks.add((run.device, run.threads))
        return run

    def evaluation(self, experiment: str) -> Evaluation:
        run = self.run(experiment)
        if run.evaluation is None:
            raise MissingError(f"{experiment}, seed {self.seed}, was not evaluated")
        self.files.add(run.folder / layout.METRICS)
        return run.evaluation

    def logged(self, name: str) -> None:
        self.files.add(self.study.authors.folder / name)


def departures(run: Run, published: Experiment) -> list[str]:
    """In what a run is not the authors'; the precision of the sums is ours to choose."""
    is_random = run.backbone == "random"
    drawn = [f"the backbone of {run.name} was drawn at random"] if is_random else []
    return drawn + [
        f"{run.name} has {one.key} {one.ours} instead of {one.theirs}"
        for one in sorted(run.differences(published), key=lambda one: one.key)
        if one.key not in OUR_CHOICE
    ]


def cell(table: pd.DataFrame, row: str, column: str) -> float:
    """A number of a table; raises MissingError where there is no such row or column."""
    if row not in table.index or column not in table:
        raise MissingError(f"there is no {column} of {row} among what was measured")
    value: Any = table.loc[row, column]
    return float(value)


@dataclass(frozen=True)
class Lookup:
    arguments: tuple[str, ...]  # kinds, keys of `known`
    read: Callable[..., Any]  # called with an Evidence and the arguments
    of_runs: bool = False  # one value for each seed

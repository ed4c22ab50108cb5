"""All results of a table of experiments, and everything that they are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from landcover import experiments
from landcover.experiments import Experiment, Table
from landcover.results import (
    audits,
    authors,
    combinations,
    insides,
    layout,
    misses,
    packed,
    prepared,
    profiles,
    runs,
)
from landcover.results.audits import AuditRecord
from landcover.results.authors import Authors
from landcover.results.combinations import Combinations
from landcover.results.insides import Inside
from landcover.results.misses import Misses
from landcover.results.prepared import PreparedRecord
from landcover.results.profiles import ProfileRecord
from landcover.results.runs import Result, Run


@dataclass(frozen=True)
class Study:
    """All results. A missing file is a gap; a broken file, or one of another run, is an error."""

    folder: Path  # of the results
    table: Table
    published: Mapping[str, Experiment]  # as the authors ran them, by name
    results: Mapping[str, Result]  # every experiment of the table, in its order, run or not
    profiles: Mapping[str, ProfileRecord]  # by model
    insides: Mapping[tuple[str, str], Inside]  # by look and method
    data: Mapping[str, PreparedRecord]  # images, by the name they were prepared under
    audits: Mapping[str, AuditRecord]  # by the name of the prepared images
    combinations: Combinations | None
    misses: Mapping[str, Misses]  # by experiment
    authors: Authors

    @property
    def runs(self) -> list[Run]:
        return [run for result in self.results.values() for run in result.runs]

    def result(self, name: str) -> Result:
        """Returns an experiment. Raises SpecError, with the nearest name, if there is none."""
        return self.results[self.table[name].experiment.name]

    def run(self, name: str, seed: int | None) -> Run | None:
        """Returns the run of an experiment and a seed; None if it was not run."""
        own = self.results[name].runs if name in self.results else ()
        return next((run for run in own if run.seed == seed), None)

    def looks(self, network: str, method: str) -> dict[int | None, Inside]:
        """Returns the looks into a network with a method, by seed; published ones have None."""
        return {
            inside.seed: inside
            for (look, used), inside in self.insides.items()
            if used == method and layout.looked_into(look)[0] == network
        }

    @property
    def wanted(self) -> list[Result]:
        """Returns the experiments of the preset, and all others that were run."""
        left_out = self.table.left_out
        return [r for r in self.results.values() if r.runs or r.name not in left_out]

    def group(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.wanted if result.entry.group == name)

    @property
    def done(self) -> list[Result]:
        """Returns the experiments of which at least one seed was run."""
        return [result for result in self.results.values() if result.runs]

    @cached_property
    def _home(self) -> Path:
        """Returns where the results lie in a checkout; distilled ones keep the name they have."""
        is_distilled = (self.folder / layout.DISTILLED).exists()
        return layout.HOME / self.folder.resolve().name if is_distilled else self.usual_folder

    @property
    def usual_folder(self) -> Path:
        """Returns the usual place of the preset's results, relative to the project's folder."""
        return layout.usual(self.table.preset.name)

    def files(self, results: Sequence[Result], *names: str, reference: str) -> tuple[Path, ...]:
        """Returns the existing files `names` of each run, and the authors' file `reference`.

        The latter only if the authors ran one of the experiments.
        """
        folders = (run.folder for result in results for run in result.runs)
        files = (packed.present(folder / name) for folder in folders for name in names)
        theirs = self.authors.folder / reference
        known = any(result.entry.authors for result in results)
        return (*(file for file in files if file.exists()), *([theirs] if known else []))

    def shown(self, file: Path) -> str:
        """Returns the usual path of a file, which is the same on every machine."""
        if file.is_relative_to(self.folder):
            return (self._home / file.relative_to(self.folder)).as_posix()
        return Path("workflow", "reference", file.name).as_posix()


def read(folder: Path, table: Table, workflow: Path) -> Study:
    """Reads a results folder. Raises ArtifactError for a broken file."""
    reference = authors.read(workflow / "reference")
    return Study(
        folder=folder,
        table=table,
        published=_published(workflow, reference),
        results=runs.read(folder, table),
        profiles=profiles.read(folder),
        insides=insides.read(folder),
        data=prepared.read(folder),
        audits=audits.read(folder),
        combinations=combinations.read(folder),
        misses=misses.read(folder),
        authors=reference,
    )


def _published(workflow: Path, reference: Authors) -> dict[str, Experiment]:
    """Returns the experiments as the authors ran them; our variants are uncapped."""
    ours = experiments.uncapped(workflow)
    return {name: reference.published.get(name, spec) for name, spec in ours.items()}

"""All that was measured of a table of experiments, and all that it is held against, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover import experiments
from landcover.experiments import Experiment, Table
from landcover.results import (
    audits,
    authors,
    combinations,
    insides,
    layout,
    prepared,
    profiles,
    runs,
)
from landcover.results.audits import AuditRecord
from landcover.results.authors import Authors
from landcover.results.combinations import Combinations
from landcover.results.insides import Inside
from landcover.results.prepared import PreparedRecord
from landcover.results.profiles import ProfileRecord
from landcover.results.runs import Result, Run


@dataclass(frozen=True)
class Study:
    """A file that is absent is a gap; one that is broken, or another run's, was an error."""

    folder: Path  # of the results
    table: Table
    published: Mapping[str, Experiment]  # as the authors ran them, by name
    results: Mapping[str, Result]  # every experiment of the table, in its order, run or not
    profiles: Mapping[str, ProfileRecord]  # by model
    insides: Mapping[tuple[str, str], Inside]  # by network and method
    data: Mapping[str, PreparedRecord]  # images, by the name they were prepared under
    audits: Mapping[str, AuditRecord]  # by the name of the prepared images
    combinations: Combinations | None
    authors: Authors

    @property
    def runs(self) -> list[Run]:
        return [run for result in self.results.values() for run in result.runs]

    def result(self, name: str) -> Result:
        """Raises SpecError with the nearest right name."""
        return self.results[self.table[name].experiment.name]

    @property
    def wanted(self) -> list[Result]:
        """Returns what the preset asks for, and whatever else was run."""
        left_out = self.table.left_out
        return [r for r in self.results.values() if r.runs or r.name not in left_out]

    def group(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.wanted if result.entry.group == name)

    @property
    def done(self) -> list[Result]:
        """Those of which a seed or more was run."""
        return [result for result in self.results.values() if result.runs]

    @property
    def usual_folder(self) -> Path:
        """Where commands that run in the project's folder find the preset's results."""
        return layout.usual(self.table.preset.name)

    def files(self, results: Sequence[Result], *names: str, reference: str) -> tuple[Path, ...]:
        """Those of each run that are there, and one with numbers of the authors."""
        files = (run.folder / name for result in results for run in result.runs for name in names)
        return (*(file for file in files if file.exists()), self.authors.folder / reference)

    def shown(self, file: Path) -> str:
        """Without what is only so on this machine."""
        if file.is_relative_to(self.folder):
            return (self.usual_folder / file.relative_to(self.folder)).as_posix()
        return Path("workflow", "reference", file.name).as_posix()


def read(folder: Path, table: Table, workflow: Path) -> Study:
    """Returns what a folder of results has of a table. Raises ArtifactError for a broken file."""
    left = authors.read(workflow / "reference")
    return Study(
        folder=folder,
        table=table,
        published=_published(workflow, left),
        results=runs.read(folder, table),
        profiles=profiles.read(folder),
        insides=insides.read(folder),
        data=prepared.read(folder),
        audits=audits.read(folder),
        combinations=combinations.read(folder),
        authors=left,
    )


def _published(workflow: Path, left: Authors) -> dict[str, Experiment]:
    """As the authors ran them; a variant of ours as the table has it, with nothing capped."""
    ours = experiments.uncapped(workflow)
    return {name: left.published.get(name, spec) for name, spec in ours.items()}

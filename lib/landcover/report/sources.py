"""All that a page is made from: the table, what was measured of it, and the authors' numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover import experiments
from landcover.experiments import Experiment, Table
from landcover.results import Authors, Result, read, read_authors

UNCAPPED = "paper"  # the preset that changes nothing of what the authors did


@dataclass(frozen=True)
class Sources:
    folder: Path  # of the results
    table: Table
    found: Mapping[str, Result]
    authors: Authors
    published: Mapping[str, Experiment]
    reference: Path

    @property
    def usual_folder(self) -> Path:
        """Where commands that run in the project's folder find the preset's results."""
        return Path("results", self.table.preset.name)

    def group(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.found.values() if result.entry.group == name)

    def result(self, name: str) -> Result:
        return self.found[self.table[name].experiment.name]

    def files(self, results: Sequence[Result], *names: str, reference: str) -> tuple[Path, ...]:
        """Those of each run that are there, and one with numbers of the authors."""
        files = (run.folder / name for result in results for run in result.runs for name in names)
        return (*(file for file in files if file.exists()), self.reference / reference)

    def shown(self, file: Path) -> str:
        """Without what is only so on this machine."""
        if file.is_relative_to(self.folder):
            return (self.usual_folder / file.relative_to(self.folder)).as_posix()
        return Path("workflow", "reference", file.name).as_posix()


def gather(results: Path, table: Table, workflow: Path) -> Sources:
    reference = workflow / "reference"
    published = experiments.load(workflow, UNCAPPED).entries
    return Sources(
        folder=results,
        table=table,
        found=read(results, table),
        authors=read_authors(reference),
        published={name: entry.experiment for name, entry in published.items()},
        reference=reference,
    )

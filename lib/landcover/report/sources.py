"""All that a page is made from: the table, what was measured of it, and the authors' numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landcover import claims
from landcover.claims.evidence import Ground
from landcover.experiments import Experiment, Table
from landcover.results import Authors, Result


@dataclass(frozen=True)
class Sources:
    folder: Path  # of the results
    table: Table
    ground: Ground  # what was found, and what it is held against

    @property
    def found(self) -> Mapping[str, Result]:
        return self.ground.found

    @property
    def authors(self) -> Authors:
        return self.ground.authors

    @property
    def published(self) -> Mapping[str, Experiment]:
        return self.ground.published

    @property
    def reference(self) -> Path:
        return self.ground.reference

    @property
    def usual_folder(self) -> Path:
        """Where commands that run in the project's folder find the preset's results."""
        return Path("results", self.table.preset.name)

    @property
    def wanted(self) -> list[Result]:
        """Returns what the preset asks for, and whatever else was run."""
        left_out = self.table.left_out
        return [r for r in self.found.values() if r.runs or r.name not in left_out]

    def group(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.wanted if result.entry.group == name)

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
    return Sources(results, table, claims.ground(results, table, workflow))

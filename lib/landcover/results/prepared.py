"""What `fetch` prepared: the manifest and the index of each data set."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from lzma import LZMAError
from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.results import layout


@dataclass(frozen=True)
class PreparedRecord:
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def file(self) -> Path:
        return self.folder / layout.MANIFEST

    @property
    def index(self) -> Path:
        packed = self.folder / layout.packed(layout.INDEX)
        return packed if packed.exists() else self.folder / layout.INDEX

    @cached_property
    def class_sizes(self) -> dict[str, int]:
        """Returns how many images each class has in all splits."""
        try:
            table = artifacts.read_csv(self.index, ("class",), texts=("class",))
        except (LZMAError, EOFError) as error:
            raise ArtifactError(f"{self.index} is damaged ({error}); distill again") from error
        counted = table["class"].value_counts()
        return {name: int(counted.get(name, 0)) for name in self.manifest["classes"]}


def read(results: Path) -> dict[str, PreparedRecord]:
    """Returns all data sets by the name of the prepared images."""
    folders = [layout.data(results, name) for name in layout.fetched(results)]
    return {
        folder.name: PreparedRecord(folder, artifacts.read_json(folder / layout.MANIFEST))
        for folder in folders
    }

"""The data sets that `fetch` prepared: the manifest and the index of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.results import layout, packed
from landcover.results.written import written_by


@dataclass(frozen=True)
class PreparedRecord:
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def file(self) -> Path:
        return self.folder / layout.MANIFEST

    @property
    def index(self) -> Path:
        return self._index[0]

    @cached_property
    def class_sizes(self) -> dict[str, int]:
        """Returns how many images each class has in all splits."""
        counted = self._index[1]["class"].value_counts()
        return {name: int(counted.get(name, 0)) for name in self.manifest["classes"]}

    @cached_property
    def _index(self) -> tuple[Path, pd.DataFrame]:
        return packed.read_csv(self.folder / layout.INDEX, ("class",), texts=("class",))


def read(results: Path) -> dict[str, PreparedRecord]:
    """Returns all data sets by the name of the prepared images."""
    return {name: _prepared(layout.data(results, name)) for name in layout.fetched(results)}


def _prepared(folder: Path) -> PreparedRecord:
    file = folder / layout.MANIFEST
    facts = artifacts.read_json(file)
    with written_by("lc-cli fetch", file, f"remove {folder} and fetch the images again"):
        manifest = facts | {
            "classes": [str(name) for name in facts["classes"]],
            "images": {str(split): int(count) for split, count in facts["images"].items()},
            "image_size": int(facts["image_size"]),
            "split_sha256": dict(facts["split_sha256"]),
            "fidelity": str(facts["fidelity"]),
        }
    return PreparedRecord(folder, manifest)

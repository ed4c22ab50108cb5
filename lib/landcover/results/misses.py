"""The results of `missed`: the test images that every seed of an experiment classifies wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.provenance import code_sha256
from landcover.results import layout

COUNTS = ("n", "wrong_in_any", "wrong_in_all", "same_class_in_all", "drawn")


@dataclass(frozen=True)
class Misses:
    folder: Path
    about: Mapping[str, Any]

    @property
    def file(self) -> Path:
        return self.folder / layout.SUMMARY

    @property
    def picture(self) -> Path:
        return (self.folder / layout.MISSED).with_suffix(".svg")

    @property
    def made_by_other_code(self) -> bool:
        return bool(self.about["provenance"].get("code_sha256") != code_sha256("missed"))


def read(results: Path) -> dict[str, Misses]:
    """Returns the misses by experiment. Raises ArtifactError for a damaged file."""
    return {name: _misses(layout.missed(results, name)) for name in layout.with_misses(results)}


def _misses(folder: Path) -> Misses:
    found = Misses(folder, artifacts.read_json(folder / layout.SUMMARY))
    wanted = (*COUNTS, "seeds", "wrong", "data", "device", "provenance")
    if missing := [key for key in wanted if key not in found.about]:
        raise ArtifactError(
            f"{found.file} lacks {missing}; make it again with `lc-cli missed {folder.name}`"
        )
    return found

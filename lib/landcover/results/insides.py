"""The results of `interpret` for a network: each method has a folder, and its summary is last."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.provenance import code_sha256
from landcover.results import layout, packed

TOLD = ("images", "split", "weights", "data", "device", "provenance")


@dataclass(frozen=True)
class Inside:
    folder: Path
    about: Mapping[str, Any]

    @property
    def file(self) -> Path:
        return self.folder / layout.SUMMARY

    @property
    def layers(self) -> pd.DataFrame:
        """Returns a row per layer; none if the method explains images."""
        return pd.DataFrame(self.about.get("layers", []))

    def table(self, name: str, *columns: str) -> tuple[Path, pd.DataFrame]:
        """Returns a table of the method, and its file."""
        file = self.folder / f"{name}.csv"
        if (file, columns) not in self._read:
            self._read[file, columns] = packed.read_csv(file, columns)
        return self._read[file, columns]

    @cached_property
    def _read(self) -> dict[tuple[Path, tuple[str, ...]], tuple[Path, pd.DataFrame]]:
        """Returns the cache of tables, which `table` fills."""
        return {}

    @property
    def fidelity(self) -> str:
        return str(self.about["data"]["fidelity"])

    @property
    def device(self) -> str:
        return str(self.about["device"])

    @property
    def is_random(self) -> bool:
        """Tells whether the network, or its backbone, was never trained."""
        return str(self.about["weights"]).endswith(("random", "random backbone"))

    @property
    def made_by_other_code(self) -> bool:
        return bool(self.about["provenance"].get("code_sha256") != code_sha256("interpret"))


def read(results: Path) -> dict[tuple[str, str], Inside]:
    """Reads all looks inside networks, by network and method."""
    return {
        (network, method): _inside(layout.interpret(results, network) / method)
        for network, method in layout.interpreted(results)
    }


def _inside(folder: Path) -> Inside:
    file = folder / layout.SUMMARY
    about = artifacts.read_json(file)
    if missing := [key for key in TOLD if key not in about]:
        again = f"lc-cli interpret {folder.parent.name}"
        raise ArtifactError(f"{file} lacks {missing}; look again with {again}")
    return Inside(folder, about)

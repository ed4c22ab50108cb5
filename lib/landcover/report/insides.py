"""What `interpret` left of a network: a folder for each method, its summary written last."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.figures import LABELS
from landcover.provenance import code_sha256
from landcover.report.sources import Sources

TOLD = ("images", "split", "weights", "data", "device", "provenance", "layers")


@dataclass(frozen=True)
class Inside:
    folder: Path
    about: Mapping[str, Any]
    is_random: bool  # the network, or its backbone

    @property
    def layers(self) -> pd.DataFrame:
        return pd.DataFrame(self.about["layers"])

    @property
    def images(self) -> str:
        data = self.about["data"]
        split = LABELS[self.about["split"]]
        return f"{self.about['images']:,} {data['fidelity']} {split} images of {data['dataset']}"

    @property
    def device(self) -> str:
        return str(self.about["device"])

    @property
    def made_by_other_code(self) -> bool:
        return bool(self.about["provenance"].get("code_sha256") != code_sha256())


def read(sources: Sources, network: str, method: str) -> Inside | None:
    """None where it was not looked at."""
    file = sources.folder / "interpret" / network / method / "summary.json"
    if not file.exists():
        return None
    about = artifacts.read_json(file)
    if missing := [key for key in TOLD if key not in about]:
        raise ArtifactError(f"{file} lacks {missing}; look again with lc-cli interpret {network}")
    is_ours = network in sources.found and sources.found[network].has_random_backbone
    return Inside(file.parent, about, is_ours or about["weights"] == "random")

"""The results of `profile` for a model: each layer, and the rows of Table 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.results import layout
from landcover.results.numbers import require_finite
from landcover.results.other_code import is_of_other_code
from landcover.results.written import written_by

ROW_NUMBERS = (
    "parameters", "memory_kb", "cold_time_seconds", "warm_time_median_seconds",
    "training_time_median_seconds",
)  # fmt: skip
LAYER_NUMBERS = (
    "parameters", "activation_elements", "memory_kb", "cold_time_seconds",
    "warm_time_median_seconds", "warm_time_q1_seconds", "warm_time_q3_seconds",
    "training_time_median_seconds", "training_time_q1_seconds", "training_time_q3_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class ProfileRecord:
    file: Path
    facts: Mapping[str, Any]
    rows: pd.DataFrame  # of Table 1
    layers: pd.DataFrame

    @property
    def device(self) -> str:
        return str(self.facts["device"])

    @property
    def provenance(self) -> Mapping[str, Any]:
        return dict(self.facts["provenance"])

    @property
    def made_by_other_code(self) -> bool:
        return is_of_other_code(self.provenance, "profile")


def read(results: Path) -> dict[str, ProfileRecord]:
    """Returns all profiles by model."""
    models = layout.profiled(results)
    return {
        model: read_profile(layout.profile(results, model) / layout.PROFILE) for model in models
    }


def read_profile(file: Path) -> ProfileRecord:
    """Reads a profile. Raises ArtifactError if it is broken or absent."""
    told = artifacts.read_json(file)
    with written_by("lc-cli profile", file, "measure it again with lc-cli profile"):
        rows, layers = pd.DataFrame(told["table"]), pd.DataFrame(told["layers"])
        facts = told | {
            "device": str(told["device"]),
            "provenance": dict(told["provenance"]),
            "warm_times": [dict(time) for time in told["warm_times"]],
        }
    require_finite(file, rows, ROW_NUMBERS)
    require_finite(file, layers, LAYER_NUMBERS)
    return ProfileRecord(file, facts, rows, layers)

"""The results of `profile` for a model: each layer, and the rows of Table 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.results import layout
from landcover.results.code_record import code_record, is_of_other_code
from landcover.results.numbers import finite, require_finite
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
ROW_WORDS = ("name", "leaves", "output_size", "formula", "operation")
LAYER_WORDS = ("name", "type")
TIMES = ("median_seconds", "q1_seconds", "q3_seconds")


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
            "batch_size": int(told["batch_size"]),
            "device": str(told["device"]),
            "provenance": code_record(told),
            "warm_times": [_time(time) for time in told["warm_times"]],
        }
        firsts = {leaves[0] for leaves in rows[[*ROW_WORDS]]["leaves"]}
        if not facts["warm_times"]:
            raise ValueError("no layer was timed")
        if unknown := firsts - set(layers[[*LAYER_WORDS]]["name"]):
            raise ValueError(f"there is no layer {unknown}")
    require_finite(file, rows, ROW_NUMBERS)
    require_finite(file, layers, LAYER_NUMBERS)
    return ProfileRecord(file, facts, rows, layers)


def _time(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the warm time of a layer, or of the whole network as index 0."""
    words = {key: str(facts[key]) for key in ("mode", "type")}
    numbers = {key: int(facts[key]) for key in ("batch_size", "index")}
    return words | numbers | {key: finite(facts[key]) for key in TIMES}

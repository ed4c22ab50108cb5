"""The results of `combine`: combinations of networks against one network, on the same images."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.results import layout, packed
from landcover.results.code_record import code_record, is_of_other_code
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.numbers import require_finite
from landcover.results.written import written_by

NUMBERS = ("networks", "n", "accuracy", "difference", "low", "high", "p", "seconds")
COLUMNS = ("combination", "weight", *NUMBERS)
OF_CLASSES = ("combination", "class", "f1", "difference", "low", "high")


@dataclass(frozen=True)
class Combinations:
    folder: Path
    about: Mapping[str, Any]
    table: pd.DataFrame  # a row per combination; accuracies and differences as fractions
    classes: pd.DataFrame  # a row per combination and class
    image_records: tuple[ImageRecord, ...]

    @property
    def file(self) -> Path:
        return self.folder / layout.SUMMARY

    @property
    def runs(self) -> list[tuple[str, int]]:
        """Returns experiment and seed of all networks; an expert has the first network's seed."""
        name, seeds = self.about["experiment"], self.about["seeds"]
        return [*((name, seed) for seed in seeds), *((e, seeds[0]) for e in self.about["experts"])]

    @property
    def made_by_other_code(self) -> bool:
        return is_of_other_code(self.about["provenance"], "combine")


def read(results: Path) -> Combinations | None:
    """Reads the combinations; None if there are none. Raises ArtifactError for a damaged file."""
    folder = layout.combine(results)
    file = folder / layout.SUMMARY
    if not file.exists():
        return None
    facts = artifacts.read_json(file)
    texts = ("combination", "class")
    table_file, table = packed.read_csv(folder / layout.COMBINATIONS, COLUMNS, texts[:1])
    require_finite(table_file, table, NUMBERS)
    # only an expert has a weight
    table["weight"] = pd.to_numeric(table["weight"], errors="coerce")
    classes_file, classes = packed.read_csv(folder / layout.COMBINED_CLASSES, OF_CLASSES, texts)
    require_finite(classes_file, classes, OF_CLASSES[2:])
    with written_by("lc-cli combine", file, "combine again"):
        about = {
            "experiment": str(facts["experiment"]),
            "seeds": [int(seed) for seed in facts["seeds"]],
            "experts": [str(expert) for expert in facts["experts"]],
            "n": int(facts["n"]),
            "device": str(facts["device"]),
            "provenance": code_record(facts),
        }
        if not about["seeds"]:
            raise ValueError("no seeds")
        return Combinations(folder, about, table, classes, image_records(facts))

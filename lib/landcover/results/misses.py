"""The results of `missed`: the test images that every seed of an experiment classifies wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.results import layout
from landcover.results.code_record import code_record, is_of_other_code
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.written import written_by

COUNTS = ("n", "wrong_in_any", "wrong_in_all", "same_class_in_all", "drawn")
OF_SEEDS = ("seeds", "wrong")  # a number for each


@dataclass(frozen=True)
class Misses:
    folder: Path
    about: Mapping[str, Any]
    image_records: tuple[ImageRecord, ...]

    @property
    def file(self) -> Path:
        return self.folder / layout.SUMMARY

    @property
    def picture(self) -> Path:
        return (self.folder / layout.MISSED).with_suffix(".svg")

    @property
    def made_by_other_code(self) -> bool:
        return is_of_other_code(self.about["provenance"], "missed")


def read(results: Path) -> dict[str, Misses]:
    """Returns the misses by experiment. Raises ArtifactError for a damaged file."""
    return {name: _misses(layout.missed(results, name)) for name in layout.with_misses(results)}


def _misses(folder: Path) -> Misses:
    file = folder / layout.SUMMARY
    facts = artifacts.read_json(file)
    again = f"make it again with `lc-cli missed {folder.name}`"
    with written_by("lc-cli missed", file, again):
        about = {
            "experiment": str(facts["experiment"]),
            "device": str(facts["device"]),
            "provenance": code_record(facts),
            **{key: int(facts[key]) for key in COUNTS},
            **{key: [int(number) for number in facts[key]] for key in OF_SEEDS},
        }
        return Misses(folder, about, image_records(facts))

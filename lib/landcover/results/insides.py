"""The results of `interpret` for a network: each method has a folder, and its summary is last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from landcover import artifacts
from landcover.architectures import PUBLISHED
from landcover.results import layout, packed
from landcover.results.code_record import code_record, is_of_other_code
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.written import written_by

Tables = dict[tuple[Path, tuple[str, ...]], tuple[Path, pd.DataFrame]]


@dataclass(frozen=True)
class Inside:
    folder: Path
    about: Mapping[str, Any]
    layers: pd.DataFrame  # a row per layer; none if the method explains images
    image_records: tuple[ImageRecord, ...]
    _read: Tables = field(init=False, default_factory=dict, repr=False, compare=False)

    @property
    def file(self) -> Path:
        return self.folder / layout.SUMMARY

    def table(self, name: str, *columns: str) -> tuple[Path, pd.DataFrame]:
        """Returns a table of the method, and its file."""
        file = self.folder / f"{name}.csv"
        if (file, columns) not in self._read:
            self._read[file, columns] = packed.read_csv(file, columns)
        return self._read[file, columns]

    @property
    def fidelity(self) -> str:
        return self.image_records[0].fidelity

    @property
    def seed(self) -> int | None:
        """Returns the seed of the run; None if it is no run."""
        seed: int | None = self.about["seed"]
        return seed

    @property
    def device(self) -> str:
        return str(self.about["device"])

    @property
    def is_random(self) -> bool:
        """Tells whether the network, or its backbone, was never trained."""
        return str(self.about["weights"]).endswith(("random", "random backbone"))

    @property
    def made_by_other_code(self) -> bool:
        return is_of_other_code(self.about["provenance"], "interpret")


def alive(units: pd.DataFrame) -> pd.DataFrame:
    """Returns the units that are positive for some image; the top images of others mean nothing."""
    return units[~units["dead"].isin([True])]


def read(results: Path) -> dict[tuple[str, str], Inside]:
    """Reads all looks inside networks, by look and method."""
    return {
        (look, method): _inside(layout.interpret(results, look) / method)
        for look, method in layout.interpreted(results)
    }


def _inside(folder: Path) -> Inside:
    file = folder / layout.SUMMARY
    facts = artifacts.read_json(file)
    look, method = folder.parts[-2:]
    network, seed = layout.looked_into(look)
    subject = f"--model {network}" if network in PUBLISHED else network
    subject += f" --seed {seed}" if seed else ""
    again = f"look again with `lc-cli interpret {subject} --method {method}`"
    with written_by("lc-cli interpret", file, again):
        about = facts | {
            "seed": None if facts["seed"] is None else int(facts["seed"]),
            "images": int(facts["images"]),
            "image_size": int(facts["image_size"]),
            "provenance": code_record(facts),
            **{key: str(facts[key]) for key in ("split", "weights", "normalise", "device")},
        }
        if folder.name == "topk":
            about["selective_purity"] = float(facts["selective_purity"])
        layers = [{**layer, "layer": str(layer["layer"])} for layer in facts.get("layers", [])]
        return Inside(folder, about, pd.DataFrame(layers), image_records(facts))

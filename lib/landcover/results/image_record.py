"""The images that a result was made from, as the result itself states."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ImageRecord:
    dataset: str
    fidelity: str  # "original", "copy", "lossy copy" or "synthetic"
    source: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.dataset} ({self.fidelity})"


def image_records(facts: Mapping[str, Any]) -> tuple[ImageRecord, ...]:
    """Returns the images that a result was made from; a second data set comes after the first.

    Raises KeyError if the result does not state them.
    """
    datasets = [facts["data"], *([facts["also"]] if "also" in facts else [])]
    return tuple(
        ImageRecord(*(str(data[key]) for key in ("dataset", "fidelity", "source", "sha256")))
        for data in datasets
    )

"""A data set, as what was made from it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Images:
    dataset: str
    fidelity: str  # "original", "copy", "lossy copy" or "synthetic"
    source: str
    sha256: str


def images(facts: Mapping[str, Any]) -> tuple[Images, ...]:
    """Returns those that a result was made from, a second data set after the first.

    Raises KeyError where a record does not say them.
    """
    found = [facts["data"], *([facts["also"]] if "also" in facts else [])]
    return tuple(
        Images(*(str(data[key]) for key in ("dataset", "fidelity", "source", "sha256")))
        for data in found
    )

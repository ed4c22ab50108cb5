"""What a distilled folder of results says of itself, in distilled.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landcover import artifacts
from landcover.results import layout
from landcover.results.written import written_by


@dataclass(frozen=True)
class Distilled:
    preset: str
    precision: str
    weights: Mapping[str, int] = field(default_factory=dict)  # of which experiments and seeds
    best: str = ""  # the experiment that `predict` uses by default


def read(folder: Path) -> Distilled | None:
    """Returns None for a folder that is not distilled. Raises ArtifactError for a broken file."""
    file = folder / layout.DISTILLED
    if not file.exists():
        return None
    with written_by("lc-cli distill", file, "distill the results again"):
        facts = artifacts.read_json(file)
        weights = {str(name): int(seed) for name, seed in facts["weights"].items()}
        texts = (facts[key] for key in ("preset", "precision", "best"))
        preset, precision, best = (_text(value) for value in texts)
    return Distilled(preset, precision, weights, best)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value

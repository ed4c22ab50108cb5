"""Where files live when nobody says otherwise. Only the workflow and the commands know this."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from lc_cli import options

if TYPE_CHECKING:
    from landcover.experiments import Table

CHECKOUT = Path(__file__).resolve().parents[2] / "workflow"
INSTALLED = Path(__file__).resolve().parent / "workflow"
WORKFLOW = CHECKOUT if CHECKOUT.is_dir() else INSTALLED

RESULTS = Path("results")
CACHE = user_cache_path("landcover")


def table(
    preset: str | None, source: Path | None = None, settings: "Mapping[str, Any] | None" = None
) -> "Table":
    """Without a preset, images that are named mean real work, and none mean the demo."""
    from landcover.experiments import load

    return load(
        WORKFLOW, preset or ("paper" if source else "demo"), settings, options.named(source)
    )


def data(preset: str, prepared: str) -> Path:
    return Path(RESULTS, preset, "data", prepared)


def explore(preset: str, prepared: str) -> Path:
    return Path(RESULTS, preset, "explore", prepared)


def run(preset: str, experiment: str, seed: int) -> Path:
    return Path(RESULTS, preset, "runs", experiment, f"seed{seed}")


def interpret(preset: str, name: str) -> Path:
    return Path("results", preset, "interpret", name)


def report(preset: str) -> Path:
    return Path(RESULTS, preset, "report")

"""Where files live when nobody says otherwise. Only the workflow and the commands know this."""

from pathlib import Path

from platformdirs import user_cache_path

CHECKOUT = Path(__file__).resolve().parents[2] / "workflow"
INSTALLED = Path(__file__).resolve().parent / "workflow"
WORKFLOW = CHECKOUT if CHECKOUT.is_dir() else INSTALLED

CACHE = user_cache_path("landcover")


def data(preset: str, dataset: str) -> Path:
    return Path("results", preset, "data", dataset)


def run(preset: str, experiment: str, seed: int) -> Path:
    return Path("results", preset, "runs", experiment, f"seed{seed}")


def profile(preset: str, model: str) -> Path:
    return Path("results", preset, "profile", model)


def report(preset: str) -> Path:
    return Path("results", preset, "report")

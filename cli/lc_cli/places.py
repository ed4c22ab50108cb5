"""The table, the workflow and the cache, wherever the command is called."""

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

CACHE = user_cache_path("landcover")


def table(
    preset: str | None, source: Path | None = None, settings: "Mapping[str, Any] | None" = None
) -> "Table":
    """Without a preset, images that are named mean real work, and none mean the demo."""
    from landcover.experiments import load

    return load(
        WORKFLOW, preset or ("paper" if source else "demo"), settings, options.named(source)
    )

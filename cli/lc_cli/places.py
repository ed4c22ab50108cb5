"""The table, the workflow and the cache, wherever the command is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from platformdirs import user_cache_path

from landcover.errors import ArtifactError
from landcover.results import layout
from lc_cli import options

if TYPE_CHECKING:
    from landcover.experiments import Table

CHECKOUT = Path(__file__).resolve().parents[2] / "workflow"
INSTALLED = Path(__file__).resolve().parent / "workflow"
WORKFLOW = CHECKOUT if CHECKOUT.is_dir() else INSTALLED

CACHE = user_cache_path("landcover")


def table(
    preset: str | None,
    source: Path | None = None,
    settings: "Mapping[str, Any] | None" = None,
    results: Path | None = None,
) -> "Table":
    """Loads the experiments under a preset.

    Without a preset, distilled `results` say theirs; else it is paper with `source`, or demo.
    """
    from landcover.experiments import load

    named = {} if preset else _distilled(results)
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    chosen = preset or named.pop("preset", "paper" if source else "demo")
    return load(WORKFLOW, chosen, named | given, options.named(source))


def _distilled(results: Path | None) -> dict[str, Any]:
    """Returns preset and precision of a distilled folder of results."""
    from landcover import artifacts

    file = results and results / layout.DISTILLED
    if not file or not file.exists():
        return {}
    facts = artifacts.read_json(file)
    return {key: facts[key] for key in ("preset", "precision") if key in facts}


def finished(run: Path, command: str = "") -> Path:
    """Returns the folder of a run. Raises ArtifactError if no training ended there.

    `command` is the command that trains the run; it is empty if the user named the folder.
    """
    if (run / layout.RUN).exists():
        return run
    what = "has no finished run" if run.is_dir() else "does not exist"
    example = layout.run(layout.usual("PRESET"), "EXPERIMENT", "N")
    advice = f"train it first: `{command}`" if command else f"name the folder of a run, {example}"
    raise ArtifactError(f"{run} {what}; {advice}")


def trained(name: str, seed: int, preset: str) -> Path:
    """Returns the usual folder of a run. Raises ArtifactError if it was not trained."""
    command = f"lc-cli train {name} --seed {seed} --preset {preset}"
    return finished(layout.run(layout.usual(preset), name, seed), command)


def warn_if_empty(results: Path) -> None:
    if not layout.finished(results):
        click.echo(f"{results} has no finished run, so everything of ours is a gap.", err=True)

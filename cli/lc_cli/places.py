"""The table, the workflow and the cache, wherever the command is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from platformdirs import user_cache_path

from landcover.errors import ArtifactError
from landcover.results import layout

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
    Raises ArtifactError if distilled `results` are of another preset or precision.
    """
    from landcover.experiments import load

    facts = {} if results is None else _distilled(results)
    said: dict[str, Any] = {key: facts[key] for key in ("preset", "precision") if key in facts}
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    for key, value in {"preset": preset, **given}.items():
        if value and value != said.get(key, value):
            raise ArtifactError(
                f"{results} holds results of the {key} {said[key]}; leave out --{key}, or name "
                "another folder with --results"
            )
    usual = said.pop("preset", "paper" if source else "demo")
    return load(WORKFLOW, preset or usual, said | given, named(source))


def named(source: Path | None) -> Path | None:
    """Returns --data if it is on the command line; None if it comes from the environment."""
    origin = click.get_current_context().get_parameter_source("source")
    return source if origin is ParameterSource.COMMANDLINE else None


def table_of(run: Path | None, preset: str | None, source: Path | None) -> "Table":
    """Loads the experiments under a preset; without one, under that of a run, if there is one."""
    from landcover import artifacts

    if run and not preset and (run / layout.RUN).exists():
        images = artifacts.read_json(run / layout.RUN).get("data", {})
        preset = "demo" if images.get("fidelity") == "synthetic" else "paper"
        preset = layout.preset_of(run) or preset
    return table(preset, source)


def _distilled(results: Path) -> dict[str, Any]:
    """Returns what a distilled folder of results says of itself; {} for another folder."""
    from landcover import artifacts

    file = results / layout.DISTILLED
    return artifacts.read_json(file) if file.exists() else {}


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


def with_weights(run: Path, *kinds: str) -> Path:
    """Returns the folder of a run that has these weights.

    Raises ArtifactError if it was not trained, or if `distill` left its weights out.
    """
    finished(run)
    if all(layout.weights(run, kind).exists() for kind in kinds):
        return run
    wanted = " and ".join(kinds)
    results = run.parents[2] if len(run.parents) > 2 else run
    if not (kept := _distilled(results).get("weights")):
        raise ArtifactError(f"{run} lacks its {wanted} weights; train the run again")
    if layout.weights(run, "best").exists():
        advice = "; add --epoch best"
        if "best" in kinds:
            advice = f", and evaluate needs both; use `lc-cli predict --run {run}`"
        raise ArtifactError(
            f"{run} was distilled: it has its best weights, but not its last{advice}, or train it "
            "again"
        )
    named = ", ".join(str(layout.run(results, *one.split("/seed"))) for one in kept.values())
    raise ArtifactError(
        f"{run} was distilled without its {wanted} weights; choose the best epoch of one of these: "
        f"{named}"
    )


def trained(name: str, seed: int, preset: str) -> Path:
    """Returns the usual folder of a run. Raises ArtifactError if it was not trained."""
    command = f"lc-cli train {name} --seed {seed} --preset {preset}"
    return finished(layout.run(layout.usual(preset), name, seed), command)


def warn_if_empty(results: Path) -> None:
    if not layout.finished(results):
        click.echo(f"{results} has no finished run, so everything of ours is a gap.", err=True)

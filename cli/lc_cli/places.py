"""The table, the workflow and the cache, wherever the command is called."""

import os
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

    Without a preset, it is that of `results`: distilled ones say it, and others lie in its usual
    place. Else it is paper with `source`, or demo.
    Raises ArtifactError if distilled `results` are of another preset or precision.
    """
    from landcover.experiments import load
    from landcover.results import distilled

    found = None if results is None else distilled.read(results)
    said: dict[str, Any] = {"preset": found.preset, "precision": found.precision} if found else {}
    given = {key: value for key, value in (settings or {}).items() if value is not None}
    for key, value in {"preset": preset, **given}.items():
        if value and value != said.get(key, value):
            raise ArtifactError(
                f"{results} holds results of the {key} {said[key]}, not {value}; leave out --{key}"
                f"{' (or LANDCOVER_PRESET)' if key == 'preset' else ''}, or name another folder "
                "with --results"
            )
    usual = said.pop("preset", "") or (results and _preset_of(results))
    return load(
        WORKFLOW, preset or usual or ("paper" if source else "demo"), said | given, named(source)
    )


def named(source: Path | None) -> Path | None:
    """Returns --data if it is on the command line; None if it comes from the environment."""
    origin = click.get_current_context().get_parameter_source("source")
    return source if origin is ParameterSource.COMMANDLINE else None


def table_of(run: Path | None, preset: str | None, source: Path | None) -> "Table":
    """Loads the experiments under a preset; without one, under that of a run, if there is one."""
    from landcover import artifacts
    from landcover.results.written import written_by

    if run and not preset and (run / layout.RUN).exists():
        with written_by("lc-cli train", run / layout.RUN, "train the run again"):
            fidelity = artifacts.read_json(run / layout.RUN)["data"]["fidelity"]
        preset = layout.preset_of(run) or ("demo" if fidelity == "synthetic" else "paper")
    return table(preset, source)


def _preset_of(results: Path) -> str:
    """Returns the preset of results in their usual place; "" if they lie elsewhere."""
    name = results.resolve().name
    is_preset = (WORKFLOW / "presets" / f"{name}.yaml").exists()
    return name if is_preset and layout.is_usual(results) else ""


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
    from landcover.results import distilled

    wanted = " and ".join(kinds)
    results = layout.results_of(run)
    said = distilled.read(results) if results else None
    if not (results and said and said.weights):
        raise ArtifactError(f"{run} lacks its {wanted} weights; train the run again")
    if layout.weights(run, "best").exists():
        advice = "; add --epoch best"
        if "best" in kinds:
            advice = f", and evaluate needs both; use `lc-cli predict --run {run}`"
        raise ArtifactError(
            f"{run} was distilled: it has its best weights, but not its last{advice}, or train it "
            "again"
        )
    kept = (layout.run(results, *one) for one in said.weights.items())
    named = ", ".join(os.path.relpath(run) for run in kept)
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

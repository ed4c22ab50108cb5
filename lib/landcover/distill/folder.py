"""Copies the files of results that a small folder keeps; only the weights need torch."""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from landcover import artifacts, weights
from landcover.distill import pictures, tables
from landcover.errors import ArtifactError
from landcover.experiments import Table
from landcover.results import layout

# Of a run; the last file of each shows that the others beside it are complete.
OF_TRAINING = (layout.SPEC, layout.HISTORY, layout.RUN)
OF_EVALUATION = (
    layout.PREDICTIONS, layout.PER_CLASS, layout.CONFUSION, layout.CALIBRATION, layout.METRICS,
)  # fmt: skip
# Folders that are copied as they are.
WHOLE = (layout.explore, layout.profile, layout.interpret, layout.missed)
KIND = "best"
PICTURES = (".svg", ".png")


def distill(
    results: Path,
    table: Table,
    out: Path,
    with_weights: Sequence[str],
    best: str = "",
    shown: Collection[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Adds a folder of results to `out`; older results in `out` stay if the folder lacks them.

    `with_weights` names experiments; the best weights of their first seed are kept in half
    precision. Weights that `out` has already stay as well; those of a run that is copied again are
    replaced by its own. `best` is the experiment that `predict` uses by default. `shown` are the
    pictures of networks' insides to keep: network and file name. Writes distilled.json last and
    returns its content.
    Raises ArtifactError if weights are missing, nothing was run, or `out` holds results of another
    preset.
    """
    if (results / layout.DISTILLED).exists():
        raise ArtifactError(
            f"{results} is distilled already; name the folder that training wrote to"
        )
    before = _before(out, table)
    finished = layout.finished(results)
    if not finished:
        raise ArtifactError(f"{results} has no finished run; train something first")
    wanted = dict.fromkeys([*with_weights, *([best] if best else [])])
    kept = _kept_again(before.get("weights", {}), results, finished) | {
        name: _first_run(results, finished, name) for name in wanted
    }
    halved = {name: _halved(layout.weights(run, KIND)) for name, run in kept.items()}
    for name, seed in finished:
        _copy_run(layout.run(results, name, seed), layout.run(out, name, seed))
    for name, seed in layout.finished(out):
        if name in kept or (name, seed) in finished:  # the old ones are of another seed or training
            artifacts.remove(layout.weights(layout.run(out, name, seed), KIND))
    for name, run in kept.items():
        place = out / run.relative_to(results)
        weights.write(layout.weights(place, KIND), *halved[name])
    for name in layout.fetched(results):
        _copy_data(layout.data(results, name), layout.data(out, name))
    for file in _others(results, shown):
        _copy(file, out / file.relative_to(results))
    listed = {
        name: f"{name}/seed{seed}"
        for name, seed in layout.finished(out)
        if layout.weights(layout.run(out, name, seed), KIND).exists()
    }
    default = best or before.get("best", "")
    facts = {
        "preset": table.preset.name,
        "precision": table.preset.precision,
        "weights": listed,
        "best": default if default in listed else "",
    }
    artifacts.write_json(out / layout.DISTILLED, facts)
    return facts


def _before(out: Path, table: Table) -> dict[str, Any]:
    """Returns what `out` says of itself. Raises ArtifactError if it is of another preset."""
    file = out / layout.DISTILLED
    before = artifacts.read_json(file) if file.exists() else {}
    if (preset := before.get("preset", table.preset.name)) != table.preset.name:
        raise ArtifactError(
            f"{out} holds results of the preset {preset}, and these are of {table.preset.name}; "
            "name another folder with --out"
        )
    return before


def _kept_again(
    known: Mapping[str, str], results: Path, finished: Sequence[tuple[str, int]]
) -> dict[str, Path]:
    """Returns the runs that are copied and whose weights were kept before, if they have some."""
    runs = [(name, layout.run(results, name, seed)) for name, seed in finished]
    return {
        name: run
        for name, run in runs
        if known.get(name) == f"{name}/{run.name}" and layout.weights(run, KIND).exists()
    }


def _first_run(results: Path, finished: Sequence[tuple[str, int]], name: str) -> Path:
    seeds = sorted(seed for experiment, seed in finished if experiment == name)
    if not seeds:
        raise ArtifactError(f"{results} has no finished run of '{name}', whose weights were wanted")
    return layout.run(results, name, seeds[0])


def _copy_run(run: Path, out: Path) -> None:
    """Copies a run without its weights; no table of an earlier training or evaluation stays."""
    for name in (*reversed(OF_TRAINING), *reversed(OF_EVALUATION)):
        artifacts.remove(out / name)
        artifacts.remove(out / layout.packed(name))
    is_evaluated = (run / layout.METRICS).exists()  # or other files are of earlier weights
    for name in (*(OF_EVALUATION if is_evaluated else ()), *OF_TRAINING):
        if (run / name).exists():
            if name == layout.PREDICTIONS:
                tables.copy_predictions(run / name, out / name, KIND)
            else:
                _copy(run / name, out / name)


def _copy_data(folder: Path, out: Path) -> None:
    """Copies the manifest and, compressed, the class of every image, which the report counts.

    The place of the images on this machine is left out.
    """
    manifest = artifacts.read_json(folder / layout.MANIFEST)
    manifest.pop("place", None)
    artifacts.write_json(out / layout.MANIFEST, manifest)
    tables.copy_classes(folder / layout.INDEX, out / layout.INDEX)


def _others(results: Path, shown: Collection[tuple[str, str]]) -> Iterator[Path]:
    """Yields files to copy: numbers, and the pictures that the report shows."""
    insides = layout.interpret(results, "")
    for folder in (*(place(results, "") for place in WHOLE), layout.combine(results)):
        for file in sorted(folder.rglob("*")):
            is_visible = file.is_file() and not file.name.startswith(".")
            if is_visible and _is_kept(file, insides, shown):
                yield file


def _is_kept(file: Path, insides: Path, shown: Collection[tuple[str, str]]) -> bool:
    if file.suffix not in PICTURES:
        return True
    if file.suffix == ".png" and file.with_suffix(".svg").exists():
        return False
    if not file.is_relative_to(insides):
        return True
    return (file.relative_to(insides).parts[0], file.name) in shown


def _copy(file: Path, place: Path) -> None:
    if file.suffix == ".csv":
        tables.copy(file, place)
    elif file.suffix == ".svg":
        pictures.copy(file, place)
    else:
        with file.open("rb") as source:
            artifacts.write(place, lambda target: shutil.copyfileobj(source, target))


def _halved(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns weights in half precision, and their notes."""
    tensors, notes = weights.read(file)
    halved = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    return halved, notes

"""Copies the files of results that a small folder keeps; only the weights need torch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from landcover import artifacts, weights
from landcover.distill import pictures, tables
from landcover.errors import ArtifactError
from landcover.experiments import Table
from landcover.results import distilled, layout
from landcover.results.distilled import Distilled

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
) -> Distilled:
    """Adds a folder of results to `out`; older results in `out` stay if the folder lacks them.

    `with_weights` names experiments; the best weights of their first seed are kept in half
    precision. Weights that `out` has already stay as well; those of a run that is copied again are
    replaced by its own. `best` is the experiment that `predict` uses by default. `shown` are the
    pictures of networks' insides to keep: network and file name. Writes distilled.json last and
    returns its content.
    Raises ArtifactError, before anything is changed, if a file is damaged, weights are missing,
    nothing was run, or `out` is `results` or holds results of another preset or precision.
    """
    _check_apart(results, out)
    before = _before(out, table)
    finished = layout.finished(results)
    if not finished:
        raise ArtifactError(f"{results} has no finished run; train something first")
    wanted = dict.fromkeys([*with_weights, *([best] if best else [])])
    kept = _kept_again(before.weights, results, finished) | {
        name: _first_run(results, finished, name) for name in wanted
    }
    halved = {name: _halved(layout.weights(run, KIND)) for name, run in kept.items()}
    files = dict(_files(results, out, finished, shown))  # what is damaged is known before a change
    for name, seed in finished:
        _clear(layout.run(out, name, seed))
    for name, seed in layout.finished(out):
        if name in kept:  # the old ones are of another seed
            artifacts.remove(layout.weights(layout.run(out, name, seed), KIND))
    for place, content in files.items():
        _write(place, content)
    for name, run in kept.items():
        weights.write(layout.weights(out / run.relative_to(results), KIND), *halved[name])
    listed = {
        name: seed
        for name, seed in layout.finished(out)
        if layout.weights(layout.run(out, name, seed), KIND).exists()
    }
    default = best or before.best
    said = replace(before, weights=listed, best=default if default in listed else "")
    artifacts.write_json(out / layout.DISTILLED, asdict(said))
    return said


def _check_apart(results: Path, out: Path) -> None:
    if (results / layout.DISTILLED).exists():
        raise ArtifactError(
            f"{results} is distilled already; name the folder that training wrote to"
        )
    if out.resolve() == results.resolve():
        raise ArtifactError(f"{out} is the folder of the runs; name another folder with --out")


def _before(out: Path, table: Table) -> Distilled:
    """Returns what `out` says of itself. Raises ArtifactError if it holds other results."""
    preset = table.preset
    before = distilled.read(out) or Distilled(preset.name, preset.precision)
    for key, old, new in (
        ("preset", before.preset, preset.name),
        ("precision", before.precision, preset.precision),
    ):
        if old != new:
            raise ArtifactError(
                f"{out} holds results of the {key} {old}, and these are of {new}; "
                "name another folder with --out"
            )
    return before


def _kept_again(
    known: Mapping[str, int], results: Path, finished: Sequence[tuple[str, int]]
) -> dict[str, Path]:
    """Returns the runs that are copied and whose weights were kept before, if they have some."""
    kept = {
        name: layout.run(results, name, seed) for name, seed in finished if known.get(name) == seed
    }
    return {name: run for name, run in kept.items() if layout.weights(run, KIND).exists()}


def _first_run(results: Path, finished: Sequence[tuple[str, int]], name: str) -> Path:
    seeds = sorted(seed for experiment, seed in finished if experiment == name)
    if not seeds:
        raise ArtifactError(f"{results} has no finished run of '{name}', whose weights were wanted")
    return layout.run(results, name, seeds[0])


def _files(
    results: Path,
    out: Path,
    finished: Sequence[tuple[str, int]],
    shown: Collection[tuple[str, str]],
) -> Iterator[tuple[Path, bytes]]:
    """Yields the place and the content of every file to keep but weights."""
    for run in finished:
        for name, content in _of_run(layout.run(results, *run)):
            yield layout.run(out, *run) / name, content
    for images in layout.fetched(results):
        for name, content in _of_images(layout.data(results, images)):
            yield layout.data(out, images) / name, content
    for file in _others(results, shown):
        name, content = _small(file)
        yield (out / file.relative_to(results)).with_name(name), content


def _of_run(run: Path) -> Iterator[tuple[str, bytes]]:
    """Yields the names and contents of a run's small files, without its weights."""
    is_evaluated = (run / layout.METRICS).exists()  # or other files are of earlier weights
    for name in (*(layout.OF_EVALUATION if is_evaluated else ()), *layout.OF_TRAINING):
        if (run / name).exists():
            is_long = name == layout.PREDICTIONS
            yield tables.small_predictions(run / name, KIND) if is_long else _small(run / name)


def _clear(run: Path) -> None:
    """Removes what is of an earlier training or evaluation of a run."""
    artifacts.remove(layout.weights(run, KIND))
    for name in (*reversed(layout.OF_TRAINING), *reversed(layout.OF_EVALUATION)):
        artifacts.remove(run / name)
        artifacts.remove(run / layout.packed(name))


def _of_images(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yields the manifest and the class of every image, which the report counts.

    The place of the images on this machine is left out.
    """
    manifest = artifacts.read_json(folder / layout.MANIFEST)
    manifest.pop("place", None)
    yield layout.MANIFEST, artifacts.as_json(manifest).encode()
    yield tables.small_index(folder / layout.INDEX)


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


def _small(file: Path) -> tuple[str, bytes]:
    """Returns the name and the content that a file has in the small folder."""
    if file.suffix == ".csv":
        return tables.small(file)
    return file.name, pictures.small(file) if file.suffix == ".svg" else file.read_bytes()


def _write(place: Path, content: bytes) -> None:
    """Writes a file, and removes a table's other form, plain or compressed, from earlier."""
    is_packed = place.name == layout.packed(place.stem)
    artifacts.write(place, lambda file: file.write(content))
    artifacts.remove(place.with_name(place.stem if is_packed else layout.packed(place.name)))


def _halved(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns weights in half precision, and their notes."""
    tensors, notes = weights.read(file)
    halved = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    return halved, notes

"""The images that a command works on; they are prepared first if they are missing."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landcover.errors import DataError
from landcover.experiments import PIXELS, prepared_name
from landcover.results import layout
from lc_cli import places, progress

if TYPE_CHECKING:
    from landcover.data.dataset import Dataset
    from landcover.data.prepared import Prepared
    from landcover.experiments import Preset, Table


def made(
    wanted: "Dataset",
    preset: "Preset",
    source: Path | None,
    folder: Path,
    lists: Path | None = None,
) -> "Prepared":
    """Writes real or synthetic images, as the preset asks, to a folder and returns them."""
    from landcover.data import prepared
    from landcover.fetch import draw

    if preset.data == "synthetic":
        data = draw(wanted, preset.images_per_class)
    else:
        data = real(wanted, source, lists=lists)
    prepared.write(folder, data)
    return data


def can_draw(name: str, table: "Table") -> bool:
    """Tells whether the project or the table knows a data set, so that it can be synthetic."""
    from landcover.data.catalog import DATASETS, PHOTOGRAPHS

    return name in (*DATASETS, *PHOTOGRAPHS) or bool(table.image_sizes(name))


def _folder(wanted: "Dataset", preset: "Preset") -> Path:
    return layout.data(layout.usual(preset.name), prepared_name(wanted.name, wanted.image_size))


def opened(wanted: "Dataset", preset: "Preset", source: Path | None) -> "Prepared":
    from landcover.data import prepared

    folder = _folder(wanted, preset)
    if (folder / layout.MANIFEST).exists():
        if source is not None and preset.data == "real":
            _check_source(wanted, preset, source, folder)
        return prepared.read(folder)
    return made(wanted, preset, source, folder)


def opened_of(run: Path, preset: "Preset", source: Path | None) -> "Prepared":
    """Returns the images of the data set that a run was trained on."""
    from landcover import artifacts
    from landcover.data.catalog import dataset
    from landcover.results.written import written_by

    with written_by("lc-cli train", run / layout.SPEC, "train the run again"):
        spec = artifacts.read_json(run / layout.SPEC)
        name, pixels = str(spec["dataset"]), int(spec["image_size"])
    return opened(dataset(name, pixels), preset, source)


def real_or_drawn(
    dataset_of: Callable[["Table"], "Dataset"], preset: str | None, source: Path | None
) -> tuple["Table", "Prepared"]:
    """Returns the table and the images for a question that may have no preset.

    Without one, the images are real if some are prepared, cached, or can be downloaded; else
    synthetic, with a warning. With a preset or --data, nothing is replaced.
    """
    if preset or places.named(source):
        table = places.table(preset, source)
        return table, opened(dataset_of(table), table.preset, source)
    paper = places.table("paper")
    try:
        return paper, _opened_soon(dataset_of(paper), paper.preset, source)
    except DataError as error:
        click.echo(f"Warning: synthetic images are shown, because {error}.", err=True)
        demo = places.table("demo")
        return demo, opened(dataset_of(demo), demo.preset, None)


def _opened_soon(wanted: "Dataset", preset: "Preset", source: Path | None) -> "Prepared":
    """Raises DataError, without a long wait for a network, if there are no real images."""
    from landcover.fetch import is_obtainable

    is_prepared = (_folder(wanted, preset) / layout.MANIFEST).exists()
    if is_prepared or is_obtainable(wanted, source, places.CACHE):
        return opened(wanted, preset, source)
    raise DataError(
        f"{wanted.title} is not in {places.CACHE} and cannot be downloaded; name your own images "
        f"with --data PATH, or run `lc-cli fetch {wanted.name} --preset {preset.name}` where there "
        "is a network"
    )


def _check_source(wanted: "Dataset", preset: "Preset", source: Path, folder: Path) -> None:
    """Raises DataError if the prepared images do not come from `source`.

    The folder in LANDCOVER_DATA may lack this data set; a folder after --data may not.
    """
    from landcover import artifacts
    from landcover.fetch import contradicts

    try:
        if not contradicts(wanted, folder, source):
            return
    except DataError:
        if places.named(source):
            raise
        return
    before = artifacts.read_json(folder / layout.MANIFEST)
    words = ["lc-cli", "fetch", wanted.name, "--preset", preset.name, "--data", str(source)]
    if wanted.name not in PIXELS:
        words += ["--image-size", str(wanted.image_size)]
    raise DataError(
        f"{folder} holds images from {before.get('place') or before['source']}, not from {source}; "
        f"take the images of {source} with `{shlex.join(words)}`, or name the others"
    )


def real(
    wanted: "Dataset",
    source: Path | None,
    splits: tuple[str, ...] = (),
    lists: Path | None = None,
) -> "Prepared":
    from landcover.fetch import fetch

    with progress.downloaded(f"Downloading {wanted.name}") as on_bytes:
        return fetch(wanted, source, places.CACHE, splits, on_bytes, lists)

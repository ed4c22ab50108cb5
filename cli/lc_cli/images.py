"""The images that a command works on; prepared ones are made first where they are missing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landcover.errors import DataError
from landcover.experiments import prepared_name
from landcover.results import layout
from lc_cli import options, places, progress

if TYPE_CHECKING:
    from landcover.data import Dataset
    from landcover.data.prepared import Prepared
    from landcover.experiments import Preset


def made(wanted: "Dataset", preset: "Preset", source: Path | None, folder: Path) -> "Prepared":
    """Real or synthetic images, whichever the preset asks for, written to the folder."""
    from landcover.data import prepared
    from landcover.fetch import draw

    if preset.data == "synthetic":
        data = draw(wanted, preset.images_per_class)
    else:
        data = real(wanted, source)
    prepared.write(folder, data)
    return data


def opened(wanted: "Dataset", preset: "Preset", source: Path | None) -> "Prepared":
    from landcover.data import prepared

    folder = layout.data(layout.usual(preset.name), prepared_name(wanted.name, wanted.image_size))
    if (folder / layout.MANIFEST).exists():
        data = prepared.read(folder)
        if source is not None and options.named(source):
            if not source.exists():
                raise DataError(f"{source} does not exist; name the images that there are")
            told = f"{folder} is used as it is, with images from {data.manifest['source']};"
            click.echo(f"{told} lc-cli fetch {wanted.name} would read others", err=True)
        return data
    return made(wanted, preset, source, folder)


def real(wanted: "Dataset", source: Path | None, splits: tuple[str, ...] = ()) -> "Prepared":
    from landcover.fetch import fetch

    with progress.downloaded(f"Downloading {wanted.name}") as on_bytes:
        return fetch(wanted, source, places.CACHE, splits, on_bytes)

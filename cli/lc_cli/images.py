"""The images that a command works on; prepared ones are made first where they are missing."""

from pathlib import Path
from typing import TYPE_CHECKING

from landcover.errors import SpecError
from lc_cli import places, progress

if TYPE_CHECKING:
    from landcover.data.prepared import Prepared
    from landcover.experiments import Preset


def made(name: str, preset: "Preset", source: Path | None, folder: Path) -> "Prepared":
    """Real or synthetic images, whichever the preset asks for, written to the folder."""
    from landcover.data import dataset, prepared
    from landcover.fetch import draw

    if preset.data == "synthetic":
        if source is not None:
            raise SpecError(
                f"the preset {preset.name} draws its own images and reads none from {source}; "
                "choose --preset quick or --preset paper"
            )
        data = draw(dataset(name), preset.images_per_class)
    else:
        data = real(name, source)
    prepared.write(folder, data)
    return data


def opened(name: str, preset: "Preset", source: Path | None) -> "Prepared":
    from landcover.data import prepared

    folder = places.data(preset.name, name)
    if (folder / prepared.MANIFEST).exists():
        return prepared.read(folder)
    return made(name, preset, source, folder)


def real(name: str, source: Path | None, splits: tuple[str, ...] = ()) -> "Prepared":
    from landcover.data import dataset
    from landcover.fetch import fetch

    with progress.downloaded(f"Downloading {name}") as on_bytes:
        return fetch(dataset(name), source, places.CACHE, splits, on_bytes)

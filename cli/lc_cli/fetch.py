from pathlib import Path

import click

from lc_cli import options, output, places
from lc_cli.images import made


@click.command()
@click.argument("name")
@options.data
@options.preset
@options.out("results/PRESET/data/NAME")
@options.as_json
def fetch(
    name: str, source: Path | None, preset: str | None, out: Path | None, as_json: bool
) -> None:
    """Bring the images of data set NAME to where training reads them.

    \b
    Examples:
      lc-cli fetch cifar10 --data ~/Downloads
      lc-cli fetch eurosat --preset paper
    """
    chosen = places.table(preset, source).preset
    folder = out or places.data(chosen.name, name)
    manifest = made(name, chosen, source, folder).manifest
    if as_json:
        output.as_json({"folder": str(folder), **manifest})
        return
    counts = ", ".join(f"{count:,} {split}" for split, count in manifest["images"].items())
    click.echo(f"{folder}: {counts} ({manifest['fidelity']}, from {manifest['source']})")

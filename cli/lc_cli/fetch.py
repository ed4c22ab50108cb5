from pathlib import Path
from typing import Any

import click

from landcover.experiments import prepared_name
from landcover.results import layout
from lc_cli import options, output, places
from lc_cli.images import made

SHOWN = 3  # of the files that were passed over


@click.command()
@click.argument("name")
@options.data
@options.image_size
@options.preset
@click.option(
    "--as-stored", is_flag=True,
    help="Leave photographs as stored, as the authors' code does, whatever their EXIF says.",
)  # fmt: skip
@options.out(layout.data(options.RESULTS, "NAME"))
@options.as_json
def fetch(
    name: str,
    source: Path | None,
    image_size: int | None,
    preset: str | None,
    as_stored: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Bring the images of data set NAME to where training reads them.

    NAME is cifar10, eurosat, terrassa or paris, or what you call photographs of your own, sorted
    into train|val|test/CLASS/. Photographs are squeezed into squares, once for each image size that
    the table asks for.

    \b
    Examples:
      lc-cli fetch cifar10 --data ~/Downloads
      lc-cli fetch terrassa --source ~/terrassa
      lc-cli fetch my-photos --source ~/photos --image-size 32
    """
    from landcover.data import photographs
    from landcover.data.catalog import DATASETS, dataset

    if as_stored and name in DATASETS:
        raise click.UsageError(f"--as-stored is for photographs; {name} has none.")
    table = places.table(preset, source)
    sizes = [image_size] if image_size else table.image_sizes(name)
    if table.preset.data == "synthetic" and not table.image_sizes(name):
        dataset(name)  # only what the table knows can be drawn
    if out and len(sizes) > 1:
        raise click.UsageError(f"--out is for one of the sizes {sizes}; say which --image-size.")
    manifests = []
    for size in sizes or [0]:
        wanted = dataset(name, size)
        if as_stored:
            wanted = photographs.as_stored(wanted)
        prepared = prepared_name(wanted.name, wanted.image_size)
        folder = out or layout.data(layout.usual(table.preset.name), prepared)
        manifest = made(wanted, table.preset, source, folder).manifest
        manifests.append({"folder": str(folder), **manifest})
        if not as_json:
            _show(manifests[-1])
    if as_json:
        output.as_json(manifests[0] if len(manifests) == 1 else manifests)


def _show(made: dict[str, Any]) -> None:
    counts = ", ".join(f"{count:,} {split}" for split, count in made["images"].items())
    click.echo(f"{made['folder']}: {counts} ({made['fidelity']}, from {made['source']})")
    if files := made["passed_over"]:
        some = ", ".join(files[:SHOWN]) + (", ..." if len(files) > SHOWN else "")
        click.echo(f"passed over, as nothing says what they are: {len(files)} ({some})", err=True)

from pathlib import Path
from typing import Any

import click

from landcover import hub
from landcover.errors import DataError, counted, nearest, some
from landcover.experiments import prepared_name
from landcover.results import layout
from lc_cli import options, output, places
from lc_cli.images import can_draw, made

OF_IMAGES = ("source", "image_size", "preset", "splits", "as_stored")


@click.command()
@click.argument("name")
@options.data
@options.image_size
@options.preset()
@click.option(
    "--splits", type=click.Path(path_type=Path), metavar="FOLDER",
    help="For eurosat: folder with torchgeo's lists eurosat-train.txt, ..., or "
    "eurosat-spatial-train.txt, ... They make the data sets eurosat-official and eurosat-spatial.",
)  # fmt: skip
@click.option(
    "--as-stored", is_flag=True,
    help="Ignore the rotation in the EXIF data of photographs, as the authors' code does.",
)  # fmt: skip
@options.out(layout.data(options.RESULTS, "NAME"))
@options.as_json
def fetch(
    name: str,
    source: Path | None,
    image_size: int | None,
    preset: str | None,
    splits: Path | None,
    as_stored: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Get the images of a data set, or the weights of a network.

    NAME is cifar10, eurosat, terrassa or paris, or your own name for photographs that are sorted
    into train|val|test/CLASS/. Photographs are resized to squares, once for each image size that
    the table asks for. eurosat-official and eurosat-spatial are EuroSAT in the splits that others
    use. Or NAME is a published network, such as vgg16; `lc-cli doctor` lists them.

    \b
    Examples:
      lc-cli fetch cifar10 --data ~/Downloads
      lc-cli fetch eurosat --splits ~/torchgeo-lists
      lc-cli fetch vgg16
      lc-cli fetch terrassa --source ~/terrassa
      lc-cli fetch my-photos --source ~/photos --image-size 32
    """
    from landcover.data import photographs
    from landcover.data.catalog import DATASETS, PHOTOGRAPHS, dataset

    if name in hub.FILES:
        options.refuse(OF_IMAGES, f"is for images, and {name} is a network.")
        _fetch_weights(name, out, as_json)
        return
    if as_stored and name in DATASETS:
        raise click.UsageError(f"--as-stored is for photographs; {name} has none.")
    names = [name] if splits is None else _divided(name, splits)
    table = places.table(preset or ("paper" if splits else None), source)
    if splits and table.preset.data == "synthetic":
        raise click.UsageError(f"--splits divides real images; {preset} draws its own.")
    sizes = [image_size] if image_size else table.image_sizes(name)
    if table.preset.data == "synthetic" and not can_draw(name, table):
        known = nearest(name, [*DATASETS, *PHOTOGRAPHS, *hub.FILES])
        raise DataError(
            f"no data set or network '{name}'; for your own photographs name their folder with "
            f"--source; {known}"
        )
    if out and len(sizes) > 1:
        raise click.UsageError(f"--out is for one of the sizes {sizes}; say which --image-size.")
    if out and len(names) > 1:
        raise click.UsageError(f"--out is for one of {' and '.join(names)}; name it for eurosat.")
    manifests = []
    for wanted in [dataset(one, size) for one in names for size in sizes or [0]]:
        if as_stored:
            wanted = photographs.as_stored(wanted)
        prepared = prepared_name(wanted.name, wanted.image_size)
        folder = out or layout.data(layout.usual(table.preset.name), prepared)
        manifest = made(wanted, table.preset, source, folder, splits).manifest
        manifests.append({"folder": str(folder), **manifest})
        if not as_json:
            _show(manifests[-1])
    if as_json:
        output.as_json(manifests[0] if len(manifests) == 1 else manifests)


def _divided(name: str, folder: Path) -> list[str]:
    """Returns the data sets to make of EuroSAT with the lists in a folder."""
    from landcover.data import eurosat_splits

    if name in eurosat_splits.MD5:
        return [name]
    if name != "eurosat":
        raise click.UsageError(f"--splits is for eurosat; {name} has its own splits.")
    return eurosat_splits.named(folder)


def _fetch_weights(name: str, out: Path | None, as_json: bool) -> None:
    """Writes a record of the file in torch's cache if a workflow asks for it with --out."""
    from landcover import artifacts
    from landcover.fetch import fetch_weights

    facts = fetch_weights(name)
    if out:
        artifacts.write_json(out / f"{name}.json", facts)
    if as_json:
        output.as_json(facts)
    else:
        click.echo(f"{facts['file']}: {facts['size_bytes'] / 1e6:.0f} MB, its SHA-256 is right")


def _show(made: dict[str, Any]) -> None:
    counts = ", ".join(f"{count:,} {split}" for split, count in made["images"].items())
    click.echo(f"{made['folder']}: {counts} ({made['fidelity']}, from {made['source']})")
    if files := made["passed_over"]:
        click.echo(
            f"Skipped {counted(len(files), 'file')} that no class folder, annotation or list "
            f"names: {some(files)}",
            err=True,
        )
    if unknown := [one["file"] for one in made.get("lists", {}).values() if not one["published"]]:
        click.echo(
            f"Warning: {', '.join(unknown)}: not the published lists (their md5 differs), so the "
            "results say that their split is unknown",
            err=True,
        )

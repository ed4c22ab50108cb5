import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lc_cli import networks, options, output, progress


class Numbers(click.ParamType[tuple[float, ...]]):
    """A fixed number of numbers with commas between them."""

    name = "numbers"

    def __init__(self, count: int, *, whole: bool) -> None:
        self.count, self.whole = count, whole

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            found = tuple((int if self.whole else float)(part) for part in str(value).split(","))
        except ValueError:
            found = ()
        if len(found) != self.count:
            kind = "whole numbers" if self.whole else "numbers"
            self.fail(f"{value!r} is not {self.count} {kind} with commas between them", param, ctx)
        return found


@click.command("map")
@click.argument("scene", metavar="SCENE", type=click.Path(path_type=Path))
@options.classifier
@click.option(
    "--stride", type=options.whole(1, 1024), default=32, show_default=True, metavar="PIXELS",
    help="Distance between two windows, and the size of a cell of the map.",
)  # fmt: skip
@click.option(
    "--bands", type=Numbers(3, whole=True), metavar="R,G,B",
    help="Numbers of the red, green and blue band, from 1: 4,3,2 for all bands of Sentinel-2.  "
    "[default: as the file says]",
)  # fmt: skip
@click.option(
    "--range", "limits", type=Numbers(2, whole=False), metavar="LOW,HIGH",
    help="Values that become black and white.  [default: 0,2750 for 16 bits, as EuroSAT was made]",
)  # fmt: skip
@click.option(
    "--nodata",
    type=float,
    metavar="VALUE",
    help="Value of pixels without data.  [default: as the file says]",
)
@click.option("--resample", is_flag=True, help="Resample to the 10 m of EuroSAT's pixels.")
@options.out("SCENE-map")
@options.as_json
def map_scene(
    scene: Path,
    stride: int,
    bands: tuple[int, ...] | None,
    limits: tuple[float, float] | None,
    nodata: float | None,
    resample: bool,
    out: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Map the land cover of a satellite SCENE.

    SCENE is a GeoTIFF, a JPEG 2000 file or another raster. Windows of the network's size are
    classified, and each cell of the map gets the mean of the windows that cover it. It writes a
    raster of classes and one of confidence, a picture with a legend, and areas as CSV.

    \b
    Examples:
      lc-cli map tile.tif --run results/paper/runs/task5-vgg16/seed0
      lc-cli map sentinel2.tif --bands 4,3,2 --range 1000,3750 --views 8 --out my-map
    """
    from landcover import mapping

    if limits and not (limits[0] < limits[1] and all(map(math.isfinite, limits))):
        raise click.UsageError("--range needs two numbers, the lower one first.")
    classifier = networks.loaded(**asked)
    reading = mapping.Reading(bands or (), limits, nodata, resample)
    folder = out or Path(f"{scene.stem}-map")
    with progress.windows() as begin:

        def on_start(windows: int, warnings: list[str]) -> Callable[[int], None]:
            for warning in warnings:
                click.echo(f"Warning: {warning}.", err=True)
            return begin(windows)

        made = mapping.draw(mapping.Map(scene, folder, stride, reading), classifier, on_start)
    if as_json:
        output.as_json(made)
        return
    columns = ("class", "cells", "pixels", "hectares", "percent", "probability")
    output.table(made["network"], columns, [_row(area) for area in made["areas"] if area["cells"]])
    click.echo(f"{folder}: {', '.join(mapping.FILES)}")


def _row(area: dict[str, Any]) -> list[object]:
    hectares = "" if area["hectares"] is None else f"{area['hectares']:,.1f}"
    shares = f"{area['percent']:.1f}", f"{area['mean_probability']:.3f}"
    return [area["class"], area["cells"], area["pixels"], hectares, *shares]

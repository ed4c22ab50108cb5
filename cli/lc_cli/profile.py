from pathlib import Path
from typing import TYPE_CHECKING

import click

from landcover.errors import counted
from lc_cli import options, output

if TYPE_CHECKING:
    from landcover.profiling import Leaf, TableRow


@click.command()
@click.option("--model", default="customcnn", show_default=True, help="Network to measure.")
@click.option(
    "--image-size", type=options.whole(8, 4096), default=32, show_default=True, metavar="PIXELS",
    help="Height and width of the images.",
)  # fmt: skip
@click.option(
    "--classes", type=options.whole(1, 100_000), default=10, show_default=True, metavar="N",
    help="Number of outputs.",
)  # fmt: skip
@click.option(
    "--batch-size", "batch_sizes", type=options.whole(1, 65_536), multiple=True,
    default=(1, 8, 64), show_default=True, metavar="IMAGES",
    help="Images per batch (repeatable). Everything is measured for the first, warm times for all.",
)  # fmt: skip
@options.device
@options.out("none; the table is only printed")
@options.as_json
def profile(
    model: str,
    image_size: int,
    classes: int,
    batch_sizes: tuple[int, ...],
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Measure memory and time of every layer: Table 1.

    \b
    Example:
      lc-cli profile --model customcnn --batch-size 64
    """
    from landcover import device as devices
    from landcover import profiling
    from landcover.models import Architecture

    architecture = Architecture(model, image_size, classes)
    batch_size, *further = dict.fromkeys(batch_sizes)
    measured = profiling.profile(architecture, batch_size, devices.device(device), further=further)
    if out is not None:
        profiling.write(measured, out)
    if as_json:
        output.as_json(profiling.as_dict(measured))
        return
    where = f"{model}, {batch_size} × {image_size} px, {measured.device}"
    layers = [
        (x.name, x.type, _size(x), x.parameters, x.macs, *_costs(x), _quartiles(x))
        for x in measured.layers
    ]
    output.table(where, LAYER, layers)
    rows = [
        (row.name, row.output_size, row.formula, row.operation, *_costs(row))
        for row in profiling.table1(measured)
    ]
    output.table("The same as the rows of Table 1", ROW, rows)
    click.echo(
        f"{measured.parameters['total']:,} parameters ({measured.weight_bytes / 1e6:.3f} MB), "
        f"{measured.macs / 1e6:.2f} M multiply-accumulates an image, "
        f"activations {measured.activation_bytes / 1e6:.2f} MB, "
        f"peak {measured.peak_memory_bytes / 1e6:.2f} MB, "
        f"forward {measured.warm_time_median_seconds * 1e3:.2f} ms warm"
    )
    for time in (x for x in measured.warm_times if not x.index):
        click.echo(
            f"{counted(time.batch_size, 'image')}, {time.mode} mode: "
            f"{time.median_seconds * 1e3:.2f} ms "
            f"({time.batch_size / time.median_seconds:,.0f} images/s, {time.repeats} repeats)"
        )


COSTS = ("memory KB", "cold µs", "warm µs", "training µs")
LAYER = ("layer", "type", "output C×H×W", "parameters", "MACs", *COSTS, "quartiles µs")
ROW = ("row", "output H×W×C", "parameters", "operation", *COSTS)


def _size(layer: "Leaf") -> str:
    return "×".join(map(str, layer.output_shape))


def _costs(measured: "Leaf | TableRow") -> tuple[str, ...]:
    seconds = (
        measured.cold_time_seconds,
        measured.warm_time_median_seconds,
        measured.training_time_median_seconds,
    )
    return f"{measured.memory_kb:.2f}", *(f"{time * 1e6:,.1f}" for time in seconds)


def _quartiles(layer: "Leaf") -> str:
    q1, q3 = layer.warm_time_q1_seconds * 1e6, layer.warm_time_q3_seconds * 1e6
    return f"{q1:,.1f} – {q3:,.1f}"

from pathlib import Path

import click

from lc_cli import options, output


@click.command()
@click.option("--model", default="customcnn", show_default=True)
@click.option("--image-size", default=32, show_default=True, metavar="PIXELS")
@click.option("--classes", default=10, show_default=True)
@click.option("--batch-size", default=1, show_default=True, metavar="IMAGES")
@options.device
@options.out("nowhere, the table is only printed")
@options.as_json
def profile(
    model: str,
    image_size: int,
    classes: int,
    batch_size: int,
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Measure memory and time of every layer of a model: the report's Table 1.

    \b
    Example:
      lc-cli profile --model customcnn --batch-size 64
    """
    from landcover import device as devices
    from landcover import profiling
    from landcover.models import Architecture

    architecture = Architecture(model, image_size, classes)
    measured = profiling.profile(architecture, batch_size, devices.device(device))
    if out is not None:
        profiling.write(measured, out)
    if as_json:
        output.as_json(profiling.as_dict(measured))
        return
    rows = [
        (
            row.name,
            row.output_size,
            row.formula,
            row.operation,
            f"{row.memory_kb:.2f}",
            f"{row.cold_time_seconds * 1e6:,.0f}",
            f"{row.warm_time_median_seconds * 1e6:,.0f}",
        )
        for row in profiling.table1(measured)
    ]
    columns = ("layer", "output", "parameters", "operation", "memory KB", "cold µs", "warm µs")
    output.table(f"{model}, {batch_size} × {image_size} px, {measured.device}", columns, rows)
    click.echo(
        f"{measured.parameters['total']:,} parameters ({measured.weight_bytes / 1e6:.3f} MB), "
        f"{measured.macs / 1e6:.2f} M multiply-accumulates an image, "
        f"activations {measured.activation_bytes / 1e6:.2f} MB, "
        f"peak {measured.peak_memory_bytes / 1e6:.2f} MB, "
        f"forward {measured.warm_time_median_seconds * 1e3:.2f} ms warm"
    )

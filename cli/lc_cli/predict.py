import csv
import sys
from collections.abc import Sequence
from io import StringIO
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lc_cli import options, output, progress

if TYPE_CHECKING:
    from landcover.predict import Prediction

COLUMNS = ("file", "class", "probability", "second", "second_probability", "third",
           "third_probability")  # fmt: skip
TOP = 3
DECIMALS = 7  # a float32 below 1 has no more


@click.command()
@click.argument(
    "sources", metavar="IMAGE_OR_FOLDER...", nargs=-1, required=True,
    type=click.Path(path_type=Path),
)  # fmt: skip
@click.option(
    "--run", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="A trained run's folder.",
)  # fmt: skip
@options.kind
@options.device
@click.option(
    "--batch-size", type=click.IntRange(1, 65_536), default=64, show_default=True,
    help="Images at a time.",
)  # fmt: skip
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print rows as CSV, each batch at once.")
def predict(
    sources: tuple[Path, ...],
    run: Path,
    kind: str,
    device: str,
    batch_size: int,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Say what a trained run sees in images of your own: files, folders or archives.

    An image of another size than the run's is squeezed to it. A broken one is named and left out,
    and the exit code is then 1.

    \b
    Examples:
      lc-cli predict --run results/paper/runs/task5-vgg16/seed0 field.jpg tiles/
      lc-cli predict --run results/paper/runs/task5-vgg16/seed0 tiles.zip --csv > classes.csv
    """
    from landcover import device as devices
    from landcover import predict as library
    from landcover import trained
    from landcover.errors import DataError

    if as_json and as_csv:
        raise click.UsageError("Say one of --json and --csv.")
    files = library.files(sources)
    network = trained.load(run, kind, devices.device(device))
    predictions: list[Prediction] = []
    good = broken = 0
    if as_csv:
        _print_row(COLUMNS)
    total = None if any(map(library.is_archive, files)) else len(files)
    with progress.images(total, hidden=as_csv and sys.stdout.isatty()) as advance:
        for result in library.predict(network, files, batch_size):
            advance()
            if isinstance(result, library.Broken):
                broken += 1
                click.echo(click.format_filename(result.reason), err=True)
                continue
            good += 1
            if as_csv:
                _print_row(_row(result))
            else:
                predictions.append(result)
    if as_json:
        output.as_json([_record(prediction) for prediction in predictions])
    elif predictions:
        title = f"{network.experiment.name}, seed {network.seed}, {kind} weights"
        columns = [column.removeprefix("second_").removeprefix("third_") for column in COLUMNS]
        output.table(title, columns, map(_row, predictions))
    if broken:
        rest = "the others are above" if good else "none are left"
        raise DataError(f"{broken} of {good + broken} images could not be read; {rest}")


def _top(prediction: "Prediction") -> list[tuple[str, float]]:
    ranked = zip(prediction.classes, prediction.probabilities, strict=True)
    return [(name, round(probability, DECIMALS)) for name, probability in ranked][:TOP]


def _record(prediction: "Prediction") -> dict[str, object]:
    top = [{"class": name, "probability": value} for name, value in _top(prediction)]
    return {"file": click.format_filename(prediction.file), **top[0], "top": top}


def _row(prediction: "Prediction") -> list[object]:
    """As many cells as there are columns, empty ones where there are fewer classes."""
    cells = chain([click.format_filename(prediction.file)], *_top(prediction))
    return [cell for cell, _ in zip_longest(cells, COLUMNS, fillvalue="")]


def _print_row(cells: Sequence[object]) -> None:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    click.echo(line.getvalue(), nl=False)  # flushes, so that a closed pipe is noticed here

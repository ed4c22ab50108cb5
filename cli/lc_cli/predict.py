import csv
import sys
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.errors import counted
from lc_cli import networks, options, output, progress

if TYPE_CHECKING:
    from landcover.classifier import Classifier
    from landcover.predict import Prediction
    from landcover.sheet import Tile

COLUMNS = ("file", "class", "probability", "second", "second_probability", "third",
           "third_probability")  # fmt: skip
TOP = 3
DECIMALS = 7  # a float32 below 1 has no more

Top = tuple[tuple[str, float], ...]  # classes and their probabilities, the most probable first
Ranked = tuple[str, Top]  # a file and its top classes


def _html(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    if file and file.suffix != ".html":
        raise click.BadParameter(f"'{file}' does not end in .html")
    return file


@click.command()
@click.argument(
    "sources", metavar="IMAGE_OR_FOLDER...", nargs=-1, required=True,
    type=click.Path(path_type=Path, readable=False),  # an unreadable file is a broken image
)  # fmt: skip
@options.classifier
@click.option(
    "--sheet", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.html",
    callback=_html,
    help="Write a page that shows each image with its top three, the most doubtful first.",
)  # fmt: skip
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print rows as CSV, each batch at once.")
def predict(
    sources: tuple[Path, ...],
    sheet: Path | None,
    as_json: bool,
    as_csv: bool,
    **asked: Any,
) -> None:
    """Classify images of your own: files, folders or archives.

    Images are resized to the size that the network was trained on. Broken images are named and
    skipped, and the exit code is then 1.

    \b
    Examples:
      lc-cli predict --run results/paper/runs/task5-vgg16/seed0 field.jpg tiles/
      lc-cli predict tiles.zip --views 8 --sheet tiles.html
      lc-cli predict tiles.zip --csv > classes.csv
    """
    from landcover.predict import files

    if as_json and as_csv:
        raise click.UsageError("Give only one of --json and --csv.")
    found = files(sources)
    classifier = networks.loaded(**asked)
    tops, tiles, broken = _predicted(classifier, found, as_csv, sheet is not None)
    if as_json:
        output.as_json(_as_json(tops, broken, classifier))
    elif as_csv:
        click.echo(classifier.title, err=True)
    elif tops:
        _show(tops, classifier)
    if sheet is not None:
        _write_sheet(sheet, tiles, broken, classifier)
    _check(len(broken), len(tops))


def _predicted(
    classifier: "Classifier", files: Sequence[Path], as_csv: bool, with_tiles: bool
) -> tuple[list[Ranked], list["Tile"], list[str]]:
    """Returns each file with its top classes, the tiles of a sheet, and the broken images.

    It prints each row of a CSV as soon as it is known, and each broken image.
    """
    from landcover.predict import Broken, is_archive, predict
    from landcover.sheet import Tile

    tops: list[Ranked] = []
    tiles: list[Tile] = []
    broken: list[str] = []
    if as_csv:
        _print_row(COLUMNS)
    total = None if any(map(is_archive, files)) else len(files)
    with progress.images(total, hidden=as_csv and sys.stdout.isatty()) as advance:
        for result in predict(classifier, files):
            advance()
            if isinstance(result, Broken):
                broken.append(click.format_filename(result.file))
                click.echo(click.format_filename(result.reason), err=True)
                continue
            file, top = click.format_filename(result.file), _top(result)
            tops.append((file, top))
            if with_tiles:
                tiles.append(Tile.of(file, top, result.pixels))
            if as_csv:
                _print_row(_row(file, top))
    return tops, tiles, broken


def _top(prediction: "Prediction") -> Top:
    ranked = zip(prediction.classes, prediction.probabilities, strict=True)
    return tuple((name, round(probability, DECIMALS)) for name, probability in ranked)[:TOP]


def _write_sheet(
    file: Path, tiles: Sequence["Tile"], broken: Sequence[str], classifier: "Classifier"
) -> None:
    from landcover import artifacts
    from landcover.data.colours import colours
    from landcover.sheet import page

    html = page(tiles, classifier.title, colours(classifier.network.classes), broken)
    artifacts.write_text(file, html)
    click.echo(f"{click.format_filename(file)}: {counted(len(tiles), 'image')}", err=True)


def _as_json(tops: list[Ranked], broken: list[str], classifier: "Classifier") -> dict[str, Any]:
    return {
        "run": str(classifier.use.run),
        "epoch": classifier.network.epoch,
        "views": classifier.use.views,
        "temperature": classifier.temperature,
        "counts": dict(_counts(tops)),
        "broken": broken,
        "predictions": [_record(file, top) for file, top in tops],
    }


def _record(file: str, top: Top) -> dict[str, object]:
    ranked = [{"class": name, "probability": value} for name, value in top]
    return {"file": file, **ranked[0], "top": ranked}


def _show(tops: list[Ranked], classifier: "Classifier") -> None:
    columns = [column.removeprefix("second_").removeprefix("third_") for column in COLUMNS]
    output.table(classifier.title, columns, (_row(file, top) for file, top in tops))
    rows = [(name, count, 100 * count / len(tops)) for name, count in _counts(tops)]
    output.table(counted(len(tops), "image"), ("class", "images", "%"), rows)


def _counts(tops: list[Ranked]) -> list[tuple[str, int]]:
    return Counter(top[0][0] for _, top in tops).most_common()


def _row(file: str, top: Top) -> list[object]:
    """Returns the cells of a row of the CSV; the last are empty if there are few classes."""
    cells = chain([file], *top)
    return [cell for cell, _ in zip_longest(cells, COLUMNS, fillvalue="")]


def _print_row(cells: Sequence[object]) -> None:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    click.echo(line.getvalue(), nl=False)  # flushes, so that a closed pipe raises its error here


def _check(broken: int, good: int) -> None:
    from landcover.errors import DataError

    if broken:
        if not good:
            images = "image" if broken == 1 else f"{broken} images"
            raise DataError(f"the {images} could not be read; the reason is above")
        raise DataError(
            f"{broken} of {good + broken} images could not be read; the others are above"
        )

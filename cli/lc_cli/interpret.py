from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.architectures import PUBLISHED
from landcover.experiments import PIXELS
from landcover.methods import METHODS, USUAL
from landcover.results import layout
from lc_cli import options, output, places, progress
from lc_cli.images import opened, real_or_drawn
from lc_cli.weights import check, imagenet_or_random

if TYPE_CHECKING:
    from landcover.data.dataset import Dataset
    from landcover.data.prepared import Prepared
    from landcover.experiments import Table
    from landcover.interpret import Question

COLUMNS = {  # of the summary of each layer
    "filters": ("layer", "filters", "input_channels", "kernel", "rms", "mean_pattern_share"),
    "topk": ("layer", "units", "dead", "mean_purity", "mean_entropy_bits", "selective_share"),
}


def _names(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _numbers(context: click.Context, option: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in _names(context, option, text))
    except ValueError as error:
        raise click.UsageError(
            f"--units are whole numbers such as 30,54,66, not '{text}'."
        ) from error


@click.command()
@click.argument("experiment", required=False)
@options.seed
@options.run
@click.option(
    "--epoch", type=click.Choice(["best", "last"]),
    help="Which of the run's saved weights to use.  [default: the authors' choice: last if the "
    "test split chose the best, else best]",
)  # fmt: skip
@click.option(
    "--model", metavar="NAME",
    help=f"A published network ({', '.join(PUBLISHED)}), or the model of --weights.",
)  # fmt: skip
@options.weights
@click.option(
    "--pretrained", type=click.Choice(["imagenet", "random"]),
    help="Weights of a published network.  [default: as the preset says, else imagenet]",
)  # fmt: skip
@click.option(
    "--method", "methods", multiple=True, type=click.Choice([*METHODS]),
    help=f"What to look at (repeatable).  [default: {', '.join(USUAL)}]",
)  # fmt: skip
@click.option(
    "--layers", metavar="NAME,...", default="", callback=_names,
    help="Layers to look at, such as conv1,fc1.  [default: all of a method]",
)  # fmt: skip
@click.option(
    "--units", metavar="N,...", default="", callback=_numbers,
    help="Draw the top images of these units.  [default: the authors' own]",
)  # fmt: skip
@click.option(
    "--image", "files", multiple=True, metavar="FILE",
    help=f"Draw maps of this test image, by its name in the images' {layout.INDEX} (repeatable).  "
    "[default: the first of each class]",
)  # fmt: skip
@click.option(
    "--top", type=options.whole(1, 1000), default=10, show_default=True, metavar="K",
    help="Number of top images of each unit.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["sklearn", "fast"]), default="sklearn", show_default=True,
    help="Program for t-SNE: the authors' (sklearn) or a faster one.",
)  # fmt: skip
@click.option(
    "--dataset",
    help="Data set whose test images are shown.  [default: the run's own, else cifar10]",
)
@click.option(
    "--max-images", type=options.whole(0, 2**31 - 1), metavar="N",
    help="Use at most N images, evenly over the classes; 0: all.  [default: as the preset says]",
)  # fmt: skip
@click.option(
    "--image-size", type=options.whole(8, 1024), metavar="PIXELS",
    help="With --model: resize images to PIXELS × PIXELS, ignoring their aspect ratio.  "
    "[default: their own size]",
)  # fmt: skip
@click.option(
    "--normalise", type=click.Choice(["half", "imagenet", "none"]),
    help="With --model: how pixels are normalised.  [default: half for published networks, else as "
    "for the data set]",
)  # fmt: skip
@options.preset(f"with --model {options.OF_REAL}; else {options.OF_RUN}")
@options.data
@options.device
@options.out(layout.interpret(options.RESULTS, "NAME"))
@options.as_json
def interpret(
    preset: str | None,
    source: Path | None,
    device: str,
    out: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Look into a network: filters, activations, t-SNE and more.

    Further methods are the top images of every unit, Grad-CAM and integrated gradients. It makes
    the paper's Figures 7 to 9, 23 and 24, and the numbers behind them. If the question is not the
    authors' own (other units, images, weights or seed), the files go to a folder whose name says
    so. Without a preset, a published network has ImageNet's weights and sees real images; what
    cannot be had is replaced by random weights or synthetic images, and the pictures say so.

    \b
    Examples:
      lc-cli interpret --model vgg16
      lc-cli interpret task2-exp5 --method topk --layers fc1 --units 30,54,66
      lc-cli interpret --model customcnn --weights some.pth --method gradcam
      lc-cli interpret --model vgg16 --image-size 224 --normalise imagenet
    """
    from landcover import device as devices
    from landcover import interpret as stage

    chosen = devices.device(device)
    table, question, images = _settled(_question(asked), preset, source)
    network = stage.load(question, images.classes, chosen)
    results = layout.usual(table.preset.name)
    folder = out or layout.interpret(results, question.folder(network.name, table))
    with progress.waiting(f"Looking into {network.name}") as say:
        summaries = stage.interpret(network, images, question, folder, say)
    if as_json:
        output.as_json(summaries)
        return
    for method, summary in summaries.items():
        _print_summary(method, summary)
    click.echo(folder)


def _question(asked: Mapping[str, Any]) -> "Question":
    from landcover.interpret import Question

    question = Question(**{key: value for key, value in asked.items() if value is not None})
    if question.contradiction:
        raise click.UsageError(question.contradiction)
    return question


def _settled(
    question: "Question", preset: str | None, source: Path | None
) -> tuple["Table", "Question", "Prepared"]:
    """Returns the table, the question with all choices made, and the images.

    Without a preset, real images and ImageNet's weights are meant; see `real_or_drawn`.
    """
    if question.is_of_run:
        if question.run:
            places.with_weights(question.run, question.epoch or "last")
        table = places.table(preset or question.preset, source)
        if question.experiment:
            name = table[question.experiment].experiment.name
            places.trained(name, question.seed, table.preset.name)
        question = question.settled(table)
        return table, question, opened(_wanted(question), table.preset, source)
    check(question.model, question.weights)
    table, images = real_or_drawn(lambda _: _wanted(question), preset, source)
    if not (preset or question.pretrained or question.weights):
        question = replace(question, pretrained=imagenet_or_random(question.model))
    return table, question.settled(table), images


def _wanted(question: "Question") -> "Dataset":
    """Returns the data set; photographs are resized when read, other images when shown."""
    from landcover.data.catalog import dataset

    name = question.dataset or "cifar10"
    return dataset(name, 0 if name in PIXELS else question.image_size)


def _print_summary(method: str, summary: dict[str, Any]) -> None:
    """Prints one table for a method: of its layers, or of the images that it explains."""
    rows = summary.get("layers") or summary["explained"]
    columns = COLUMNS.get(method, tuple(rows[0]))
    title = f"{method} of {summary['name']} ({summary['weights']}), {summary['data']['fidelity']}"
    cells = [[_text(row[column]) for column in columns] for row in rows]
    output.table(title, [column.replace("_", " ") for column in columns], cells)


def _text(value: Any) -> Any:
    return "×".join(map(str, value)) if isinstance(value, list) else value

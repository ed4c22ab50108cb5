import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landcover.experiments import PIXELS
from landcover.results import layout
from lc_cli import options, output, places, progress
from lc_cli.images import opened, real_or_drawn

if TYPE_CHECKING:
    from landcover.data.dataset import Dataset
    from landcover.data.prepared import Prepared
    from landcover.experiments import Table

TOP, ENGINE = 10, "sklearn"  # the authors' own: images of a unit, and t-SNE's program
LONGEST = 80  # letters of a folder's name
METHODS = ("filters", "activations", "topk", "tsne", "gradcam", "integrated-gradients")
COLUMNS = {  # of the summary of each layer
    "filters": ("layer", "filters", "input_channels", "kernel", "rms", "mean_pattern_share"),
    "topk": ("layer", "units", "dead", "mean_purity", "mean_entropy_bits", "selective_share"),
}


@click.command()
@click.argument("experiment", required=False)
@options.seed
@options.run
@click.option(
    "--kind", type=click.Choice(["best", "last"]),
    help="A run's weights.  [default: the last where the test split chose the best, as the "
    "authors kept them there; else the best]",
)  # fmt: skip
@click.option(
    "--model", metavar="NAME",
    help="A published network (vgg16, vgg19, resnet50, resnet152); what --weights or --run are of.",
)  # fmt: skip
@options.weights
@click.option(
    "--pretrained", type=click.Choice(["imagenet", "random"]),
    help="Weights of a published network.  [default: as the preset says]",
)  # fmt: skip
@click.option(
    "--method", "methods", multiple=True, type=click.Choice(METHODS),
    help="What to look at (repeatable).  [default: the first four]",
)  # fmt: skip
@click.option(
    "--layers", metavar="NAME,...", help="For example conv1,fc1.  [default: all of a method]"
)
@click.option(
    "--units", metavar="N,...", help="Draw the top images of these.  [default: the authors' own]"
)
@click.option(
    "--image", "files", multiple=True, metavar="FILE",
    help=f"Draw maps of this test image, by its name in the images' {layout.INDEX} (repeatable).  "
    "[default: the first of each class]",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1, 1000), default=TOP, show_default=True, metavar="K",
    help="Images of each unit.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["sklearn", "fast"]), default=ENGINE, show_default=True,
    help="Of t-SNE: the authors' or a faster one.",
)  # fmt: skip
@click.option("--dataset", help="Whose test images.  [default: the run's own, else cifar10]")
@click.option(
    "--max-images", type=click.IntRange(0, 2**31 - 1), metavar="N",
    help="Look at so many, evenly over the classes; 0: all.  [default: as the preset says]",
)  # fmt: skip
@click.option(
    "--image-size", type=click.IntRange(8, 1024), metavar="PIXELS",
    help="Stretch images to so many, for --model.  [default: their own]",
)  # fmt: skip
@click.option(
    "--normalise", type=click.Choice(["half", "imagenet", "none"]),
    help="With --model.  [default: half for published networks, else as for the data set]",
)  # fmt: skip
@options.preset
@options.data
@options.device
@options.out(layout.interpret(options.RESULTS, "NAME"))
@options.as_json
def interpret(
    experiment: str | None,
    seed: int,
    run: Path | None,
    kind: str | None,
    model: str | None,
    weights: Path | None,
    pretrained: str | None,
    methods: tuple[str, ...],
    layers: str | None,
    units: str | None,
    files: tuple[str, ...],
    top: int,
    engine: str,
    dataset: str | None,
    max_images: int | None,
    image_size: int | None,
    normalise: str | None,
    preset: str | None,
    source: Path | None,
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Look into a network: filters, activation maps, top images of every unit, t-SNE, attributions.

    The report's Figures 7 to 9, 23 and 24, and the numbers behind them. What asks something else
    than the authors did (other units, images, weights, a seed but the first) goes to a folder whose
    name says so.

    \b
    Examples:
      lc-cli interpret --model vgg16
      lc-cli interpret task2-exp5 --method topk --layers fc1 --units 30,54,66
      lc-cli interpret --model customcnn --weights some.pth --method gradcam
      lc-cli interpret --model vgg16 --image-size 224 --normalise imagenet
    """
    from landcover import device as devices
    from landcover import interpret as stage

    if sum(choice is not None for choice in (experiment, run, None if run else model)) != 1:
        raise click.UsageError("Say one of EXPERIMENT, --run DIR and --model NAME.")
    if (experiment or run) and (weights or pretrained or image_size or normalise):
        raise click.UsageError(
            "--weights, --pretrained, --image-size and --normalise go with --model alone."
        )
    chosen = devices.device(device)
    if model and not run:
        table, images = _images_of(dataset or "cifar10", image_size, preset, source)
    else:
        table = places.table(preset, source)
    results = layout.usual(table.preset.name)
    asked: dict[str, Any] = {
        "layers": layers,
        "units": units,
        "image": "-".join(files),
        "top": top != TOP and top,
        "engine": engine != ENGINE and engine,
        "max-images": max_images != table.preset.max_interpret_images and max_images,
    }
    if run or model is None:
        folder = run or layout.run(results, table[str(experiment)].experiment.name, seed)
        usual = _usual_kind(folder)
        subject = stage.specimen.of_run(folder, kind or usual, chosen)
        if model not in (None, subject.architecture):
            raise click.UsageError(f"{folder} has a {subject.architecture}, not a {model}.")
        images = opened(
            _wanted(dataset or subject.dataset, subject.image_size), table.preset, source
        )
        own = layout.run(results, subject.name, table.preset.seeds[0])
        asked |= {
            "run": "" if folder.resolve() == own.resolve() else folder.resolve().name,
            "kind": kind != usual and kind,
            "dataset": dataset != subject.dataset and dataset,
        }
    else:
        look = (image_size or int(images.manifest["image_size"]), normalise)
        if weights:
            subject = stage.specimen.of_file(weights, model, *look, images, chosen)
            is_taken = subject.name in {*table, *table.networks}
            asked["weights"] = is_taken and weights.name
        else:
            usual = table.preset.pretrained or "imagenet"
            origin = pretrained or (usual if preset else _weights_of(model))
            subject = stage.specimen.published(model, origin, *look, chosen)
            asked["pretrained"] = origin != usual and origin
        asked |= {
            "dataset": dataset != "cifar10" and dataset,
            "image-size": image_size != images.manifest["image_size"] and image_size,
            "normalise": normalise != "half" and normalise,
        }
    question = stage.Question(
        methods,
        tuple(layers.split(",")) if layers else (),
        _numbers(units) if units else (),
        files,
        top,
        table.preset.max_interpret_images if max_images is None else max_images,
        engine,
    )
    place = out or layout.interpret(results, _folder(subject.name, asked))
    with progress.waiting(f"Looking into {subject.name}"):
        found = stage.interpret(subject, images, question, place)
    if as_json:
        output.as_json(found)
        return
    for method, summary in found.items():
        _show(method, summary)
    click.echo(place)


def _usual_kind(run: Path) -> str:
    """Returns which weights the authors looked into, of an experiment such as a run's."""
    from landcover import artifacts

    spec = artifacts.read_json(run / layout.SPEC)
    return "last" if spec.get("selection_split") == "test" else "best"


def _folder(name: str, asked: Mapping[str, Any]) -> str:
    """Returns the network's name, and in what the question is not the authors' own."""
    words = [name, *(f"{key}-{value}" for key, value in asked.items() if value)]
    folder = re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(words)) if len(words) > 1 else name
    if len(folder) <= LONGEST:
        return folder
    return f"{folder[:LONGEST]}-{hashlib.sha256(folder.encode()).hexdigest()[:8]}"


def _images_of(
    name: str, image_size: int | None, preset: str | None, source: Path | None
) -> tuple["Table", "Prepared"]:
    return real_or_drawn(_wanted(name, image_size), preset, source)


def _wanted(name: str, image_size: int | None) -> "Dataset":
    """Photographs are resized when they are read, other images when they are shown."""
    from landcover.data.catalog import dataset

    return dataset(name, 0 if name in PIXELS else image_size or 0)


def _weights_of(model: str) -> str:
    """Returns ImageNet's weights if they can be had; else random ones, with a warning."""
    from landcover import hub
    from landcover.errors import ArtifactError
    from landcover.fetch import fetch_weights

    if model not in hub.FILES:
        return "imagenet"  # the library knows which networks there are, and says so
    try:
        if hub.is_obtainable(model):
            with progress.waiting(f"Getting the ImageNet weights of {model}"):
                fetch_weights(model)
            return "imagenet"
        reason = hub.how_to_get(model)
    except ArtifactError as error:
        reason = str(error)
    click.echo(f"Warning: random weights are shown, because {reason}.", err=True)
    return "random"


def _numbers(units: str) -> tuple[int, ...]:
    try:
        return tuple(int(unit) for unit in units.split(","))
    except ValueError as error:
        raise click.UsageError(
            f"--units are whole numbers such as 30,54,66, not '{units}'."
        ) from error


def _show(method: str, summary: dict[str, Any]) -> None:
    """One table a method: of its layers, or of the images that it explains."""
    rows = summary.get("layers") or summary["explained"]
    columns = COLUMNS.get(method, tuple(rows[0]))
    title = f"{method} of {summary['name']} ({summary['weights']}), {summary['data']['fidelity']}"
    cells = [[_text(row[column]) for column in columns] for row in rows]
    output.table(title, [column.replace("_", " ") for column in columns], cells)


def _text(value: Any) -> Any:
    return "×".join(map(str, value)) if isinstance(value, list) else value

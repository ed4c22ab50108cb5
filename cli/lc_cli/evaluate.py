from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lc_cli import options, output, places
from lc_cli.images import opened_of, real
from lc_cli.weights import check

if TYPE_CHECKING:
    from landcover.experiments import Preset

OF_WEIGHTS = ("model", "dataset", "image_size", "split", "normalise")


@click.command()
@click.argument("experiment", required=False)
@options.seed
@options.preset(options.OF_RUN)
@options.run
@options.weights
@click.option("--model", default="customcnn", show_default=True, help="Network of --weights.")
@click.option("--dataset", help="Images for --weights.")
@options.image_size
@click.option("--split", default="test", show_default=True, help="Split for --weights.")
@click.option(
    "--normalise", type=click.Choice(["half", "imagenet", "none"]),
    help="How pixels are normalised for --weights.  [default: as the table does]",
)  # fmt: skip
@options.data
@options.device
@options.threads
@options.out("the run's folder")
@options.as_json
def evaluate(
    experiment: str | None,
    seed: int,
    preset: str | None,
    run: Path | None,
    weights: Path | None,
    model: str,
    dataset: str | None,
    image_size: int | None,
    split: str,
    normalise: str | None,
    source: Path | None,
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Evaluate a run, or a file of weights from elsewhere.

    The best and the last weights of a run are evaluated on all splits but the training images.

    \b
    Examples:
      lc-cli evaluate task1 --seed 0
      lc-cli evaluate --weights some.pth --model customcnn --dataset cifar10 --data ~/images
    """
    if sum(choice is not None for choice in (experiment, run, weights)) != 1:
        raise click.UsageError("Give exactly one of EXPERIMENT, --run DIR and --weights FILE.")
    if weights is None:
        options.refuse(OF_WEIGHTS, "is for --weights; a run has its own.")
        table = places.table_of(run, preset, source)
        if run:
            folder = places.with_weights(run, "best", "last")
        else:
            name = table[str(experiment)].experiment.name
            folder = places.trained(name, seed, table.preset.name)
        result, scores = _run(folder, table.preset, source, device, out or folder)
    elif dataset is None:
        raise click.UsageError("--weights needs --dataset, what they are measured on.")
    elif preset is not None:
        raise click.UsageError("--preset is for runs; --weights are measured on real images.")
    elif out is not None:
        raise click.UsageError("--out is for runs; with --weights take what --json prints.")
    else:
        images = (dataset, image_size, split)
        result, scores = _file(weights, model, images, normalise, source, device)
    if as_json:
        output.as_json(result)
        return
    rows = [
        (kind, name, score["n"], score["loss"], score["accuracy"], score["macro_f1"])
        for kind, name, score in scores
    ]
    columns = ("weights", "split", "images", "loss", "accuracy", "macro F1")
    output.table(f"On {result['data']['fidelity']} images", columns, rows)


Score = tuple[str, str, dict[str, Any]]  # which weights, which split, its numbers


def _run(
    folder: Path, preset: "Preset", source: Path | None, device: str, out: Path
) -> tuple[dict[str, Any], list[Score]]:
    from landcover import device as devices
    from landcover.data.dataset import SPLITS
    from landcover.evaluate import evaluate_run
    from landcover.trained import KINDS

    images = opened_of(folder, preset, source)
    result = evaluate_run(folder, images, out, devices.device(device))
    pairs = [(kind, split) for kind in KINDS for split in SPLITS if split in result[kind]]
    return result, [(kind, split, result[kind][split]) for kind, split in pairs]


def _file(
    weights: Path,
    model: str,
    images: tuple[str, int | None, str],
    normalise: str | None,
    source: Path | None,
    device: str,
) -> tuple[dict[str, Any], list[Score]]:
    from landcover import device as devices
    from landcover.data.catalog import dataset
    from landcover.evaluate import evaluate_weights

    name, size, split = images
    wanted = dataset(name, size or 0)
    check(model, weights)
    data = real(wanted, source, (split,))
    chosen = devices.device(device)
    result = evaluate_weights(weights, model, data, split, normalise, chosen)
    return result, [("file", split, result)]

from pathlib import Path
from typing import Any

import click

from lc_cli import options, output, places
from lc_cli.prepare import opened, preset_for, real, trained_on


@click.command()
@click.argument("experiment", required=False)
@options.seed
@options.preset
@click.option(
    "--run", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="A run's folder, instead of EXPERIMENT and --seed.",
)  # fmt: skip
@click.option(
    "--weights", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="A state dict (.pth or .safetensors) from elsewhere, instead of a run.",
)  # fmt: skip
@click.option("--model", default="customcnn", show_default=True, help="What --weights are for.")
@click.option("--dataset", help="What --weights are measured on.")
@click.option("--split", default="test", show_default=True, help="With --weights: which images.")
@click.option(
    "--normalise", type=click.Choice(["half", "imagenet", "none"]),
    help="With --weights.  [default: as the report does for the data set]",
)  # fmt: skip
@options.data
@options.device
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
    split: str,
    normalise: str | None,
    source: Path | None,
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Measure a trained run, best and last weights, or a file of weights from elsewhere.

    \b
    Examples:
      lc-cli evaluate task1 --seed 0
      lc-cli evaluate --weights some.pth --model customcnn --dataset cifar10 --data ~/images
    """
    from landcover import device as devices
    from landcover.evaluate import evaluate_run, evaluate_weights

    if sum(choice is not None for choice in (experiment, run, weights)) != 1:
        raise click.UsageError("Say one of EXPERIMENT, --run DIR and --weights FILE.")
    chosen = devices.device(device)
    if weights is not None:
        if dataset is None:
            raise click.UsageError("--weights needs --dataset, what they are measured on.")
        data = real(dataset, source, (split,))
        result = evaluate_weights(weights, model, data, split, normalise, chosen)
    else:
        folder = run or places.run(preset_for(preset, source).name, str(experiment), seed)
        data = opened(trained_on(folder), preset_for(preset, source), source)
        result = evaluate_run(folder, data, out or folder, chosen)
    if as_json:
        output.as_json(result)
    else:
        _show(result)


def _show(result: dict[str, Any]) -> None:
    scores = [
        (kind, split, score["n"], score["loss"], score["accuracy"], score["macro_f1"])
        for kind in ("best", "last")
        for split, score in result.get(kind, {}).items()
        if isinstance(score, dict)
    ]
    if "weights" in result:
        scores = [
            ("file", *(result[key] for key in ("split", "n", "loss", "accuracy", "macro_f1")))
        ]
    columns = ("weights", "split", "images", "loss", "accuracy", "macro F1")
    output.table(f"On {result['data']['fidelity']} images", columns, scores)

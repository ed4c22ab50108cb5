from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from landcover.experiments import prepared_name
from landcover.results import layout
from lc_cli import options, output, places

if TYPE_CHECKING:
    from landcover.experiments import Experiment


@click.command()
@options.preset("demo")
@options.as_json
def experiments(preset: str | None, as_json: bool) -> None:
    """List all experiments with data set, model and parameters.

    \b
    Example:
      lc-cli experiments --preset paper
    """
    table = places.table(preset)
    rows = [
        asdict(entry.experiment)
        | {"task": entry.task, "group": entry.group, "authors": entry.authors}
        | {"seeds": list(table.seeds(entry.experiment.name))}
        | {"parameters": _counts(entry.experiment, table.preset.name)}
        for entry in table.entries.values()
    ]
    if as_json:
        output.as_json(rows)
        return
    columns = ("name", "task", "dataset", "model", "epochs", "batch_size")
    counts = {"total": "parameters", "trainable": "trainable", "frozen": "frozen"}
    cells = [[row[c] for c in columns] + [row["parameters"][c] for c in counts] for row in rows]
    output.table(f"Experiments, preset {table.preset.name}", (*columns, *counts.values()), cells)


def _counts(experiment: "Experiment", preset: str) -> dict[str, int]:
    import torch

    from landcover import models

    names = filter(None, (experiment.dataset, experiment.also_train_on))
    classes = sum(_classes(name, experiment.image_size, preset) for name in names)
    with torch.device("meta"):  # shapes without memory
        return models.parameters(models.build(models.Architecture.of(experiment, classes)))


def _classes(name: str, image_size: int, preset: str) -> int:
    """Returns how many classes the prepared images have; without such images, the usual number."""
    from landcover import artifacts
    from landcover.data.catalog import dataset
    from landcover.results.written import written_by

    folder = layout.data(layout.usual(preset), prepared_name(name, image_size))
    manifest = folder / layout.MANIFEST
    if manifest.exists():
        with written_by("lc-cli fetch", manifest, f"remove {folder} and fetch the images again"):
            return len(artifacts.read_json(manifest)["classes"])
    return len(dataset(name, image_size).classes)

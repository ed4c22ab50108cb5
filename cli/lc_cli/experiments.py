import click

from lc_cli import options, output, places


@click.command()
@options.preset
@options.as_json
def experiments(preset: str | None, as_json: bool) -> None:
    """List every experiment with its data set, model and parameters.

    \b
    Example:
      lc-cli experiments --preset paper
    """
    import torch

    from landcover import models
    from landcover.data import dataset

    table = places.table(preset)
    rows = []
    for entry in table.entries.values():
        classes = len(dataset(entry.experiment.dataset).classes)
        with torch.device("meta"):  # shapes without memory
            model = models.build(models.architecture(entry.experiment, classes))
        values = {"task": entry.task, **entry.experiment.as_dict()}
        rows.append(values | {"parameters": models.parameters(model)})
    if as_json:
        output.as_json(rows)
        return
    columns = ("name", "task", "dataset", "model", "epochs", "batch_size")
    counts = ("total", "trainable", "frozen")
    cells = [[row[c] for c in columns] + [row["parameters"][c] for c in counts] for row in rows]
    output.table(f"Experiments, preset {table.preset.name}", (*columns, *counts), cells)

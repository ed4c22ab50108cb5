"""The network that a command classifies with; it says which one if the user named none."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lc_cli import places

if TYPE_CHECKING:
    from landcover.classifier import Classifier


def loaded(
    run: Path | None, epoch: str, views: str, precision: str | None, batch_size: int, device: str
) -> "Classifier":
    from landcover.classifier import Use, load

    if run is not None:
        places.with_weights(run, epoch)
    elif epoch == "last":
        raise click.UsageError("--epoch last needs --run; only best weights come with the project.")
    classifier = load(Use(run, epoch, int(views), precision or "", batch_size, device))
    if run is None:
        click.echo(f"No --run was given, so this run is used: {classifier.use.run}", err=True)
    return classifier

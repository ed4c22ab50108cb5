"""The weights that a command uses: those that the user names, or the usual ones."""

from pathlib import Path

import click

from lc_cli import progress


def check(model: str, file: Path | None) -> None:
    """Raises an error for an unknown network or a wrong file, before images are downloaded."""
    from landcover.architectures import MODELS, PUBLISHED
    from landcover.errors import SpecError, nearest
    from landcover.weights import read_foreign

    what, known = ("network", MODELS) if file else ("published weights of", PUBLISHED)
    if model not in known:
        raise SpecError(f"no {what} '{model}'; {nearest(model, known)}")
    if file:
        read_foreign(file)


def imagenet_or_random(model: str) -> str:
    """Returns "imagenet" if ImageNet's weights can be had; else "random", with a warning."""
    from landcover import hub
    from landcover.errors import ArtifactError
    from landcover.fetch import fetch_weights

    if model not in hub.FILES:
        return "imagenet"  # the library's own error lists the networks
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

"""The weights that a command uses if the user names none."""

import click

from lc_cli import progress


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

"""The network that is looked into, and how it is shown images."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from landcover import models, trained, weights
from landcover.data.catalog import dataset
from landcover.data.prepared import Prepared


@dataclass(frozen=True)
class Specimen:
    name: str
    model: nn.Module  # in evaluation mode
    architecture: str  # its name among the models
    image_size: int  # pixels, to which images are stretched
    normalise: str
    weights: str  # where they come from, in words
    outputs: tuple[str, ...]  # what they stand for
    dataset: str = ""  # that a run was trained on
    precision: str = "fp32"
    seed: int | None = None  # of a run
    kind: str = ""  # of a run's weights: "best" or "last"


def published(
    model_name: str, source: str, image_size: int, normalise: str | None, device: torch.device
) -> Specimen:
    """As torchvision has it, with 1,000 outputs; `source` is "imagenet" or "random".

    Unless `normalise` says otherwise, images are normalised as the authors probably did.
    """
    model = models.published(model_name, source).to(device)
    names = models.imagenet_categories()
    return Specimen(model_name, model, model_name, image_size, normalise or "half", source, names)


def of_run(run: Path, kind: str, device: torch.device) -> Specimen:
    """`kind` is "best" or "last"."""
    network = trained.load(run, kind, device)
    experiment = network.experiment
    backbone = ", random backbone" if experiment.pretrained == "random" else ""
    return Specimen(
        experiment.name,
        network.model,
        experiment.model,
        experiment.image_size,
        experiment.normalise,
        f"{kind}, epoch {network.epoch}{backbone}",
        network.classes,
        experiment.dataset,
        experiment.precision,
        network.seed,
        kind,
    )


def of_file(
    path: Path,
    model_name: str,
    image_size: int,
    normalise: str | None,
    images: Prepared,
    device: torch.device,
) -> Specimen:
    """A state dict of a published network, or of one of ours that knows the images' classes.

    Unless `normalise` says otherwise, images are normalised as the report does for their data set.
    """
    statistics = (
        normalise or dataset(images.manifest["dataset"], images.manifest["image_size"]).normalise
    )
    names = images.classes
    tensors = weights.read_foreign(path)
    if models.is_published(model_name, tensors):
        model = models.published(model_name, "random").to(device)
        weights.load(model, tensors, path)
        names = models.imagenet_categories()
    else:
        _, model = trained.from_elsewhere(tensors, path, model_name, image_size, len(names), device)
    return Specimen(path.stem, model, model_name, image_size, statistics, path.name, names)

"""Networks before training, from a finished run's files, or from weights made elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landcover import artifacts, experiments, models, weights
from landcover.errors import ArtifactError
from landcover.experiments import Experiment
from landcover.models import Architecture
from landcover.results import layout

KINDS = ("best", "last")


@dataclass(frozen=True)
class Trained:
    experiment: Experiment
    seed: int
    classes: tuple[str, ...]
    epoch: int  # the epoch of the weights
    model: nn.Module  # in evaluation mode


def untrained(experiment: Experiment, classes: int) -> nn.Module:
    """Returns a network with random weights, except those of a pretrained backbone."""
    model = models.build(Architecture.of(experiment, classes))
    if experiment.pretrained:
        models.load_backbone(model, experiment.model, experiment.pretrained)
    return model


def start_from(model: nn.Module, experiment: Experiment, initial: Path | None) -> None:
    """Loads the last weights of another experiment into all but the head.

    Raises ArtifactError if the file is missing or belongs to another experiment.
    """
    if initial is None or not initial.exists():
        raise ArtifactError(
            f"{experiment.name} starts from the last weights of {experiment.init_from}, which are "
            f"not there{f' ({initial})' if initial else ''}; train that first"
        )
    tensors, notes = weights.read(initial)
    if notes.get("experiment") != experiment.init_from:
        raise ArtifactError(
            f"{initial} is of {notes.get('experiment', 'an unknown experiment')}, but "
            f"{experiment.name} starts from {experiment.init_from}; train that again"
        )
    if models.without_head(model.state_dict(), experiment.model).keys() - tensors.keys():
        raise ArtifactError(
            f"{initial} is not all of a {experiment.model}, as a pretrained backbone that stays "
            "frozen is stored in no run; start from an experiment that trains all of it"
        )
    weights.load_all_but_head(model, experiment.model, tensors, initial)


def stored(model: nn.Module, experiment: Experiment) -> dict[str, Tensor]:
    """Returns the state that a run stores: all but the frozen part of a pretrained backbone."""
    return models.changing(model) if experiment.pretrained else model.state_dict()


def load(run: Path, kind: str, device: torch.device) -> Trained:
    """Loads a run's "best" or "last" weights. Raises ArtifactError if a file is missing."""
    spec = artifacts.read_json(run / layout.SPEC)
    seed = int(spec.pop("seed", 0))
    experiment = experiments.from_dict(spec)
    path = layout.weights(run, kind)
    tensors, notes = weights.read(path)
    if missing := [key for key in ("experiment", "seed", "classes", "epoch") if key not in notes]:
        raise ArtifactError(f"{path} does not say its {missing[0]}; train the run again")
    if (notes["experiment"], notes["seed"]) != (experiment.name, seed):
        raise ArtifactError(
            f"{path} is of {notes['experiment']}, seed {notes['seed']}, but {layout.SPEC} beside "
            f"it of {experiment.name}, seed {seed}; train the run again"
        )
    classes = tuple(notes["classes"])
    model = models.build(Architecture.of(experiment, len(classes)))
    if experiment.pretrained and experiment.freeze:
        models.load_backbone(model, experiment.model, experiment.pretrained)
        check_frozen(model, notes, path)
        weights.load_changing(model, tensors, path)
    else:
        weights.load(model, tensors, path)
    return Trained(experiment, seed, classes, int(notes["epoch"]), model.to(device).eval())


def from_elsewhere(
    tensors: Mapping[str, Tensor],
    path: Path,
    model_name: str,
    image_size: int,
    classes: int,
    device: torch.device,
) -> tuple[Architecture, nn.Module]:
    """Returns a network in evaluation mode; the names of tensors tell whether it has batch norm.

    Raises ArtifactError, which names `path`, for the first tensor that does not fit.
    """
    architecture = Architecture(
        model_name,
        image_size,
        classes,
        batch_norm="bn1.weight" in tensors,
        dropout=0.0,  # has no weights, and is inactive in evaluation
    )
    model = models.build(architecture)
    weights.load(model, tensors, path)
    return architecture, model.to(device).eval()


def frozen_sha256(model: nn.Module) -> str:
    """Returns the hash of the weights that a run does not store; "" if there are none."""
    frozen = [p for p in model.parameters() if not p.requires_grad]
    digest = hashlib.sha256()
    for parameter in frozen:
        values: Any = parameter.detach().cpu().contiguous().numpy()
        digest.update(values)
    return digest.hexdigest() if frozen else ""


def check_frozen(model: nn.Module, notes: Mapping[str, Any], path: Path) -> None:
    if notes.get("frozen_sha256", "") != frozen_sha256(model):
        raise ArtifactError(
            f"{path} was trained behind another backbone than the one found here; "
            "put the same ImageNet weights into torch's hub cache, or train the run again"
        )

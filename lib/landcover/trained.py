"""The network of a finished run, put together again from its files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from landcover import artifacts, experiments, models, weights
from landcover.errors import ArtifactError
from landcover.experiments import Experiment

KINDS = ("best", "last")


@dataclass(frozen=True)
class Trained:
    experiment: Experiment
    seed: int
    classes: tuple[str, ...]
    epoch: int  # after which the weights were kept
    model: nn.Module  # in evaluation mode


def load(run: Path, kind: str, device: torch.device) -> Trained:
    """`kind` is "best" or "last". Raises ArtifactError where a file is absent or does not fit."""
    spec = artifacts.read_json(run / "spec.json")
    seed = int(spec.pop("seed", 0))
    experiment = experiments.from_dict(spec)
    path = run / f"{kind}.safetensors"
    tensors, notes = weights.read(path)
    if missing := [key for key in ("experiment", "seed", "classes", "epoch") if key not in notes]:
        raise ArtifactError(f"{path} does not say its {missing[0]}; train the run again")
    if (notes["experiment"], notes["seed"]) != (experiment.name, seed):
        raise ArtifactError(
            f"{path} is of {notes['experiment']}, seed {notes['seed']}, but spec.json beside it of "
            f"{experiment.name}, seed {seed}; train the run again"
        )
    classes = tuple(notes["classes"])
    model = models.build(models.architecture(experiment, len(classes)))
    if experiment.pretrained:
        models.load_backbone(model, experiment.model, experiment.pretrained)
        check_frozen(model, notes, path)
    weights.load_changing(model, tensors, path)
    return Trained(experiment, seed, classes, int(notes["epoch"]), model.to(device).eval())


def frozen_sha256(model: nn.Module) -> str:
    """Of the weights that are not stored with a run; "" where there are none."""
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

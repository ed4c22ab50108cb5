"""torchvision's VGG and ResNet with the authors' heads, and the source of their weights.

Modules keep torchvision's names. The head replaces the last layers: `classifier` of a VGG, `fc` of
a ResNet.
"""

import pickle
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

from landcover.architectures import PUBLISHED, VGG_POOLED
from landcover.errors import ArtifactError, SpecError
from landcover.models.architecture import Architecture
from landcover.models.dropout import Dropout
from landcover.models.guarded_torchvision import torchvision
from landcover.models.pooling import AdaptiveAvgPool2d

SMALLEST_IMAGE = 32  # pixels: five halvings
RANDOM_SEED = 0  # so that random weights of a backbone are always the same


def build(architecture: Architecture) -> nn.Module:
    """Returns backbone and head with random weights: (B, 3, S, S) -> logits (B, classes)."""
    if architecture.image_size < SMALLEST_IMAGE:
        raise SpecError(
            f"{architecture.model}: image_size {architecture.image_size} must be at least "
            f"{SMALLEST_IMAGE}"
        )
    head, units = PUBLISHED[architecture.model].head, PUBLISHED[architecture.model].units
    device = torch.get_default_device()
    with torch.device("meta"):  # to initialise torchvision's own head would take seconds
        model: nn.Module = torchvision.models.get_model(architecture.model)
    setattr(model, head, nn.Identity())
    if isinstance(model, torchvision.models.VGG):
        model.avgpool = AdaptiveAvgPool2d(VGG_POOLED, VGG_POOLED)
    model.to_empty(device=device)
    _initialise(model)
    setattr(model, head, _head((*units, architecture.classes), architecture.dropout))
    return model


def _initialise(model: nn.Module) -> None:
    """Initialises convolutions and batch norms as torchvision does."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()


def _head(units: tuple[int, ...], dropout: float) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(units):
        layers += [nn.Linear(before, after), nn.ReLU(), Dropout(dropout)]
    return nn.Sequential(*layers[:-2])  # logits need neither activation nor dropout


def load_backbone(model: nn.Module, name: str, source: str) -> None:
    """Gives the backbone its weights: "imagenet", from torch's cache or downloaded, or "random".

    Raises ArtifactError if they cannot be had; it names the file and its folder.
    """
    if source == "random":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            _initialise(model)
        return
    tensors, head = imagenet(name), PUBLISHED[name].head
    wanted = {n: t for n, t in model.state_dict().items() if not n.startswith(f"{head}.")}
    check_fits(wanted, tensors, name)
    model.load_state_dict({key: tensors[key] for key in wanted}, strict=False)


def check_fits(
    wanted: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor], name: str
) -> None:
    """Raises ArtifactError for the first tensor that the file lacks or that has another shape."""
    for key, tensor in wanted.items():
        if key not in tensors or tensors[key].shape != tensor.shape:
            found = tuple(tensors[key].shape) if key in tensors else "absent"
            raise ArtifactError(
                f"{_file(name)} is not torchvision's {name}: its '{key}' is {found} instead of "
                f"{tuple(tensor.shape)}; remove the file, and it is downloaded again"
            )


def imagenet(name: str) -> dict[str, torch.Tensor]:
    """Returns the published state of a whole network, from torch's cache or downloaded.

    Raises ArtifactError if it cannot be had; it names the file and its folder.
    """
    weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
    try:
        return dict(weights.get_state_dict(progress=False, check_hash=True, weights_only=True))
    except (
        OSError,
        RuntimeError,
        LookupError,
        ValueError,
        EOFError,
        pickle.UnpicklingError,
    ) as error:
        reason = f"{type(error).__name__} {str(error).partition(chr(10))[0]}".strip()
        raise ArtifactError(
            f"the ImageNet weights of {name} cannot be had ({reason}); put {_file(name).name} from "
            f"{weights.url} into {_file(name).parent}, or set pretrained=random"
        ) from error


def _file(name: str) -> Path:
    weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
    return Path(torch.hub.get_dir(), "checkpoints", Path(weights.url).name)

"""torchvision's VGG and ResNet with the authors' heads, and where their weights come from.

Modules keep torchvision's names. The head takes the place of the last layers: `classifier` of a
VGG, `fc` of a ResNet.
"""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

from landcover.errors import ArtifactError, SpecError
from landcover.models.architecture import Architecture
from landcover.models.dropout import Dropout
from landcover.models.guarded_torchvision import torchvision
from landcover.models.pooling import AdaptiveAvgPool2d

VGG_POOLED = 7  # height and width of what a VGG's pooling makes of any image
RESNET_FEATURES = 2048
SMALLEST_IMAGE = 32  # pixels: five halvings
UNUSABLE = (OSError, RuntimeError, LookupError, ValueError, EOFError, pickle.UnpicklingError)
RANDOM_SEED = 0  # a backbone without weights is drawn from it, always the same one


@dataclass(frozen=True)
class Pretrained:
    """One of torchvision's models and its weights IMAGENET1K_V1."""

    make: Callable[[], nn.Module]
    weights: str  # the name of its enum in torchvision.models
    head: str  # the module that is replaced
    units: tuple[int, ...]  # of the head, from its input on; the classes come last


VGG_HEAD = ("classifier", (512 * VGG_POOLED**2, 2048, 1024))
RESNET_HEAD = ("fc", (RESNET_FEATURES, 1024, 512))
PRETRAINED = {
    "vgg16": Pretrained(torchvision.models.vgg16, "VGG16_Weights", *VGG_HEAD),
    "vgg19": Pretrained(torchvision.models.vgg19, "VGG19_Weights", *VGG_HEAD),
    "resnet50": Pretrained(torchvision.models.resnet50, "ResNet50_Weights", *RESNET_HEAD),
    "resnet152": Pretrained(torchvision.models.resnet152, "ResNet152_Weights", *RESNET_HEAD),
}


def pretrained(architecture: Architecture) -> nn.Module:
    """Backbone and head, neither with weights worth anything yet: (B, 3, S, S) -> (B, classes)."""
    if architecture.image_size < SMALLEST_IMAGE:
        raise SpecError(
            f"{architecture.model}: image_size {architecture.image_size} must be at least "
            f"{SMALLEST_IMAGE}"
        )
    parts = PRETRAINED[architecture.model]
    device = torch.get_default_device()
    with torch.device("meta"):  # the head that is replaced would take seconds to draw
        model = parts.make()
    setattr(model, parts.head, nn.Identity())
    if architecture.model.startswith("vgg"):
        model.avgpool = AdaptiveAvgPool2d(VGG_POOLED, VGG_POOLED)
    model.to_empty(device=device)
    _draw(model)
    setattr(model, parts.head, _head((*parts.units, architecture.classes), architecture.dropout))
    return model


def _draw(model: nn.Module) -> None:
    """Convolutions and batch norms as torchvision initialises its own."""
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
    return nn.Sequential(*layers[:-2])  # logits need neither


def load_backbone(model: nn.Module, name: str, source: str) -> None:
    """Gives the backbone its weights: "imagenet", from torch's hub cache or the network; "random".

    Raises ArtifactError, with the file and the folder that would mend it, where they cannot be had.
    """
    if source == "random":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            _draw(model)
        return
    tensors, head = imagenet(name), PRETRAINED[name].head
    wanted = {n: t for n, t in model.state_dict().items() if not n.startswith(f"{head}.")}
    check_fits(wanted, tensors, name)
    model.load_state_dict({key: tensors[key] for key in wanted}, strict=False)


def check_fits(
    wanted: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor], name: str
) -> None:
    """Raises ArtifactError for the first tensor that the published file lacks or has otherwise."""
    for key, tensor in wanted.items():
        if key not in tensors or tensors[key].shape != tensor.shape:
            found = tuple(tensors[key].shape) if key in tensors else "absent"
            raise ArtifactError(
                f"{_file(name)} is not torchvision's {name}: its '{key}' is {found} instead of "
                f"{tuple(tensor.shape)}; remove it, and it is downloaded again"
            )


def imagenet(name: str) -> dict[str, torch.Tensor]:
    """The published state of a whole network, from torch's hub cache or the network.

    Raises ArtifactError, with the file and the folder that would mend it.
    """
    weights = getattr(torchvision.models, PRETRAINED[name].weights).IMAGENET1K_V1
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
            f"{weights.url} into {_file(name).parent}, or settle for pretrained=random"
        ) from error


def _file(name: str) -> Path:
    weights = getattr(torchvision.models, PRETRAINED[name].weights).IMAGENET1K_V1
    return Path(torch.hub.get_dir(), "checkpoints", Path(weights.url).name)

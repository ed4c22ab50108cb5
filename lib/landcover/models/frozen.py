"""The part of a model that keeps its weights, and the features that it computes."""

from collections.abc import Mapping
from itertools import islice

from torch import Tensor, nn

from landcover.architectures import HEADS, PUBLISHED
from landcover.errors import SpecError, nearest
from landcover.models.architecture import Architecture

FIRST_CONVOLUTIONS = 5
FREEZES = ("", "backbone", f"first-{FIRST_CONVOLUTIONS}-convolutions")


def freeze(model: nn.Module, architecture: Architecture) -> None:
    """Freezes parameters only; training still updates the statistics of batch norms."""
    if architecture.freeze not in FREEZES:
        raise SpecError(
            f"freeze: there is no '{architecture.freeze}'; {nearest(architecture.freeze, FREEZES)}"
        )
    if architecture.freeze == "backbone":
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith(f"{HEADS[architecture.model]}."))
    elif architecture.freeze:
        convolutions = (module for module in model.modules() if isinstance(module, nn.Conv2d))
        for convolution in islice(convolutions, FIRST_CONVOLUTIONS):
            convolution.requires_grad_(False)


def without_head(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Returns the part of a model's state that does not depend on its classes."""
    return {key: t for key, t in tensors.items() if not key.startswith(f"{HEADS[name]}.")}


def backbone_and_head(model: nn.Module, name: str) -> tuple[nn.Module, nn.Module]:
    """Returns two modules that share the model's: images -> features -> logits."""
    *backbone, head = model.children()
    if name in PUBLISHED and HEADS[name] == "classifier":
        *backbone, pooling = backbone  # stops before a VGG's pooling, which only repeats features
        head = nn.Sequential(pooling, nn.Flatten(), head)
    elif name in PUBLISHED:
        backbone.append(nn.Flatten())  # a ResNet flattens without a module
    return nn.Sequential(*backbone), head


def is_steady(backbone: nn.Module, *, in_eval_mode: bool = False) -> bool:
    """Tells whether a backbone always gives an image the same features while the head trains.

    Batch norm and dropout prevent that, unless training keeps them in evaluation mode.
    """
    return in_eval_mode or not any(
        isinstance(module, nn.modules.batchnorm._BatchNorm | nn.Dropout)
        for module in backbone.modules()
    )

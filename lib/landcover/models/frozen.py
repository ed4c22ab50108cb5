"""Which part of a model keeps its weights, and what that part computes."""

from collections.abc import Mapping
from itertools import islice

from torch import Tensor, nn

from landcover.errors import SpecError, nearest
from landcover.models.architecture import Architecture

HEADS = {  # the module that always trains; all before it is the backbone
    "customcnn": "fc2",
    "vgg16": "classifier",
    "vgg19": "classifier",
    "resnet50": "fc",
    "resnet152": "fc",
}
FIRST_CONVOLUTIONS = 5
FREEZES = ("", "backbone", f"first-{FIRST_CONVOLUTIONS}-convolutions")


def freeze(model: nn.Module, architecture: Architecture) -> None:
    """Parameters only; statistics of batch norms move on, unless training keeps them."""
    if architecture.freeze not in FREEZES:
        raise SpecError(
            f"nothing can be frozen by the name '{architecture.freeze}'; "
            f"{nearest(architecture.freeze, FREEZES)}"
        )
    if architecture.freeze == "backbone":
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith(f"{HEADS[architecture.model]}."))
    elif architecture.freeze:
        convolutions = (module for module in model.modules() if isinstance(module, nn.Conv2d))
        for convolution in islice(convolutions, FIRST_CONVOLUTIONS):
            convolution.requires_grad_(False)


def without_head(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Of a model's state what does not depend on its classes."""
    return {key: t for key, t in tensors.items() if not key.startswith(f"{HEADS[name]}.")}


def backbone_and_head(model: nn.Module, name: str) -> tuple[nn.Module, nn.Module]:
    """Two modules that share the model's: images -> features -> logits."""
    *backbone, head = model.children()
    if name.startswith("vgg"):  # cut before the pooling, which only repeats features
        *backbone, pooling = backbone
        head = nn.Sequential(pooling, nn.Flatten(), head)
    if name.startswith("resnet"):
        backbone.append(nn.Flatten())
    return nn.Sequential(*backbone), head


def is_steady(backbone: nn.Module, *, in_eval_mode: bool = False) -> bool:
    """Whether it maps an image to the same features at any time, whatever trains behind it.

    Batch norm and dropout prevent that, unless training keeps them in evaluation mode.
    """
    return in_eval_mode or not any(
        isinstance(module, nn.modules.batchnorm._BatchNorm | nn.Dropout)
        for module in backbone.modules()
    )

"""The description of a network (`Architecture`) and the functions that build it (`MODELS`)."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from landcover.architectures import PUBLISHED
from landcover.errors import SpecError, nearest
from landcover.models import customcnn, residual
from landcover.models.architecture import Architecture
from landcover.models.frozen import backbone_and_head, freeze, is_steady, without_head


def _pretrained(architecture: Architecture) -> nn.Module:
    from landcover.models import pretrained  # torchvision takes seconds to import

    return pretrained.build(architecture)


def _vision_transformer(architecture: Architecture) -> nn.Module:
    from landcover.models import vision_transformer  # imports torchvision, too

    return vision_transformer.build(architecture)


MODELS: dict[str, Callable[[Architecture], nn.Module]] = {
    "customcnn": customcnn.build,
    "residual": residual.build,
    "vision-transformer": _vision_transformer,
    **dict.fromkeys(PUBLISHED, _pretrained),
}


def build(architecture: Architecture) -> nn.Module:
    """Returns a model with PyTorch's usual random weights, from its global generator."""
    if architecture.model not in MODELS:
        raise SpecError(f"no model '{architecture.model}'; {nearest(architecture.model, MODELS)}")
    model = MODELS[architecture.model](architecture)
    freeze(model, architecture)
    return model


def load_backbone(model: nn.Module, name: str, source: str) -> None:
    """Gives a pretrained model's backbone its weights; see `pretrained.load_backbone`."""
    from landcover.models.pretrained import load_backbone as load

    load(model, name, source)


def published(name: str, source: str) -> nn.Module:
    """Returns a network with its head of 1,000 ImageNet classes; see `imagenet.published`."""
    from landcover.models.imagenet import published as as_published

    return as_published(name, source)


def imagenet_categories() -> tuple[str, ...]:
    """Returns the names of a published network's outputs."""
    from landcover.models.imagenet import categories

    return categories()


def is_published(name: str, tensors: Mapping[str, Tensor]) -> bool:
    """Tells whether a state belongs to a published network, not to one with the authors' head."""
    from landcover.models.imagenet import is_published as has_its_shapes

    return has_its_shapes(name, tensors)


def parameters(model: nn.Module) -> dict[str, int]:
    """Returns the numbers of single weights: total, trainable, frozen."""
    counts = [(p.numel(), p.requires_grad) for p in model.parameters()]
    total = sum(n for n, _ in counts)
    trainable = sum(n for n, trains in counts if trains)
    return {"total": total, "trainable": trainable, "frozen": total - trainable}


def changing(model: nn.Module) -> dict[str, Tensor]:
    """Returns the part of a model's state that training can change: all but frozen parameters."""
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad}
    return {name: t for name, t in model.state_dict().items() if name not in frozen}


__all__ = [
    "MODELS",
    "Architecture",
    "backbone_and_head",
    "build",
    "changing",
    "imagenet_categories",
    "is_published",
    "is_steady",
    "load_backbone",
    "parameters",
    "published",
    "without_head",
]

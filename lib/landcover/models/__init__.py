"""What a network is (`Architecture`) and who builds it (`MODELS`)."""

from collections.abc import Callable

from torch import nn

from landcover.errors import SpecError, nearest
from landcover.models.architecture import Architecture
from landcover.models.customcnn import customcnn

MODELS: dict[str, Callable[[Architecture], nn.Module]] = {
    "customcnn": customcnn,
}


def build(architecture: Architecture) -> nn.Module:
    """Weights as PyTorch initialises them, drawn from the global generator of torch."""
    if architecture.model not in MODELS:
        raise SpecError(f"no model '{architecture.model}'; {nearest(architecture.model, MODELS)}")
    return MODELS[architecture.model](architecture)


def parameters(model: nn.Module) -> dict[str, int]:
    """Counts of single weights: total, trainable, frozen."""
    counts = [(p.numel(), p.requires_grad) for p in model.parameters()]
    total = sum(n for n, _ in counts)
    trainable = sum(n for n, trains in counts if trains)
    return {"total": total, "trainable": trainable, "frozen": total - trainable}


__all__ = ["MODELS", "Architecture", "build", "parameters"]

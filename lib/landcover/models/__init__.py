"""What a network is (`Architecture`) and who builds it (`MODELS`)."""

from collections.abc import Callable

from torch import nn

from landcover.errors import SpecError, nearest
from landcover.experiments import Experiment
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


def architecture(experiment: Experiment, classes: int) -> Architecture:
    return Architecture(
        experiment.model,
        experiment.image_size,
        classes,
        batch_norm=experiment.batch_norm,
        dropout=experiment.dropout,
    )


def parameters(model: nn.Module) -> dict[str, int]:
    """Counts of single weights: total, trainable, frozen."""
    counts = [(p.numel(), p.requires_grad) for p in model.parameters()]
    total = sum(n for n, _ in counts)
    trainable = sum(n for n, trains in counts if trains)
    return {"total": total, "trainable": trainable, "frozen": total - trainable}


__all__ = ["MODELS", "Architecture", "architecture", "build", "parameters"]

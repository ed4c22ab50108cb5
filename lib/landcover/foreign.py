"""A network around weights from elsewhere, its architecture recognised by their names."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from landcover import models, weights
from landcover.models import Architecture


def assembled(
    tensors: Mapping[str, Tensor],
    path: Path,
    model_name: str,
    image_size: int,
    classes: int,
    device: torch.device,
) -> tuple[Architecture, nn.Module]:
    """In evaluation mode; `path` is for the ArtifactError about the first tensor that misfits."""
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

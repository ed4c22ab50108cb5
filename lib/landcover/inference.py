"""Runs a model over a whole split in evaluation mode."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from landcover.data.batches import DeviceSplit, normalised

BATCH = 512  # images; of no influence on the result but for rounding


@dataclass(frozen=True)
class Score:
    loss: float  # mean over images
    accuracy: float  # fraction


@torch.no_grad()
def logits(model: nn.Module, split: DeviceSplit, statistics: str, precision: str) -> Tensor:
    """(N, classes) float32; the model keeps the mode it was in."""
    training = model.training
    model.eval()
    try:
        rows = torch.arange(len(split), device=split.labels.device)
        parts = [
            forward(model, normalised(split.images(batch), statistics), precision)
            for batch in rows.split(BATCH)
        ]
    finally:
        model.train(training)
    return torch.cat(parts)


def forward(model: nn.Module, images: Tensor, precision: str) -> Tensor:
    """(B, 3, H, W) -> (B, classes) float32; bf16 computes in bfloat16 what autocast allows."""
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        output: Tensor = model(images)
    return output.float()


def score(logits: Tensor, labels: Tensor) -> Score:
    return Score(
        loss=F.cross_entropy(logits, labels).item(),
        accuracy=(logits.argmax(1) == labels).double().mean().item(),
    )

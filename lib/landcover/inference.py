"""Runs a network, or what follows its frozen part, over a whole split in evaluation mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from landcover.data.batches import DeviceSplit

# Pixels of a batch, of no influence on the result but for rounding: on a processor as many as its
# allocator reuses (it gives larger blocks back to the system, which must clear them every time).
PIXELS_ON_CPU, PIXELS = 1 << 17, 1 << 21
ROWS = 4096  # of features in a batch


@dataclass(frozen=True)
class Score:
    loss: float  # mean over images
    accuracy: float  # fraction


def logits(model: nn.Module, split: DeviceSplit, precision: str) -> Tensor:
    """(N, classes) float32, or whatever else the model makes of an image, N of them."""
    _, height, width, _ = split.pixels.shape
    device = split.labels.device
    rows = torch.arange(len(split), device=device)
    count = max(1, (PIXELS_ON_CPU if device.type == "cpu" else PIXELS) // (height * width))
    with _evaluating(model):
        parts = [
            forward(model, split.normalised(split.images(batch), batch), precision)
            for batch in rows.split(count)
        ]
    return torch.cat(parts)


def logits_of_features(head: nn.Module, features: Tensor, precision: str) -> Tensor:
    """(N, ...) -> (N, classes) float32."""
    with _evaluating(head):
        return torch.cat([forward(head, batch, precision) for batch in features.split(ROWS)])


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


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Without autograd; afterwards every module is in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training

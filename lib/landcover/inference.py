"""Runs a network, or only its head, over a whole split in evaluation mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from landcover.data.batches import DeviceSplit

# Pixels of a batch; they change the result only by rounding. On a CPU, the allocator reuses blocks
# of this size (it gives larger ones back to the system, which must clear them every time).
PIXELS_ON_CPU, PIXELS = 1 << 17, 1 << 21
ROWS = 4096  # of features in a batch


@dataclass(frozen=True)
class Score:
    loss: float  # mean over images
    accuracy: float  # fraction


def logits(model: nn.Module, split: DeviceSplit, precision: str) -> Tensor:
    """Returns the outputs of a model for all N images, such as logits (N, classes), as float32."""
    with evaluating(model):
        return torch.cat([forward(model, images, precision) for _, images in batches(split)])


def batches(split: DeviceSplit, image_size: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields positions (B,) and normalised images (B, 3, S, S), one batch at a time.

    `image_size` is in pixels; if the images have another one, they are resized on the device.
    """
    _, height, width, _ = split.pixels.shape
    own = image_size in (0, height)
    area = height * width if own else image_size**2  # pixels of an image
    device = split.labels.device
    count = max(1, (PIXELS_ON_CPU if device.type == "cpu" else PIXELS) // area)
    for rows in torch.arange(len(split), device=device).split(count):
        images = split.normalised(split.images(rows), rows)
        yield rows, images if own else stretched(images, image_size)


def stretched(images: Tensor, image_size: int) -> Tensor:
    """Resizes images (B, 3, H, W) to (B, 3, S, S), bilinear."""
    return F.interpolate(images, size=(image_size, image_size), mode="bilinear", antialias=True)


def logits_of_features(head: nn.Module, features: Tensor, precision: str) -> Tensor:
    """Returns the logits (N, classes) float32 of features (N, ...)."""
    with evaluating(head):
        return torch.cat([forward(head, batch, precision) for batch in features.split(ROWS)])


def forward(model: nn.Module, images: Tensor, precision: str) -> Tensor:
    """Returns the float32 output for images (B, 3, H, W); "bf16" uses autocast to bfloat16."""
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        output: Tensor = model(images)
    return output.float()


def score(logits: Tensor, labels: Tensor) -> Score:
    return Score(
        loss=F.cross_entropy(logits, labels).item(),
        accuracy=(logits.argmax(1) == labels).double().mean().item(),
    )


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switches to evaluation mode without autograd; restores each module's mode afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training

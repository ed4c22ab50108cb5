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
    with evaluating(model):
        return torch.cat([forward(model, images, precision) for _, images in batches(split)])


def batches(split: DeviceSplit, image_size: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Positions (B,) and images (B, 3, S, S) as the network wants them, one batch at a time.

    `image_size` in pixels, if it is not the images' own: they are stretched here, on the device.
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
    """(B, 3, H, W) -> (B, 3, S, S), bilinear."""
    return F.interpolate(images, size=(image_size, image_size), mode="bilinear", antialias=True)


def logits_of_features(head: nn.Module, features: Tensor, precision: str) -> Tensor:
    """(N, ...) -> (N, classes) float32."""
    with evaluating(head):
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
def evaluating(model: nn.Module) -> Iterator[None]:
    """Without autograd; afterwards every module is in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training

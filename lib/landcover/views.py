"""The eight views of a square image that show the same land cover: turned and mirrored."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from landcover.data.batches import DeviceSplit
from landcover.inference import batches, evaluating, forward

VIEWS = 8


def views(images: Tensor) -> Iterator[Tensor]:
    """Yields eight views (B, C, S, S): the four quarter turns, each also mirrored."""
    for turns in range(4):
        turned = torch.rot90(images, turns, (2, 3))
        yield turned.contiguous(memory_format=torch.channels_last)
        yield turned.flip(3).contiguous(memory_format=torch.channels_last)


def mean_logits(model: nn.Module, images: Tensor, precision: str) -> Tensor:
    """Returns the logarithm of the mean probability over the views: (B, classes)."""
    outputs = [forward(model, view, precision).log_softmax(1) for view in views(images)]
    return torch.stack(outputs).logsumexp(0) - torch.tensor(float(VIEWS)).log().to(images.device)


def logits(model: nn.Module, split: DeviceSplit, precision: str) -> Tensor:
    """Returns the logarithm of a split's mean probability over the views: (N, classes)."""
    with evaluating(model):
        return torch.cat([mean_logits(model, images, precision) for _, images in batches(split)])

"""Average pooling with gradients that are the same every time, on every device."""

import torch
from torch import Tensor, nn


class AdaptiveAvgPool2d(nn.AdaptiveAvgPool2d):
    """PyTorch's adaptive average pooling, as one product of matrices.

    On CUDA, PyTorch's own backward pass adds in any order, so it raises an error if deterministic
    algorithms are on (pytorch issue 50198). A map that already has the size does not change: VGG's
    at 224 pixels.
    """

    def __init__(self, height: int, width: int) -> None:
        super().__init__((height, width))
        self.size = (height, width)

    def forward(self, x: Tensor) -> Tensor:
        """Returns means (B, C, height, width) of x (B, C, h, w)."""
        if x.shape[2:] == self.size:
            return x
        down, across = (
            x.new_tensor(_shares(*sides)) for sides in zip(x.shape[2:], self.size, strict=True)
        )
        shares = torch.kron(down, across).mT  # (h * w, height * width)
        pooled: Tensor = x.flatten(2) @ shares
        return pooled.view(*x.shape[:2], *self.size)


def _shares(length: int, size: int) -> list[list[float]]:
    """Returns the weights of `length` values in each of `size` means; windows may overlap."""
    windows = [(i * length // size, -(-(i + 1) * length // size)) for i in range(size)]
    return [[(a <= j < b) / (b - a) for j in range(length)] for a, b in windows]

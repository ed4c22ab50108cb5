"""Flips, rotation, shear and scale by nearest neighbour, composed into one lookup of pixels.

Pillow computes places in 16.16 fixed point: the output pixel (x, y) takes the source pixel
((a x + b y + c) >> 16, (d x + e y + f) >> 16), or black if that lies outside. All are integers,
so several steps are followed exactly from the output back to the source. Pixels are moved once,
at the end.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

ONE = 1 << 16  # a pixel in Pillow's fixed point


@dataclass(frozen=True)
class Turn:
    """Left-right flip, then top-bottom flip, then rotation about the centre; (B,) each."""

    mirrored: Tensor  # bool, left becomes right
    upended: Tensor  # bool, top becomes bottom
    angle: Tensor  # degrees counter-clockwise

    def lookup(self, height: int, width: int) -> Tensor:
        """Returns Pillow's a, b, c, d, e, f: (B, 6) int32."""
        radians = self.angle.double().deg2rad()
        cos, sin = radians.cos(), radians.sin()
        a, b, c, d, e, f = _about_centre(cos, -sin, sin, cos, height, width).unbind(1)
        # size - 1 - (t >> 16) is (size * ONE - 1 - t) >> 16 for every integer t
        a, b, c = _choose(self.mirrored, (-a, -b, width * ONE - 1 - c), (a, b, c))
        d, e, f = _choose(self.upended, (-d, -e, height * ONE - 1 - f), (d, e, f))
        return torch.stack([a, b, c, d, e, f], 1)  # (B, 6)


@dataclass(frozen=True)
class Affine:
    """Shear along x and scale about the centre; (B,) each."""

    shear: Tensor  # degrees
    scale: Tensor

    def lookup(self, height: int, width: int) -> Tensor:
        """Returns Pillow's a, b, c, d, e, f: (B, 6) int32."""
        scale, tangent = self.scale.double(), self.shear.double().deg2rad().tan()
        zero = torch.zeros_like(scale)
        return _about_centre(1 / scale, tangent / scale, zero, 1 / scale, height, width)


def draw_turn(
    count: int, generator: torch.Generator, *, mirror: float, upend: float, degrees: float
) -> Turn:
    """Draws flips with the probabilities `mirror` and `upend`, and angles within ±`degrees`."""
    mirrors, upends, angles = torch.rand(3, count, generator=generator, device=generator.device)
    return Turn(mirrors < mirror, upends < upend, degrees * (2 * angles - 1))


def draw_affine(
    count: int, generator: torch.Generator, *, shear: float, scale: tuple[float, float]
) -> Affine:
    """Draws a uniform shear within ±`shear` degrees, and a uniform scale within its bounds."""
    shears, scales = torch.rand(2, count, generator=generator, device=generator.device)
    low, high = scale
    return Affine(shear * (2 * shears - 1), low + (high - low) * scales)


def apply(images: Tensor, *steps: Turn | Affine) -> Tensor:
    """Takes the steps in order, each rounded to whole pixels: uint8 (B, C, H, W) to the same."""
    height, width = images.shape[2:]
    x = torch.arange(width, dtype=torch.int32, device=images.device).view(1, 1, width)
    y = torch.arange(height, dtype=torch.int32, device=images.device).view(1, height, 1)
    inside = torch.ones_like(x, dtype=torch.bool)
    for step in reversed(steps):
        a, b, c, d, e, f = step.lookup(height, width).view(-1, 6, 1, 1).unbind(1)  # (B, 1, 1)
        x, y = _step(a, x, b, y, c), _step(d, x, e, y, f)  # (B, H, W)
        inside = inside & (x >= 0) & (x < width) & (y >= 0) & (y < height)
    source = y.clamp_(0, height - 1).mul_(width).add_(x.clamp_(0, width - 1))  # (B, H, W)
    index = source.long().flatten(1)[:, None].expand(-1, images.shape[1], -1)  # (B, C, H*W)
    pixels = images.flatten(2).gather(2, index).view(images.shape)  # (B, C, H, W)
    return pixels.mul_(inside[:, None])


def _step(a: Tensor, x: Tensor, b: Tensor, y: Tensor, c: Tensor) -> Tensor:
    return (a * x + (b * y + c)).bitwise_right_shift_(16)


def _about_centre(a: Tensor, b: Tensor, d: Tensor, e: Tensor, height: int, width: int) -> Tensor:
    """Returns the map [[a, b], [d, e]] about the centre, rounded as in Pillow: (B, 6) int32."""
    x, y = width / 2 - 0.5, height / 2 - 0.5  # Pillow reads at the middle of a pixel
    c = width / 2 - a * x - b * y
    f = height / 2 - d * x - e * y
    return (torch.stack([a, b, c, d, e, f], 1) * ONE + 0.5).floor().int()


def _choose(
    condition: Tensor, yes: tuple[Tensor, ...], no: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    return tuple(torch.where(condition, *pair) for pair in zip(yes, no, strict=True))

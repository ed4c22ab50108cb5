"""Brightness, contrast, saturation and hue, in a random order for each image.

Pillow changes the first three in the same way: it moves each pixel away from, or towards, an anchor
(black, the image's mean grey, the pixel's own grey) and cuts the fraction off. So one blend does a
step of all images, even if their operations differ; only hue is computed apart.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from landcover.augment import hue

BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)


@dataclass(frozen=True)
class Jitter:
    factors: Tensor  # (B, 3) of brightness, contrast and saturation; 1 changes nothing
    hue: Tensor  # (B,), share of the colour circle
    order: Tensor  # (B, 3) or, with hue, (B, 4): the operation of each step


def draw_jitter(
    count: int, generator: torch.Generator, *, strength: float, hue: float = 0.0
) -> Jitter:
    """Draws factors within 1 ± `strength` and hues within ± `hue`; a hue of 0 has no step."""
    device = generator.device
    factors = 1 + strength * (2 * torch.rand(count, 3, generator=generator, device=device) - 1)
    hues = hue * (2 * torch.rand(count, generator=generator, device=device) - 1)
    steps = 4 if hue else 3
    order = torch.rand(count, steps, generator=generator, device=device).argsort(1)
    return Jitter(factors, hues, order)


def apply(images: Tensor, jitter: Jitter) -> Tensor:
    """Returns RGB images, uint8 (B, 3, H, W), with values rounded after each step."""
    pixels = images.to(torch.float32, memory_format=torch.contiguous_format)
    factors = torch.nn.functional.pad(jitter.factors, (0, 1), value=1.0)  # (B, 4)
    for operation in jitter.order.unbind(1):  # (B,)
        factor = factors.gather(1, operation[:, None])
        _blend_(pixels, operation.view(-1, 1, 1, 1), factor.view(-1, 1, 1, 1))
        if jitter.order.shape[1] > HUE:
            turn = (operation == HUE).nonzero().squeeze(1)
            pixels[turn] = hue.shift(pixels[turn], jitter.hue[turn])
    return pixels.to(torch.uint8)


def grey(pixels: Tensor) -> Tensor:
    """Returns Pillow's luma of (B, 3, H, W): float (B, 1, H, W), exact as sums stay below 2^24."""
    red, green, blue = pixels.chunk(3, dim=1)
    luma = (19595 * red).add_(green, alpha=38470).add_(blue, alpha=7471)
    return luma.add_(32768).div_(65536).floor_()


def _blend_(pixels: Tensor, operation: Tensor, factor: Tensor) -> None:
    luma = grey(pixels)
    mean = (luma.mean((2, 3), keepdim=True) + 0.5).floor()  # (B, 1, 1, 1)
    anchor = luma.mul_(operation == SATURATION).add_(mean * (operation == CONTRAST))
    pixels.sub_(anchor).mul_(factor).add_(anchor).clamp_(0, 255).floor_()

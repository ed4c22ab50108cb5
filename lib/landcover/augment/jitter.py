"""Brightness, contrast, saturation and hue, in an order drawn anew for each image.

Pillow changes the first three alike: it moves each pixel away from, or towards, an anchor (black,
the image's mean grey, the pixel's own grey) and cuts the fraction off. So a step of all images is
one blend, whatever its operation is for each of them; only hue is done apart, for those whose turn
it is.
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
    """Factors are uniform within 1 ± `strength`, hue within ± `hue`; a hue of 0 gets no step."""
    device = generator.device
    factors = 1 + strength * (2 * torch.rand(count, 3, generator=generator, device=device) - 1)
    hues = hue * (2 * torch.rand(count, generator=generator, device=device) - 1)
    steps = 4 if hue else 3
    order = torch.rand(count, steps, generator=generator, device=device).argsort(1)
    return Jitter(factors, hues, order)


def apply(images: Tensor, jitter: Jitter) -> Tensor:
    """RGB images, uint8 (B, 3, H, W) to the same, rounded to whole values after each step."""
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
    """Pillow's luma, float (B, 3, H, W) -> (B, 1, H, W); its sums stay below 2^24, hence exact."""
    red, green, blue = pixels.chunk(3, dim=1)
    luma = (19595 * red).add_(green, alpha=38470).add_(blue, alpha=7471)
    return luma.add_(32768).div_(65536).floor_()


def _blend_(pixels: Tensor, operation: Tensor, factor: Tensor) -> None:
    luma = grey(pixels)
    mean = (luma.mean((2, 3), keepdim=True) + 0.5).floor()  # (B, 1, 1, 1)
    anchor = luma.mul_(operation == SATURATION).add_(mean * (operation == CONTRAST))
    pixels.sub_(anchor).mul_(factor).add_(anchor).clamp_(0, 255).floor_()

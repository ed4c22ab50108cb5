"""A turn of the colour circle through Pillow's HSV, whose values are whole, 0 to 255."""

import torch
from torch import Tensor


def shift(pixels: Tensor, turn: Tensor) -> Tensor:
    """Whole-valued float (B, 3, H, W) to the same; `turn` (B,) is a share of the circle."""
    hue, saturation, value = _hsv(pixels)
    steps = (turn.double() * 255).trunc().float().view(-1, 1, 1, 1)
    return _rgb((hue + steps).remainder(256), saturation, value)


def _hsv(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value, whole-valued (B, 1, H, W) each."""
    red, green, blue = pixels.chunk(3, dim=1)
    value, lowest = pixels.amax(1, keepdim=True), pixels.amin(1, keepdim=True)
    chroma = (value - lowest).clamp(min=1)  # a grey pixel has hue and saturation 0 all the same
    to_red, to_green, to_blue = (((value - c) / chroma).double() for c in (red, green, blue))
    sextant = torch.where(
        red == value,
        to_blue - to_green,
        torch.where(green == value, 2 + to_red - to_blue, 4 + to_green - to_red),
    ).float()
    hue = (sextant.double() / 6).remainder_(1).float()
    saturation = (value - lowest) / value.clamp(min=1)
    return _byte(hue), _byte(saturation), value


def _byte(share: Tensor) -> Tensor:
    # Pillow's mix of precisions decides on which side of a whole number a value falls
    return (share.double() * 255).floor().float()


def _rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Whole-valued (B, 1, H, W) each -> (B, 3, H, W).

    A channel loses its share of the value in half of the circle: 85 units are a sixth of it (twice
    the hue's, since 255 is no multiple of 6), and red, green and blue lie two sixths apart.
    """
    offsets = hue.new_tensor([5 * 85, 3 * 85, 85]).view(1, 3, 1, 1)
    phase = 2 * hue + offsets  # (B, 3, H, W), below two turns
    phase = phase - 510 * (phase >= 510)
    loss = torch.minimum(phase, 340 - phase).clamp(0, 85)
    return (value * (255 * 85 - saturation * loss) / (255 * 85)).round()

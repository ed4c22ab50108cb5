"""A turn of the colour circle through Pillow's HSV, whose values are whole, 0 to 255.

Pillow mixes single and double precision, and this decides how a value is rounded. The same
computation is done once for all differences of two channels from the strongest one, and the
results are looked up in tables.
"""

from functools import cache

import torch
from torch import Tensor

LEVELS = 256
PAIRS = LEVELS**2  # of the differences of two channels from the strongest one
SIXTH = 85  # of the circle, in the hue's units


def shift(pixels: Tensor, turn: Tensor) -> Tensor:
    """Returns the pixels with another hue: whole-valued float (B, 3, H, W), as the pixels are.

    `turn` (B,) is a share of the circle.
    """
    hues, saturations = _tables(pixels.device)
    red, green, blue = pixels.unbind(1)  # (B, H, W) each
    value = red.maximum(green).maximum(blue)
    chroma = value - red.minimum(green).minimum(blue)
    saturation = _look_up(saturations, chroma.mul_(LEVELS).add_(value))
    hue = _look_up(hues, _place(*(value[:, None] - pixels).unbind(1)))
    steps = (turn.double() * 255).trunc().long().remainder(LEVELS)
    hue += steps.to(torch.uint8).view(-1, 1, 1)  # a byte, so 255 + 1 is 0
    return _rgb(hue[:, None], saturation[:, None], value[:, None])


def _look_up(table: Tensor, index: Tensor) -> Tensor:
    return table.index_select(0, index.int().flatten()).view(index.shape)


def _place(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    """Returns a different index for each triple of differences from the strongest channel.

    The strongest has difference 0. If that is red, green and blue make the index; if it is green,
    red and blue; else red and green.
    """
    others = green.clamp(max=1).mul_(green + PAIRS).add_(PAIRS).mul_(red.clamp(max=1))
    return others.add_(blue).add_(green + red, alpha=LEVELS)


@cache
def _tables(device: torch.device) -> tuple[Tensor, Tensor]:
    """Returns two uint8 tables: hue by `_place`, and saturation by 256 × chroma + value."""
    level = torch.arange(LEVELS, dtype=torch.float32)
    first, second = torch.cartesian_prod(level, level).unbind(1)
    none = torch.zeros(PAIRS)
    lacking = torch.cat(
        [
            torch.stack([none, first, second], 1),
            torch.stack([first, none, second], 1)[LEVELS:],
            torch.stack([first, second, none], 1)[LEVELS:][second[LEVELS:] > 0],
        ]
    )  # (M, 3)
    hues = torch.zeros(4 * PAIRS, dtype=torch.uint8)
    hues[_place(*lacking.unbind(1)).long()] = _byte(_hue(lacking))
    return hues.to(device), _byte(first / second.clamp(min=1)).to(device)


def _hue(lacking: Tensor) -> Tensor:
    """Returns hues (M,), shares of the circle, of differences from the strongest channel (M, 3)."""
    chroma = lacking.amax(1, keepdim=True).clamp(min=1)  # a grey pixel then gets hue 0
    red, green, blue = (lacking / chroma).double().unbind(1)
    sextant = torch.where(
        red == 0,
        blue - green,
        torch.where(green == 0, 2 + red - blue, 4 + green - red),
    ).float()
    return (sextant.double() / 6).remainder_(1).float()


def _byte(share: Tensor) -> Tensor:
    return (share.double() * 255).clamp_(max=255).to(torch.uint8)


def _rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Returns whole-valued float (B, 3, H, W) of uint8 hue and saturation and float value.

    These are (B, 1, H, W) each. A channel loses its share of the value in half of the circle. A
    circle has 510 units here, twice the hue's, because 255 is no multiple of 6; red, green and blue
    lie two sixths apart. With the offsets, the loss is greatest around 170 and, a circle further,
    around 680.
    """
    offsets = torch.tensor([5, 3, 1], dtype=torch.int16, device=hue.device) * SIXTH
    phase = 2 * hue.short() + offsets.view(3, 1, 1)  # (B, 3, H, W), below two circles
    from_peak = phase.sub_(5 * SIXTH).abs_().sub_(3 * SIXTH).abs_()
    loss = from_peak.neg_().add_(2 * SIXTH).clamp_(0, SIXTH)
    kept = loss.mul_(saturation).neg_().add_(255 * SIXTH)  # up to 21,675: 16 bits hold it
    return kept.float().mul_(value).div_(255 * SIXTH).round_()

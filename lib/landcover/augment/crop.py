"""Random crop, resized back to the full size as Pillow does: bilinear, first along x, then along y.

Each pixel is a weighted mean of two. The weights are multiples of 1/(2 S) for an image of S pixels:
where S is a power of two, single precision is exact.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

ATTEMPTS = 10  # after them, torchvision takes the whole of a square image


@dataclass(frozen=True)
class Crop:
    """Boxes in pixels, (B,) int64 each."""

    top: Tensor
    left: Tensor
    height: Tensor
    width: Tensor


def draw_crop(
    count: int,
    generator: torch.Generator,
    size: int,
    *,
    area: tuple[float, float],
    ratio: tuple[float, float],
) -> Crop:
    """Draws boxes within square images of `size` pixels: the first of ten attempts that fits.

    `area` bounds the share of the image; width / height is log-uniform within `ratio`.
    """
    uniform = torch.rand(4, count, ATTEMPTS, generator=generator, device=generator.device)
    areas = size**2 * (area[0] + (area[1] - area[0]) * uniform[0])  # (B, ATTEMPTS)
    ratios = torch.exp(math.log(ratio[0]) + math.log(ratio[1] / ratio[0]) * uniform[1])
    widths, heights = (areas * ratios).sqrt().round(), (areas / ratios).sqrt().round()
    fits = (widths > 0) & (widths <= size) & (heights > 0) & (heights <= size)
    first = fits.int().argmax(1, keepdim=True)  # (B, 1), 0 where none fits
    fitting = fits.gather(1, first)
    width = torch.where(fitting, widths.gather(1, first), size)
    height = torch.where(fitting, heights.gather(1, first), size)
    # the bound guards against a product that single precision rounds up
    top = (uniform[2, :, :1] * (size - height + 1)).floor().minimum(size - height)
    left = (uniform[3, :, :1] * (size - width + 1)).floor().minimum(size - width)
    return Crop(*(side.long().squeeze(1) for side in (top, left, height, width)))


def apply(images: Tensor, crop: Crop) -> Tensor:
    """Returns the boxes, enlarged to the size of the images: uint8 (B, C, S, S)."""
    columns = _enlarge(images.mT.contiguous(), crop.left, crop.width)  # (B, C, S, S), x before y
    return _enlarge(columns.mT.contiguous(), crop.top, crop.height)


def _enlarge(images: Tensor, start: Tensor, length: Tensor) -> Tensor:
    """Makes the S rows of each image out of `length` rows from `start` on."""
    size = images.shape[2]
    rows = torch.arange(size, device=images.device)
    # the place of the row in the box, in units of 1/(2 S) of a row, so that it is an integer
    position = (2 * rows + 1) * length[:, None] - size  # (B, S)
    above = position.div(2 * size, rounding_mode="floor")
    weight = (position - 2 * size * above) / (2 * size)  # of the row below
    upper, lower = (
        _rows(images, start[:, None] + row.clamp(min=0).minimum(length[:, None] - 1))
        for row in (above, above + 1)
    )
    return upper.lerp_(lower, weight[:, None, :, None]).add_(0.5).to(torch.uint8)


def _rows(images: Tensor, index: Tensor) -> Tensor:
    """Returns the rows `index` (B, S) of each image: float (B, C, S, S)."""
    count, channels, size = images.shape[:3]
    planes = torch.arange(count * channels, device=images.device).view(count, channels, 1)
    chosen = (planes * size + index[:, None]).flatten()  # (B*C*S,)
    return images.flatten(0, 2).index_select(0, chosen).view(images.shape).float()

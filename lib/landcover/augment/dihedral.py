"""Moves that do not change the land cover: mirror images, quarter turns and small shifts.

Pixels are moved and never mixed. Pixels that a shift moves in from outside are reflected at the
edge.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Move:
    """One of the eight symmetries of a square, after a shift; (B,) each."""

    transposed: Tensor  # bool, rows become columns
    mirrored: Tensor  # bool, left becomes right
    upended: Tensor  # bool, top becomes bottom
    down: Tensor  # pixels
    right: Tensor  # pixels


def draw_move(count: int, generator: torch.Generator, *, shift: int) -> Move:
    """Draws moves; all symmetries, and all shifts of at most `shift` pixels, are equally likely."""
    device = generator.device
    transposed, mirrored, upended = torch.rand(3, count, generator=generator, device=device) < 0.5
    down, right = torch.randint(-shift, shift + 1, (2, count), generator=generator, device=device)
    return Move(transposed, mirrored, upended, down, right)


def apply(images: Tensor, move: Move) -> Tensor:
    """Returns the moved images: uint8 (B, C, S, S), as the images are."""
    B, C, S, _ = images.shape
    rows = _source(S, move.down, move.upended)[:, :, None]  # (B, S, 1)
    columns = _source(S, move.right, move.mirrored)[:, None, :]  # (B, 1, S)
    source = rows * S + columns  # (B, S, S)
    source = torch.where(move.transposed[:, None, None], source.mT, source)
    index = source.flatten(1)[:, None].expand(-1, C, -1)  # (B, C, S*S)
    return images.flatten(2).gather(2, index).view(B, C, S, S)


def _source(size: int, shift: Tensor, flipped: Tensor) -> Tensor:
    """Returns where along one side each pixel comes from: (B, S)."""
    place = torch.arange(size, device=shift.device) - shift[:, None]
    place = place.abs()
    place = (size - 1) - (size - 1 - place).abs()  # reflected at both ends
    return torch.where(flipped[:, None], size - 1 - place, place)

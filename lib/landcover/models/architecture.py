"""Everything that fixes a network's shape, and nothing about its training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    model: str
    image_size: int  # pixels, height and width
    classes: int
    batch_norm: bool = True
    dropout: float = 0.25  # probability of zeroing an element

"""Everything that fixes a network's shape and which of its weights train."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    model: str
    image_size: int  # pixels, height and width
    classes: int
    batch_norm: bool = True  # of the CustomCNN; the others have what they have
    dropout: float = 0.25  # probability of zeroing an element
    freeze: str = ""  # "backbone": all but the head; "first-5-convolutions"

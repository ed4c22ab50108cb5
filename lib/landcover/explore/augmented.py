"""The first training images of an epoch, changed by the augmentation of their experiment."""

import numpy as np
import torch
from torch import Tensor

from landcover.augment import AUGMENTATIONS
from landcover.data.prepared import Prepared

DRAWN = 25  # images, 5 x 5 as in the paper's Figure 18


def batch(data: Prepared, augmentation: str, seed: int) -> Tensor:
    """Returns the first images of the shuffled training split, augmented: (25, 3, H, W) uint8."""
    generator = torch.Generator().manual_seed(seed)
    rows = np.flatnonzero(data.splits == "train")
    chosen = rows[torch.randperm(len(rows), generator=generator)[:DRAWN].numpy()]
    images = torch.from_numpy(data.pixels[chosen]).permute(0, 3, 1, 2)  # (25, 3, H, W)
    if augmentation == "none":
        return images
    return AUGMENTATIONS[augmentation](images, generator)

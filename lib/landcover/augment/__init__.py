"""Random augmentation of a whole batch on its device; each image has its own parameters.

Pixels come out as the authors' torchvision transforms make them from Pillow images: rounded to
uint8 after each step, black where a rotation uncovers nothing.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from landcover.augment import crop, dihedral, geometry, jitter

Augmentation = Callable[[Tensor, torch.Generator], Tensor]

SHARE_OF_SHIFT = 16  # a shift moves an image by at most this part of its side
CHUNK_PIXELS = 1 << 18  # few enough for a processor's cache, many enough that the calls cost little


def cifar(images: Tensor, generator: torch.Generator) -> Tensor:
    """Makes the augmented copy of Task 2."""
    count = len(images)
    turn = geometry.draw_turn(count, generator, mirror=0.5, upend=0.0, degrees=10)
    affine = geometry.draw_affine(count, generator, shear=10, scale=(0.8, 1.2))
    colours = jitter.draw_jitter(count, generator, strength=0.2)
    return jitter.apply(geometry.apply(images, turn, affine), colours)


def eurosat(images: Tensor, generator: torch.Generator) -> Tensor:
    """Augments as Task 5 does without colour jitter (its last tries); images are square."""
    return _turned_and_cropped(images, generator)


def eurosat_jitter(images: Tensor, generator: torch.Generator) -> Tensor:
    """Augments as Task 5 does with colour jitter; images are square."""
    augmented = _turned_and_cropped(images, generator)
    colours = jitter.draw_jitter(len(images), generator, strength=0.2, hue=0.2)
    return jitter.apply(augmented, colours)


def symmetric(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirrors, turns by quarters and shifts a little; images are square."""
    shift = images.shape[-1] // SHARE_OF_SHIFT
    return dihedral.apply(images, dihedral.draw_move(len(images), generator, shift=shift))


def _turned_and_cropped(images: Tensor, generator: torch.Generator) -> Tensor:
    count, size = len(images), images.shape[-1]
    turn = geometry.draw_turn(count, generator, mirror=0.5, upend=0.5, degrees=60)
    box = crop.draw_crop(count, generator, size, area=(0.8, 1.0), ratio=(3 / 4, 4 / 3))
    return crop.apply(geometry.apply(images, turn), box)


def _in_chunks(augment: Augmentation) -> Augmentation:
    def augment_all(images: Tensor, generator: torch.Generator) -> Tensor:
        augmented = torch.empty_like(images)  # in the same memory format
        height, width = images.shape[2:]
        count = max(1, CHUNK_PIXELS // (height * width))
        for chunk, place in zip(images.split(count), augmented.split(count), strict=True):
            place.copy_(augment(chunk, generator))
        return augmented

    return augment_all


# From uint8 (B, 3, H, W) to the same, in the same memory format; the generator is on their device.
AUGMENTATIONS: dict[str, Augmentation] = {
    "cifar": _in_chunks(cifar),
    "eurosat": _in_chunks(eurosat),
    "eurosat-jitter": _in_chunks(eurosat_jitter),
    "dihedral": _in_chunks(symmetric),
}

__all__ = ["AUGMENTATIONS"]

"""Painted images that replace the real data sets, so that a whole study runs offline.

A network can learn them, but not easily: shape, texture and colour of a class overlap with those of
similar classes (cat and dog, River and Highway), and place, size, light and clutter vary. The look
of a class depends on its name alone; a seed only chooses which images are drawn.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from landcover.data.synthetic import facades, land_cover, objects
from landcover.data.synthetic.canvas import Canvas

Painter = Callable[[Canvas], None]

PAINTERS: dict[str, Painter] = {
    "airplane": objects.airplane,
    "automobile": objects.automobile,
    "bird": objects.bird,
    "cat": objects.cat,
    "deer": objects.deer,
    "dog": objects.dog,
    "frog": objects.frog,
    "horse": objects.horse,
    "ship": objects.ship,
    "truck": objects.truck,
    "AnnualCrop": land_cover.annual_crop,
    "Forest": land_cover.forest,
    "HerbaceousVegetation": land_cover.herbaceous_vegetation,
    "Highway": land_cover.highway,
    "Industrial": land_cover.industrial,
    "Pasture": land_cover.pasture,
    "PermanentCrop": land_cover.permanent_crop,
    "Residential": land_cover.residential,
    "River": land_cover.river,
    "SeaLake": land_cover.sea_lake,
}  # any other name is the name of a building

BATCH = 100  # images painted together; small enough for the processor's cache


def images(classes: Sequence[str], image_size: int, per_class: int, seed: int) -> NDArray[np.uint8]:
    """Returns images (len(classes) * per_class, S, S, 3), class by class; seeds share no image."""
    shape = (image_size, image_size, 3)
    painted = np.empty((len(classes), per_class, *shape), np.uint8)
    for name, stack in zip(classes, painted, strict=True):
        paint = _painter(name)
        rng = np.random.default_rng([seed, _digest(name)])
        for start in range(0, per_class, BATCH):
            batch = stack[start : start + BATCH]  # (B, S, S, 3)
            canvas = Canvas(rng, len(batch), image_size)
            paint(canvas)
            batch[...] = canvas.developed()
    return painted.reshape(-1, *shape)


def _painter(name: str) -> Painter:
    if name in PAINTERS:
        return PAINTERS[name]
    style = facades.draw_style(np.random.default_rng(_digest(name)))
    return partial(facades.facade, style=style)


def _digest(name: str) -> int:
    # Python's own hash() of a string differs from process to process.
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


__all__ = ["PAINTERS", "images"]

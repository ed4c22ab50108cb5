"""EuroSAT's ten classes: land from above."""

import numpy as np

from landcover.data.synthetic.canvas import (
    KINDS,
    Array,
    Canvas,
    Range,
    blend,
    either,
    of_kind,
    palette,
)

CROP = palette("a08a68 8a7a5a b8a27c 6f7f4c 7d7356 94a066 c4b594")
MEADOW = palette("6f8a52 7d9a5a 86965e 5f7d4a 97a070")
SCRUB = palette("8a8262 766c50 958a6a 84805c 6c6850")
WOOD = palette("2f4a38 3a5540 283f33 445c42")
ORCHARD = palette("9a8a68 8a8a5c 77804f a89878")
ASPHALT = palette("a8a6a4 bdb9b2 8f9092 cfcac0")
TARMAC = ASPHALT[2:3]  # the darkest
WATER = palette("33506a 2a4560 4a6472 586a62 3d5a78")
DEEP = palette("1f3a5c 284a6e 22485f 18304e 35566a")
TILE = palette("a8705a b88468 8f6a5c 9a9490 c0aca0")
SHED = palette("d8d6d2 b4b6ba e8e6e4 8e969e a8b4c0 c4a898")


def annual_crop(c: Canvas) -> None:
    _fields(c, CROP, width=(0.6, 2.0), hedge=0.15)
    _drills(c, spacing=(0.1, 0.3), depth=(0, 0.06))


def permanent_crop(c: Canvas) -> None:
    _fields(c, either(ORCHARD, CROP), width=(0.4, 1.2), hedge=0.3)
    _drills(c, spacing=(0.12, 0.3), depth=(0.04, 0.2))
    _trees(c, pitch=(0.14, 0.26))


def forest(c: Canvas) -> None:
    c.fill(c.pick(WOOD))
    c.mottle(c.draw(0.1, 0.3), 5)
    c.mottle(c.draw(0.1, 0.4), 28)
    c.cover(c.pick(MEADOW), 0.8 * c.maybe(0.25) * np.clip(3 * (c.noise(4) - 0.4), 0, 1))


def herbaceous_vegetation(c: Canvas) -> None:
    _fields(c, SCRUB, width=(2.0, 4.0))
    c.cover(c.pick(ORCHARD), c.draw(0, 0.7) * np.clip(c.noise(5) + 0.3, 0, 1))
    c.cover(c.pick(WOOD), c.draw(0.3, 0.8) * np.clip(3 * (c.noise(16) - 0.1), 0, 1))


def pasture(c: Canvas) -> None:
    _fields(c, either(MEADOW, MEADOW, SCRUB), width=(0.7, 2.2), hedge=0.7)
    c.cover(c.pick(WOOD), c.draw(0, 0.5) * np.clip(4 * (c.noise(12) - 0.6), 0, 1))


def highway(c: Canvas) -> None:
    _countryside(c)
    _course(c, 0.9 * c.pick(ASPHALT), bend=(0, 0.1), width=(0.05, 0.1))
    _course(c, c.pick(ASPHALT), bend=(0, 0.08), width=(0.08, 0.22))


def river(c: Canvas) -> None:
    _countryside(c)
    _course(c, c.pick(either(WATER, TARMAC)), bend=(0.05, 0.45), width=(0.12, 0.5))


def industrial(c: Canvas) -> None:
    c.fill(0.85 * c.pick(either(ASPHALT, CROP, SCRUB)))
    c.mottle(0.2, 8)
    _roofs(c, SHED, pitch=(0.45, 1.1), built=0.75)
    _roofs(c, SHED, pitch=(0.2, 0.5), built=0.2)
    _course(c, c.pick(ASPHALT), bend=(0, 0.1), width=(0.04, 0.1))


def residential(c: Canvas) -> None:
    c.fill(0.8 * c.pick(either(SCRUB, MEADOW, WOOD, TARMAC)))
    c.mottle(0.25, 14)
    _roofs(c, TILE, pitch=(0.18, 0.42), built=0.8)
    _course(c, c.pick(ASPHALT), bend=(0, 0.15), width=(0.04, 0.1))


def sea_lake(c: Canvas) -> None:
    c.fill(c.pick(DEEP))
    c.mottle(c.draw(0, 0.25), 3)
    c.mottle(c.draw(0, 0.1), 20)
    shore = c.draw(0.5, 1.2) + 0.3 * c.noise(4)
    _turn(c, shift=0)
    c.paint(c.pick(either(SCRUB, WOOD, CROP)), shore - c.y, shown=c.maybe(0.25))


def _turn(c: Canvas, shift: float) -> None:
    # From above, every direction is possible.
    c.place(scale=(1, 1), shift=shift, tilt=np.pi)


def _countryside(c: Canvas) -> None:
    """Paints the fields that surround roads and rivers."""
    _fields(c, either(CROP, MEADOW, SCRUB, WOOD[:1]), width=(0.5, 1.6), hedge=0.4)
    c.mottle(0.12, 10)


def _fields(c: Canvas, colours: Array, *, width: Range, hedge: float = 0.0) -> None:
    """Paints parcels of more or less similar colours; `hedge` is how dense their borders grow."""
    _turn(c, shift=1)
    c.x, c.y = c.x + 0.06 * c.noise(4), c.y + 0.06 * c.noise(4)  # no border is quite straight
    kind, x, y = c.cells(c.draw(*width), 0.6 * c.draw(*width))
    parcels = _own_colours(c, colours, kind)
    unlike = c.draw(0.3, 1)
    c.fill(blend(c.pick(colours), parcels, unlike))
    border = np.maximum(np.abs(x), np.abs(y)) > 0.46
    c.cover(c.pick(WOOD), border * hedge * c.draw(0, 1))
    c.mottle(c.draw(0.03, 0.15), 16)


def _own_colours(c: Canvas, colours: Array, kind: Array) -> Array:
    """Returns colours (B, S, S, 3), one for each kind of cell."""
    return of_kind(c.pick(colours, KINDS)[:, 0], kind)


def _drills(c: Canvas, *, spacing: Range, depth: Range) -> None:
    """Darkens and lightens stripes along the fields, like rows of crops or vines."""
    wave = np.sin(2 * np.pi * c.y / c.draw(*spacing))
    c.pixels *= 1 + (c.draw(*depth) * wave)[..., None]


def _trees(c: Canvas, *, pitch: Range) -> None:
    """Paints crowns of trees on a square grid, in parts of most images."""
    apart = c.draw(*pitch)
    _, x, y = c.cells(apart, apart, stagger=False)
    planted = c.maybe(0.75) * (c.noise(4) > -0.3) * c.draw(0.3, 0.8)
    c.paint(0.7 * c.pick(SCRUB), (np.hypot(x, y) - 0.3) * apart, shown=planted)


def _course(c: Canvas, colour: Array, *, bend: Range, width: Range) -> None:
    """Paints a straight or winding line across the whole image."""
    _turn(c, shift=0.5)
    swing = c.draw(*bend)
    middle = swing * np.sin(c.draw(2, 5) * c.x + c.draw(0, 6.3)) + 0.3 * swing * c.noise(5)
    c.paint(colour, np.abs(c.y - middle) - c.draw(*width) / 2)


def _roofs(c: Canvas, colours: Array, *, pitch: Range, built: float) -> None:
    """Paints rectangles in rows, with different sizes and colours and a sunlit side.

    `pitch` is the distance between roofs; `built` is the share of places that have one.
    """
    _turn(c, shift=1)
    width, height = c.draw(*pitch), c.draw(*pitch)
    kind, x, y = c.cells(width, height)
    chance, size = np.moveaxis(of_kind(c.rng.random((c.count, KINDS, 2)), kind), -1, 0)
    edge = np.maximum(np.abs(x), np.abs(y)) - (0.25 + 0.2 * size)
    sunlit = 1 + 0.12 * np.sign(y)
    colour = _own_colours(c, colours, kind) * sunlit[..., None]
    c.paint(colour, edge * np.minimum(width, height), shown=np.where(chance < built, 1, 0))

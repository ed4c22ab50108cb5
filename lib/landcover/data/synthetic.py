"""Painted images that stand in for the real data sets, so that a whole study runs offline.

They are learnable and not trivial: shape, texture and colour of a class overlap with those of its
natural neighbours (cat and dog, River and Highway), and place, size, light and clutter vary.
What a class looks like depends on its name alone; a seed only chooses which images are drawn.

All images of a batch are painted at once. Lengths are in half image sides: x runs from -1 (left)
to 1 (right), y from -1 (top) to 1 (bottom).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Scalar = float | Array  # one number for all images, or one for each: (B, 1, 1)
Point = tuple[Scalar, Scalar]  # x, y
Range = tuple[float, float]  # each image draws its own value between the two

BATCH = 100  # images painted together; small enough for the processor's cache


def images(classes: Sequence[str], image_size: int, per_class: int, seed: int) -> NDArray[np.uint8]:
    """(len(classes) * per_class, S, S, 3), class by class; other seeds share no image."""
    shape = (image_size, image_size, 3)
    painted = np.empty((len(classes), per_class, *shape), np.uint8)
    for name, stack in zip(classes, painted, strict=True):
        paint = PAINTERS.get(name) or partial(facade, style=_style(name))
        rng = np.random.default_rng([seed, _digest(name)])
        for start in range(0, per_class, BATCH):
            batch = stack[start : start + BATCH]  # (B, S, S, 3)
            canvas = Canvas(rng, len(batch), image_size)
            paint(canvas)
            batch[...] = canvas.developed()
    return painted.reshape(-1, *shape)


def _digest(name: str) -> int:
    # Python's own hash() of a string differs from process to process.
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


class Canvas:
    """A batch of images and the frame of the object on each of them."""

    def __init__(self, rng: np.random.Generator, count: int, size: int) -> None:
        self.rng = rng
        self.count = count
        self.size = size
        self.pixels = np.zeros((count, size, size, 3), np.float32)  # 0 to 1
        self.place(scale=(1, 1))

    def place(
        self, scale: Range, shift: float = 0.0, tilt: float = 0.0, flip: bool = False
    ) -> None:
        """Moves the frame in which shapes are drawn; tilt in radians either way."""
        axis = (np.arange(self.size, dtype=np.float32) + 0.5) * 2 / self.size - 1
        factor, angle = self.draw(*scale), self.draw(-tilt, tilt)
        x = axis - self.draw(-shift, shift)  # (B, 1, S)
        y = axis[:, None] - self.draw(-shift, shift)  # (B, S, 1)
        side = (1 - 2 * self.maybe(0.5 * flip)) / factor
        self.x: Array = (x * np.cos(angle) + y * np.sin(angle)) * side  # (B, S, S)
        self.y: Array = (y * np.cos(angle) - x * np.sin(angle)) / factor  # (B, S, S)
        self.pixel = 2 / self.size / factor  # side of a pixel in this frame

    def draw(self, low: float, high: float) -> Array:
        """One number for each image, (B, 1, 1)."""
        return self.rng.uniform(low, high, (self.count, 1, 1)).astype(np.float32)

    def maybe(self, probability: float) -> Array:
        """1 for about this share of the images, else 0: (B, 1, 1)."""
        return (self.rng.random((self.count, 1, 1)) < probability).astype(np.float32)

    def pick(self, palette: Array, colours: int = 1) -> Array:
        """Colours for each image, every one near one of the palette's: (B, 1, colours, 3)."""
        chosen = palette[self.rng.integers(len(palette), size=(self.count, 1, colours))]
        lighter = self.rng.normal(0, 0.06, (self.count, 1, colours, 1))
        other_hue = self.rng.normal(0, 0.02, chosen.shape)
        return (chosen + lighter + other_hue).astype(np.float32)

    def noise(self, grid: int) -> Array:
        """Smooth noise from -1 to 1 with `grid` random knots along each side, (B, S, S)."""
        knots = self.rng.uniform(-1, 1, (self.count, grid, grid)).astype(np.float32)
        at = np.linspace(0, grid - 1, self.size, dtype=np.float32)[:, None]
        near = np.clip(1 - np.abs(at - np.arange(grid, dtype=np.float32)), 0, 1)  # (S, grid)
        weights = near * near * (3 - 2 * near)
        noise: Array = weights @ knots @ weights.T
        return noise

    def mottle(self, amount: Scalar, grid: int) -> None:
        self.pixels *= 1 + (amount * self.noise(grid))[..., None]

    def cover(self, colour: Array, share: Array) -> None:
        """Lays a colour over the pixels; share is 0 to 1, broadcast to (B, S, S)."""
        self.pixels += share[..., None] * (colour - self.pixels)

    def paint(self, colour: Array, distance: Array, shown: Scalar = 1.0) -> None:
        """Paints where the distance to a shape's edge, (B, S, S), is negative."""
        self.cover(colour, shown * np.clip(0.5 - distance / self.pixel, 0, 1))

    def ellipse(self, colour: Array, at: Point, radii: Point, shown: Scalar = 1.0) -> None:
        radius = np.hypot((self.x - at[0]) / radii[0], (self.y - at[1]) / radii[1])
        self.paint(colour, (radius - 1) * np.minimum(*radii), shown)

    def stroke(
        self, colour: Array, start: Point, end: Point, width: Scalar, shown: Scalar = 1.0
    ) -> None:
        """A straight line with round ends."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        x, y = self.x - start[0], self.y - start[1]
        along = np.clip((x * dx + y * dy) / (dx * dx + dy * dy), 0, 1)
        self.paint(colour, np.hypot(x - along * dx, y - along * dy) - width / 2, shown)

    def polygon(self, colour: Array, *corners: Point, shown: Scalar = 1.0) -> None:
        """A convex shape; its corners run clockwise as seen."""
        distance: Array = np.full_like(self.x, -np.inf)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            dx, dy = x1 - x0, y1 - y0
            edge = ((self.x - x0) * dy - (self.y - y0) * dx) / np.hypot(dx, dy)
            distance = np.maximum(distance, edge)
        self.paint(colour, distance, shown)

    def box(self, colour: Array, left_top: Point, right_bottom: Point, shown: Scalar = 1.0) -> None:
        (left, top), (right, bottom) = left_top, right_bottom
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        self.polygon(colour, *corners, shown=shown)

    def developed(self) -> NDArray[np.uint8]:
        """The photographs: light, tint, haze and sensor noise differ from image to image."""
        light = self.draw(0.65, 1.25)[..., None]
        tint = self.rng.normal(1, 0.03, (self.count, 1, 1, 3))
        haze = self.draw(0, 0.35)[..., None]
        photo = (self.pixels * (1 - haze) + 0.55 * haze) * light * tint
        photo += self.rng.normal(0, 0.03, photo.shape)
        return np.rint(np.clip(photo, 0, 1) * 255).astype(np.uint8)


def _palette(hexadecimal: str) -> Array:
    colours = [list(bytes.fromhex(colour)) for colour in hexadecimal.split()]
    return np.array(colours, np.float32) / 255  # (colours, 3)


SKY = _palette("8db8e0 b9cfe0 dfe6ea 5f8fc8 a9a9b4")
GREEN = _palette("5c7a3a 7d9150 42602f 8a9a6a 6a6f45")
GROUND = _palette("8f8372 a39a8a 6e675f b7a98c 77716b")
INDOOR = _palette("b9a08a d8d0c4 7b6a63 8fa0a8 c3b4b0 5b5560")
SEA = _palette("4a6f94 35597a 7391a6 567f8c 8a9aa3")
ANYWHERE = np.concatenate([SKY, GREEN, GROUND, INDOOR, SEA])
METAL = _palette("e8e8ea c9ccd2 9aa3ad f4f2ee 7a8694")
LACQUER = _palette("b8232a 2c4f9e e6e6e6 23252a c9b22f 3b7a4b a3a6ab")
FUR = _palette("6b4a2f 2d2926 c59a63 e3dcd0 8b8782 a46a3a")
HIDE = _palette("8a6038 a37a4c 6e4a2c b08e66 5a4332")
COAT = _palette("7a4a28 5a3a24 2e2724 a0764a d8d2c8")
PLUMAGE = _palette("6f6a62 9b7d52 3a3c42 c8c0b0 5377a0 a5482f")
SKIN = _palette("6f8a3a 8ba04c 8a7444 5a6a34 a08a5a")
DARK = _palette("1c1c20 2a2a2e 26221f")
GLASS = _palette("2f3a44 54687a 8fa3b4")
WHITE = _palette("f0eee8 e2ded6")


# CIFAR-10: one object before a backdrop.


def backdrop(c: Canvas, above: Array, below: Array, horizon: Range, strange: float = 0.35) -> None:
    """Two colours that meet at a horizon; some images have a backdrop of any kind."""
    odd = c.maybe(strange)[..., None]
    c.pixels[...] = c.pick(above) * (1 - odd) + c.pick(ANYWHERE) * odd
    lower = c.pick(below) * (1 - odd) + c.pick(ANYWHERE) * odd
    height = c.draw(*horizon) + c.draw(-0.25, 0.25) * c.x
    c.cover(lower, np.clip((c.y - height) / c.draw(0.05, 0.5) + 0.5, 0, 1))
    c.mottle(c.draw(0, 0.3), 4)
    c.mottle(c.draw(0, 0.3), 12)
    for _ in range(3):
        at, radii = (c.draw(-1, 1), c.draw(-1, 1)), (c.draw(0.1, 0.5), c.draw(0.1, 0.5))
        c.ellipse(c.pick(ANYWHERE), at, radii, shown=0.7 * c.maybe(0.4))


def airplane(c: Canvas) -> None:
    backdrop(c, SKY, np.concatenate([SKY, GREEN, GROUND]), horizon=(0.3, 1.6))
    c.place(scale=(0.5, 1.0), shift=0.3, tilt=0.5, flip=True)
    hull = c.pick(METAL)
    wing, span = 0.8 * hull, c.draw(0.35, 0.8)
    c.polygon(wing, (-0.1, 0), (0.2, 0), (-0.15, -0.7 * span), (-0.3, -0.7 * span))
    c.ellipse(hull, (0, 0), (c.draw(0.75, 0.95), c.draw(0.12, 0.19)))
    c.polygon(hull, (-0.9, -0.4), (-0.75, -0.4), (-0.5, 0), (-0.8, 0))
    c.polygon(wing, (-0.15, 0), (0.2, 0), (-0.2, span), (-0.4, span))
    c.stroke(c.pick(LACQUER), (-0.6, 0), (0.6, 0), 0.06, shown=c.maybe(0.5))


def vehicle(c: Canvas, cabin: Range, roof: Range, cargo: float) -> None:
    """A car or a lorry; cabin is the length of the roof, roof its height over the bonnet."""
    backdrop(c, np.concatenate([SKY, GREEN, INDOOR]), GROUND, horizon=(-0.2, 0.5))
    c.place(scale=(0.6, 1.0), shift=0.25, tilt=0.12, flip=True)
    body, length, height = c.pick(LACQUER), c.draw(*cabin), c.draw(*roof)
    top, rear = -0.05 - height, c.draw(-0.85, -0.7)
    slope = c.draw(0.05, 0.25)
    loaded = c.maybe(cargo)
    hold = np.where(c.maybe(0.5)[..., None], body, c.pick(np.concatenate([METAL, LACQUER])))
    c.box(body, (rear, -0.05), (0.85, 0.3))
    front = rear + length
    c.polygon(0.9 * body, (rear + slope, top), (front, top), (front + slope, 0), (rear, 0))
    c.box(c.pick(GLASS), (rear + slope, top + 0.08), (front - 0.02, -0.04), shown=1 - loaded)
    c.box(hold, (rear, top - 0.05), (c.draw(0.1, 0.4), 0.15), shown=loaded)
    c.box(c.pick(GLASS), (0.5, -0.25), (0.7, -0.02), shown=loaded)
    for wheel in (-0.5, 0.5):
        c.ellipse(c.pick(DARK), (wheel, 0.32), (0.19, 0.19))
        c.ellipse(c.pick(METAL), (wheel, 0.32), (0.08, 0.08))


def automobile(c: Canvas) -> None:
    vehicle(c, cabin=(0.7, 1.2), roof=(0.22, 0.45), cargo=0.07)


def truck(c: Canvas) -> None:
    vehicle(c, cabin=(0.9, 1.45), roof=(0.35, 0.65), cargo=0.85)


def bird(c: Canvas) -> None:
    backdrop(c, np.concatenate([SKY, GREEN]), np.concatenate([GREEN, GROUND]), horizon=(-0.3, 1.4))
    c.place(scale=(0.5, 1.0), shift=0.3, tilt=0.5, flip=True)
    plumage = c.pick(PLUMAGE)
    c.polygon(0.8 * plumage, (-0.95, -0.05), (-0.3, -0.15), (-0.3, 0.15), (-0.9, 0.2))
    for leg in (-0.05, 0.1):
        c.stroke(c.pick(DARK), (leg, 0.2), (leg, c.draw(0.5, 0.7)), 0.05, shown=c.maybe(0.7))
    c.ellipse(plumage, (0, 0), (0.5, c.draw(0.22, 0.36)))
    c.ellipse(plumage, (0.48, -0.28), (0.2, 0.19))
    c.polygon(c.pick(LACQUER), (0.62, -0.36), (0.9, -0.26), (0.62, -0.2))
    c.ellipse(0.65 * plumage, (-0.15, c.draw(-0.3, 0.02)), (0.38, c.draw(0.12, 0.3)))
    c.ellipse(c.pick(DARK), (0.54, -0.31), (0.05, 0.05))


def pet(c: Canvas, pointed: float, muzzle: Range, stripes: float) -> None:
    """A head over a body: a cat or a dog, by the ears, the muzzle and the fur."""
    backdrop(c, INDOOR, np.concatenate([INDOOR, GREEN, GROUND]), horizon=(-0.3, 0.9))
    c.place(scale=(0.6, 1.05), shift=0.25, tilt=0.35, flip=True)
    fur, upright = c.pick(FUR), c.maybe(pointed)
    c.ellipse(0.9 * fur, (c.draw(-0.5, 0.5), 0.7), (c.draw(0.4, 0.7), 0.6))
    c.ellipse(fur, (0, -0.15), (c.draw(0.42, 0.55), 0.45))
    striped = 0.7 * c.maybe(stripes)
    for x in (-0.18, 0, 0.18):
        c.stroke(0.5 * fur, (x, -0.55), (0.8 * x, -0.32), 0.07, shown=striped)
    for side in (-1, 1):
        ear = ((0.45 * side, -0.3), (0.4 * side, -0.85), (0.08 * side, -0.5))
        c.polygon(0.8 * fur, *ear[::-side], shown=upright)
        droop = (0.5 * side, c.draw(-0.2, 0.05))
        c.ellipse(0.6 * fur, droop, (0.14, 0.32), shown=1 - upright)
        c.ellipse(c.pick(DARK), (0.19 * side, -0.22), (0.08, 0.08))
    size = c.draw(*muzzle)
    c.ellipse(0.4 + 0.6 * fur, (0, 0.1), (size, 0.9 * size))
    c.ellipse(c.pick(DARK), (0, 0.1 - 0.4 * size), (0.4 * size, 0.3 * size))


def cat(c: Canvas) -> None:
    pet(c, pointed=0.9, muzzle=(0.1, 0.24), stripes=0.6)


def dog(c: Canvas) -> None:
    pet(c, pointed=0.25, muzzle=(0.18, 0.34), stripes=0.15)


def quadruped(c: Canvas, coat: Array, bulk: Range, antlers: float, mane: float) -> None:
    """A deer or a horse, by the bulk of the body and by what grows on the head and the neck."""
    backdrop(c, np.concatenate([GREEN, SKY]), np.concatenate([GREEN, GROUND]), horizon=(-0.6, 0.6))
    c.place(scale=(0.6, 1.0), shift=0.25, tilt=0.2, flip=True)
    hide, depth, nod = c.pick(coat), c.draw(*bulk), c.draw(-0.15, 0.25)
    for hip in (-0.38, -0.26, 0.24, 0.36):
        c.stroke(0.75 * hide, (hip, 0.1), (hip + c.draw(-0.12, 0.12), 0.8), 0.5 * depth)
    maned = c.maybe(mane)
    c.stroke(0.45 * hide, (-0.5, -0.05), (-0.68, 0.4), 0.12, shown=maned)
    c.ellipse(hide, (-0.02, 0), (0.52, depth))
    c.stroke(hide, (0.36, -0.05), (0.6, nod - 0.4), 0.9 * depth)
    c.stroke(hide, (0.6, nod - 0.42), (0.82, nod - 0.3), 0.8 * depth)
    c.stroke(0.4 * hide, (0.3, -0.2), (0.5, nod - 0.5), 0.12, shown=maned)
    horned = c.maybe(antlers)
    for tip in (0.35, 0.75):
        c.stroke(0.6 * hide, (0.58, nod - 0.5), (tip, nod - 0.95), 0.07, shown=horned)
        c.stroke(0.6 * hide, (tip, nod - 0.75), (tip + 0.15, nod - 0.95), 0.06, shown=horned)


def deer(c: Canvas) -> None:
    quadruped(c, HIDE, bulk=(0.16, 0.24), antlers=0.7, mane=0.05)


def horse(c: Canvas) -> None:
    quadruped(c, COAT, bulk=(0.2, 0.3), antlers=0.03, mane=0.8)


def frog(c: Canvas) -> None:
    backdrop(c, np.concatenate([GREEN, GROUND]), np.concatenate([GREEN, SEA]), horizon=(-1, 1))
    c.place(scale=(0.55, 1.0), shift=0.3, tilt=0.4, flip=True)
    skin = c.pick(SKIN)
    for side in (-1, 1):
        c.ellipse(0.75 * skin, (0.6 * side, 0.3), (0.25, c.draw(0.2, 0.35)))
        c.stroke(0.75 * skin, (0.3 * side, 0.3), (c.draw(0.3, 0.6) * side, 0.7), 0.13)
    c.ellipse(skin, (0, 0.15), (0.62, c.draw(0.35, 0.5)))
    c.ellipse(0.35 + 0.65 * skin, (0, 0.38), (0.4, 0.2), shown=c.maybe(0.7))
    for side in (-1, 1):
        c.ellipse(skin, (0.3 * side, -0.27), (0.18, 0.18))
        c.ellipse(c.pick(DARK), (0.3 * side, -0.29), (0.09, 0.09))


def ship(c: Canvas) -> None:
    backdrop(c, SKY, SEA, horizon=(-0.1, 0.5))
    c.place(scale=(0.6, 1.0), shift=0.25, tilt=0.12, flip=True)
    hull, bow = c.pick(LACQUER), c.draw(0.7, 0.95)
    c.stroke(c.pick(DARK), (0, 0.1), (0, c.draw(-0.9, -0.5)), 0.05)
    c.polygon(c.pick(WHITE), (0.05, -0.8), (0.6, 0.05), (0.05, 0.05), shown=c.maybe(0.35))
    c.box(c.pick(WHITE), (-0.6, c.draw(-0.35, -0.1)), (c.draw(-0.1, 0.4), 0.15))
    c.box(c.pick(LACQUER), (-0.4, c.draw(-0.7, -0.3)), (-0.2, 0.1), shown=c.maybe(0.5))
    c.polygon(hull, (-0.85, 0.1), (bow, 0.1), (bow - 0.25, 0.45), (-0.7, 0.45))
    c.stroke(0.7 * hull, (-0.8, 0.2), (bow - 0.1, 0.2), 0.06)


# EuroSAT: land from above; nothing is upright, so every frame is turned at random.

CROP = _palette("a08a68 8a7a5a b8a27c 6f7f4c 7d7356 94a066 c4b594")
MEADOW = _palette("6f8a52 7d9a5a 86965e 5f7d4a 97a070")
SCRUB = _palette("8a8262 766c50 958a6a 84805c 6c6850")
WOOD = _palette("2f4a38 3a5540 283f33 445c42")
ORCHARD = _palette("9a8a68 8a8a5c 77804f a89878")
ASPHALT = _palette("a8a6a4 bdb9b2 8f9092 cfcac0")
WATER = _palette("33506a 2a4560 4a6472 586a62 3d5a78")
DEEP = _palette("1f3a5c 284a6e 22485f 18304e 35566a")
TILE = _palette("a8705a b88468 8f6a5c 9a9490 c0aca0")
SHED = _palette("d8d6d2 b4b6ba e8e6e4 8e969e a8b4c0 c4a898")


def cells(c: Canvas, width: Scalar, height: Scalar, stagger: float = 1.0) -> tuple[Array, ...]:
    """Rows of cells: which of 64 kinds each pixel is in, and where in its cell, -0.5 to 0.5."""
    row = np.floor(c.y / height)
    x = c.x / width + stagger * _lookup(c.rng.random((c.count, 64, 1)), row)[..., 0]
    column = np.floor(x)
    kind = 7 * column + 13 * row
    return kind, x - column - 0.5, c.y / height - row - 0.5


def _lookup(table: Array, kind: Array) -> Array:
    """(B, 64, C) by kinds (B, S, S) -> (B, S, S, C)."""
    flat = kind.astype(np.int64).reshape(len(table), -1, 1) % 64
    return np.take_along_axis(table, flat, 1).reshape(*kind.shape, -1).astype(np.float32)


def fields(c: Canvas, palette: Array, width: Range, hedge: float = 0.0) -> None:
    """Parcels of land, more or less alike."""
    c.place(scale=(1, 1), shift=1, tilt=np.pi)
    c.x, c.y = c.x + 0.06 * c.noise(4), c.y + 0.06 * c.noise(4)
    kind, x, y = cells(c, c.draw(*width), 0.6 * c.draw(*width))
    parcels = _lookup(c.pick(palette, 64)[:, 0], kind)
    unlike = c.draw(0.3, 1)[..., None]
    c.pixels[...] = c.pick(palette) * (1 - unlike) + parcels * unlike
    border = np.maximum(np.abs(x), np.abs(y)) > 0.46
    c.cover(c.pick(WOOD), border * hedge * c.draw(0, 1))
    c.mottle(c.draw(0.03, 0.15), 16)


def rows(c: Canvas, spacing: Range, depth: Range) -> None:
    """Stripes along the frame, as drills and vine rows leave them."""
    wave = np.sin(2 * np.pi * c.y / c.draw(*spacing))
    c.pixels *= 1 + (c.draw(*depth) * wave)[..., None]


def countryside(c: Canvas) -> None:
    """What roads and rivers run through."""
    fields(c, np.concatenate([CROP, MEADOW, SCRUB, WOOD[:1]]), width=(0.5, 1.6), hedge=0.4)
    c.mottle(0.12, 10)


def annual_crop(c: Canvas) -> None:
    fields(c, CROP, width=(0.6, 2.0), hedge=0.15)
    rows(c, spacing=(0.1, 0.3), depth=(0, 0.06))


def permanent_crop(c: Canvas) -> None:
    fields(c, np.concatenate([ORCHARD, CROP]), width=(0.4, 1.2), hedge=0.3)
    rows(c, spacing=(0.12, 0.3), depth=(0.04, 0.2))
    pitch = c.draw(0.14, 0.26)
    _, x, y = cells(c, pitch, pitch, stagger=0)
    planted = c.maybe(0.75) * (c.noise(4) > -0.3) * c.draw(0.3, 0.8)
    c.paint(c.pick(SCRUB) * 0.7, (np.hypot(x, y) - 0.3) * pitch, shown=planted)


def forest(c: Canvas) -> None:
    c.pixels[...] = c.pick(WOOD)
    c.mottle(c.draw(0.1, 0.3), 5)
    c.mottle(c.draw(0.1, 0.4), 28)
    c.cover(c.pick(MEADOW), 0.8 * c.maybe(0.25) * np.clip(3 * (c.noise(4) - 0.4), 0, 1))


def herbaceous_vegetation(c: Canvas) -> None:
    fields(c, SCRUB, width=(2.0, 4.0))
    c.cover(c.pick(ORCHARD), c.draw(0, 0.7) * np.clip(c.noise(5) + 0.3, 0, 1))
    c.cover(c.pick(WOOD), c.draw(0.3, 0.8) * np.clip(3 * (c.noise(16) - 0.1), 0, 1))


def pasture(c: Canvas) -> None:
    fields(c, np.concatenate([MEADOW, MEADOW, SCRUB]), width=(0.7, 2.2), hedge=0.7)
    c.cover(c.pick(WOOD), c.draw(0, 0.5) * np.clip(4 * (c.noise(12) - 0.6), 0, 1))


def course(c: Canvas, colour: Array, bend: Range, width: Range) -> None:
    """A line across the whole image, straight or meandering."""
    c.place(scale=(1, 1), shift=0.5, tilt=np.pi)
    swing = c.draw(*bend)
    middle = swing * np.sin(c.draw(2, 5) * c.x + c.draw(0, 6.3)) + 0.3 * swing * c.noise(5)
    c.paint(colour, np.abs(c.y - middle) - c.draw(*width) / 2)


def highway(c: Canvas) -> None:
    countryside(c)
    course(c, 0.9 * c.pick(ASPHALT), bend=(0, 0.1), width=(0.05, 0.1))
    course(c, c.pick(ASPHALT), bend=(0, 0.08), width=(0.08, 0.22))


def river(c: Canvas) -> None:
    countryside(c)
    course(c, c.pick(np.concatenate([WATER, ASPHALT[2:3]])), bend=(0.05, 0.45), width=(0.12, 0.5))


def roofs(c: Canvas, palette: Array, pitch: Range, built: float) -> None:
    """Rectangles in rows, each with its own size, colour and sunlit side."""
    c.place(scale=(1, 1), shift=1, tilt=np.pi)
    width, height = c.draw(*pitch), c.draw(*pitch)
    kind, x, y = cells(c, width, height)
    chance, half = np.split(_lookup(c.rng.random((c.count, 64, 2)), kind), 2, axis=-1)
    edge = np.maximum(np.abs(x), np.abs(y)) - (0.25 + 0.2 * half[..., 0])
    sunlit = 1 + 0.12 * np.sign(y)
    colour = _lookup(c.pick(palette, 64)[:, 0], kind) * sunlit[..., None]
    c.paint(colour, edge * np.minimum(width, height), shown=np.where(chance[..., 0] < built, 1, 0))


def industrial(c: Canvas) -> None:
    c.pixels[...] = c.pick(np.concatenate([ASPHALT, CROP, SCRUB])) * 0.85
    c.mottle(0.2, 8)
    roofs(c, SHED, pitch=(0.45, 1.1), built=0.75)
    roofs(c, SHED, pitch=(0.2, 0.5), built=0.2)
    course(c, c.pick(ASPHALT), bend=(0, 0.1), width=(0.04, 0.1))


def residential(c: Canvas) -> None:
    c.pixels[...] = c.pick(np.concatenate([SCRUB, MEADOW, WOOD, ASPHALT[2:3]])) * 0.8
    c.mottle(0.25, 14)
    roofs(c, TILE, pitch=(0.18, 0.42), built=0.8)
    course(c, c.pick(ASPHALT), bend=(0, 0.15), width=(0.04, 0.1))


def sea_lake(c: Canvas) -> None:
    c.pixels[...] = c.pick(DEEP)
    c.mottle(c.draw(0, 0.25), 3)
    c.mottle(c.draw(0, 0.1), 20)
    shore = c.draw(0.5, 1.2) + 0.3 * c.noise(4)
    c.place(scale=(1, 1), tilt=np.pi)
    c.paint(c.pick(np.concatenate([SCRUB, WOOD, CROP])), shore - c.y, shown=c.maybe(0.25))


# Buildings: any other name gets a facade of its own.

STONE = _palette("c9b48f b08d6a d8cdbb a5563f 8f8a83 c78f6a 9aa08f")
SLATE = _palette("6a4a40 8f4f3a 4f5a66 5f6a58 7d6f66 3f4a52")


@dataclass(frozen=True)
class Style:
    """What all photographs of one building have in common."""

    wall: Array  # (1, 3)
    roof: Array  # (1, 3)
    width: float
    top: float  # y of the eaves
    pitch: float  # height of the roof; the least is a cornice
    towers: tuple[float, ...]  # x of each
    spire: float  # height over the eaves
    dome: float  # radius; 0 is none
    bay: float  # from window to window
    floor: float  # height
    window: tuple[float, float]  # share of the bay, share of the floor
    arched: bool


def _style(name: str) -> Style:
    rng = np.random.default_rng(_digest(name))
    towers: list[tuple[float, ...]] = [(), (0.0,), (-0.8, 0.8), (0.8,)]
    return Style(
        wall=STONE[rng.integers(len(STONE), size=1)],
        roof=SLATE[rng.integers(len(SLATE), size=1)],
        width=rng.uniform(0.5, 0.9),
        top=rng.uniform(-0.35, 0.1),
        pitch=float(rng.choice([0.08, 0.2, 0.45])),
        towers=towers[rng.integers(len(towers))],
        spire=rng.uniform(0.25, 0.55),
        dome=float(rng.choice([0.0, 0.0, 0.35])),
        bay=rng.uniform(0.2, 0.5),
        floor=rng.uniform(0.25, 0.5),
        window=(rng.uniform(0.35, 0.75), rng.uniform(0.4, 0.8)),
        arched=bool(rng.integers(2)),
    )


def facade(c: Canvas, style: Style) -> None:
    backdrop(c, SKY, np.concatenate([GROUND, GREEN]), horizon=(0.5, 0.9), strange=0.15)
    c.place(scale=(0.7, 1.1), shift=0.3, tilt=0.1)
    c.x, c.y = c.x * (1 + c.draw(-0.25, 0.25) * c.y), c.y * (1 + c.draw(-0.25, 0.25) * c.x)
    wall, roof = c.pick(style.wall), c.pick(style.roof)
    width, top, ridge = style.width, style.top, style.top - style.pitch
    if style.dome:
        c.ellipse(roof, (0, top), (style.dome, style.dome))
    c.polygon(roof, (-width, top), (-0.4 * width, ridge), (0.4 * width, ridge), (width, top))
    c.box(wall, (-width, top), (width, 0.8))
    _windows(c, style)
    for tower in style.towers:
        x, peak = tower * width, top - style.spire
        c.box(0.92 * wall, (x - 0.13, peak), (x + 0.13, 0.8))
        c.polygon(roof, (x - 0.15, peak), (x, peak - 0.3), (x + 0.15, peak))
        c.ellipse(c.pick(GLASS), (x, top - 0.1), (0.06, 0.1))
    c.box(c.pick(DARK), (-0.1, 0.45), (0.1, 0.8))
    c.ellipse(c.pick(GREEN), (c.draw(-1, 1), 0.8), (0.25, 0.45), shown=c.maybe(0.4))


def _windows(c: Canvas, style: Style) -> None:
    _, x, y = cells(c, style.bay, style.floor, stagger=0)
    wide, tall = style.window
    pane = np.maximum(np.abs(x) - wide / 2, np.abs(y) - tall / 2)
    if style.arched:
        pane = np.maximum(pane, np.hypot(x, np.minimum(y, 0)) - wide / 2)
    wall = np.maximum(np.abs(c.x) - style.width + 0.06, np.abs(c.y - 0.35) - 0.4)
    inside = np.maximum(wall, style.top + 0.06 - c.y)
    c.paint(c.pick(GLASS), np.maximum(pane * min(style.bay, style.floor), inside))


PAINTERS: dict[str, Callable[[Canvas], None]] = {
    "airplane": airplane,
    "automobile": automobile,
    "bird": bird,
    "cat": cat,
    "deer": deer,
    "dog": dog,
    "frog": frog,
    "horse": horse,
    "ship": ship,
    "truck": truck,
    "AnnualCrop": annual_crop,
    "Forest": forest,
    "HerbaceousVegetation": herbaceous_vegetation,
    "Highway": highway,
    "Industrial": industrial,
    "Pasture": pasture,
    "PermanentCrop": permanent_crop,
    "Residential": residential,
    "River": river,
    "SeaLake": sea_lake,
}

"""The surface on which synthetic images are painted, a whole batch at once.

The unit of lengths is half an image side: x runs from -1 (left) to 1 (right), y from -1 (top) to 1
(bottom), until `place` moves the frame. B images have S x S pixels; one number or colour for each
image has the shape (B, 1, 1) or (B, 1, 1, 3).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Scalar = float | Array  # one number for all images, or one for each: (B, 1, 1)
Point = tuple[Scalar, Scalar]  # x, y
Range = tuple[float, float]  # each image draws its own value between the two

# With these steps, two cells of one kind are more than five rows or eight columns apart.
KINDS, KINDS_PER_COLUMN, KINDS_PER_ROW = 64, 7, 13


class Canvas:
    """A batch of images and the frame of the object on each of them."""

    def __init__(self, rng: np.random.Generator, count: int, size: int) -> None:
        self.rng = rng
        self.count = count
        self.size = size
        self.pixels = np.zeros((count, size, size, 3), np.float32)  # 0 to 1
        self.place(scale=(1, 1))

    def place(
        self, *, scale: Range, shift: float = 0.0, tilt: float = 0.0, flip: bool = False
    ) -> None:
        """Moves the frame in which shapes are drawn; `tilt` is the largest angle in radians.

        `flip` mirrors half of the images from left to right.
        """
        axis = (np.arange(self.size, dtype=np.float32) + 0.5) * 2 / self.size - 1
        factor, angle = self.draw(*scale), self.draw(-tilt, tilt)
        x = axis - self.draw(-shift, shift)  # (B, 1, S)
        y = axis[:, None] - self.draw(-shift, shift)  # (B, S, 1)
        side = (1 - 2 * self.maybe(0.5 * flip)) / factor
        self.x: Array = (x * np.cos(angle) + y * np.sin(angle)) * side  # (B, S, S)
        self.y: Array = (y * np.cos(angle) - x * np.sin(angle)) / factor  # (B, S, S)
        self.pixel = 2 / self.size / factor  # side of a pixel in this frame

    def draw(self, low: float, high: float) -> Array:
        """Draws a number for each image: (B, 1, 1)."""
        return self.rng.uniform(low, high, (self.count, 1, 1)).astype(np.float32)

    def maybe(self, probability: float) -> Array:
        """Draws 1 with this probability, else 0, for each image: (B, 1, 1)."""
        return (self.rng.random((self.count, 1, 1)) < probability).astype(np.float32)

    def pick(self, palette: Array, colours: int = 1) -> Array:
        """Draws colours for each image, each similar to one of the palette: (B, 1, colours, 3)."""
        chosen = palette[self.rng.integers(len(palette), size=(self.count, 1, colours))]
        lighter = self.rng.normal(0, 0.06, (self.count, 1, colours, 1))
        other_hue = self.rng.normal(0, 0.02, chosen.shape)
        return (chosen + lighter + other_hue).astype(np.float32)

    def noise(self, grid: int) -> Array:
        """Draws smooth noise from -1 to 1 with `grid` random knots along each side: (B, S, S)."""
        knots = self.rng.uniform(-1, 1, (self.count, grid, grid)).astype(np.float32)
        at = np.linspace(0, grid - 1, self.size, dtype=np.float32)[:, None]
        near = np.clip(1 - np.abs(at - np.arange(grid, dtype=np.float32)), 0, 1)  # (S, grid)
        weights = near * near * (3 - 2 * near)
        noise: Array = weights @ knots @ weights.T
        return noise

    def cells(
        self, width: Scalar, height: Scalar, *, stagger: bool = True
    ) -> tuple[Array, Array, Array]:
        """Returns the kind of each pixel's cell, and x and y within the cell, -0.5 to 0.5.

        Each is (B, S, S). Cells of one kind look alike; see `of_kind`.
        """
        row = np.floor(self.y / height)
        offsets = self.rng.random((self.count, KINDS, 1))
        x = self.x / width + stagger * of_kind(offsets, row)[..., 0]
        column = np.floor(x)
        kind = KINDS_PER_COLUMN * column + KINDS_PER_ROW * row
        return kind, x - column - 0.5, self.y / height - row - 0.5

    def fill(self, colour: Array) -> None:
        self.pixels[...] = colour

    def mottle(self, amount: Scalar, grid: int) -> None:
        """Lightens and darkens in patches, by up to `amount` of the brightness."""
        self.pixels *= 1 + (amount * self.noise(grid))[..., None]

    def cover(self, colour: Array, share: Array) -> None:
        """Lays a colour over the pixels; share is 0 to 1, broadcast to (B, S, S)."""
        self.pixels += share[..., None] * (colour - self.pixels)

    def paint(self, colour: Array, distance: Array, shown: Scalar = 1.0) -> None:
        """Paints the pixels inside a shape, whose distance (B, S, S) to its edge is negative."""
        self.cover(colour, shown * np.clip(0.5 - distance / self.pixel, 0, 1))

    def ellipse(self, colour: Array, at: Point, radii: Point, shown: Scalar = 1.0) -> None:
        radius = np.hypot((self.x - at[0]) / radii[0], (self.y - at[1]) / radii[1])
        self.paint(colour, (radius - 1) * np.minimum(*radii), shown)

    def stroke(
        self, colour: Array, start: Point, end: Point, width: Scalar, shown: Scalar = 1.0
    ) -> None:
        """Paints a straight line with round ends."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        x, y = self.x - start[0], self.y - start[1]
        along = np.clip((x * dx + y * dy) / (dx * dx + dy * dy), 0, 1)
        self.paint(colour, np.hypot(x - along * dx, y - along * dy) - width / 2, shown)

    def polygon(self, colour: Array, *corners: Point, shown: Scalar = 1.0) -> None:
        """Paints a convex shape; its corners are in clockwise order on the image."""
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
        """Returns finished photographs, each with its own light, tint, haze and sensor noise."""
        light = self.draw(0.65, 1.25)[..., None]
        tint = self.rng.normal(1, 0.03, (self.count, 1, 1, 3))
        photo = blend(self.pixels, 0.55, share=self.draw(0, 0.35)) * light * tint
        photo += self.rng.normal(0, 0.03, photo.shape)
        return np.rint(np.clip(photo, 0, 1) * 255).astype(np.uint8)


def palette(hexadecimal: str) -> Array:
    colours = [list(bytes.fromhex(colour)) for colour in hexadecimal.split()]
    return np.array(colours, np.float32) / 255  # (colours, 3)


def either(*palettes: Array) -> Array:
    return np.concatenate(palettes)  # (colours of all, 3)


def blend(colour: Array, other: Scalar, share: Array) -> Array:
    """Mixes two colours; `share` (B, 1, 1), from 0 to 1, is the part of the other colour."""
    return colour * (1 - share[..., None]) + other * share[..., None]


def of_kind(table: Array, kind: Array) -> Array:
    """Looks up the kind of each pixel in a table (B, KINDS, C): (B, S, S, C)."""
    flat = kind.astype(np.int64).reshape(len(table), -1, 1) % KINDS  # (B, S*S, 1)
    return np.take_along_axis(table, flat, 1).reshape(*kind.shape, -1).astype(np.float32)

"""Buildings of any name: all photographs of a building share its style."""

from dataclasses import dataclass

import numpy as np

from landcover.data.synthetic.canvas import Array, Canvas, either, palette
from landcover.data.synthetic.objects import DARK, GLASS, GREEN, GROUND, SKY, backdrop

STONE = palette("c9b48f b08d6a d8cdbb a5563f 8f8a83 c78f6a 9aa08f")
SLATE = palette("6a4a40 8f4f3a 4f5a66 5f6a58 7d6f66 3f4a52")

TOWERS: tuple[tuple[float, ...], ...] = ((), (0.0,), (-0.8, 0.8), (0.8,))  # x; 1 is the corner
STREET = 0.8  # y of the foot of the wall


@dataclass(frozen=True)
class Style:
    """Shape and colours of one building, in the frame of the canvas."""

    wall: Array  # (1, 3)
    roof: Array  # (1, 3)
    width: float  # half the width
    top: float  # y of the eaves
    pitch: float  # height of the roof; the smallest is only a cornice
    towers: tuple[float, ...]  # x of each; 1 is the corner
    spire: float  # height over the eaves
    dome: float  # radius; 0 is none
    bay: float  # from window to window
    floor: float  # height
    window: tuple[float, float]  # share of the bay, share of the floor
    arched: bool


def draw_style(rng: np.random.Generator) -> Style:
    return Style(
        wall=STONE[rng.integers(len(STONE), size=1)],
        roof=SLATE[rng.integers(len(SLATE), size=1)],
        width=rng.uniform(0.5, 0.9),
        top=rng.uniform(-0.35, 0.1),
        pitch=float(rng.choice([0.08, 0.2, 0.45])),
        towers=TOWERS[rng.integers(len(TOWERS))],
        spire=rng.uniform(0.25, 0.55),
        dome=float(rng.choice([0.0, 0.0, 0.35])),
        bay=rng.uniform(0.2, 0.5),
        floor=rng.uniform(0.25, 0.5),
        window=(rng.uniform(0.35, 0.75), rng.uniform(0.4, 0.8)),
        arched=bool(rng.integers(2)),
    )


def facade(c: Canvas, style: Style) -> None:
    backdrop(c, SKY, either(GROUND, GREEN), horizon=(0.5, 0.9), strange=0.15)
    _stand(c)
    wall, roof = c.pick(style.wall), c.pick(style.roof)
    _roof(c, style, roof)
    c.box(wall, (-style.width, style.top), (style.width, STREET))
    _windows(c, style)
    for tower in style.towers:
        _tower(c, style, tower * style.width, wall, roof)
    c.box(c.pick(DARK), (-0.1, 0.45), (0.1, STREET))  # the door
    c.ellipse(c.pick(GREEN), (c.draw(-1, 1), STREET), (0.25, 0.45), shown=c.maybe(0.4))  # a tree


def _stand(c: Canvas) -> None:
    """Moves the frame as if the photographer stood at another place."""
    c.place(scale=(0.7, 1.1), shift=0.3, tilt=0.1)
    # A simple perspective: vertical edges converge, and horizontal ones, too.
    c.x, c.y = c.x * (1 + c.draw(-0.25, 0.25) * c.y), c.y * (1 + c.draw(-0.25, 0.25) * c.x)


def _roof(c: Canvas, style: Style, colour: Array) -> None:
    width, top, ridge = style.width, style.top, style.top - style.pitch
    if style.dome:
        c.ellipse(colour, (0, top), (style.dome, style.dome))
    c.polygon(colour, (-width, top), (-0.4 * width, ridge), (0.4 * width, ridge), (width, top))


def _windows(c: Canvas, style: Style) -> None:
    _, x, y = c.cells(style.bay, style.floor, stagger=False)
    wide, tall = style.window
    pane = np.maximum(np.abs(x) - wide / 2, np.abs(y) - tall / 2)
    if style.arched:
        pane = np.maximum(pane, np.hypot(x, np.minimum(y, 0)) - wide / 2)
    wall = np.maximum(np.abs(c.x) - style.width + 0.06, np.abs(c.y - 0.35) - 0.4)
    inside = np.maximum(wall, style.top + 0.06 - c.y)
    c.paint(c.pick(GLASS), np.maximum(pane * min(style.bay, style.floor), inside))


def _tower(c: Canvas, style: Style, x: float, wall: Array, roof: Array) -> None:
    peak = style.top - style.spire
    c.box(0.92 * wall, (x - 0.13, peak), (x + 0.13, STREET))
    c.polygon(roof, (x - 0.15, peak), (x, peak - 0.3), (x + 0.15, peak))
    c.ellipse(c.pick(GLASS), (x, style.top - 0.1), (0.06, 0.1))

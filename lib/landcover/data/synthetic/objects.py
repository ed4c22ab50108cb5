"""CIFAR-10's ten classes: one object before a backdrop."""

from landcover.data.synthetic.canvas import Array, Canvas, Range, Scalar, blend, either, palette

SKY = palette("8db8e0 b9cfe0 dfe6ea 5f8fc8 a9a9b4")
GREEN = palette("5c7a3a 7d9150 42602f 8a9a6a 6a6f45")
GROUND = palette("8f8372 a39a8a 6e675f b7a98c 77716b")
INDOOR = palette("b9a08a d8d0c4 7b6a63 8fa0a8 c3b4b0 5b5560")
SEA = palette("4a6f94 35597a 7391a6 567f8c 8a9aa3")
ANYWHERE = either(SKY, GREEN, GROUND, INDOOR, SEA)

METAL = palette("e8e8ea c9ccd2 9aa3ad f4f2ee 7a8694")
LACQUER = palette("b8232a 2c4f9e e6e6e6 23252a c9b22f 3b7a4b a3a6ab")
FUR = palette("6b4a2f 2d2926 c59a63 e3dcd0 8b8782 a46a3a")
HIDE = palette("8a6038 a37a4c 6e4a2c b08e66 5a4332")
COAT = palette("7a4a28 5a3a24 2e2724 a0764a d8d2c8")
PLUMAGE = palette("6f6a62 9b7d52 3a3c42 c8c0b0 5377a0 a5482f")
SKIN = palette("6f8a3a 8ba04c 8a7444 5a6a34 a08a5a")
DARK = palette("1c1c20 2a2a2e 26221f")
GLASS = palette("2f3a44 54687a 8fa3b4")
WHITE = palette("f0eee8 e2ded6")


def backdrop(c: Canvas, above: Array, below: Array, horizon: Range, strange: float = 0.35) -> None:
    """Paints two colours that meet at a horizon, and clutter.

    `strange` is the share of images with random colours, so that the backdrop does not tell the
    class.
    """
    odd = c.maybe(strange)
    c.fill(blend(c.pick(above), c.pick(ANYWHERE), odd))
    lower = blend(c.pick(below), c.pick(ANYWHERE), odd)
    height = c.draw(*horizon) + c.draw(-0.25, 0.25) * c.x
    c.cover(lower, ((c.y - height) / c.draw(0.05, 0.5) + 0.5).clip(0, 1))
    c.mottle(c.draw(0, 0.3), 4)
    c.mottle(c.draw(0, 0.3), 12)
    for _ in range(3):
        at, radii = (c.draw(-1, 1), c.draw(-1, 1)), (c.draw(0.1, 0.5), c.draw(0.1, 0.5))
        c.ellipse(c.pick(ANYWHERE), at, radii, shown=0.7 * c.maybe(0.4))


def airplane(c: Canvas) -> None:
    backdrop(c, SKY, either(SKY, GREEN, GROUND), horizon=(0.3, 1.6))
    c.place(scale=(0.5, 1.0), shift=0.3, tilt=0.5, flip=True)
    hull = c.pick(METAL)
    wing, span = 0.8 * hull, c.draw(0.35, 0.8)
    c.polygon(wing, (-0.1, 0), (0.2, 0), (-0.15, -0.7 * span), (-0.3, -0.7 * span))
    c.ellipse(hull, (0, 0), (c.draw(0.75, 0.95), c.draw(0.12, 0.19)))
    c.polygon(hull, (-0.9, -0.4), (-0.75, -0.4), (-0.5, 0), (-0.8, 0))
    c.polygon(wing, (-0.15, 0), (0.2, 0), (-0.2, span), (-0.4, span))
    c.stroke(c.pick(LACQUER), (-0.6, 0), (0.6, 0), 0.06, shown=c.maybe(0.5))


def automobile(c: Canvas) -> None:
    _vehicle(c, cabin=(0.7, 1.2), roof=(0.22, 0.45), cargo=0.07)


def truck(c: Canvas) -> None:
    _vehicle(c, cabin=(0.9, 1.45), roof=(0.35, 0.65), cargo=0.85)


def _vehicle(c: Canvas, *, cabin: Range, roof: Range, cargo: float) -> None:
    """Paints a car or a lorry; `cabin` is its roof's length, `roof` the height over the bonnet."""
    backdrop(c, either(SKY, GREEN, INDOOR), GROUND, horizon=(-0.2, 0.5))
    c.place(scale=(0.6, 1.0), shift=0.25, tilt=0.12, flip=True)
    body, length, height = c.pick(LACQUER), c.draw(*cabin), c.draw(*roof)
    top, rear = -0.05 - height, c.draw(-0.85, -0.7)
    front, slope = rear + length, c.draw(0.05, 0.25)
    loaded, matching = c.maybe(cargo), c.maybe(0.5)
    hold = blend(c.pick(either(METAL, LACQUER)), body, matching)
    c.box(body, (rear, -0.05), (0.85, 0.3))
    c.polygon(0.9 * body, (rear + slope, top), (front, top), (front + slope, 0), (rear, 0))
    c.box(c.pick(GLASS), (rear + slope, top + 0.08), (front - 0.02, -0.04), shown=1 - loaded)
    c.box(hold, (rear, top - 0.05), (c.draw(0.1, 0.4), 0.15), shown=loaded)
    c.box(c.pick(GLASS), (0.5, -0.25), (0.7, -0.02), shown=loaded)
    for wheel in (-0.5, 0.5):
        c.ellipse(c.pick(DARK), (wheel, 0.32), (0.19, 0.19))
        c.ellipse(c.pick(METAL), (wheel, 0.32), (0.08, 0.08))


def bird(c: Canvas) -> None:
    backdrop(c, either(SKY, GREEN), either(GREEN, GROUND), horizon=(-0.3, 1.4))
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


def cat(c: Canvas) -> None:
    _pet(c, pointed=0.9, muzzle=(0.1, 0.24), stripes=0.6)


def dog(c: Canvas) -> None:
    _pet(c, pointed=0.25, muzzle=(0.18, 0.34), stripes=0.15)


def _pet(c: Canvas, *, pointed: float, muzzle: Range, stripes: float) -> None:
    """Paints a head over a body; `pointed` is the share of animals with upright ears."""
    backdrop(c, INDOOR, either(INDOOR, GREEN, GROUND), horizon=(-0.3, 0.9))
    c.place(scale=(0.6, 1.05), shift=0.25, tilt=0.35, flip=True)
    fur, upright = c.pick(FUR), c.maybe(pointed)
    c.ellipse(0.9 * fur, (c.draw(-0.5, 0.5), 0.7), (c.draw(0.4, 0.7), 0.6))
    c.ellipse(fur, (0, -0.15), (c.draw(0.42, 0.55), 0.45))
    striped = 0.7 * c.maybe(stripes)
    for x in (-0.18, 0, 0.18):
        c.stroke(0.5 * fur, (x, -0.55), (0.8 * x, -0.32), 0.07, shown=striped)
    for side in (-1, 1):
        ear = ((0.45 * side, -0.3), (0.4 * side, -0.85), (0.08 * side, -0.5))
        c.polygon(0.8 * fur, *ear[::-side], shown=upright)  # clockwise on either side
        droop = (0.5 * side, c.draw(-0.2, 0.05))
        c.ellipse(0.6 * fur, droop, (0.14, 0.32), shown=1 - upright)
        c.ellipse(c.pick(DARK), (0.19 * side, -0.22), (0.08, 0.08))
    size = c.draw(*muzzle)
    c.ellipse(0.4 + 0.6 * fur, (0, 0.1), (size, 0.9 * size))
    c.ellipse(c.pick(DARK), (0, 0.1 - 0.4 * size), (0.4 * size, 0.3 * size))


def deer(c: Canvas) -> None:
    _quadruped(c, HIDE, bulk=(0.16, 0.24), antlers=0.7, mane=0.05)


def horse(c: Canvas) -> None:
    _quadruped(c, COAT, bulk=(0.2, 0.3), antlers=0.03, mane=0.8)


def _quadruped(c: Canvas, coat: Array, *, bulk: Range, antlers: float, mane: float) -> None:
    """Paints an animal on four legs; `bulk` is half its body's height; a mane brings a tail."""
    backdrop(c, either(GREEN, SKY), either(GREEN, GROUND), horizon=(-0.6, 0.6))
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
    _antlers(c, 0.6 * hide, nod, shown=c.maybe(antlers))


def _antlers(c: Canvas, colour: Array, nod: Scalar, shown: Scalar) -> None:
    for tip in (0.35, 0.75):
        c.stroke(colour, (0.58, nod - 0.5), (tip, nod - 0.95), 0.07, shown)
        c.stroke(colour, (tip, nod - 0.75), (tip + 0.15, nod - 0.95), 0.06, shown)


def frog(c: Canvas) -> None:
    backdrop(c, either(GREEN, GROUND), either(GREEN, SEA), horizon=(-1, 1))
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

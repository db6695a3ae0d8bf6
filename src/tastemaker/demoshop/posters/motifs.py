"""What posters show: suns, skylines, ridges, trees, houses, boats, roads, planets, people - as flat shapes."""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.curves import bend, box, ellipse, flow, join, line, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import mix
from tastemaker.demoshop.texture import clouds


@dataclass(frozen=True)
class Inks:
    """The few colours of one poster.

    Attributes:
        ground: of the sheet.
        far, near: of what lies behind and in front.
        glow: of the sun, windows, anything that shines.
        word: of the lettering.
    """

    ground: Field
    far: Field
    near: Field
    glow: Field
    word: Field


def fade(canvas: Canvas, top: Field, bottom: Field, start: float = 0.0, end: float = 400.0) -> None:
    """A vertical gradient over the whole sheet."""
    sheet = canvas.whole()
    share = np.clip((sheet.y - start) / (end - start), 0, 1)[..., None]
    canvas.pixels[:] = top + (bottom - top) * share


def disc(canvas: Canvas, x: float, y: float, r: float, colour: Field, opacity: float = 1.0, halo: float = 0.0) -> None:
    """A sun or a moon."""
    shape = ellipse(x, y, r, r)
    if halo:
        patch = canvas.fill(shape, pad=halo * 2.2)
        canvas.paint(Patch(soften(patch.alpha, halo * canvas.scale), patch.x, patch.y, patch.window), colour, 0.55)
    canvas.paint(canvas.fill(shape), colour, opacity)


def ridge(
    canvas: Canvas, base: float, tall: float, colour: Field, rng: np.random.Generator, *, sharp: bool = True
) -> Field:
    """A line of mountains or hills from edge to edge; gives its crest."""
    count = int(rng.integers(4, 8)) if sharp else 6
    x = np.linspace(-20, 320, count * 2 + 1) + rng.uniform(-10, 10, count * 2 + 1)
    y = base - tall * np.where(
        np.arange(len(x)) % 2 == 1, rng.uniform(0.5, 1.0, len(x)), rng.uniform(0.0, 0.35, len(x))
    )
    x[0], x[-1] = -20, 320
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    crest = line(*points) if sharp else flow(points, 8)
    canvas.paint(canvas.fill(join(crest, line((320, 420), (-20, 420)))), colour)
    return crest


def skyline(
    canvas: Canvas, base: float, tall: float, colour: Field, light: Field, rng: np.random.Generator, lit: float = 0.3
) -> None:
    """Houses from edge to edge with some windows lit."""
    x = -6.0
    houses: list[Field] = []
    windows: list[Field] = []
    while x < 306:
        wide = rng.uniform(14, 40)
        top = base - tall * rng.uniform(0.35, 1.0)
        houses.append(box(x, top, x + wide, 420))
        if rng.random() < 0.3:
            houses.append(line((x + wide * 0.3, top), (x + wide / 2, top - tall * 0.22), (x + wide * 0.7, top)))
        for wy in np.arange(top + 6, base + 60, 7.5):
            places = np.arange(x + 4, x + wide - 5, 6.0)
            windows.extend(box(wx, wy, wx + 2.8, wy + 4.0) for wx in places if rng.random() < lit)
        x += wide + (rng.uniform(0, 4) if rng.random() < 0.4 else 0)
    canvas.paint(canvas.fill_all(houses), colour)
    if windows:
        canvas.paint(canvas.fill_all(windows), light, 0.9)


def pines(canvas: Canvas, base: float, tall: float, colour: Field, rng: np.random.Generator, count: int = 14) -> None:
    """A row of conifers."""
    trees = []
    for x in np.linspace(-10, 310, count) + rng.uniform(-9, 9, count):
        h = tall * rng.uniform(0.6, 1.1)
        w = h * rng.uniform(0.16, 0.22)
        for tier in range(4):
            y0, y1 = base - h * (0.25 * tier + 0.12), base - h * (0.25 * tier + 0.5)
            spread = w * (1 - 0.2 * tier)
            trees.append(line((x - spread, y0), (x, y1), (x + spread, y0)))
        trees.append(box(x - w * 0.1, base - h * 0.2, x + w * 0.1, base + 6))
    canvas.paint(canvas.fill_all(trees), colour)


def birches(canvas: Canvas, colour: Field, bark: Field, rng: np.random.Generator, count: int = 9) -> None:
    """Bare trunks from top to bottom."""
    for x in np.sort(rng.uniform(-5, 305, count)):
        w = rng.uniform(5, 15)
        trunk = line((x - w / 2, -5), (x + w * 0.45, -5), (x + w * 0.62, 405), (x - w * 0.55, 405))
        patch = canvas.fill(trunk)
        side = np.clip((patch.x - x) / w + 0.5, 0, 1)
        canvas.paint(patch, (bark + (colour - bark) * (side**1.5)[..., None]) * np.ones((*patch.shape, 1), np.float32))
        marks = [
            box(x - w * 0.45, y, x - w * 0.45 + w * rng.uniform(0.2, 0.7), y + rng.uniform(1, 3))
            for y in rng.uniform(0, 400, 9)
        ]
        canvas.paint(canvas.fill_all(marks), colour, 0.75)


def house(canvas: Canvas, x: float, base: float, size: float, colour: Field, light: Field, lit: int = 1) -> None:
    """A house with a gable, a chimney and one lit window."""
    s = size
    wall = line((x - s, base), (x - s, base - s * 1.1), (x, base - s * 1.9), (x + s, base - s * 1.1), (x + s, base))
    chimney = box(x + s * 0.42, base - s * 2.0, x + s * 0.68, base - s * 1.2)
    canvas.paint(canvas.fill_all([wall, chimney]), colour)
    places = [(-0.55, 0.75), (0.25, 0.75), (-0.15, 1.35), (0.25, 0.3)]
    panes = [box(x + s * a, base - s * b - s * 0.3, x + s * (a + 0.3), base - s * b) for a, b in places[:lit]]
    canvas.paint(canvas.fill_all(panes), light)
    frames = [line((float(p[:, 0].mean()), float(p[0, 1])), (float(p[:, 0].mean()), float(p[2, 1]))) for p in panes]
    canvas.paint(canvas.stroke(frames, s * 0.04), colour)


def person(canvas: Canvas, x: float, base: float, tall: float, colour: Field, *, coat: bool = True) -> None:
    """A small standing figure seen from behind."""
    h = tall
    head = ellipse(x, base - h * 0.91, h * 0.07, h * 0.085)
    wide = 0.15 if coat else 0.11
    body = join(
        flow(
            [
                (x - h * 0.04, base - h * 0.83),
                (x - h * 0.14, base - h * 0.76),
                (x - h * 0.15, base - h * 0.5),
                (x - h * wide, base - h * 0.32),
            ]
        ),
        line((x + h * wide, base - h * 0.32)),
        flow([(x + h * 0.15, base - h * 0.5), (x + h * 0.14, base - h * 0.76), (x + h * 0.04, base - h * 0.83)]),
    )
    legs = [
        line(
            (x - h * 0.1, base - h * 0.36), (x - h * 0.01, base - h * 0.36), (x - h * 0.03, base), (x - h * 0.085, base)
        ),
        line(
            (x + h * 0.01, base - h * 0.36), (x + h * 0.1, base - h * 0.36), (x + h * 0.085, base), (x + h * 0.03, base)
        ),
    ]
    canvas.paint(canvas.fill_all([head, body, *legs]), colour)


def boat(canvas: Canvas, x: float, base: float, size: float, hull: Field, sail: Field) -> None:
    """A sailing boat."""
    s = size
    canvas.paint(
        canvas.fill(
            join(
                bend((x - s, base - s * 0.28), (x - s * 0.6, base + s * 0.1), (x - s * 0.3, base)),
                line((x + s * 0.6, base), (x + s * 1.05, base - s * 0.3)),
            )
        ),
        hull,
    )
    canvas.paint(
        canvas.fill(
            join(
                line((x - s * 0.05, base - s * 0.36)),
                bend((x - s * 0.05, base - s * 2.2), (x - s * 0.9, base - s), (x - s * 0.85, base - s * 0.4)),
            )
        ),
        sail,
    )
    canvas.paint(
        canvas.fill(
            join(
                line((x + s * 0.05, base - s * 0.36)),
                bend((x + s * 0.05, base - s * 1.9), (x + s * 0.6, base - s * 0.9), (x + s * 0.75, base - s * 0.4)),
            )
        ),
        mix(sail, hull, 0.2),
    )


def lighthouse(canvas: Canvas, x: float, base: float, tall: float, wall: Field, band: Field, light: Field) -> None:
    """A lighthouse with its beam."""
    t = tall
    for side in (-1, 1):
        beam = canvas.fill(
            line((x, base - t * 0.94), (x + side * 320, base - t * 1.25), (x + side * 320, base - t * 0.62))
        )
        far = np.clip(1 - np.abs(beam.x - x) / 240, 0, 1)
        canvas.paint(beam.times(far), light, 0.55)
    tower = line(
        (x - t * 0.11, base), (x - t * 0.07, base - t * 0.86), (x + t * 0.07, base - t * 0.86), (x + t * 0.11, base)
    )
    canvas.paint(canvas.fill(tower), wall)
    for share in (0.12, 0.42, 0.70):
        w0, w1 = t * (0.11 - 0.046 * share), t * (0.11 - 0.046 * (share + 0.14))
        canvas.paint(
            canvas.fill(
                line(
                    (x - w0, base - t * share),
                    (x - w1, base - t * (share + 0.14)),
                    (x + w1, base - t * (share + 0.14)),
                    (x + w0, base - t * share),
                )
            ),
            band,
        )
    canvas.paint(
        canvas.fill_all(
            [
                box(x - t * 0.1, base - t * 0.88, x + t * 0.1, base - t * 0.855),
                line((x - t * 0.065, base - t), (x, base - t * 1.08), (x + t * 0.065, base - t)),
            ]
        ),
        band,
    )
    canvas.paint(canvas.fill(box(x - t * 0.045, base - t, x + t * 0.045, base - t * 0.88)), light)


def road(canvas: Canvas, horizon: float, asphalt: Field, mark: Field, vanish: float = 150.0) -> None:
    """A straight road to the horizon."""
    canvas.paint(
        canvas.fill(line((vanish - 2, horizon), (vanish + 2, horizon), (vanish + 130, 410), (vanish - 130, 410))),
        asphalt,
    )
    dashes = []
    for i in range(9):
        a, b = (i / 9) ** 2.2, ((i + 0.5) / 9) ** 2.2
        ya, yb = horizon + (405 - horizon) * a, horizon + (405 - horizon) * b
        dashes.append(line((vanish - 4 * a, ya), (vanish + 4 * a, ya), (vanish + 4 * b, yb), (vanish - 4 * b, yb)))
    canvas.paint(canvas.fill_all(dashes), mark)


def planet(
    canvas: Canvas, x: float, y: float, r: float, colour: Field, shade: Field, rng: np.random.Generator, *, ring: bool
) -> None:
    """A banded planet lit from the upper left, perhaps ringed."""
    patch = canvas.fill(ellipse(x, y, r, r))
    dx, dy = (patch.x - x) / r, (patch.y - y) / r
    lit = np.clip(0.55 - 0.62 * dx - 0.62 * dy + 0.25 * np.sqrt(np.clip(1 - dx**2 - dy**2, 0, 1)), 0.04, 1)
    bands = 0.5 + 0.5 * np.sin(dy * 14 + 2.2 * clouds(patch.shape, 40, rng, 2) + dx * 1.5)
    tone = colour + (mix(colour, shade, 0.5) - colour) * (bands * 0.55)[..., None]
    canvas.paint(patch, (shade * 0.4 + (tone - shade * 0.4) * lit[..., None]).astype(np.float32))
    if ring:
        for size, wide, strength in ((1.75, 0.10, 0.8), (1.5, 0.05, 0.5), (2.0, 0.03, 0.5)):
            arc = ellipse(0, 0, r * size, r * size * 0.26)
            a = np.radians(-16)
            arc = arc @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + (x, y)
            half = len(arc) // 2
            canvas.paint(
                canvas.stroke([arc[: half + 1]], r * wide), mix(colour, np.ones(3, np.float32), 0.35), strength
            )


def stars(canvas: Canvas, count: int, colour: Field, rng: np.random.Generator, low: float = 400.0) -> None:
    """Stars of several sizes."""
    points = [
        ellipse(x, y, r, r)
        for x, y, r in zip(
            rng.uniform(0, 300, count), rng.uniform(0, low, count), rng.exponential(0.38, count) + 0.25, strict=True
        )
    ]
    canvas.paint(canvas.fill_all(points), colour, 0.9)


def profile(x: float, y: float, size: float, *, left: bool = False) -> Field:
    """A head in profile, for what goes on inside it."""
    points = [
        (-0.30, 0.62),
        (-0.30, 0.30),
        (-0.46, 0.08),
        (-0.50, -0.22),
        (-0.36, -0.52),
        (-0.05, -0.66),
        (0.24, -0.56),
        (0.38, -0.34),
        (0.39, -0.20),
        (0.37, -0.14),
        (0.50, 0.06),
        (0.44, 0.10),
        (0.40, 0.12),
        (0.43, 0.18),
        (0.39, 0.215),
        (0.41, 0.27),
        (0.36, 0.33),
        (0.33, 0.42),
        (0.14, 0.44),
        (0.08, 0.52),
        (0.12, 0.62),
        (0.52, 0.76),
        (0.62, 0.95),
        (0.62, 1.2),
        (-0.70, 1.2),
        (-0.66, 0.86),
        (-0.42, 0.72),
    ]
    outline = flow(points, 6, closed=True) * size
    if left:
        outline = outline * (-1, 1)
    return shifted(outline, x, y)


def birds(canvas: Canvas, x: float, y: float, colour: Field, rng: np.random.Generator, count: int = 6) -> None:
    """A small flock."""
    strokes = []
    for _ in range(count):
        cx, cy, s = x + rng.normal(0, 24), y + rng.normal(0, 12), rng.uniform(3, 6)
        strokes.append(
            join(
                bend((cx - s, cy - s * 0.2), (cx - s * 0.4, cy - s * 0.7), (cx, cy)),
                bend((cx, cy), (cx + s * 0.4, cy - s * 0.7), (cx + s, cy - s * 0.2)),
            )
        )
    canvas.paint(canvas.stroke(strokes, 1.1), colour)


def cactus(canvas: Canvas, x: float, base: float, tall: float, colour: Field) -> None:
    """A saguaro."""
    w = tall * 0.16
    parts = [
        line((x, base), (x, base - tall)),
        flow([(x, base - tall * 0.35), (x - tall * 0.26, base - tall * 0.42), (x - tall * 0.28, base - tall * 0.75)]),
        flow([(x, base - tall * 0.5), (x + tall * 0.24, base - tall * 0.54), (x + tall * 0.26, base - tall * 0.85)]),
    ]
    canvas.paint(canvas.stroke(parts, w), colour)
    tips = [
        ellipse(px, py, w / 2, w / 2)
        for px, py in ((x, base - tall), (x - tall * 0.28, base - tall * 0.75), (x + tall * 0.26, base - tall * 0.85))
    ]
    canvas.paint(canvas.fill_all(tips), colour)


def leaves(canvas: Canvas, colours: list[Field], rng: np.random.Generator, *, inner: float = 95.0) -> None:
    """A frame of leaves around the sheet, open in the middle."""
    for _ in range(110):
        angle = rng.uniform(0, 2 * np.pi)
        far = rng.uniform(inner, inner + 120)
        x, y = 150 + np.cos(angle) * far * 1.0, 200 + np.sin(angle) * far * 1.32
        size, turn = rng.uniform(12, 30), angle + rng.normal(0, 0.7)
        d, n = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        root, tip = np.array([x, y]), np.array([x, y]) + d * size
        middle = (root + tip) / 2
        leaf = join(
            bend(tuple(root), tuple(middle + n * size * 0.34), tuple(tip)),
            bend(tuple(tip), tuple(middle - n * size * 0.34), tuple(root)),
        )
        canvas.paint(canvas.fill(leaf), colours[int(rng.integers(len(colours)))])

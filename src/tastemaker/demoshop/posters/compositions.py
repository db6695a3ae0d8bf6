"""How a poster is put together: a scene, a symbol, a head full of landscape, or pure geometry."""

from collections.abc import Callable

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch
from tastemaker.demoshop.curves import box, ellipse, join, line
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.posters import motifs as m
from tastemaker.demoshop.posters.motifs import Inks

Painter = Callable[[Canvas, Inks, np.random.Generator], None]
_INK = rgb("16171c")


def _harbour(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.45), 0, 250)
    m.disc(canvas, rng.uniform(70, 230), rng.uniform(130, 190), rng.uniform(24, 52), inks.glow, halo=12)
    m.ridge(canvas, 252, 26, mix(inks.far, inks.ground, 0.4), rng, sharp=False)
    _water(canvas, 250, mix(inks.far, inks.ground, 0.25), inks.glow, rng)
    if rng.random() < 0.5:
        m.lighthouse(canvas, rng.choice((70, 225)), 300, 150, mix(inks.word, inks.glow, 0.2), inks.near, inks.glow)
        canvas.paint(
            canvas.fill(join(line((-10, 300)), _hill(-10, 310, 300, 14, rng), line((310, 420), (-10, 420)))), inks.near
        )
    else:
        m.boat(canvas, rng.uniform(90, 210), 290, rng.uniform(26, 44), inks.near, mix(inks.word, inks.glow, 0.25))
    m.birds(canvas, rng.uniform(70, 230), 90, inks.near, rng)


def _hill(x0: float, x1: float, y: float, tall: float, rng: np.random.Generator) -> np.ndarray:
    x = np.linspace(x0, x1, 40)
    wave = np.sin(x / rng.uniform(40, 70) + rng.uniform(0, 6)) + 0.5 * np.sin(x / rng.uniform(14, 25))
    return np.stack([x, y - tall * (0.5 + 0.5 * wave)], 1)


def _water(canvas: Canvas, y: float, colour: np.ndarray, glint: np.ndarray, rng: np.random.Generator) -> None:
    canvas.paint(canvas.fill(box(-5, y, 305, 405)), colour)
    strokes = []
    for yy in y + 3 + 150 * rng.random(46) ** 1.6:
        x, wide = rng.normal(150, 70), rng.uniform(8, 46) * (0.4 + (yy - y) / 150)
        strokes.append(line((x - wide, yy), (x + wide, yy)))
    canvas.paint(canvas.stroke(strokes, 1.2), glint, 0.5)


def _house(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.far, 0.6))
    m.disc(
        canvas,
        rng.uniform(60, 240),
        rng.uniform(70, 150),
        rng.uniform(26, 60),
        mix(inks.glow, inks.ground, 0.2),
        halo=10,
    )
    canvas.paint(
        canvas.fill(join(_hill(-10, 310, 318, 26, rng), line((310, 420), (-10, 420)))), mix(inks.far, inks.near, 0.4)
    )
    m.house(canvas, rng.uniform(110, 190), 312, rng.uniform(38, 62), inks.near, inks.glow, int(rng.integers(1, 4)))
    if rng.random() < 0.6:
        m.person(canvas, rng.uniform(40, 90), 352, 40, _INK)
    m.pines(canvas, 345, 40, inks.near, rng, 6)


def _city(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.55), 40, 330)
    m.disc(canvas, rng.uniform(60, 240), rng.uniform(110, 200), rng.uniform(34, 80), inks.glow, 0.95, 8)
    m.skyline(canvas, 300, 150, mix(inks.far, inks.ground, 0.35), inks.glow, rng, 0.10)
    m.skyline(canvas, 345, 150, mix(inks.far, inks.near, 0.45), inks.glow, rng, 0.16)
    m.skyline(canvas, 400, 140, inks.near, inks.glow, rng, 0.22)


def _road(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    horizon = rng.uniform(215, 265)
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.7), 0, horizon)
    m.disc(canvas, 150 + rng.normal(0, 30), horizon - rng.uniform(0, 26), rng.uniform(36, 70), inks.glow, halo=8)
    m.ridge(canvas, horizon + 6, 46, mix(inks.far, inks.ground, 0.25), rng)
    canvas.paint(canvas.fill(box(-5, horizon, 305, 405)), mix(inks.far, inks.near, 0.35))
    m.road(canvas, horizon, inks.near, inks.glow)
    poles = [
        line(
            (150 + s * (12 + 128 * t**2.2), horizon + (150) * t**2.2),
            (150 + s * (12 + 128 * t**2.2), horizon + 150 * t**2.2 - 8 - 90 * t**1.6),
        )
        for t in np.linspace(0.15, 1, 6)
        for s in (1,)
    ]
    canvas.paint(canvas.stroke(poles, 1.6), _INK)


def _space(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    deep = mix(inks.ground, rgb("0c0f1d"), 0.72)
    m.fade(canvas, deep, mix(deep, inks.ground, 0.7))
    m.stars(canvas, 150, rgb("f3efe2"), rng)
    m.planet(
        canvas,
        rng.uniform(90, 210),
        rng.uniform(120, 210),
        rng.uniform(56, 96),
        mix(inks.far, inks.glow, 0.35),
        deep,
        rng,
        ring=rng.random() < 0.6,
    )
    m.disc(canvas, rng.uniform(40, 260), rng.uniform(40, 110), rng.uniform(8, 16), inks.glow, halo=6)
    if rng.random() < 0.6:
        m.ridge(canvas, 392, 60, mix(deep, inks.far, 0.25), rng)
        m.person(canvas, rng.uniform(90, 210), 372, 46, rgb("0a0c14"), coat=False)


def _desert(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.8), 0, 280)
    m.disc(canvas, rng.uniform(80, 220), rng.uniform(120, 200), rng.uniform(40, 74), inks.glow)
    mesa = [
        line((x - w, 290), (x - w * 0.72, 290 - h), (x + w * 0.72, 290 - h), (x + w, 290))
        for x, w, h in ((60, 50, 62), (235, 66, 84))
    ]
    canvas.paint(canvas.fill_all(mesa), mix(inks.far, inks.glow, 0.18))
    canvas.paint(
        canvas.fill(join(_hill(-10, 310, 292, 12, rng), line((310, 420), (-10, 420)))), mix(inks.far, inks.near, 0.25)
    )
    canvas.paint(canvas.fill(join(_hill(-10, 310, 345, 22, rng), line((310, 420), (-10, 420)))), inks.near)
    m.cactus(canvas, rng.uniform(50, 110), 345, rng.uniform(60, 95), inks.near)
    m.person(canvas, rng.uniform(170, 240), 342, 48, inks.near)


def _garden(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.35))
    m.disc(canvas, 150, 196, rng.uniform(58, 84), mix(inks.glow, inks.ground, 0.15))
    m.leaves(canvas, [inks.far, inks.near, mix(inks.far, inks.glow, 0.5), mix(inks.far, inks.near, 0.5)], rng)
    if rng.random() < 0.6:
        m.person(canvas, 138, 248, 78, inks.near)
        m.person(canvas, 163, 248, 72, mix(inks.near, inks.far, 0.3))
    else:
        m.house(canvas, 150, 240, 34, inks.near, inks.glow, 2)


def _mountain(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, rgb("fff3de"), 0.6), 0, 260)
    m.disc(canvas, rng.uniform(80, 220), rng.uniform(90, 140), rng.uniform(26, 48), inks.glow, halo=8)
    for base, tall, share in ((250, 110, 0.62), (300, 130, 0.35), (350, 110, 0.0)):
        m.ridge(canvas, base, tall, mix(mix(inks.far, inks.near, 1 - share), inks.ground, share), rng)
    m.pines(canvas, 405, 70, mix(inks.near, _INK, 0.45), rng, 16)


def _sea(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, mix(inks.ground, inks.glow, 0.25), inks.ground, 0, 200)
    m.disc(canvas, rng.uniform(80, 220), rng.uniform(90, 150), rng.uniform(34, 60), inks.glow)
    for i, y in enumerate(np.linspace(190, 380, 7)):
        x = np.linspace(-10, 310, 80)
        wave = y + 9 * np.abs(np.sin(x / (22 + 3 * i) + rng.uniform(0, 6))) * (1 + 0.12 * i)
        tone = mix(mix(inks.far, inks.glow, 0.30 - 0.05 * i), inks.near, i / 7)
        canvas.paint(canvas.fill(join(np.stack([x, wave], 1), line((310, 420), (-10, 420)))), tone)
        canvas.paint(canvas.stroke([np.stack([x, wave], 1)], 1.0), mix(tone, rgb("ffffff"), 0.35), 0.7)
        if i == 2:
            m.boat(canvas, rng.uniform(80, 220), y + 12, rng.uniform(16, 26), _INK, mix(inks.word, inks.glow, 0.2))


def _forest(canvas: Canvas, inks: Inks, rng: np.random.Generator) -> None:
    m.fade(canvas, inks.ground, mix(inks.ground, inks.glow, 0.4))
    if rng.random() < 0.5:
        m.disc(canvas, 150, 190, 70, inks.glow, 0.85, 14)
        m.birches(canvas, mix(inks.near, _INK, 0.3), mix(inks.word, inks.ground, 0.35), rng)
        m.person(canvas, 150, 372, 70, _INK)
        return
    m.disc(canvas, rng.uniform(90, 210), 110, rng.uniform(30, 56), inks.glow, halo=10)
    for base, tall, share in ((270, 110, 0.65), (320, 140, 0.35), (372, 160, 0.05)):
        m.pines(canvas, base, tall, mix(inks.near, inks.ground, share), rng, 11)
        canvas.paint(canvas.fill(box(-5, base - 3, 305, 405)), mix(inks.near, inks.ground, share))


SCENES: dict[str, Painter] = {
    "harbour": _harbour,
    "house": _house,
    "city": _city,
    "road": _road,
    "space": _space,
    "desert": _desert,
    "garden": _garden,
    "mountain": _mountain,
    "sea": _sea,
    "forest": _forest,
}


def head(canvas: Canvas, inks: Inks, rng: np.random.Generator, scene: Painter) -> None:
    """A head in profile on paper; the scene happens inside it."""
    scene(canvas, inks, rng)
    inner = canvas.pixels.copy()
    m.fade(canvas, mix(inks.ground, rgb("f3ecdf"), 0.72), mix(inks.ground, rgb("f3ecdf"), 0.55))
    outline = m.profile(150, 170, 190, left=rng.random() < 0.5)
    patch = canvas.fill(outline)
    canvas.paint(patch, inner[patch.window])


def geometry(canvas: Canvas, inks: Inks, rng: np.random.Generator, _scene: Painter) -> None:
    """Circles, arcs and bars on a grid."""
    canvas.pixels[:] = mix(inks.ground, rgb("f1e9da"), 0.35)
    tones = [inks.far, inks.near, inks.glow, mix(inks.far, inks.glow, 0.5), mix(inks.near, inks.ground, 0.4)]
    side = float(rng.choice((75, 100)))
    for row in range(int(300 // side)):
        for column in range(int(300 // side)):
            _tile(canvas, column * side, row * side, side, tones, rng)


def _tile(canvas: Canvas, x: float, y: float, side: float, tones: list[np.ndarray], rng: np.random.Generator) -> None:
    a, b = (tones[int(i)] for i in rng.permutation(len(tones))[:2])
    canvas.paint(canvas.fill(box(x, y, x + side, y + side)), a)
    kind = int(rng.integers(6))
    corner = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)][int(rng.integers(4))]
    tile = canvas.fill(box(x, y, x + side, y + side))
    if kind <= 1:
        far = np.hypot(tile.x - corner[0], tile.y - corner[1])
        canvas.paint(tile.times(np.clip((side * (0.96 if kind else 0.5) - far) * 1.5, 0, 1)), b)
    elif kind == 2:
        canvas.paint(canvas.fill(ellipse(x + side / 2, y + side / 2, side * 0.34, side * 0.34)), b)
    elif kind == 3:
        canvas.paint(
            canvas.fill_all([box(x, y + side * i / 5, x + side, y + side * (i + 0.5) / 5) for i in range(5)]), b
        )
    elif kind == 4:
        canvas.paint(canvas.fill(line((x, y + side), (x + side, y + side), corner if corner[1] == y else (x, y))), b)
    else:
        far = np.hypot(tile.x - corner[0], tile.y - corner[1])
        canvas.paint(tile.times((np.sin(far / side * 22) > 0).astype(np.float32) * (far < side)), b)


def window(canvas: Canvas, inks: Inks, rng: np.random.Generator, scene: Painter) -> None:
    """The scene in an arch or a circle on plain paper."""
    scene(canvas, inks, rng)
    inner = canvas.pixels.copy()
    paper = mix(inks.ground, rgb("f4eee2"), 0.82) if rng.random() < 0.7 else mix(inks.near, _INK, 0.4)
    canvas.pixels[:] = paper
    if rng.random() < 0.5:
        shape = join(line((52, 292), (52, 134)), ellipse(150, 134, 98, 98, 180, 360), line((248, 292)))
    else:
        shape = ellipse(150, 160, 122, 122)
    patch = canvas.fill(shape)
    canvas.paint(patch, inner[patch.window])


def full(canvas: Canvas, inks: Inks, rng: np.random.Generator, scene: Painter) -> None:
    """The scene from edge to edge."""
    scene(canvas, inks, rng)


def framed(canvas: Canvas, inks: Inks, rng: np.random.Generator, scene: Painter) -> None:
    """The scene with a printed margin."""
    scene(canvas, inks, rng)
    margin = canvas.fill(box(-2, -2, 302, 402), holes=[box(14, 14, 286, 386)])
    canvas.paint(Patch(margin.alpha, margin.x, margin.y, margin.window), mix(inks.ground, rgb("f4eee2"), 0.86))


COMPOSITIONS = {"full": full, "head": head, "geometry": geometry, "window": window, "framed": framed}

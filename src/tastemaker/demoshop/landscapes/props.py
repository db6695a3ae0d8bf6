"""What stands in a landscape: sails, houses in rows, bridges, piers, palms, dunes and caravans."""

import numpy as np

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.curves import bend, box, ellipse, flow, join, line
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.landscapes.sky import Light
from tastemaker.demoshop.landscapes.terrain import far_away
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import clouds


def beach(canvas: Canvas, light: Light, *, left: bool) -> None:
    """Sand in the corner with a line of foam."""
    start, end = (-6.0, 170.0) if left else (306.0, 130.0)
    edge = bend((start, 352), ((start + end) / 2, 362), (end, 404), 30)
    sand = join(edge, line((start, 404)))
    foam = canvas.stroke([edge - (0, 1.5)], 4.5)
    canvas.paint(canvas.fill(sand), far_away(rgb("e3cda4"), light, 0.03))
    canvas.paint(foam, far_away(rgb("fbfaf4"), light, 0.0), 0.85)


def sail(canvas: Canvas, x: float, y: float, s: float, light: Light) -> None:
    """A sailing boat far out."""
    white = far_away(rgb("fbf7ee"), light, 0.05)
    canvas.paint(canvas.fill(line((x, y - s * 2.2), (x, y - s * 0.2), (x - s * 0.9, y - s * 0.2))), white)
    canvas.paint(
        canvas.fill(line((x + s * 0.1, y - s * 1.8), (x + s * 0.1, y - s * 0.2), (x + s * 0.7, y - s * 0.2))),
        white * 0.86,
    )
    canvas.paint(
        canvas.fill(
            line((x - s, y - s * 0.1), (x + s, y - s * 0.1), (x + s * 0.6, y + s * 0.25), (x - s * 0.7, y + s * 0.25))
        ),
        far_away(rgb("5d4331"), light, 0.0),
    )
    canvas.paint(canvas.fill(box(x - s * 0.6, y + s * 0.3, x + s * 0.4, y + s * 0.9)), white, 0.16)


def dune(canvas: Canvas, top: Field, sand: Field, light: Light, rng: np.random.Generator, share: float) -> None:
    """A dune: one flank in the sun, one in the shade, a knife edge between them, ripples on both."""
    patch = canvas.fill(join(top, line((304, 402), (-4, 402))))
    y = np.interp(patch.x, top[:, 0], top[:, 1])
    slope = np.interp(patch.x, top[:, 0], np.gradient(top[:, 1], top[:, 0]))
    depth = patch.y - y
    side = 1.0 if light.at[0] < 150 else -1.0
    bent = slope * side + 0.10 * np.sin(depth / 26 + patch.x / 40) - depth / 420
    shade = 1.0 - 0.44 / (1 + np.exp(-(bent - 0.06) * 16)) + 0.06 * np.exp(-depth / 5)
    ripples = 1 + 0.035 * np.sin((depth * 1.0 + 9 * np.sin(patch.x / 34) + 4 * clouds(patch.shape, 30, rng)) * 1.1) * (
        1 - share
    )
    tone = far_away(sand, light, share)
    dark = far_away(mix(sand, rgb("5a3a4a"), 0.5), light, share)
    body = dark + (tone - dark) * np.clip((shade - 0.5) * 2, 0, 1.15)[..., None]
    canvas.paint(patch, np.clip(body * ripples[..., None], 0, 1).astype(np.float32))


def caravan(canvas: Canvas, x: float, y: float, light: Light) -> None:
    """Four camels in a row."""
    tone = far_away(rgb("3a2a26"), light, 0.1)
    for i in range(4):
        cx, s = x + i * 21, 7.0
        hump = flow(
            [
                (cx - s, y),
                (cx - s * 0.8, y - s * 0.9),
                (cx - s * 0.1, y - s * 1.5),
                (cx + s * 0.5, y - s * 0.9),
                (cx + s, y - s * 0.8),
            ]
        )
        neck = line((cx + s * 0.8, y - s * 0.8), (cx + s * 1.35, y - s * 1.7), (cx + s * 1.7, y - s * 1.7))
        legs = [line((cx + dx * s, y - s * 0.5), (cx + dx * s * 1.05, y + s * 1.0)) for dx in (-0.85, -0.6, 0.6, 0.85)]
        canvas.paint(canvas.fill(join(hump, line((cx + s, y - s * 0.1), (cx - s, y)))), tone)
        canvas.paint(canvas.stroke([neck, *legs], 1.4), tone)


def blocks(
    canvas: Canvas,
    base: float,
    tall: float,
    walls: list[Field],
    light: Light,
    rng: np.random.Generator,
    share: float,
    *,
    modern: bool,
) -> None:
    """A row of houses: walls, roofs, domes and towers, windows in rows."""
    x = -8.0
    while x < 304:
        wide = rng.uniform(15, 32) * (1.15 if modern else 1.0)
        high = tall * (rng.uniform(0.3, 1.0) if modern else rng.uniform(0.3, 0.62))
        tone = far_away(walls[int(rng.integers(len(walls)))], light, share)
        top = base - high
        canvas.paint(canvas.fill(box(x, top, x + wide, 404)), tone)
        canvas.paint(canvas.fill(box(x + wide * 0.72, top, x + wide, 404)), tone * 0.82)
        if not modern:
            roof(
                canvas,
                x,
                top,
                wide,
                far_away(rgb(("a8563c", "8d5a44", "6f6a68")[int(rng.integers(3))]), light, share),
                rng,
            )
        _panes(canvas, (x, top, x + wide, base), tone, rng, lit=0.4 * (light.hour in ("evening", "night")), share=share)
        x += wide


def _panes(
    canvas: Canvas,
    wall: tuple[float, float, float, float],
    tone: Field,
    rng: np.random.Generator,
    *,
    lit: float,
    share: float,
) -> None:
    """Windows in rows, a share of them lit."""
    x0, top, x1, base = wall
    rows, columns = np.arange(top + 5, base + 30, 9.0), np.arange(x0 + 3, x1 - 4, 5.6)
    panes = [box(x, y, x + 2.6, y + 4.4) for y in rows for x in columns]
    if panes:
        canvas.paint(canvas.fill_all(panes), tone * 0.6, 0.8 * (1 - share))
    bright = [pane for pane in panes if rng.random() < lit]
    if bright:
        canvas.paint(canvas.fill_all(bright), rgb("ffd892"), 0.95 - 0.4 * share)


def roof(canvas: Canvas, x: float, top: float, wide: float, tone: Field, rng: np.random.Generator) -> None:
    """Gable, dome or spire on a house."""
    kind = rng.random()
    middle = x + wide / 2
    if kind < 0.6:
        canvas.paint(canvas.fill(line((x - 1, top), (middle, top - wide * 0.42), (x + wide + 1, top))), tone)
    elif kind < 0.75:
        canvas.paint(
            canvas.fill_all(
                [
                    ellipse(middle, top, wide * 0.5, wide * 0.55, 180, 360),
                    box(middle - 0.7, top - wide * 0.85, middle + 0.7, top - wide * 0.5),
                ]
            ),
            tone,
        )
    elif kind < 0.87:
        canvas.paint(
            canvas.fill_all(
                [
                    box(middle - 5, top - 34, middle + 5, top),
                    line((middle - 6, top - 34), (middle, top - 62), (middle + 6, top - 34)),
                ]
            ),
            tone,
        )


def bridge(canvas: Canvas, light: Light) -> None:
    """A stone bridge of five arches."""
    tone = far_away(rgb("b89f80"), light, 0.04)
    arches = [ellipse(x, 352, 25, 17, 180, 360) for x in (30, 92, 154, 216, 278)]
    deck = canvas.fill(box(-4, 324, 304, 352), holes=arches)
    canvas.paint(deck, tone)
    canvas.paint(canvas.stroke([line((-4, 325), (304, 325))], 2.2), tone * 1.12)
    canvas.paint(canvas.stroke(list(arches), 1.4), tone * 0.68)


def snow_on_trees(canvas: Canvas, top: Field, light: Light, rng: np.random.Generator) -> None:
    """Specks of snow on the firs below a crest."""
    specks = [
        ellipse(x, float(np.interp(x, top[:, 0], top[:, 1])) - rng.uniform(4, 34), rng.uniform(1.0, 2.6), 0.9)
        for x in rng.uniform(0, 300, 110)
    ]
    canvas.paint(canvas.fill_all(specks), far_away(rgb("f4f7fa"), light, 0.08), 0.75)


def pier(canvas: Canvas, light: Light, rng: np.random.Generator) -> None:
    """A wooden pier into the water, and a rowing boat."""
    x = rng.uniform(60, 200)
    tone = far_away(rgb("9a7d5e"), light, 0.03)
    deck = line((x, 326), (x + 14, 326), (x + 52, 404), (x - 30, 404))
    canvas.shadow(deck, 3, 0.35, (4, 4))
    canvas.paint(canvas.fill(deck), tone)
    boards = [
        line((x - 30 * t**1.2, 326 + 78 * t), (x + 14 + 38 * t**1.2, 326 + 78 * t))
        for t in np.linspace(0.04, 1, 15) ** 1.3
    ]
    canvas.paint(canvas.stroke(boards, 0.9), tone * 0.6, 0.8)
    bx, s = x + (70 if x < 130 else -70), 17.0
    hull = join(
        bend((bx - s, 322), (bx, 338), (bx + s * 1.1, 321)), bend((bx + s * 1.1, 321), (bx, 328), (bx - s, 322))
    )
    canvas.shadow(hull, 2.0, 0.4, (0, 4))
    canvas.paint(canvas.fill(hull), far_away(rgb(("a8453a", "f0e9d9", "2f5c7a")[int(rng.integers(3))]), light, 0.0))


def palm_tree(
    canvas: Canvas, x: float, base: float, lean: float, tall: float, light: Light, rng: np.random.Generator
) -> None:
    """A leaning palm."""
    trunk = bend((x, base), (x + lean * 0.15, base - tall * 0.55), (x + lean, base - tall), 20)
    canvas.paint(canvas.stroke([trunk], 5.0), far_away(rgb("7c6048"), light, 0.0))
    canvas.paint(canvas.stroke([trunk - (1.2, 0)], 1.4), far_away(rgb("b39672"), light, 0.0), 0.7)
    crown = trunk[-1]
    for angle in np.linspace(-3.5, 0.35, 11) + rng.normal(0, 0.1, 11):
        reach = rng.uniform(48, 66)
        tip = crown + np.array([np.cos(angle) * reach, np.sin(angle) * reach * 0.6 + reach * 0.36])
        spine = bend(
            tuple(crown),
            tuple(crown + np.array([np.cos(angle) * reach * 0.55, np.sin(angle) * reach * 0.75])),
            tuple(tip),
            16,
        )
        tone = far_away(rgb("4f7a48") * rng.uniform(0.75, 1.15), light, 0.0)
        drift = (tip[0] - crown[0]) / reach * 5
        strands = [
            np.stack([spine[i], spine[i] + np.array([sign * long * 0.45 + drift, long * 0.85])])
            for i, long in ((i, 13 * (1 - abs(i - 8) / 12)) for i in range(2, 16))
            for sign in (-1, 1)
        ]
        canvas.paint(canvas.stroke(strands, 1.5), tone)
        canvas.paint(canvas.stroke([spine], 1.3), tone * 0.8)

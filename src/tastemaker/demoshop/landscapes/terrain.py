"""Ground: ridges with lit and shaded flanks, water with reflections, trees, houses - each paler the farther it is."""

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.curves import box, ellipse, join, line
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.landscapes.sky import Light
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import clouds, surface


def far_away(colour: Field, light: Light, share: float) -> Field:
    """A colour under this light, ``share`` of the way into the haze."""
    return mix(np.clip(colour * light.tint, 0, 1).astype(np.float32), light.haze, share)


def crest(base: float, tall: float, rng: np.random.Generator, *, rough: float = 0.5, waves: float = 3.0) -> Field:
    """The line where a range meets the sky: several octaves of hills.

    Args:
        base: height of the valleys on the sheet.
        tall: of the highest top above it.
        rng: chance.
        rough: how much smaller hills add, 0 for dunes to 0.7 for rock.
        waves: number of large hills.
    """
    x = np.linspace(-4, 304, 220)
    y, height = np.zeros_like(x), 1.0
    count = waves
    for _ in range(6):
        knots = rng.uniform(0, 1, int(count) + 4)
        position = (x + 4) / 308 * count + rng.uniform(0, 1)
        cell = position.astype(int)
        t = position - cell
        t = t * t * (3 - 2 * t) if rough < 0.4 else t
        y += height * (knots[cell] * (1 - t) + knots[cell + 1] * t)
        height, count = height * rough, count * 2.1
    y = (y - y.min()) / (np.ptp(y) + 1e-6)
    return np.stack([x, base - tall * y], 1)


def land(
    canvas: Canvas,
    top: Field,
    colour: Field,
    light: Light,
    rng: np.random.Generator,
    *,
    share: float,
    relief: float = 0.25,
    bottom: float = 402.0,
) -> Patch:
    """Fill the ground below a crest, with flanks lit from the sun's side and mist in the valleys."""
    patch = canvas.fill(join(top, line((304, bottom), (-4, bottom))))
    tone = far_away(colour, light, share)
    depth = patch.y - np.interp(patch.x, top[:, 0], top[:, 1])
    flank = _flanks(patch, top, depth, light, rng, canvas.scale) * relief
    rim = np.exp(-np.clip(depth, 0, None) / 7) * 0.08 * (1 - share)
    shade = np.clip(1 + flank * (1 - 0.75 * share) + rim, 0.45, 1.3)
    mist = np.clip(depth / 95, 0, 1) ** 1.4 * share * 0.85
    body = np.clip(tone * shade[..., None], 0, 1)
    canvas.paint(patch, (body + (light.haze - body) * mist[..., None]).astype(np.float32))
    return patch


def _flanks(patch: Patch, top: Field, depth: Field, light: Light, rng: np.random.Generator, scale: float) -> Field:
    """Lit and shaded flanks: every slope of the crest runs on downwards, bent by gullies; about -1 to 1."""
    side = 1.0 if light.at[0] < 150 else -1.0
    field = clouds(patch.shape, 22 * scale, rng, 3)
    slope = np.gradient(np.convolve(top[:, 1], np.ones(5) / 5, mode="same"), top[:, 0])
    slope[:4], slope[-4:] = slope[4], slope[-5]
    run = patch.x + field * np.clip(depth, 0, 60) * 0.30 + side * depth * 0.22
    lit = -np.tanh(np.interp(run, top[:, 0], slope) * side * 1.6)
    gullies = np.clip(np.gradient(field, axis=1) * -side * 3.0, -0.5, 0.5)
    return np.asarray(lit * np.exp(-np.clip(depth, 0, None) / 90) + gullies, np.float32)


def snow_caps(
    canvas: Canvas,
    top: Field,
    light: Light,
    rng: np.random.Generator,
    *,
    share: float,
    line_at: float,
    steep: float = 18.0,
) -> None:
    """Snow on the heights of a range, ragged below, blue in the shade."""
    patch = canvas.fill(join(top, line((304, 402), (-4, 402))))
    depth = patch.y - np.interp(patch.x, top[:, 0], top[:, 1])
    field = clouds(patch.shape, 15 * canvas.scale, rng, 3)
    streaks = np.sin(patch.x / 5 + 3 * field) * 0.35
    cover = np.clip((line_at - patch.y + (field + streaks) * steep) / 9, 0, 1)
    lit = np.clip(0.62 + 0.62 * _flanks(patch, top, depth, light, rng, canvas.scale), 0, 1)[..., None]
    bright, dim = far_away(rgb("fbfaf6"), light, share), far_away(rgb("a9bad0"), light, share)
    canvas.paint(patch.times(cover), (dim + (bright - dim) * lit).astype(np.float32))


def water(
    canvas: Canvas,
    y: float,
    deep: Field,
    light: Light,
    rng: np.random.Generator,
    *,
    mirror: float = 0.5,
    bottom: float = 402.0,
) -> None:
    """Water from ``y`` down: mirrors what stands above it, ripples towards the viewer, glitters below the sun."""
    scale = canvas.scale
    top = int(y * scale)
    end = min(canvas.pixels.shape[0], int(bottom * scale))
    rows = np.arange(top, end)
    ripple = clouds((len(rows), canvas.pixels.shape[1]), 9 * scale, rng, 3)
    near = ((rows - top) / max(1, end - top))[:, None]
    source = np.clip(2 * top - rows[:, None] + (ripple * (2 + 14 * near)).astype(int) - 1, 0, max(0, top - 1))
    columns = np.broadcast_to(np.arange(canvas.pixels.shape[1])[None, :], source.shape)
    seen = canvas.pixels[source, columns]
    tone = (
        mix(light.low, far_away(deep, light, 0.0), 0.55)
        + (far_away(deep, light, 0.0) - light.low) * (near * 0.45)[..., None]
    )
    mixed = tone + (seen - tone) * (mirror * (1 - 0.55 * near))[..., None]
    lines = np.repeat(clouds((len(rows), canvas.pixels.shape[1] // 6 + 1), 3.2, rng, 2), 6, axis=1)[
        :, : canvas.pixels.shape[1]
    ]
    mixed = mixed * (1 + 0.10 * lines * (0.3 + near))[..., None]
    x = (np.arange(canvas.pixels.shape[1]) + 0.5)[None, :] / scale
    path = (
        np.exp(-(((x - light.at[0]) / (9 + 46 * near)) ** 2))
        * np.clip(lines * 1.6 + 0.15, 0, 1)
        * (0.75 if light.hour != "noon" else 0.35)
    )
    canvas.pixels[top:end] = np.clip(mixed + (light.sun - mixed) * path[..., None], 0, 1)


def _foot(base: float | Field, x: float, rng: np.random.Generator) -> float:
    """Where something stands: on a crest, or about a height."""
    if isinstance(base, np.ndarray):
        return float(np.interp(x, base[:, 0], base[:, 1]))
    return float(base + rng.uniform(-4, 4))


def conifers(
    canvas: Canvas,
    base: float | Field,
    tall: float,
    colour: Field,
    light: Light,
    rng: np.random.Generator,
    *,
    share: float,
    count: int = 26,
) -> None:
    """Firs along a line: jagged tiers, a lit side."""
    tone = far_away(colour, light, share)
    trees, lit = [], []
    for x in np.sort(rng.uniform(-8, 308, count)):
        foot = _foot(base, x, rng)
        h = tall * rng.uniform(0.55, 1.1)
        w = h * rng.uniform(0.19, 0.26)
        levels = np.linspace(0, 1, 8)
        jag = np.where(np.arange(8) % 2 == 0, 1.0, 0.62) * rng.uniform(0.85, 1.15, 8)
        right = np.stack([x + w * (1 - levels) * jag, foot - h * (levels * 0.92 + 0.08)], 1)
        left = np.stack(
            [x - w * (1 - levels) * jag[::-1] * 0 - w * (1 - levels) * jag, foot - h * (levels * 0.92 + 0.08)], 1
        )
        trees.append(join(right, left[::-1]))
        side = left if light.at[0] < 150 else right
        lit.append(join(side, np.stack([np.full(8, x), side[:, 1]], 1)[::-1]))
    canvas.paint(canvas.fill_all(trees), tone * 0.86)
    canvas.paint(canvas.fill_all(lit), np.clip(tone * 1.18 + 0.02, 0, 1), 0.7)


def bushes(
    canvas: Canvas,
    base: float | Field,
    size: float,
    colour: Field,
    light: Light,
    rng: np.random.Generator,
    *,
    share: float,
    count: int = 40,
) -> None:
    """Round trees and shrubs: dark mass, lit crowns."""
    tone = far_away(colour, light, share)
    masses, crowns = [], []
    side = -0.25 if light.at[0] < 150 else 0.25
    for x in rng.uniform(-8, 308, count):
        foot = _foot(base, x, rng)
        r = size * rng.uniform(0.5, 1.1)
        masses.append(ellipse(x, foot - r * 0.6, r, r * 0.85))
        crowns.append(ellipse(x + side * r, foot - r * 0.85, r * 0.62, r * 0.45))
    canvas.paint(canvas.fill_all(masses), tone * 0.8)
    crown = canvas.fill_all(crowns, pad=3)
    canvas.paint(
        Patch(soften(crown.alpha, 1.3 * canvas.scale), crown.x, crown.y, crown.window), np.clip(tone * 1.25, 0, 1), 0.75
    )


def house(
    canvas: Canvas,
    x: float,
    base: float,
    size: float,
    wall: Field,
    roof: Field,
    light: Light,
    *,
    share: float = 0.1,
    lit: bool = False,
) -> None:
    """A small house seen from a corner."""
    w, r = far_away(wall, light, share), far_away(roof, light, share)
    s = size
    shadow_left = light.at[0] > x
    front = line(
        (x - s, base),
        (x - s, base - s * 0.8),
        (x - s * 0.4, base - s * 1.35),
        (x + s * 0.15, base - s * 0.8),
        (x + s * 0.15, base),
    )
    side = line(
        (x + s * 0.15, base), (x + s * 0.15, base - s * 0.8), (x + s * 1.2, base - s * 0.8), (x + s * 1.2, base)
    )
    top = line(
        (x - s * 0.4, base - s * 1.38),
        (x + s * 0.22, base - s * 0.74),
        (x + s * 1.28, base - s * 0.74),
        (x + s * 0.75, base - s * 1.38),
    )
    canvas.shadow(box(x - s, base - 1, x + s * 1.2, base + 1.5), 1.5, 0.35)
    canvas.paint(canvas.fill(front), w * (0.78 if shadow_left else 1.0))
    canvas.paint(canvas.fill(side), w * (1.0 if shadow_left else 0.76))
    canvas.paint(canvas.fill(top), r)
    gaps = ((-0.62, -0.36), (0.4, 0.58), (0.82, 1.0))
    panes = [box(x + s * a, base - s * 0.6, x + s * b, base - s * 0.28) for a, b in gaps]
    canvas.paint(canvas.fill_all(panes), rgb("ffd98a") if lit else w * 0.42, 0.95)


def meadow(
    canvas: Canvas, top: float, colour: Field, light: Light, rng: np.random.Generator, flowers: Field | None = None
) -> None:
    """Grass near the viewer, in strokes that grow towards the lower edge; perhaps with flowers."""
    strokes: list[Field] = []
    for _ in range(260):
        depth = rng.random() ** 0.7
        y = top + (404 - top) * depth
        x, h = rng.uniform(-4, 304), 3 + 13 * depth
        strokes.append(line((x, y), (x + rng.normal(0, 2.5), y - h)))
    tone = far_away(colour, light, 0.0)
    canvas.paint(canvas.stroke(strokes[::2], 0.9), np.clip(tone * 1.22, 0, 1), 0.65)
    canvas.paint(canvas.stroke(strokes[1::2], 0.9), tone * 0.66, 0.6)
    if flowers is not None:
        heads = [ellipse(stroke[1, 0], stroke[1, 1], 1.2 + rng.random(), 1.2) for stroke in strokes[::3]]
        canvas.paint(canvas.fill_all(heads), far_away(flowers, light, 0.0), 0.9)


def finish(canvas: Canvas, light: Light, rng: np.random.Generator) -> None:
    """What a lens adds: a little bloom, grain, darker corners."""
    sheet = canvas.whole()
    bright = np.clip(canvas.pixels.max(axis=2) - 0.82, 0, 1)
    bloom = soften(bright.astype(np.float32), 7 * canvas.scale)[..., None]
    canvas.pixels += bloom * light.sun * 0.55
    far = np.hypot((sheet.x - 150) / 250, (sheet.y - 200) / 320)
    canvas.pixels *= (1.02 - 0.10 * far**2 + 0.010 * surface("cotton", sheet.shape, rng))[..., None].astype(np.float32)

"""Ten landscapes, each put together from the same ground, water, trees and light."""

from collections.abc import Callable

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.curves import bend, box, ellipse, flow, join, line, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.landscapes.props import (
    beach,
    blocks,
    bridge,
    caravan,
    dune,
    palm_tree,
    pier,
    sail,
    snow_on_trees,
)
from tastemaker.demoshop.landscapes.sky import Light, aurora
from tastemaker.demoshop.landscapes.terrain import (
    bushes,
    conifers,
    crest,
    far_away,
    house,
    land,
    meadow,
    snow_caps,
    water,
)
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import clouds, surface

Scene = Callable[[Canvas, Light, Piece, np.random.Generator], None]
_GREENS = {"spring": "7d9a57", "summer": "6d8b4a", "autumn": "a07c3f", "winter": "7c8a78"}
_TREES = {"spring": "5f8150", "summer": "3f6342", "autumn": "b06a2f", "winter": "4c5d56"}


def _green(piece: Piece) -> Field:
    return rgb(_GREENS[piece["season"]])


def _tree(piece: Piece) -> Field:
    return rgb(_TREES[piece["season"]])


def _mountains(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    for base, tall, share in ((250, 105, 0.72), (272, 150, 0.5)):
        top = crest(base, tall, rng, rough=0.52, waves=rng.uniform(2, 4))
        land(canvas, top, rgb("6f7c8c"), light, rng, share=share, relief=0.42)
        snow_caps(canvas, top, light, rng, share=share * 0.75, line_at=base - tall * 0.52)
    top = crest(312, 80, rng, rough=0.42, waves=3)
    land(canvas, top, mix(_green(piece), rgb("5d6b5e"), 0.5), light, rng, share=0.28, relief=0.35)
    conifers(canvas, top, 26, _tree(piece), light, rng, share=0.24, count=34)
    if rng.random() < 0.4:
        water(canvas, 322, rgb("3f6f80"), light, rng, mirror=0.7)
    near = crest(368, 30, rng, rough=0.3, waves=2)
    land(canvas, near, _green(piece), light, rng, share=0.0, relief=0.2)
    if rng.random() < 0.6:
        house(
            canvas,
            rng.uniform(70, 220),
            float(near[110, 1]) + 10,
            13,
            rgb("8a6a4c"),
            rgb("5c4638"),
            light,
            lit=light.hour in ("evening", "night"),
        )
    meadow(canvas, 362, _green(piece), light, rng, rgb("f0e6c8") if piece["season"] in ("spring", "summer") else None)


def _coast(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    top = crest(246, 46, rng, rough=0.4, waves=2)
    land(canvas, top, rgb("7f8f86"), light, rng, share=0.55)
    water(canvas, 244, rgb("1f7f93") if light.hour != "evening" else rgb("3c6a86"), light, rng, mirror=0.35)
    side = rng.random() < 0.5
    x = np.linspace(-4, 304, 120)
    rise = np.clip((x - 120) / 180, 0, 1) if side else np.clip((180 - x) / 180, 0, 1)
    cliff = np.stack([x, 388 - 150 * rise**0.75 + 5 * np.sin(x / 7)], 1)
    land(canvas, cliff, rgb("b79f7d"), light, rng, share=0.06, relief=0.42)
    bushes(canvas, cliff, 8, rgb("5f7348"), light, rng, share=0.05, count=26)
    for t in np.sort(rng.uniform(0.35, 0.95, 7)):
        hx = 120 + 180 * t if side else 180 - 180 * t
        hy = float(np.interp(hx, cliff[:, 0], cliff[:, 1])) + rng.uniform(2, 16)
        house(
            canvas,
            hx,
            hy,
            rng.uniform(6.5, 11),
            rgb("f4efe4"),
            rgb(("c26b4a", "3f6f9f", "e9e2d2")[int(rng.integers(3))]),
            light,
            share=0.05,
            lit=light.hour in ("evening", "night"),
        )
    beach(canvas, light, left=side)
    if piece["activity"] == "sailing" or rng.random() < 0.4:
        sail(
            canvas,
            rng.uniform(40, 130) if side else rng.uniform(170, 260),
            rng.uniform(270, 300),
            rng.uniform(9, 15),
            light,
        )


def _desert(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    sand = rgb(("d9a066", "e0b982", "c98254", "e8d3b0")[int(rng.integers(4))])
    land(canvas, crest(244, 40, rng, rough=0.45, waves=3), mix(sand, rgb("8d6f72"), 0.5), light, rng, share=0.62)
    for base, tall, share in ((268, 34, 0.4), (304, 54, 0.22), (352, 76, 0.06)):
        dune(canvas, crest(base, tall, rng, rough=0.12, waves=rng.uniform(1.2, 2.4)), sand, light, rng, share)
    if piece["activity"] == "camel trek" or rng.random() < 0.35:
        caravan(canvas, rng.uniform(60, 150), 318, light)


def _forest(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    land(canvas, crest(240, 60, rng, rough=0.4, waves=3), rgb("6d8076"), light, rng, share=0.7)
    for base, tall, share, count in ((262, 42, 0.55, 46), (292, 62, 0.36, 40), (326, 92, 0.18, 30)):
        ground = crest(base, 22, rng, rough=0.3, waves=3)
        land(canvas, ground, mix(_tree(piece), rgb("4f5d4a"), 0.5), light, rng, share=share)
        conifers(canvas, shifted(ground, 0, 5), tall, rgb("3f5d4c"), light, rng, share=share, count=count)
        if piece["season"] == "autumn":
            bushes(
                canvas,
                shifted(ground, 0, 7),
                tall * 0.24,
                rgb(("c2792f", "b3522c", "d0a03c")[int(rng.integers(3))]),
                light,
                rng,
                share=share,
                count=18,
            )
    if rng.random() < 0.5:
        water(canvas, 340, rgb("2f5248"), light, rng, mirror=0.75)
    else:
        floor = crest(358, 18, rng, rough=0.3, waves=2)
        land(canvas, floor, _green(piece), light, rng, share=0.0)
        path = join(
            flow([(150, 356), (132, 372), (165, 388), (120, 406)]),
            flow([(190, 406), (188, 388), (146, 372), (156, 356)]),
        )
        canvas.paint(canvas.fill(path), far_away(rgb("b59b74"), light, 0.05))
        meadow(canvas, 358, _green(piece), light, rng)
    if piece["stay"] == "cabin" or rng.random() < 0.3:
        house(canvas, rng.uniform(70, 220), 342, 15, rgb("7a5638"), rgb("43352c"), light, share=0.04, lit=True)


def _city(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    walls = [rgb(code) for code in ("e7cfae", "d9a887", "e9dcc4", "c98f6f", "cfc3b2", "b9a79a", "dfb8a0")]
    if piece["region"] == "the Americas":
        walls = [rgb(code) for code in ("8796a6", "a9b2bb", "6d7d90", "c2c3bf", "97877c")]
    for base, tall, share in ((262, 95, 0.66), (298, 105, 0.40), (338, 110, 0.14)):
        blocks(canvas, base, tall, walls, light, rng, share, modern=piece["region"] == "the Americas")
    if rng.random() < 0.65:
        canvas.paint(canvas.fill(box(-2, 334, 302, 345)), far_away(rgb("a4937f"), light, 0.05))
        water(canvas, 344, rgb("3d6170"), light, rng, mirror=0.72)
        if rng.random() < 0.6:
            bridge(canvas, light)
    else:
        canvas.paint(canvas.fill(box(-2, 334, 302, 404)), far_away(rgb("b7a894"), light, 0.0))
        bushes(canvas, 352.0, 13, _tree(piece), light, rng, share=0.0, count=16)


def _snow(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    if piece["activity"] == "northern lights" or light.hour == "night":
        aurora(canvas, rng)
    for base, tall, share in ((248, 90, 0.62), (276, 125, 0.4)):
        top = crest(base, tall, rng, rough=0.5, waves=rng.uniform(2, 4))
        land(canvas, top, rgb("7f90a6"), light, rng, share=share, relief=0.42)
        snow_caps(canvas, top, light, rng, share=share * 0.7, line_at=base + 4, steep=26)
    white = rgb("eef2f6")
    for base, tall, share, height in ((316, 34, 0.16, 46), (360, 36, 0.0, 0)):
        top = crest(base, tall, rng, rough=0.18, waves=2)
        patch = land(canvas, top, white, light, rng, share=share, relief=0.07)
        canvas.light(patch.times((surface("suede", patch.shape, rng) > 0.4).astype(np.float32) * 0.10), 0.8)
        if height:
            conifers(canvas, shifted(top, 0, 6), height, rgb("3d5453"), light, rng, share=0.14, count=30)
            snow_on_trees(canvas, top, light, rng)
    if piece["stay"] in ("cabin", "hotel", "guesthouse"):
        house(canvas, rng.uniform(80, 220), 356, 17, rgb("6d4a35"), rgb("f2f5f8"), light, share=0.0, lit=True)
    tracks = [flow([(100 + dx, 404), (120 + dx, 380), (175 + dx * 0.6, 366), (210 + dx * 0.4, 352)]) for dx in (0, 9)]
    canvas.paint(canvas.stroke(tracks, 1.3), far_away(rgb("9fb2c8"), light, 0.0), 0.8)


def _lavender(canvas: Canvas, light: Light, _piece: Piece, rng: np.random.Generator) -> None:
    land(canvas, crest(246, 60, rng, rough=0.42, waves=2), rgb("7d8aa0"), light, rng, share=0.6)
    hill = crest(272, 24, rng, rough=0.2, waves=2)
    land(canvas, hill, rgb("8b9a68"), light, rng, share=0.3)
    bushes(canvas, shifted(hill, 0, 4), 9, rgb("56704a"), light, rng, share=0.28, count=24)
    vanish = rng.uniform(110, 190)
    field = canvas.fill(box(-2, 276, 302, 404))
    depth = np.clip((field.y - 270) / 134, 0.02, 1)
    across = (field.x - vanish) / (depth * 46)
    wave = across + 0.06 * np.sin(field.y / 9)
    row = np.abs((wave % 1.0) - 0.5) * 2
    tuft = 0.5 + 0.5 * clouds(field.shape, 4 * canvas.scale, rng, 3)
    mound = np.clip((row - 0.34 + 0.28 * (tuft - 0.5)) * 4, 0, 1)
    soil = far_away(rgb("b49a78"), light, 0.08)
    lit = np.clip(0.62 + 0.5 * tuft + (row - 0.7) * 0.6, 0.4, 1.25)[..., None]
    purple = far_away(mix(rgb("7a63ac"), rgb("a58bc9"), 0.35), light, 0.0)
    colour = (
        soil * (0.8 + 0.3 * depth[..., None])
        + (purple * lit - soil * (0.8 + 0.3 * depth[..., None])) * mound[..., None]
    )
    fade = ((1 - depth) ** 3 * 0.6)[..., None]
    colour = colour + (mix(light.haze, purple, 0.4) - colour) * fade
    canvas.paint(field, np.clip(colour, 0, 1).astype(np.float32))
    house(
        canvas,
        vanish + rng.uniform(-45, 25),
        280,
        15,
        rgb("d8c3a0"),
        rgb("b5714f"),
        light,
        share=0.1,
        lit=light.hour == "evening",
    )
    for x in (vanish + 34, vanish + 42, vanish - 62):
        canvas.paint(canvas.fill(ellipse(x, 262, 3.6, 18)), far_away(rgb("3f5a43"), light, 0.15))


def _lakes(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    for base, tall, share in ((236, 80, 0.66), (250, 84, 0.42)):
        top = crest(base, tall, rng, rough=0.45, waves=rng.uniform(2, 3.5))
        land(
            canvas,
            top,
            mix(rgb("64788a"), _green(piece), 0.35 if share < 0.5 else 0.0),
            light,
            rng,
            share=share,
            relief=0.4,
        )
    shore = crest(258, 16, rng, rough=0.35, waves=4)
    land(canvas, shore, _tree(piece), light, rng, share=0.24)
    conifers(canvas, shifted(shore, 0, 4), 28, _tree(piece), light, rng, share=0.22, count=48)
    water(canvas, 262, rgb("2e5c6c"), light, rng, mirror=0.86)
    if piece["activity"] in ("kayaking", "fishing", "swimming") or rng.random() < 0.5:
        pier(canvas, light, rng)
    else:
        top = crest(384, 22, rng, rough=0.3, waves=2)
        land(canvas, top, _green(piece), light, rng, share=0.0)
        meadow(canvas, 376, _green(piece), light, rng)


def _islands(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    for x, w, h, share in ((60, 90, 56, 0.5), (235, 60, 38, 0.58)):
        px = np.linspace(x - w, x + w, 60)
        hump = np.stack(
            [px, 246 - h * np.clip(np.cos((px - x) / w * 1.57), 0, 1) ** 0.6 * (1 + 0.08 * np.sin(px / 6))], 1
        )
        patch = canvas.fill(hump)
        canvas.paint(patch, far_away(rgb("5d7f5e"), light, share))
    lagoon = rgb("27a3a8") if light.hour in ("noon", "morning") else rgb("3f8097")
    water(canvas, 245, lagoon, light, rng, mirror=0.3)
    shallow = canvas.fill(join(bend((-6, 330), (140, 312), (306, 350), 30), line((306, 404), (-6, 404))), pad=14)
    canvas.paint(
        Patch(soften(shallow.alpha, 9 * canvas.scale), shallow.x, shallow.y, shallow.window),
        far_away(rgb("8fd8cf"), light, 0.05),
        0.6,
    )
    edge = bend((-6, 366), (150, 350), (306, 386), 30)
    canvas.paint(canvas.fill(join(edge, line((306, 404), (-6, 404)))), far_away(rgb("f0e0bd"), light, 0.0))
    canvas.paint(canvas.stroke([edge], 2.6), far_away(rgb("ffffff"), light, 0.0), 0.85)
    side = rng.random() < 0.5
    for lean, tall in ((58, 215), (92, 165)):
        palm_tree(canvas, 18 if side else 282, 392, lean if side else -lean, tall, light, rng)
    if piece["activity"] == "sailing" or rng.random() < 0.5:
        sail(canvas, 215 if side else 95, rng.uniform(272, 300), rng.uniform(10, 16), light)


def _hills(canvas: Canvas, light: Light, piece: Piece, rng: np.random.Generator) -> None:
    land(canvas, crest(244, 46, rng, rough=0.4, waves=3), rgb("7e8ea0"), light, rng, share=0.62)
    tones = (
        ("a9a45c", "8fa05a", "c2a95e", "7f9653")
        if piece["season"] != "autumn"
        else ("c29a4a", "b07f3f", "a4924e", "8d8a4a")
    )
    for base, tall, share in ((264, 34, 0.44), (290, 42, 0.28), (322, 46, 0.13), (366, 52, 0.0)):
        top = crest(base, tall, rng, rough=0.14, waves=rng.uniform(1.3, 2.6))
        patch = land(canvas, top, rgb(tones[int(rng.integers(4))]), light, rng, share=share, relief=0.15)
        depth = patch.y - np.interp(patch.x, top[:, 0], top[:, 1])
        rows = np.sin((patch.x * rng.uniform(0.3, 0.8) + depth * rng.uniform(0.6, 1.4)) * (0.55 - 0.3 * (1 - share)))
        if rng.random() < 0.6:
            canvas.light(
                patch.times((np.clip(rows * 3, 0, 1) * (1 - share) * np.clip(1 - depth / 70, 0, 1)).astype(np.float32)),
                0.78,
            )
        bushes(canvas, shifted(top, 0, 3), 4 + 5 * (1 - share), rgb("4f6a44"), light, rng, share=share, count=10)
        if 0.1 < share < 0.4:
            hx = rng.uniform(60, 240)
            hy = float(np.interp(hx, top[:, 0], top[:, 1])) + 4
            house(
                canvas,
                hx,
                hy,
                10,
                rgb("dcc6a4"),
                rgb("b0694a"),
                light,
                share=share * 0.8,
                lit=light.hour in ("evening", "night"),
            )
            cypress = [ellipse(hx + dx, hy - 9, 2.2, 12) for dx in (-16, -21, 17, 22, 27)]
            canvas.paint(canvas.fill_all(cypress), far_away(rgb("38523f"), light, share * 0.8))
    meadow(canvas, 376, rgb(tones[0]), light, rng, rgb("c8402f") if piece["season"] in ("spring", "summer") else None)


SCENES: dict[str, Scene] = {
    "mountains": _mountains,
    "coast": _coast,
    "desert": _desert,
    "forest": _forest,
    "city": _city,
    "snow": _snow,
    "lavender fields": _lavender,
    "lakes": _lakes,
    "islands": _islands,
    "hills": _hills,
}

"""Light and sky: the hour and the season decide every other colour of a landscape."""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.curves import ellipse
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import clouds


@dataclass(frozen=True)
class Light:
    """The light of one picture.

    Attributes:
        high, low: of the sky, at the top and at the horizon.
        haze: what distance fades to.
        sun: colour of the sun (or the moon).
        at: where it stands on the sheet.
        tint: what it does to every surface.
        hour: morning, noon, evening or night.
    """

    high: Field
    low: Field
    haze: Field
    sun: Field
    at: tuple[float, float]
    tint: Field
    hour: str


_HOURS: dict[str, tuple[tuple[str, str, str, str, tuple[float, float, float]], ...]] = {
    # several (high, low, haze, sun, tint) an hour
    "morning": (
        ("93b2c8", "f1e2cf", "e3dad0", "fff3d8", (1.01, 0.99, 0.96)),
        ("aab7cd", "f3dcd2", "e6d8d4", "ffeedd", (1.02, 0.98, 0.97)),
        ("a0c0c8", "ecead8", "dfe0d4", "fff6d6", (1.0, 1.0, 0.95)),
    ),
    "noon": (
        ("5b93be", "d2e2e8", "d0dde3", "fffdf2", (1.01, 1.0, 0.99)),
        ("6aa3c4", "dce9e8", "d4e1e1", "fffdf2", (1.02, 1.01, 0.98)),
        ("7f9fbb", "e2e6e4", "d8dfe0", "fffdf2", (1.0, 1.0, 1.0)),
    ),
    "evening": (
        ("7683a6", "f2c6a2", "dfbfa8", "ffe6b8", (1.05, 0.95, 0.87)),
        ("8c87a8", "f0b79b", "d9b0a4", "ffdcae", (1.06, 0.92, 0.87)),
        ("6a8a9f", "f5d7a6", "dec9a8", "ffeec4", (1.05, 0.98, 0.84)),
    ),
    "night": (
        ("141c36", "3c4a6e", "3a4766", "f4f1dc", (0.42, 0.49, 0.68)),
        ("111b2e", "324d63", "354f66", "f4f1dc", (0.40, 0.51, 0.64)),
    ),
}


def light_of(piece: Piece, rng: np.random.Generator) -> Light:
    """The light that a trip's hour and season have."""
    hour = piece["light"] if piece["activity"] not in ("northern lights", "stargazing") else "night"
    options = _HOURS[hour]
    high, low, haze, sun, tint = options[int(rng.integers(len(options)))]
    height = {"morning": 150.0, "noon": -20.0, "evening": 172.0, "night": 80.0}[hour] + float(rng.normal(0, 12))
    colour = np.array(tint, np.float32)
    if piece["season"] == "autumn" and hour != "night":
        colour = colour * np.array([1.03, 0.98, 0.92], np.float32)
    return Light(rgb(high), rgb(low), rgb(haze), rgb(sun), (float(rng.uniform(50, 250)), height), colour, hour)


def paint_sky(canvas: Canvas, light: Light, rng: np.random.Generator, horizon: float = 235.0) -> None:
    """Gradient, sun with its glow, clouds or stars."""
    sheet = canvas.whole()
    share = np.clip(sheet.y / horizon, 0, 1)[..., None] ** 1.15
    canvas.pixels[:] = light.high + (light.low - light.high) * share
    far = np.hypot(sheet.x - light.at[0], sheet.y - light.at[1])
    glow = np.exp(-far / 62)[..., None] * (0.55 if light.hour != "night" else 0.16)
    canvas.pixels += (light.sun - canvas.pixels) * glow.astype(np.float32)
    if light.hour == "night":
        _stars(canvas, rng)
    if light.hour != "noon":
        radius = 9.0 if light.hour == "night" else 12.0
        canvas.paint(canvas.fill(ellipse(*light.at, radius, radius)), light.sun, 0.96)
    _clouds(canvas, light, rng)


def _clouds(canvas: Canvas, light: Light, rng: np.random.Generator) -> None:
    """Streaks near the horizon, heaps higher up; lit from the sun's side."""
    sheet = canvas.whole()
    tall, wide = sheet.shape
    streak = clouds((tall, wide // 3 + 1), 20 * canvas.scale, rng, 4)
    field = np.repeat(streak, 3, axis=1)[:, :wide] * 0.5 + clouds(sheet.shape, 60 * canvas.scale, rng, 4) * 0.8
    band = np.exp(-(((sheet.y - rng.uniform(60, 150)) / 75) ** 2))
    cover = np.clip((field - rng.uniform(0.05, 0.5)) * 1.3, 0, 1) * band
    bright = mix(light.sun, light.low, 0.35) if light.hour != "night" else mix(light.low, light.sun, 0.18)
    under = mix(light.high, light.haze, 0.6)
    shade = np.clip(0.6 - np.gradient(field, axis=0) * 9, 0, 1)[..., None]
    canvas.paint(sheet.times(cover * 0.8), (under + (bright - under) * shade).astype(np.float32))


def _stars(canvas: Canvas, rng: np.random.Generator) -> None:
    count = 240
    shapes = [
        ellipse(x, y, r, r)
        for x, y, r in zip(
            rng.uniform(0, 300, count), 230 * rng.random(count), 0.3 + rng.exponential(0.26, count), strict=True
        )
    ]
    canvas.paint(canvas.fill_all(shapes), rgb("f3f0e4"), 0.9)


def aurora(canvas: Canvas, rng: np.random.Generator) -> None:
    """Curtains of green and violet light."""
    sheet = canvas.whole()
    for _ in range(3):
        base = (
            rng.uniform(110, 185)
            + 22 * np.sin(sheet.x / rng.uniform(38, 70) + rng.uniform(0, 6))
            + 9 * np.sin(sheet.x / 17 + rng.uniform(0, 6))
        )
        rays = 0.65 + 0.35 * np.sin(sheet.x / 3.1 + 2 * np.sin(sheet.x / 23))
        height = np.clip((base - sheet.y) / rng.uniform(70, 110), 0, 1)
        curtain = np.where(sheet.y < base, np.exp(-height * 3.2) * (1 - np.exp(-(base - sheet.y) / 5)), 0) * rays
        tone = rgb("6ff0b4") + (rgb("8a6fe0") - rgb("6ff0b4")) * np.clip(height * 1.5, 0, 1)[..., None]
        canvas.pixels += tone * (curtain * 0.42)[..., None].astype(np.float32)

"""The photographer's corner: paper backdrops that fall off softly, and a floor to stand things on."""

import numpy as np

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import clouds


def backdrop(width: int, tint: Field, rng: np.random.Generator) -> Canvas:
    """Studio paper: a pool of light at the upper left, falling off towards the corners."""
    canvas = Canvas(width, tint)
    sheet = canvas.whole()
    far = np.hypot((sheet.x - 128) / 260, (sheet.y - 150) / 330)
    light = 1.035 - 0.13 * far**1.6 + clouds(sheet.shape, 130 * canvas.scale, rng) * 0.006
    canvas.pixels *= light[..., None].astype(np.float32)
    return canvas


def stage(width: int, wall: Field, floor: Field, horizon: float, rng: np.random.Generator) -> Canvas:
    """A wall that meets a floor in a soft line, both lit from the upper left."""
    canvas = Canvas(width, wall)
    sheet = canvas.whole()
    far = np.hypot((sheet.x - 110) / 300, (sheet.y - 120) / 360)
    wall_light = 1.03 - 0.15 * far**1.5 + clouds(sheet.shape, 120 * canvas.scale, rng) * 0.008
    canvas.pixels *= wall_light[..., None].astype(np.float32)
    blend = np.clip((sheet.y - horizon) / 2.2 + 0.5, 0, 1) * np.ones_like(sheet.alpha)
    near = np.clip((sheet.y - horizon) / (400 - horizon), 0, 1)
    floor_light = 0.93 + 0.1 * near - 0.1 * np.clip((sheet.x - 130) / 300, 0, 1)
    ground = floor * floor_light[..., None]
    canvas.pixels += (ground - canvas.pixels) * blend[..., None]
    line = np.exp(-(((sheet.y - horizon) / 5.0) ** 2)) * np.ones_like(sheet.alpha)
    canvas.pixels *= (1 - 0.10 * line)[..., None].astype(np.float32)
    return canvas


def warm_floor(name: str) -> Field:
    """A floor by name."""
    return {
        "oak": mix(rgb("c9ab84"), rgb("d8c3a2"), 0.5),
        "concrete": rgb("c6c3bd"),
        "pale": rgb("ded6c9"),
        "dark": rgb("8b7460"),
    }[name]

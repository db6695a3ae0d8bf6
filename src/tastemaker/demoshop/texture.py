"""Noise and materials: what a surface looks like from close, as a field to multiply a colour with."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from tastemaker.core.seeds import generator
from tastemaker.demoshop.canvas import Patch, soften
from tastemaker.demoshop.field import Field

_TILE = 512


def clouds(shape: tuple[int, int], cell: float, rng: np.random.Generator, octaves: int = 1) -> Field:
    """Smooth random hills of about ``cell`` pixels, mean 0, roughly -1 to 1; each octave halves size and height."""
    tall, wide = shape
    total, height = np.zeros(shape, np.float32), 1.0
    for _ in range(octaves):
        grid = rng.standard_normal((int(tall / cell) + 3, int(wide / cell) + 3)).astype(np.float32)
        image = Image.fromarray(grid * 0.5).resize((wide, tall), Image.Resampling.BICUBIC)
        total += np.asarray(image) * height
        height, cell = height / 2, max(1.0, cell / 2)
    return total


@cache
def _tile(name: str) -> Field:
    """A square of a surface, mean 0, standard deviation 1."""
    rng = generator(0, f"texture {name}")
    raw = rng.standard_normal((_TILE, _TILE)).astype(np.float32)
    made = _MAKERS[name](raw)
    return np.asarray((made - made.mean()) / made.std(), np.float32)


def _streaks(raw: Field, along: float, across: float) -> Field:
    return np.asarray(gaussian_filter(raw, (along, across), mode="wrap"))


def _linen(raw: Field) -> Field:
    return _streaks(raw, 0.7, 9) + _streaks(raw[::-1].T, 9, 0.7)


def _twill(raw: Field) -> Field:
    y, x = np.mgrid[:_TILE, :_TILE]
    return np.asarray(np.sin((x + y) * 2 * np.pi / 4) * 0.6 + _streaks(raw, 3, 0.8) * 6 + soften(raw, 5) * 6)


def _knit(raw: Field) -> Field:
    y, x = np.mgrid[:_TILE, :_TILE]
    column = np.abs((x % 8) - 3.5) / 3.5
    stitch = np.sin((y + 3.0 * column) * 2 * np.pi / 5.3)
    return np.asarray(stitch * 0.55 - (column > 0.8) * 1.1 + soften(raw, 1.5) * 1.2)


def _rib(raw: Field) -> Field:
    x = np.arange(_TILE)[None, :]
    return np.asarray(np.sin(x * 2 * np.pi / 8) + soften(raw, 1.0) * 0.6)


def _boucle(raw: Field) -> Field:
    fine = soften(raw, 1.4)
    return np.asarray(np.abs(fine) / fine.std() + soften(raw, 0.8) * 0.8)


def _wood(raw: Field) -> Field:
    rings = _streaks(raw, 3.0, 90) / _streaks(raw, 3.0, 90).std()
    return np.asarray(np.sin(rings * 4) * 0.5 + rings * 0.5 + _streaks(raw, 0.7, 40) * 5)


_MAKERS: dict[str, Callable[[Field], Field]] = {
    "cotton": lambda raw: soften(raw, 0.7),
    "linen": _linen,
    "denim": _twill,
    "knit": _knit,
    "rib": _rib,
    "wool": lambda raw: soften(raw, 1.0) + soften(raw, 4) * 1.2,
    "suede": lambda raw: soften(raw, 1.2) + soften(raw, 7) * 2,
    "leather": lambda raw: soften(raw, 1.2),
    "boucle": _boucle,
    "wood": _wood,
    "stone": lambda raw: soften(raw, 0.6) * 0.4 + soften(raw, 6) * 4,
    "weave": lambda raw: (
        np.sin(np.arange(_TILE) * 2 * np.pi / 8)[None, :] * np.sin(np.arange(_TILE) * 2 * np.pi / 8)[:, None]
        + soften(raw, 1) * 0.5
    ),
    "smooth": lambda raw: soften(raw, 3),
}

GRAIN = {
    "cotton": ("cotton", 0.012),
    "poplin": ("cotton", 0.008),
    "linen": ("linen", 0.022),
    "denim": ("denim", 0.05),
    "knit": ("knit", 0.07),
    "merino": ("knit", 0.045),
    "cashmere": ("wool", 0.016),
    "rib": ("rib", 0.08),
    "corduroy": ("rib", 0.11),
    "wool": ("wool", 0.026),
    "tweed": ("boucle", 0.035),
    "suede": ("suede", 0.03),
    "leather": ("leather", 0.015),
    "satin": ("smooth", 0.006),
    "viscose": ("cotton", 0.008),
    "jersey": ("cotton", 0.01),
    "fleece": ("boucle", 0.04),
    "nylon": ("smooth", 0.008),
    "canvas": ("linen", 0.04),
    "straw": ("weave", 0.085),
    "boucle": ("boucle", 0.042),
    "velvet": ("suede", 0.022),
    "felt": ("wool", 0.03),
    "rattan": ("weave", 0.10),
    "jute": ("weave", 0.1),
    "ceramic": ("stone", 0.015),
    "marble": ("stone", 0.02),
    "glass": ("smooth", 0.005),
    "metal": ("smooth", 0.01),
    "paper": ("cotton", 0.01),
    "stoneware": ("stone", 0.04),
}
"""Material as a label prints it -> (surface, contrast)."""


def surface(name: str, shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """A random cut of a surface, mean 0, standard deviation 1."""
    tile = _tile(name)
    top, left = (int(v) for v in rng.integers(0, _TILE, 2))
    rows = (np.arange(shape[0]) + top) % _TILE
    columns = (np.arange(shape[1]) + left) % _TILE
    return np.asarray(tile[rows[:, None], columns[None, :]])


def at(name: str, u: Field, v: Field) -> Field:
    """A surface at given coordinates (in texture pixels): for faces that are seen at an angle."""
    tile = _tile(name)
    return np.asarray(tile[v.astype(np.int64) % _TILE, u.astype(np.int64) % _TILE])


def grain(material: str, patch: Patch, rng: np.random.Generator) -> Field:
    """A factor around 1 that gives a patch the touch of a material."""
    name, contrast = GRAIN.get(material, ("cotton", 0.01))
    return np.asarray(1 + contrast * surface(name, patch.shape, rng))

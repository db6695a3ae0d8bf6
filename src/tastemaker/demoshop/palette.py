"""Colours of the shop: families that a shopper would name, shades that a label would print, and quiet backdrops."""

import numpy as np

from tastemaker.demoshop.field import Field

SHADES: dict[str, dict[str, str]] = {
    "white": {"chalk": "f4f2ee", "optic white": "fafafa", "milk": "f6f1e7"},
    "cream": {"ecru": "ebe3d0", "ivory": "f0e9d9", "oat": "ddd0b8"},
    "beige": {"sand": "d3c2a5", "stone": "c3b8a6", "camel": "bb9467"},
    "brown": {"tobacco": "8a6242", "chocolate": "57402f", "walnut": "6f5039"},
    "black": {"black": "26262a", "ink": "22252d", "soft black": "2f2e30"},
    "grey": {"pearl grey": "c0c0bf", "ash": "94969a", "charcoal": "52565c"},
    "navy": {"navy": "2a3757", "midnight": "26304a", "deep indigo": "363f68"},
    "blue": {"sky": "9dbcd6", "cornflower": "6389c0", "cobalt": "2f5ca8", "petrol": "356c82"},
    "green": {"sage": "a3b096", "moss": "727f54", "forest": "36573f", "olive": "77734a", "mint": "b4d2be"},
    "yellow": {"butter": "eedb98", "mustard": "cfa23c", "saffron": "e4b33f"},
    "orange": {"apricot": "e6ac7c", "terracotta": "c0714d", "rust": "a5532f"},
    "red": {"brick": "a8453a", "cherry": "b8293a", "poppy": "d3463a"},
    "burgundy": {"burgundy": "6d2a3a", "claret": "7e2f3f"},
    "pink": {"blush": "e8c8bf", "rose": "d495a0", "raspberry": "b64570"},
    "purple": {"lilac": "c3b2d3", "lavender": "a597c6", "plum": "64405f"},
}

FAMILIES = tuple(SHADES)

ACCENTS: dict[str, tuple[str, ...]] = {
    "white": ("2a3757", "a8453a", "36573f", "26262a"),
    "cream": ("2a3757", "a5532f", "57402f", "727f54"),
    "beige": ("f4f2ee", "57402f", "2a3757"),
    "brown": ("ebe3d0", "d3c2a5", "c0714d"),
    "black": ("f4f2ee", "c3b8a6", "b8293a"),
    "grey": ("f4f2ee", "2a3757", "26262a"),
    "navy": ("f4f2ee", "b8293a", "e8c8bf"),
    "blue": ("f4f2ee", "2a3757", "ebe3d0"),
    "green": ("f0e9d9", "eedb98", "2f2e30"),
    "yellow": ("f6f1e7", "57402f", "2a3757"),
    "orange": ("f0e9d9", "6d2a3a", "2a3757"),
    "red": ("f4f2ee", "26304a", "e8c8bf"),
    "burgundy": ("ebe3d0", "e8c8bf", "bb9467"),
    "pink": ("f4f2ee", "7e2f3f", "36573f"),
    "purple": ("f4f2ee", "57402f", "eedb98"),
}

BACKDROPS = ("efebe4", "eae7e2", "e9e4da", "e6e6e3", "ece5de", "e3e4e0", "efe9e6", "e4e1dc")
"""Studio paper, from warm to cool."""

WALLS = ("e9e3d8", "dfe0da", "e6dcd2", "d9dcd9", "e4ddd6", "d5d8d2", "e2d6c9", "dcdfe2")
"""Painted walls behind furniture."""


def rgb(code: str) -> Field:
    """A six-digit hexadecimal code as an array of three numbers, 0 to 1."""
    return np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255


def shade(family: str, name: str) -> Field:
    """The colour of one shade of a family."""
    return rgb(SHADES[family][name])


def mix(a: Field, b: Field, share: float) -> Field:
    """``a`` with ``share`` of ``b`` in it."""
    return (a + (b - a) * share).astype(np.float32)


def luminance(colour: Field) -> float:
    """How light a colour looks, 0 to 1."""
    return float(colour @ np.array([0.299, 0.587, 0.114], np.float32))

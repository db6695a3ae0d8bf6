"""The home range: furniture with real dimensions in centimetres, in the styles that shops sort it by."""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.goods import Fact, Piece, pick, rounded_price
from tastemaker.demoshop.palette import SHADES

Span = tuple[int, int]


@dataclass(frozen=True)
class Kind:
    """What one kind of furniture can be; sizes in cm."""

    share: float
    price: float
    materials: tuple[str, ...]
    forms: tuple[str, ...]
    rooms: tuple[str, ...]
    width: Span
    depth: Span
    height: Span
    patterns: tuple[str, ...] = ("plain",)


_SOFT = ("linen", "boucle", "velvet", "leather", "wool")
_WOODS = ("oak", "walnut", "ash", "pine")

KINDS: dict[str, Kind] = {
    "sofa": Kind(
        10, 980, _SOFT, ("two-seat", "three-seat", "corner"), ("living room",), (150, 250), (84, 100), (72, 86)
    ),
    "armchair": Kind(
        8, 460, _SOFT, ("lounge", "wing", "tub"), ("living room", "bedroom"), (68, 88), (70, 86), (74, 104)
    ),
    "chair": Kind(
        8,
        150,
        (*_WOODS, "metal", "rattan"),
        ("spindle", "slat", "upholstered"),
        ("dining room", "study"),
        (44, 54),
        (46, 56),
        (76, 90),
    ),
    "stool": Kind(4, 85, (*_WOODS, "metal"), ("bar", "low"), ("kitchen", "dining room"), (34, 44), (34, 44), (44, 76)),
    "dining table": Kind(
        6,
        690,
        (*_WOODS, "marble"),
        ("rectangular", "round"),
        ("dining room", "kitchen"),
        (120, 220),
        (80, 100),
        (73, 77),
    ),
    "coffee table": Kind(
        6,
        260,
        (*_WOODS, "marble", "glass"),
        ("rectangular", "round", "nesting"),
        ("living room",),
        (60, 120),
        (50, 70),
        (32, 44),
    ),
    "desk": Kind(4, 390, _WOODS, ("writing", "drawer"), ("study", "bedroom"), (100, 150), (55, 75), (73, 77)),
    "shelf": Kind(
        6,
        320,
        (*_WOODS, "metal"),
        ("open", "ladder", "cube"),
        ("living room", "study"),
        (60, 130),
        (28, 40),
        (110, 200),
    ),
    "sideboard": Kind(
        5, 540, _WOODS, ("doors", "drawers", "slatted"), ("living room", "dining room"), (120, 180), (40, 48), (68, 84)
    ),
    "bed": Kind(
        6,
        720,
        (*_WOODS, "linen", "velvet", "boucle"),
        ("platform", "headboard"),
        ("bedroom",),
        (148, 190),
        (208, 220),
        (90, 116),
    ),
    "nightstand": Kind(4, 140, _WOODS, ("drawer", "open"), ("bedroom",), (38, 52), (36, 44), (44, 60)),
    "floor lamp": Kind(
        5,
        190,
        ("metal", "linen", "paper", "rattan"),
        ("arc", "tripod", "column"),
        ("living room", "bedroom"),
        (36, 70),
        (36, 50),
        (135, 178),
    ),
    "table lamp": Kind(
        6,
        95,
        ("ceramic", "glass", "metal", "stoneware"),
        ("round", "tall", "mushroom"),
        ("bedroom", "study"),
        (24, 38),
        (24, 38),
        (32, 62),
    ),
    "pendant": Kind(
        4,
        120,
        ("metal", "paper", "rattan", "glass"),
        ("dome", "globe", "cone"),
        ("dining room", "kitchen"),
        (30, 62),
        (30, 62),
        (24, 48),
    ),
    "rug": Kind(
        7,
        280,
        ("wool", "jute", "cotton"),
        ("rectangular", "round"),
        ("living room", "bedroom", "hallway"),
        (140, 240),
        (90, 170),
        (1, 2),
        ("plain", "striped", "checked", "border", "geometric", "abstract"),
    ),
    "vase": Kind(
        6,
        48,
        ("ceramic", "glass", "stoneware"),
        ("round", "tall", "amphora", "bottle"),
        ("living room", "hallway"),
        (14, 28),
        (14, 28),
        (18, 46),
        ("plain", "plain", "striped", "speckled"),
    ),
    "plant": Kind(
        6,
        55,
        ("ceramic", "stoneware", "rattan"),
        ("fig", "palm", "snake plant", "olive tree"),
        ("living room", "study", "hallway"),
        (35, 80),
        (35, 80),
        (60, 170),
    ),
    "mirror": Kind(
        4,
        160,
        (*_WOODS, "metal"),
        ("round", "arched", "rectangular"),
        ("hallway", "bedroom"),
        (50, 90),
        (3, 5),
        (70, 170),
    ),
    "cushion": Kind(
        5,
        38,
        ("linen", "wool", "velvet", "boucle", "cotton"),
        ("square", "oblong"),
        ("living room", "bedroom"),
        (40, 60),
        (10, 16),
        (35, 50),
        ("plain", "striped", "checked", "floral", "geometric", "dotted"),
    ),
}

STYLES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # style: colours, woods, makers
    "scandinavian": (
        ("white", "grey", "beige", "blue", "green", "cream"),
        ("ash", "oak", "pine"),
        ("Fjordhus", "Lindqvist"),
    ),
    "japandi": (("cream", "beige", "green", "black", "grey"), ("oak", "ash"), ("Kumo Living", "Fjordhus")),
    "mid-century": (("orange", "yellow", "green", "brown", "blue"), ("walnut", "oak"), ("Palmer Row", "Ostend")),
    "industrial": (("black", "grey", "brown", "navy"), ("walnut", "pine"), ("Foundry 9", "Ostend")),
    "rustic": (("brown", "beige", "cream", "green", "red"), ("pine", "oak"), ("Barn & Byre", "Hearthside")),
    "glamour": (("burgundy", "green", "navy", "pink", "purple"), ("walnut",), ("Belrose", "Palmer Row")),
    "coastal": (("blue", "white", "cream", "navy", "yellow"), ("pine", "ash"), ("Saltmarsh", "Hearthside")),
}

_WOOD_SHADES = {
    "oak": ("beige", "camel"),
    "walnut": ("brown", "walnut"),
    "ash": ("cream", "oat"),
    "pine": ("beige", "sand"),
}
_MATERIAL_PRICE = {
    "leather": 1.5,
    "velvet": 1.2,
    "boucle": 1.25,
    "walnut": 1.3,
    "marble": 1.5,
    "pine": 0.7,
    "jute": 0.6,
    "glass": 0.95,
    "rattan": 0.9,
    "paper": 0.6,
    "cotton": 0.75,
    "metal": 0.95,
}


def pieces(count: int, rng: np.random.Generator, seed: int) -> list[Piece]:
    """``count`` different pieces for the home; every kind appears, in its share."""
    kinds, weights = list(KINDS), [kind.share for kind in KINDS.values()]
    made: list[Piece] = []
    while len(made) < count:
        name = kinds[len(made)] if len(made) < len(kinds) else pick(rng, kinds, weights)
        facts = _facts(name, KINDS[name], rng)
        made.append(Piece(f"h-{len(made) + 1:04d}", "home", facts, _price(name, facts, rng), seed=seed))
    return made


def _facts(name: str, kind: Kind, rng: np.random.Generator) -> dict[str, Fact]:
    style = pick(rng, list(STYLES))
    colours, woods, makers = STYLES[style]
    material = pick(rng, kind.materials)
    if material in _WOOD_SHADES:
        material = pick(rng, woods)
        colour, shade = _WOOD_SHADES[material]
    elif material in ("jute", "rattan"):
        colour, shade = "beige", pick(rng, ("sand", "camel"))
    else:
        colour = pick(rng, colours)
        shade = pick(rng, list(SHADES[colour]))
    facts: dict[str, Fact] = {
        "kind": name,
        "colour": colour,
        "shade": shade,
        "pattern": pick(rng, kind.patterns),
        "material": material,
        "form": pick(rng, kind.forms),
        "style": style,
        "room": pick(rng, kind.rooms),
        "brand": pick(rng, makers),
    }
    return facts | _dimensions(str(facts["form"]), kind, rng)


def _dimensions(form: str, kind: Kind, rng: np.random.Generator) -> dict[str, Fact]:
    low, high = kind.width
    if form == "two-seat":
        high = 180
    if form in ("three-seat", "corner"):
        low = 195
    width = int(rng.integers(low, high + 1))
    if form in ("round", "globe", "dome", "cone"):
        width = min(width, 150)
        depth = min(width, max(kind.depth[1], width if kind.depth[1] > 20 else 0))
    else:
        depth = int(rng.integers(kind.depth[0], kind.depth[1] + 1))
    height = int(rng.integers(kind.height[0], kind.height[1] + 1))
    if form in ("bar", "tall", "bottle"):
        height = kind.height[1] - int(rng.integers(0, 6))
    if form in ("low", "mushroom"):
        height = kind.height[0] + int(rng.integers(0, 6))
    return {"width_cm": width, "depth_cm": depth, "height_cm": height}


def _price(name: str, facts: dict[str, Fact], rng: np.random.Generator) -> float:
    kind = KINDS[name]
    size = float(facts["width_cm"]) / (sum(kind.width) / 2)
    material = _MATERIAL_PRICE.get(str(facts["material"]), 1.0)
    return rounded_price(kind.price * size**0.7 * material * float(np.exp(rng.normal(0, 0.25))))

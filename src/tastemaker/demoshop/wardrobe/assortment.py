"""The wardrobe range: which kinds there are, in which materials, patterns, cuts and colours, and for how much."""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.goods import Fact, Piece, pick, rounded_price
from tastemaker.demoshop.palette import FAMILIES, SHADES


@dataclass(frozen=True)
class Kind:
    """What one kind of garment can be."""

    share: float
    price: float
    materials: tuple[str, ...]
    patterns: tuple[str, ...]
    cuts: tuple[str, ...]
    styles: tuple[str, ...]
    sleeves: tuple[str, ...] = ()
    necks: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()


_SHIRT = ("plain", "plain", "candy stripe", "gingham", "dotted", "floral", "checked", "pinstripe")
_KNIT = ("plain", "plain", "striped", "fair isle", "cable knit", "colour block")
_DRESS = ("plain", "plain", "floral", "dotted", "gingham", "abstract", "striped", "floral")
_COAT = ("plain", "plain", "plain", "herringbone", "checked", "windowpane")

KINDS: dict[str, Kind] = {
    "shirt": Kind(
        9,
        62,
        ("linen", "poplin", "cotton", "denim", "viscose"),
        _SHIRT,
        ("regular", "relaxed", "slim"),
        ("classic", "minimal", "workwear", "bohemian", "classic"),
        ("long", "short"),
        ("collar", "band collar"),
    ),
    "t-shirt": Kind(
        8,
        26,
        ("jersey", "cotton", "linen"),
        ("plain", "plain", "striped", "wide stripe", "colour block"),
        ("regular", "relaxed", "slim"),
        ("minimal", "sporty", "workwear"),
        ("short", "long"),
        ("crew", "v-neck"),
    ),
    "blouse": Kind(
        5,
        68,
        ("viscose", "satin", "linen", "cotton"),
        ("plain", "floral", "dotted", "abstract", "plain"),
        ("relaxed", "regular"),
        ("romantic", "bohemian", "evening"),
        ("long", "short"),
        ("v-neck", "band collar", "crew"),
    ),
    "top": Kind(
        3,
        29,
        ("jersey", "linen", "satin", "rib"),
        ("plain", "striped", "dotted", "floral"),
        ("slim", "regular"),
        ("minimal", "sporty", "evening", "romantic"),
        ("sleeveless",),
        ("crew", "v-neck"),
    ),
    "jumper": Kind(
        8,
        92,
        ("merino", "wool", "cashmere", "knit"),
        _KNIT,
        ("regular", "relaxed", "oversized"),
        ("classic", "minimal", "bohemian", "workwear"),
        ("long",),
        ("crew", "v-neck", "roll neck"),
    ),
    "cardigan": Kind(
        4,
        98,
        ("merino", "wool", "knit", "cashmere"),
        ("plain", "plain", "striped", "cable knit", "fair isle"),
        ("regular", "oversized"),
        ("romantic", "classic", "bohemian"),
        ("long",),
        ("v-neck", "crew"),
    ),
    "hoodie": Kind(
        4,
        64,
        ("jersey", "fleece"),
        ("plain", "plain", "colour block"),
        ("regular", "oversized"),
        ("sporty", "minimal"),
        ("long",),
        ("hood",),
    ),
    "jacket": Kind(
        6,
        148,
        ("denim", "canvas", "corduroy", "leather", "nylon"),
        ("plain",),
        ("regular", "cropped", "relaxed"),
        ("workwear", "sporty", "minimal"),
        ("long",),
        ("collar", "band collar"),
    ),
    "blazer": Kind(
        4,
        178,
        ("wool", "linen", "velvet", "tweed"),
        ("plain", "pinstripe", "windowpane", "herringbone", "plain"),
        ("regular", "slim", "oversized"),
        ("classic", "evening", "minimal"),
        ("long",),
        ("lapel",),
    ),
    "coat": Kind(
        6,
        260,
        ("wool", "cashmere", "tweed", "canvas"),
        _COAT,
        ("regular", "relaxed", "slim"),
        ("classic", "minimal", "romantic"),
        ("long",),
        ("lapel", "collar"),
        ("knee", "midi"),
    ),
    "dress": Kind(
        10,
        110,
        ("linen", "viscose", "cotton", "satin", "jersey", "velvet"),
        _DRESS,
        ("fitted", "a-line", "shift", "wrap"),
        ("romantic", "bohemian", "evening", "minimal"),
        ("sleeveless", "short", "long"),
        ("crew", "v-neck", "square"),
        ("mini", "knee", "midi"),
    ),
    "skirt": Kind(
        6,
        72,
        ("linen", "viscose", "satin", "denim", "wool"),
        ("plain", "plain", "floral", "checked", "dotted", "gingham"),
        ("a-line", "pencil", "pleated"),
        ("romantic", "classic", "bohemian", "minimal"),
        lengths=("mini", "knee", "midi"),
    ),
    "trousers": Kind(
        7,
        88,
        ("cotton", "linen", "wool", "corduroy", "viscose"),
        ("plain", "plain", "plain", "pinstripe", "windowpane", "checked"),
        ("straight", "wide", "tapered"),
        ("classic", "minimal", "workwear", "evening"),
        lengths=("ankle", "full"),
    ),
    "jeans": Kind(
        5,
        84,
        ("denim",),
        ("plain",),
        ("straight", "wide", "slim"),
        ("workwear", "minimal", "sporty"),
        lengths=("ankle", "full"),
    ),
    "shorts": Kind(
        3,
        48,
        ("linen", "cotton", "canvas", "denim"),
        ("plain", "plain", "striped", "gingham"),
        ("straight", "wide"),
        ("sporty", "minimal", "workwear"),
        lengths=("mini", "knee"),
    ),
    "sneakers": Kind(
        5,
        105,
        ("leather", "canvas", "suede"),
        ("plain", "colour block"),
        ("low", "high"),
        ("sporty", "minimal", "workwear"),
    ),
    "boots": Kind(5, 165, ("leather", "suede"), ("plain",), ("ankle", "knee-high"), ("classic", "workwear", "evening")),
    "loafers": Kind(3, 140, ("leather", "suede"), ("plain",), ("low",), ("classic", "evening", "minimal")),
    "bag": Kind(
        6,
        130,
        ("leather", "canvas", "suede", "straw"),
        ("plain", "plain", "striped", "checked"),
        ("tote", "shoulder", "backpack", "crossbody"),
        ("classic", "minimal", "bohemian", "sporty"),
    ),
    "hat": Kind(
        4,
        45,
        ("wool", "straw", "cotton", "felt"),
        ("plain",),
        ("beanie", "bucket", "brim", "cap"),
        ("sporty", "bohemian", "classic", "minimal"),
    ),
    "scarf": Kind(
        3,
        52,
        ("wool", "cashmere", "linen", "satin"),
        ("plain", "checked", "striped", "floral", "gingham"),
        ("long",),
        ("classic", "romantic", "bohemian"),
    ),
}

STYLE_COLOURS: dict[str, tuple[str, ...]] = {
    "classic": ("navy", "white", "beige", "burgundy", "grey", "brown", "blue", "green"),
    "minimal": ("black", "white", "grey", "cream", "beige", "navy", "green"),
    "romantic": ("pink", "cream", "purple", "red", "white", "blue", "green", "yellow"),
    "bohemian": ("orange", "yellow", "brown", "green", "cream", "red", "purple", "pink"),
    "sporty": ("blue", "grey", "red", "green", "white", "black", "yellow", "orange"),
    "workwear": ("navy", "brown", "green", "beige", "blue", "orange", "grey", "black"),
    "evening": ("black", "burgundy", "green", "purple", "navy", "red", "cream", "pink"),
}

BRANDS: dict[str, tuple[str, ...]] = {
    "classic": ("Harlow & Finch", "Aldermere"),
    "minimal": ("Norrby", "Plain Assembly"),
    "romantic": ("Maison Lune", "Petalier"),
    "bohemian": ("Sol y Tierra", "Wandergarn"),
    "sporty": ("Field Day", "Norrby"),
    "workwear": ("Dock Street", "Aldermere"),
    "evening": ("Velours", "Maison Lune"),
}

_MATERIAL_PRICE = {
    "cashmere": 1.7,
    "leather": 1.5,
    "wool": 1.15,
    "satin": 1.2,
    "linen": 1.1,
    "velvet": 1.2,
    "jersey": 0.9,
    "nylon": 0.85,
    "tweed": 1.2,
    "suede": 1.3,
    "straw": 0.7,
    "viscose": 0.95,
    "merino": 1.1,
}
_WARM = {"wool", "cashmere", "merino", "knit", "tweed", "velvet", "fleece", "corduroy", "felt"}
_COOL = {"linen", "straw", "canvas", "viscose"}


def pieces(count: int, rng: np.random.Generator, seed: int) -> list[Piece]:
    """``count`` different garments; every kind appears, in its share.

    Args:
        count: how many.
        rng: chance for the choices.
        seed: of the shop, handed to each piece.
    """
    kinds, weights = list(KINDS), [kind.share for kind in KINDS.values()]
    made: list[Piece] = []
    taken: set[tuple[Fact, ...]] = set()
    while len(made) < count:
        name = kinds[len(made)] if len(made) < len(kinds) else pick(rng, kinds, weights)
        facts = _facts(name, KINDS[name], rng)
        key = tuple(facts[k] for k in ("kind", "shade", "pattern", "material", "cut"))
        if key in taken:
            continue
        taken.add(key)
        made.append(Piece(f"w-{len(made) + 1:04d}", "wardrobe", facts, _price(name, facts, rng), seed=seed))
    return made


def _facts(name: str, kind: Kind, rng: np.random.Generator) -> dict[str, Fact]:
    style = pick(rng, kind.styles)
    material = pick(rng, kind.materials)
    pattern = pick(rng, kind.patterns)
    if material in ("leather", "suede", "velvet", "denim", "corduroy", "tweed", "straw"):
        pattern = "plain"
    colour = _colour(name, material, style, rng)
    facts: dict[str, Fact] = {
        "kind": name,
        "colour": colour,
        "shade": pick(rng, list(SHADES[colour])),
        "pattern": pattern,
        "material": material,
        "cut": pick(rng, kind.cuts),
        "style": style,
        "season": _season(name, material, rng),
        "brand": pick(rng, BRANDS[style]),
    }
    for key, options in (("sleeve", kind.sleeves), ("neck", kind.necks), ("length", kind.lengths)):
        if options:
            facts[key] = pick(rng, options)
    return facts


def _colour(name: str, material: str, style: str, rng: np.random.Generator) -> str:
    if material == "denim":
        return pick(rng, ("blue", "navy", "black", "grey", "white"), (5, 4, 2, 1, 1))
    if name in ("boots", "loafers") or (material == "leather" and name != "sneakers"):
        return pick(rng, ("brown", "black", "beige", "burgundy", "green", "cream"), (5, 5, 2, 2, 1, 1))
    if material == "straw":
        return pick(rng, ("beige", "cream", "brown"))
    favourites = STYLE_COLOURS[style]
    if rng.random() < 0.15:
        return pick(rng, FAMILIES)
    return pick(rng, favourites, [1.0 / (1 + i * 0.12) for i in range(len(favourites))])


def _season(name: str, material: str, rng: np.random.Generator) -> str:
    if material in _WARM or name in ("coat", "boots"):
        return pick(rng, ("winter", "autumn"), (3, 2))
    if material in _COOL or name in ("shorts", "top"):
        return pick(rng, ("summer", "spring"), (3, 1))
    return pick(rng, ("spring", "summer", "autumn", "all year"), (3, 2, 2, 2))


def _price(name: str, facts: dict[str, Fact], rng: np.random.Generator) -> float:
    material = _MATERIAL_PRICE.get(str(facts["material"]), 1.0)
    style = {"evening": 1.25, "classic": 1.1, "sporty": 0.9, "workwear": 0.95}.get(str(facts["style"]), 1.0)
    return rounded_price(KINDS[name].price * material * style * float(np.exp(rng.normal(0, 0.22))))

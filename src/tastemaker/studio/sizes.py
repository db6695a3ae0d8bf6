"""How large a product is in metres: from its attributes, from a dimension in its words, from its kind, or usual sizes.

A shop writes ``width_cm``, ``Height (mm)``, "98x57 cm" or "60 x 27 x 140 cm"; two numbers may be width and height or
width and depth, so the one that fits the photo's proportions is taken. What was guessed says so.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tastemaker.catalog.items import Item
from tastemaker.core.types import Value

METRES = {"mm": 0.001, "cm": 0.01, "m": 1.0, "in": 0.0254, "inch": 0.0254, "inches": 0.0254, '"': 0.0254, "ft": 0.3048}
SIDES = {"width": ("width", "breite", "diameter", "dia"), "depth": ("depth", "length"), "height": ("height",)}
_DIMENSIONS = re.compile(
    r"(\d+(?:[.,]\d+)?)(?:\s*[x×]\s*(\d+(?:[.,]\d+)?))?(?:\s*[x×]\s*(\d+(?:[.,]\d+)?))?\s*(mm|cm|m|inches|inch|in|ft|\")(?![a-z²2])",
    re.IGNORECASE,
)
PITCH = np.radians(14)
"""How far from above a product photo is usually taken."""
USUAL_GAP = 0.45
"""Difference, as a logarithm, of the proportions of a photo and a size that the angle of the photo explains."""

USUAL: dict[str, tuple[float, float, float]] = {
    "sofa": (2.0, 0.9, 0.8), "couch": (2.0, 0.9, 0.8), "armchair": (0.8, 0.8, 0.9), "chair": (0.5, 0.52, 0.85),
    "stool": (0.4, 0.4, 0.5), "bench": (1.1, 0.4, 0.45),
    "coffee table": (0.9, 0.6, 0.42), "dining table": (1.5, 0.85, 0.75),
    "side table": (0.5, 0.5, 0.52), "table lamp": (0.3, 0.3, 0.5), "floor lamp": (0.4, 0.4, 1.6),
    "desk": (1.3, 0.65, 0.75),
    "table": (1.3, 0.8, 0.75), "nightstand": (0.45, 0.4, 0.5), "bookcase": (0.8, 0.3, 1.9), "shelf": (0.8, 0.3, 1.5),
    "shelving": (0.8, 0.35, 1.7), "wardrobe": (1.2, 0.6, 2.0), "cabinet": (0.8, 0.4, 1.4),
    "sideboard": (1.6, 0.42, 0.75),
    "chest": (0.8, 0.45, 0.9), "drawer": (0.7, 0.45, 0.9), "bed": (1.6, 2.05, 1.0), "cot": (0.65, 1.25, 0.85),
    "rug": (2.0, 1.4, 0.02), "carpet": (2.0, 1.4, 0.02), "mirror": (0.6, 0.04, 1.2), "frame": (0.4, 0.03, 0.5),
    "picture": (0.5, 0.03, 0.7), "poster": (0.5, 0.01, 0.7), "clock": (0.32, 0.05, 0.32), "pendant": (0.4, 0.4, 0.4),
    "lamp": (0.35, 0.35, 0.5), "plant": (0.5, 0.5, 1.1), "vase": (0.2, 0.2, 0.35), "cushion": (0.5, 0.15, 0.5),
    "pouffe": (0.5, 0.5, 0.4), "basket": (0.35, 0.35, 0.35), "box": (0.33, 0.35, 0.25), "trolley": (0.55, 0.4, 0.85),
    "curtain": (1.45, 0.05, 2.5), "mattress": (0.9, 2.0, 0.2), "pot": (0.3, 0.3, 0.3), "washstand": (0.6, 0.5, 0.65),
    "wash-stand": (0.6, 0.5, 0.65), "stand": (0.5, 0.5, 1.6), "high chair": (0.5, 0.55, 0.9), "ladder": (0.5, 0.4, 1.9),
}  # fmt: skip
"""Width, depth and height of common things, in metres; used only when a shop says nothing, and said aloud."""


@dataclass(frozen=True)
class Size:
    """A product's size.

    Attributes:
        width: in metres; None when unknown, as the next two.
        depth: in metres.
        height: in metres.
        source: "attributes", "words", "kind" (the median of the shop's own) or "usual".
        loose: numbers whose meaning is not said, in metres, longest first as written.
    """

    width: float | None = None
    depth: float | None = None
    height: float | None = None
    source: str = "attributes"
    loose: tuple[float, ...] = ()

    @property
    def known(self) -> bool:
        """Is there anything to go by?"""
        return any(value is not None for value in (self.width, self.depth, self.height)) or bool(self.loose)

    def seen(self, shape: float) -> "Size":
        """Sides filled in and numbers given their meaning, so that the photo's proportions fit best.

        Args:
            shape: width of the cut-out over its height.
        """
        if not self.loose:
            return _completed(self, shape)
        names = {
            1: ("width", "height"),
            2: ("width height", "width depth"),
            3: ("width depth height", "width height depth"),
        }
        made = [
            _completed(self.of(dict(zip(order.split(), self.loose, strict=True))), shape)
            for order in names[len(self.loose)]
        ]
        if len(self.loose) == 1:  # one number is the longer side
            return made[0] if shape >= 1 else made[1]
        gaps = [abs(float(np.log(size.shape / shape))) for size in made]
        return made[0] if gaps[0] < USUAL_GAP else made[int(np.argmin(gaps))]

    def of(self, sides: Mapping[str, float]) -> "Size":
        """The same with numbers that have a meaning, by side."""
        return Size(sides.get("width"), sides.get("depth"), sides.get("height"), self.source)

    def scaled(self, factor: float) -> "Size":
        """The same, larger by a factor."""
        made = [None if value is None else factor * value for value in (self.width, self.depth, self.height)]
        return replace(self, width=made[0], depth=made[1], height=made[2])

    @property
    def sides(self) -> tuple[float, float, float]:
        """Width, depth and height, 0 for what is unknown."""
        return self.width or 0.0, self.depth or 0.0, self.height or 0.0

    @property
    def shape(self) -> float:
        """Width over height as a photo from the front and a little above shows it."""
        width, depth, height = self.width or 1e-3, self.depth or 1e-3, self.height or 1e-3
        return float(width / (height * np.cos(PITCH) + depth * np.sin(PITCH)))

    def __str__(self) -> str:
        return " x ".join(f"{100 * value:.0f}" for value in (self.width, self.depth, self.height) if value) + " cm"


def _completed(size: Size, shape: float) -> Size:
    """Sides that are not known, from the photo's proportions."""
    width, depth, height = size.width, size.depth, size.height
    if width is None and height is None:
        width = depth
    depth_seen = (depth or 0.0) * float(np.sin(PITCH))
    if height is None and width is not None:
        height = max((width / shape - depth_seen) / float(np.cos(PITCH)), 0.02)
    if width is None and height is not None:
        width = (height * float(np.cos(PITCH)) + depth_seen) * shape
    return replace(size, width=width, depth=depth, height=height)


def size_of(item: Item, kind: Sequence[Item]) -> Size:
    """How large an item is.

    Args:
        item: the product.
        kind: others of its kind, for when it says nothing itself.
    """
    own = written(item)
    if own.known:
        return own
    usual = _median([size for other in kind if (size := written(other)).known])
    if usual is not None:
        return usual
    said = f"{' '.join(str(value) for value in item.attributes.values())} {item.title}".casefold()
    names = [name for name in USUAL if re.search(rf"\b{name}s?\b", said)]
    if names:
        return Size(*USUAL[max(names, key=len)], source="usual")
    return Size()


def _median(known: Sequence[Size]) -> Size | None:
    """The median of sizes: of their sides, or, where none says which is which, of as many numbers as most give."""
    sides = {
        side: float(np.median(values))
        for side in SIDES
        if (values := [value for size in known if (value := getattr(size, side)) is not None])
    }
    if sides:
        return replace(Size().of(sides), source="kind")
    counts = Counter(len(size.loose) for size in known)
    if not counts:
        return None
    many = counts.most_common(1)[0][0]
    numbers = np.median([size.loose for size in known if len(size.loose) == many], 0)
    return Size(source="kind", loose=tuple(float(number) for number in numbers))


def written(item: Item) -> Size:
    """The size that an item's attributes or words give."""
    found: dict[str, float] = {}
    for name, value in item.attributes.items():
        side = _side(name)
        metres = _metres(name, value) if side else None
        if side and metres:
            found.setdefault(side, metres)
    if found:
        return Size().of(found)
    texts = [
        str(value)
        for name, value in item.attributes.items()
        if re.search(r"size|dimension|mass|measure", name, re.IGNORECASE)
    ]
    for text in (*texts, item.title, item.text):
        match = _DIMENSIONS.search(text)
        if match:
            unit = METRES[match[4].lower()]
            numbers = tuple(float(part.replace(",", ".")) * unit for part in match.groups()[:3] if part)
            if 0.03 <= max(numbers) <= 6:
                return Size(source="words", loose=numbers)
    return Size()


def _side(name: str) -> str | None:
    """Which side an attribute's name means."""
    words = re.split(r"[^a-z]+", name.casefold())
    return next((side for side, names in SIDES.items() if any(word in names for word in words)), None)


def _metres(name: str, value: Value) -> float | None:
    """A measure, its unit in the attribute's name or behind the number."""
    if isinstance(value, bool | tuple):
        return None
    match = re.match(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z\"]*)", str(value), re.IGNORECASE)
    if match is None:
        return None
    units = [match[2].lower(), *reversed(re.split(r"[^a-z\"]+", name.casefold()))]
    unit = next((METRES[word] for word in units if word in METRES), None)
    metres = float(match[1].replace(",", ".")) * (unit if unit is not None else 0.01)
    return metres if 0.005 <= metres <= 10 else None

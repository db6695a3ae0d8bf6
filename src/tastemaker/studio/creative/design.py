"""From items to scenes: which arrangement, which tone behind the product, text colours that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tastemaker.studio.creative import cutouts
from tastemaker.studio.creative.brand import TONES, Brand, Tone
from tastemaker.studio.creative.colours import Colour, mix, readable
from tastemaker.studio.creative.cutouts import Shown
from tastemaker.studio.creative.facts import Printed
from tastemaker.studio.creative.formats import SHAPES, Arrangement, Format, Shape
from tastemaker.studio.creative.lettering import Face
from tastemaker.studio.creative.scene import Box, Panel, Placed, Scene
from tastemaker.studio.creative.setting import Column, Inks

APART = 60.0
"""How far (0 to 441) a product's edge should be from the ground that it stands on."""
MOST_ITEMS = 4
"""Items of a bundle."""
WORDS = Arrangement("words", (0, 0, 1, 1), (0, 0, 0, 0), (0, 0, 0, 0), at="middle")
"""For items without a picture; the text takes the whole safe area."""


@dataclass(frozen=True)
class Variant:
    """One way to lay out a creative."""

    arrangement: Arrangement
    tone: Tone

    @property
    def name(self) -> str:
        """As people choose it."""
        return f"{self.arrangement.name}-{self.tone}"


def variants(format: Format, shown: Sequence[Shown], brand: Brand) -> list[Variant]:
    """Every layout that these pictures allow, the one that suits them best first; neighbours differ in both parts."""
    shape = SHAPES[format]
    if not shown:
        return [Variant(WORDS, tone) for tone in ("tint", "accent", "ink", "paper")]
    tones = _tones(shown, brand)
    full = [
        a for a in shape.arrangements if a.over and len(shown) == 1 and cutouts.covers(shown[0], shape.box(a.field))
    ]
    usual = [a for a in shape.arrangements if not a.over]
    found = [
        Variant(arrangement, tones[(place + turn) % len(tones)])
        for turn in range(len(tones))
        for place, arrangement in enumerate(usual)
    ]
    return [*found[:2], *(Variant(a, "ink") for a in full), *found[2:]]


def scene(format: Format, variant: Variant, printed: Sequence[Printed], shown: Sequence[Shown], brand: Brand,
          face: Face) -> Scene:  # fmt: skip
    """Lay one creative out.

    Args:
        format: its size and safe area.
        variant: its layout.
        printed: what is printed of each item, the first one large.
        shown: pictures of those that have one.
        brand: colours and name.
        face: typeface.
    """
    shape, plan = SHAPES[format], variant.arrangement
    canvas = Box(0, 0, shape.width, shape.height)
    field, safe = shape.box(plan.field), shape.box(shape.safe)
    text = safe if plan is WORDS else shape.box(plan.text)
    low = brand.ground(variant.tone)
    high = _lighter(low, brand) if brand.backdrop == "gradient" else low
    pictures = _pictures(shape, plan, shown)
    ground = brand.ground(plan.ground)
    behind = (low, high) if field.holds(text, 1) else (ground,)
    veils: tuple[Panel, ...] = ()
    if plan.over:
        behind = (brand.colour("ink"),)
        veils = (_veil(shape, plan, brand),)
    column = Column(face, _larger(shape) if plan is WORDS else shape, text, _inks(brand, *behind), plan.at, brand.name)
    lines, facts = column.set(printed)
    panels = (Panel(canvas, ground, ground), Panel(field, high, low))
    return Scene(shape.width, shape.height, safe, panels, pictures, lines, facts, veils)


def _tones(shown: Sequence[Shown], brand: Brand) -> list[Tone]:
    """Tones that set the products off, the usual order kept; the best one alone when none does."""
    rims = [np.array(one.rim, np.float64) for one in shown if one.alone]
    gap = {
        tone: min((float(np.linalg.norm(rim - brand.ground(tone))) for rim in rims), default=441.0) for tone in TONES
    }
    return [tone for tone in TONES if gap[tone] >= APART] or [max(TONES, key=lambda tone: gap[tone])]


def _fills(shape: Shape, plan: Arrangement, shown: Sequence[Shown]) -> bool:
    """Is there one photo, and can it fill the field?"""
    return len(shown) == 1 and cutouts.covers(shown[0], shape.box(plan.field))


def _lighter(colour: Colour, brand: Brand) -> Colour:
    """The upper end of a gradient."""
    return mix(colour, brand.colour("paper"), 0.45 if sum(colour) > 384 else 0.1)


def _inks(brand: Brand, *behind: Colour) -> Inks:
    """Text colours that can be read on all of some grounds."""
    strong = readable((brand.colour("ink"), brand.colour("paper")), *behind)
    soft = readable((mix(strong, behind[0], 0.34), mix(strong, behind[0], 0.2), strong), *behind)
    return Inks(strong, soft, readable((brand.colour("accent"), strong), *behind))


def _veil(shape: Shape, plan: Arrangement, brand: Brand) -> Panel:
    """A shade that grows towards the text which stands on a photo."""
    text = shape.box(plan.text)
    ink = brand.colour("ink")
    return Panel(Box(0, max(0, text.top - text.height * 0.5), shape.width, shape.height), ink, ink, (0.0, 0.85))


def _larger(shape: Shape) -> Shape:
    """Where there is no picture, the headline is the picture."""
    largest, least = shape.headline
    return replace(shape, headline=(round(largest * 1.5), least))


def _pictures(shape: Shape, plan: Arrangement, shown: Sequence[Shown]) -> tuple[Placed, ...]:
    """The pictures in their places: one fills its field or stands in its part, several stand side by side."""
    if not shown:
        return ()
    if _fills(shape, plan, shown):
        return (cutouts.filling(shown[0], shape.box(plan.field)),)
    part = shape.box(plan.picture)
    cells = _cells(part, len(shown))
    return tuple(cutouts.standing(one, cell) for one, cell in zip(shown, cells, strict=True))


def _cells(part: Box, many: int) -> list[Box]:
    """A part cut into as many cells as there are pictures."""
    shape = part.width / part.height
    if many == 3 and 0.62 < shape <= 1.25:  # a large one, two small ones beside it
        split, middle, gap = part.left + 0.58 * part.width, (part.top + part.bottom) / 2, 0.02 * part.width
        return [
            Box(part.left, part.top, split - gap, part.bottom),
            Box(split + gap, part.top, part.right, middle - gap),
            Box(split + gap, middle + gap, part.right, part.bottom),
        ]
    across = 1 if shape <= 0.62 else many if shape > 1.25 or (many == 2 and shape > 0.9) else min(2, many)
    down = -(-many // across)
    gap = 0.04 * min(part.width, part.height)
    wide, high = (part.width - gap * (across - 1)) / across, (part.height - gap * (down - 1)) / down
    cells = []
    for place in range(many):
        row, column = divmod(place, across)
        left, top = part.left + column * (wide + gap), part.top + row * (high + gap)
        cells.append(Box(left, top, left + wide, top + high))
    return cells

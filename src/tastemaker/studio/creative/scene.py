"""A creative before it is drawn: rectangles, pictures and lines of text, each with its place in pixels.

PNG and SVG are written from the same scene, so that they show the same.
"""

from dataclasses import dataclass, field

from PIL import Image

from tastemaker.studio.creative.colours import Colour


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; ``right`` and ``bottom`` lie just outside."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, other: "Box", slack: float = 0.0) -> bool:
        """Does another lie inside, but for some pixels?"""
        low = self.left - slack <= other.left and self.top - slack <= other.top
        return low and other.right <= self.right + slack and other.bottom <= self.bottom + slack

    def meets(self, other: "Box") -> bool:
        """Do the two share a pixel?"""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def grown(self, by: float) -> "Box":
        """Wider by so many pixels at each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    @property
    def whole(self) -> tuple[int, int, int, int]:
        """In whole pixels, for Pillow."""
        return round(self.left), round(self.top), round(self.right), round(self.bottom)


@dataclass(frozen=True)
class Fact:
    """One printed piece and where it came from.

    Attributes:
        text: as it is printed.
        field: the catalog field (``title``, ``price``, an attribute), or ``brand.name`` of the settings.
        item: whose field; "" for the brand.
        cut: True when the field goes on after what is printed.
    """

    text: str
    field: str
    item: str = ""
    cut: bool = False


@dataclass(frozen=True)
class Panel:
    """A rectangle of one colour, or of two that run into each other from top to bottom, perhaps see-through.

    Attributes:
        box: where.
        top, bottom: colours.
        alpha: how much of it covers what lies below, at the top and at the bottom, 0 to 1.
    """

    box: Box
    top: Colour
    bottom: Colour
    alpha: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Placed:
    """A picture, already of the size at which it stands.

    Attributes:
        image: RGBA, or RGB when it covers its box.
        left, top: of its corner.
    """

    image: Image.Image = field(repr=False)
    left: int
    top: int

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box(self.left, self.top, self.left + self.image.width, self.top + self.image.height)


@dataclass(frozen=True)
class Line:
    """One line of text.

    Attributes:
        text: the letters.
        left: where it begins.
        baseline: on which it stands.
        width: as measured with its font.
        size: of the font, in pixels.
        weight: of the font, 100 to 900.
        colour: of the letters.
        box: in which it must stay.
        tracking: space added after each letter, in pixels.
        struck: with a line through it.
    """

    text: str
    left: float
    baseline: float
    width: float
    size: int
    weight: int
    colour: Colour
    box: Box
    tracking: float = 0.0
    struck: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything that stands on one creative, in the order of drawing: panels, pictures, veils, lines.

    Attributes:
        width, height: in pixels.
        safe: where text must stay.
        panels: grounds.
        pictures: of the items.
        veils: see-through panels over the pictures, for text that stands on them.
        lines: of text.
        facts: what the lines print.
    """

    width: int
    height: int
    safe: Box
    panels: tuple[Panel, ...]
    pictures: tuple[Placed, ...]
    lines: tuple[Line, ...]
    facts: tuple[Fact, ...]
    veils: tuple[Panel, ...] = ()

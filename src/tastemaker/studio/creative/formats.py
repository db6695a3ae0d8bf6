"""The formats, and how each may be arranged: where the coloured field, the picture and the text stand.

Shares of width and height. Text stays inside the safe area: on a story the upper and the lower part lie under the
controls of the application that shows it; everywhere else it is the margin.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from tastemaker.studio.creative.brand import Tone
from tastemaker.studio.creative.scene import Box

Format = Literal["banner", "square", "story", "email"]
FORMATS: tuple[Format, ...] = get_args(Format)
Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class Arrangement:
    """One layout of a format.

    Attributes:
        name: of the layout.
        field: the coloured part behind the picture.
        picture: where pictures may stand.
        text: where text stands.
        ground: tone of the rest.
        at: the text keeps to the top, the middle or the bottom of its part.
        over: the picture fills the field and the text stands on it; only for pictures that can be cut.
    """

    name: str
    field: Rect
    picture: Rect
    text: Rect
    ground: Tone = "paper"
    at: Literal["top", "middle", "bottom"] = "middle"
    over: bool = False


@dataclass(frozen=True)
class Shape:
    """One format.

    Attributes:
        width, height: in pixels.
        safe: where text must stay, as shares.
        headline: largest and smallest size of its letters, in pixels.
        body: size of the other letters.
        arrangements: its layouts, the usual one first.
    """

    width: int
    height: int
    safe: Rect
    headline: tuple[int, int]
    body: int
    arrangements: tuple[Arrangement, ...]

    def box(self, rect: Rect) -> Box:
        """Shares as pixels."""
        left, top, right, bottom = rect
        return Box(left * self.width, top * self.height, right * self.width, bottom * self.height)


WIDE = (
    Arrangement("aside", (0.47, 0, 1, 1), (0.505, 0.07, 0.965, 0.93), (0.055, 0.115, 0.425, 0.885)),
    Arrangement("mirror", (0, 0, 0.53, 1), (0.035, 0.07, 0.495, 0.93), (0.585, 0.115, 0.945, 0.885)),
    Arrangement("open", (0, 0, 1, 1), (0.53, 0.06, 0.95, 0.94), (0.055, 0.115, 0.48, 0.885)),
    Arrangement("over", (0, 0, 1, 1), (0, 0, 1, 1), (0.055, 0.115, 0.55, 0.885), "ink", "bottom", over=True),
)
SHAPES: dict[Format, Shape] = {
    "banner": Shape(1600, 600, (0.05, 0.1, 0.95, 0.9), (72, 30), 27, WIDE),
    "email": Shape(1200, 400, (0.05, 0.1, 0.95, 0.9), (50, 24), 22, WIDE),
    "square": Shape(1080, 1080, (0.06, 0.06, 0.94, 0.94), (68, 32), 31, (
        Arrangement("below", (0, 0, 1, 0.585), (0.08, 0.05, 0.92, 0.535), (0.075, 0.625, 0.925, 0.94), at="top"),
        Arrangement("above", (0, 0, 1, 1), (0.1, 0.40, 0.9, 0.95), (0.075, 0.07, 0.925, 0.37), at="top"),
        Arrangement("aside", (0.5, 0, 1, 1), (0.53, 0.08, 0.97, 0.92), (0.075, 0.075, 0.455, 0.925), at="bottom"),
        Arrangement("over", (0, 0, 1, 1), (0, 0, 1, 1), (0.075, 0.6, 0.925, 0.93), "ink", "bottom", over=True),
    )),
    "story": Shape(1080, 1920, (0.06, 0.13, 0.94, 0.82), (92, 44), 40, (
        Arrangement("below", (0, 0, 1, 0.545), (0.1, 0.09, 0.9, 0.515), (0.08, 0.58, 0.92, 0.815), at="top"),
        Arrangement("above", (0, 0, 1, 1), (0.08, 0.40, 0.92, 0.9), (0.08, 0.135, 0.92, 0.37), at="top"),
        Arrangement("framed", (0.08, 0.12, 0.92, 0.54), (0.13, 0.14, 0.87, 0.52), (0.08, 0.575, 0.92, 0.815), at="top"),
        Arrangement("over", (0, 0, 1, 1), (0, 0, 1, 1), (0.08, 0.55, 0.92, 0.815), "ink", "bottom", over=True),
    )),
}  # fmt: skip

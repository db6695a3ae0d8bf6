"""What is asked of a picture verb, what an engine proposes, and what is answered: one request and one result for all.

An engine only proposes; what is outside the mask is put back, every candidate is judged, and what would embarrass a
shop is refused by :mod:`tastemaker.studio.showing`, whichever engine it came from.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image

from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Ranked
from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.studio.body import Body
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.marks import Points
from tastemaker.studio.sizes import Size
from tastemaker.studio.wear import Place

Task = Literal["try_on", "place"]


@dataclass(frozen=True)
class Region:
    """Where in the photo; every part overrules what would be found by itself.

    Attributes:
        box: left, top, right, bottom of where the product goes, in pixels.
        brush: only what is true here may change.
        floor: four corners of a rectangle on the floor: far or near first, in order around it.
        floor_size: its sides in metres, along the first edge and along the second.
        at: the point of the floor, in pixels, on which the middle of the product stands; on a wall its middle.
        points: where parts of a person's body are, in pixels.
        turn: by how many degrees the product is turned about its upright, counterclockwise as seen from above.
        scale: how much larger than its size it is shown; said aloud unless 1.

    Shapes: brush (h, w), floor (4, 2).
    """

    box: tuple[int, int, int, int] | None = None
    brush: Bools | None = field(default=None, repr=False)
    floor: Doubles | None = None
    floor_size: tuple[float, float] | None = None
    at: tuple[float, float] | None = None
    points: Points = field(default_factory=dict)
    turn: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class VisualRequest:
    """What is to be shown.

    Attributes:
        task: what is done.
        item: the product.
        product: its photo.
        context: the person's or the room's photo.
        worn: where on the body the product is worn; None for what is not.
        size: how large the product is; None for what is worn.
        region: where in the photo.
        instruction: words on how it should look; only engines that hear words are asked then.
        user: for whom; "" for nobody in particular.
        seed: makes the same candidates again.
        n: how many pictures.
        consent: has the person in the photo agreed?
        commercial: True leaves out engines whose licence forbids it.
        badge: draw "Generated" on the picture.
        body: what was found of the person in the photo; None when nobody has looked, or nobody is there.
    """

    task: Task
    item: Item
    product: Pixels = field(repr=False)
    context: Pixels = field(repr=False)
    worn: Place | None = None
    size: Size | None = None
    region: Region = field(default_factory=Region)
    instruction: str = ""
    user: str = ""
    seed: int = 0
    n: int = 1
    consent: bool = False
    commercial: bool = False
    badge: bool = True
    body: Body | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Candidate:
    """What an engine proposes.

    Attributes:
        picture: the whole photo with the product in it.
        mask: pixels that may differ from the photo.
        meant: what the product itself should look like there, before light and shadow.
        product: how much of each pixel is the product, 0 to 1.
        region: where the product belongs: what it should cover.
        keep: pixels of people that must not change: face and hands.
        checks: what only the engine knows of its own work, 0 to 1 by axis.
        warnings: to be said aloud.
        size: width, depth and height in metres as it is shown; empty for what is worn.

    Shapes: all (h, w), pictures (h, w, 3).
    """

    picture: Pixels
    mask: Bools
    meant: Pixels
    product: Floats
    region: Bools
    keep: Bools | None = None
    checks: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    size: tuple[float, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One picture of a result.

    Attributes:
        png: the picture, which says in its text that it was generated.
        mask: a PNG, white where it may differ from the photo, the badge included.
        fidelity: how true it is, by axis, 0 to 1.
        seed: makes it again.
    """

    png: bytes = field(repr=False)
    mask: bytes = field(repr=False)
    fidelity: Mapping[str, float]
    seed: int

    @property
    def picture(self) -> Image.Image:
        """Decoded."""
        return Image.open(io.BytesIO(self.png))


@dataclass(frozen=True)
class VisualResult:
    """What is shown, or why nothing is.

    Attributes:
        shown: the pictures, best first; none when refused.
        fidelity: of the best candidate, also of a refused one.
        engine: which engine answered.
        licence: of that engine and its weights.
        refused: None, or why nothing is shown.
        warnings: what to say aloud beside the picture.
        provenance: what the picture says of itself.
        points: where parts of the person's body were found, in pixels of the photo, to be corrected.
        size: width, depth and height in metres as the product is shown; empty for what is worn.
        nearest: the item, and real items like it.
    """

    shown: tuple[Shown, ...]
    fidelity: Mapping[str, float]
    engine: str
    licence: str
    refused: str | None = None
    warnings: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    points: Points = field(default_factory=dict)
    size: tuple[float, ...] = ()
    nearest: tuple[Ranked, ...] = ()

    @property
    def picture(self) -> Image.Image | None:
        """The best picture; None when refused."""
        return self.shown[0].picture if self.shown else None

    def __str__(self) -> str:
        if self.refused is not None:
            return "\n".join((f"not shown: {self.refused}", *self.warnings))
        axes = ", ".join(f"{name} {value:.2f}" for name, value in self.fidelity.items())
        return "\n".join((f"shown by {self.engine} (a preview, not a fit): {axes}", *self.warnings))

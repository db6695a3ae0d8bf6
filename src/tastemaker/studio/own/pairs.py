"""The demo shop's exact pairs as a customer would ask for them: a request, and what should come of it.

For a room the customer gives four corners of a rectangle on the floor with its size in metres, and the point where the
piece should stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.items import Item
from tastemaker.core.types import Bools, ItemId
from tastemaker.demoshop.mannequins import worn_pairs
from tastemaker.demoshop.pairs import Pair, Part
from tastemaker.demoshop.pictures import picture
from tastemaker.demoshop.rooms import PlacedPair, placed_pairs
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.kinds import worn_as
from tastemaker.studio.request import Region, Task, VisualRequest
from tastemaker.studio.sizes import size_of


@dataclass(frozen=True)
class Case:
    """A request with its truth.

    Attributes:
        request: what is asked.
        truth: the photo with the product.
        mask: where the product is seen.

    Shapes: truth (h, w, 3), mask (h, w).
    """

    request: VisualRequest
    truth: Pixels
    mask: Bools


def cases(task: Task, part: Part, first: int, n: int, *, height: int, product: int) -> Iterator[Case]:
    """Pairs of one part, one after the other.

    Args:
        task: which kind of pairs.
        part: products, people and rooms of "train" and of "test" are different ones.
        first: number of the first one.
        n: how many.
        height: of the photos, in pixels.
        product: width of the product's own photo, in pixels.
    """
    if task == "try_on":
        for worn in worn_pairs(n=n, part=part, height=height, first=first):
            yield _case(task, worn, product, Region())
    else:
        for placed in placed_pairs(n=n, part=part, height=height, first=first):
            yield _case(task, placed, product, _told(placed))


def _told(pair: PlacedPair) -> Region:
    middle = pair.camera.project(np.array([[pair.spot.x, 0.0, pair.spot.z]]))[0]
    floor = np.asarray(pair.floor, np.float64)
    return Region(floor=floor, floor_size=pair.floor_size, at=(float(middle[0]), float(middle[1])))


def _case(task: Task, pair: Pair, product: int, region: Region) -> Case:
    piece = pair.piece
    item = Item(ItemId(piece.id), piece.title, piece.text, department=piece.department, attributes=dict(piece.facts))
    request = VisualRequest(
        task,
        item,
        np.asarray(picture(piece, product).convert("RGB"), np.uint8),
        np.asarray(pair.context, np.uint8),
        worn=worn_as(item) if task == "try_on" else None,
        size=size_of(item, []) if task == "place" else None,
        region=region,
        consent=True,
    )
    return Case(request, np.asarray(pair.truth, np.uint8), pair.mask)

"""``try_on`` and ``place``: a catalog's item, the person's or the room's photo -> a picture, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from PIL import Image

from tastemaker.core.errors import InputError, NotFitted, PictureError
from tastemaker.core.progress import Observer
from tastemaker.core.ranking import Ranked
from tastemaker.shop import searching
from tastemaker.shop.asking import allowed
from tastemaker.shop.live import View
from tastemaker.shop.recommending import place as placed
from tastemaker.studio.engines import NO_MEANS, Means
from tastemaker.studio.kinds import KINDS, worn_as
from tastemaker.studio.people import Policy, ask_consent, careful
from tastemaker.studio.request import Region, Task, VisualRequest, VisualResult
from tastemaker.studio.showing import show
from tastemaker.studio.sizes import Size, size_of

NEAREST = 4
"""Real items beside a picture, the item itself included."""
KIND = 400
"""Others of its kind that are asked for a size at most."""
OWN = frozenset({"engine", "policy", "means"})
"""Parts of a wish that say who answers and how, not what is asked."""


@dataclass(frozen=True)
class Wish:
    """How something is to be shown.

    Attributes:
        region: where in the photo.
        instruction: words on how it should look.
        user: for whom; "" for nobody in particular.
        n: how many pictures.
        seed: makes the same again.
        consent: has the person in the photo agreed?
        commercial: leave out engines whose licence forbids commercial use.
        badge: draw "Generated" on it.
        engine: name of the one that must answer; None lets the router choose.
        policy: which photos of people are refused.
        means: what the shop puts at the engines' disposal.
    """

    region: Region = field(default_factory=Region)
    instruction: str = ""
    user: str = ""
    n: int = 1
    seed: int = 0
    consent: bool = False
    commercial: bool = False
    badge: bool = True
    engine: str | None = None
    policy: Policy = careful
    means: Means = NO_MEANS


def shown(view: View, task: Task, item: str, photo: Image.Image, wish: Wish, observer: Observer) -> VisualResult:
    """Show an item.

    Args:
        view: the shop as it is now.
        task: what is done.
        item: id.
        photo: of the person or the room.
        wish: how.
        observer: hears of progress.

    Raises:
        UnknownName: there is no such item or engine.
        InputError: there is no consent, the item is not worn, or a value cannot be used.
        PictureError: the item has no picture.
    """
    row = view.catalog.row(item)
    if task == "try_on":
        ask_consent(given=wish.consent)
    product = view.catalog.item(row)
    worn = worn_as(product)
    if task == "try_on" and worn is None and wish.region.box is None:
        raise InputError(f"item {item!r} is not worn", hint="`place` shows it in a room; or give a box where it goes")
    if task == "place" and worn is not None:
        raise InputError(f"item {item!r} is worn", hint="`try_on` shows it on a person")
    name = view.catalog.main_picture(row)
    if not name:
        raise PictureError(f"item {item!r} has no picture", hint="put one into images/ and name it in items")
    asked = VisualRequest(
        task,
        product,
        np.asarray(view.catalog.pictures.open(name), np.uint8),
        np.asarray(photo.convert("RGB"), np.uint8),
        worn=worn if task == "try_on" else None,
        size=_size(view, row) if task == "place" else None,
        **{part.name: getattr(wish, part.name) for part in fields(wish) if part.name not in OWN},
    )
    result = show(asked, engine=wish.engine, policy=wish.policy, means=wish.means, observer=observer)
    return replace(result, nearest=tuple(_nearest(view, row)))


def _size(view: View, row: int) -> Size:
    """How large an item is; others of its kind are asked when it does not say."""
    catalog = view.catalog
    item = catalog.item(row)
    kind = next((name for name in KINDS if name in item.attributes), None)
    if kind is None:
        return size_of(item, [])
    value = item.attributes[kind]
    rows = [
        other for other in catalog.alive.nonzero()[0].tolist() if catalog.raw_item(other).attributes.get(kind) == value
    ]
    return size_of(item, [catalog.item(other) for other in rows[:KIND]])


def _nearest(view: View, row: int) -> Sequence[Ranked]:
    """The item, and items like it that can be bought."""
    own = placed(view.catalog, row, 1.0, [])
    try:
        alike = searching.similar(view, row, allowed(view, "", [view.catalog.ids[row]]), NEAREST - 1)
    except NotFitted:
        return [own]
    return [own, *alike.items]

"""What a question names, looked up: how many places, which rows may be shown, which picture is meant."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tastemaker.catalog.decoding import decode
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, PictureError
from tastemaker.core.types import Bools, Doubles
from tastemaker.index import filters
from tastemaker.shop.live import View

MOST = 10_000
"""Longest ranking that can be asked for."""

MOST_PICTURES = 8
"""Pictures that one search may hold."""

Picture = Path | str | bytes | Image.Image


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture of a request: decoded, what it weighs, and the item it belongs to when it is one of the catalog's."""

    picture: Image.Image | None
    weight: float = 1.0
    item: Item | None = None


def allowed(view: View, where: str, exclude: Sequence[str], *, sold_out: bool = False) -> Bools:
    """Rows that may be shown: there, available, kept by the filter, not excluded.

    Args:
        view: the shop as it is now.
        where: a filter.
        exclude: ids.
        sold_out: True lets in what cannot be bought.

    Shapes: (rows,).
    """
    there = view.catalog.alive if sold_out else view.catalog.available
    mask = there & filters.parse(where).mask(view.catalog)
    mask[view.catalog.rows(exclude)] = False
    return mask


def check_k(k: int) -> None:
    """Refuse a length that no ranking has.

    Raises:
        InputError: k is no whole number from 1 to ``MOST``.
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST:
        raise InputError(f"k is {k!r}; it must be a whole number from 1 to {MOST:,}", hint="ask for 10")


class OfItem(str):
    """The id of an item whose picture is meant: never taken for a file, whatever it is called."""

    __slots__ = ()


def picture_of(view: View, image: Picture | None) -> tuple[Image.Image | None, Item | None]:
    """The picture that is meant, and the item it belongs to when it is one of the catalog's.

    Raises:
        PictureError: there is none, or it cannot be read.
        UnknownName: an item is meant that is not there.
    """
    if image is None or isinstance(image, Image.Image):
        return image, None
    if isinstance(image, bytes):
        return photo_of(image), None
    if isinstance(image, OfItem) or (isinstance(image, str) and view.catalog.has(image)):
        row = view.catalog.row(image)
        name = view.catalog.main_picture(row)
        if not name:
            raise PictureError(f"item {image!r} has no picture", hint="search with its words instead")
        return view.catalog.pictures.open(name), view.catalog.item(row)
    if not Path(image).is_file():
        raise PictureError(f"{str(image)[:200]!r} is neither a file nor an item", hint="check the path")
    return photo_of(image), None


def photo_of(image: Picture) -> Image.Image:
    """A picture that belongs to no item: a file, its bytes, or already decoded. Its metadata is dropped.

    Raises:
        PictureError: it is missing or cannot be read.
    """
    if isinstance(image, Image.Image):
        return image
    if isinstance(image, bytes):
        return decode(image, "the picture")
    path = Path(image)
    if not path.is_file():
        raise PictureError(f"there is no file {str(image)[:200]!r}", hint="check the path")
    return decode(path.read_bytes(), path.name)


def four_corners(corners: Sequence[tuple[float, float]]) -> Doubles:
    """The corners of a rectangle on the floor. Shapes: -> (4, 2).

    Raises:
        InputError: they are not four pairs of finite numbers.
    """
    found = np.asarray(corners, np.float64)
    if found.shape != (4, 2) or not np.isfinite(found).all():
        raise InputError(
            "the floor is not four corners", hint='give four "x,y" in pixels, in order around the rectangle'
        )
    return found


def painted(brush: Bools | None, photo: Image.Image) -> Bools | None:
    """Where a photo may change, as it can be used; None when nobody has said. Shapes: brush (h, w).

    Raises:
        InputError: it has not the photo's shape, or nothing is in it.
    """
    if brush is None:
        return None
    found = np.asarray(brush, np.bool_)
    if found.shape != photo.size[::-1]:
        size = " x ".join(str(side) for side in found.shape[::-1])
        raise InputError(
            f"the brush is {size} pixels", hint=f"make it as large as the photo, {photo.width} x {photo.height}"
        )
    if not found.any():
        raise InputError("the brush marks nothing", hint="paint where the photo may change, or leave it out")
    return found


def bright(picture: Image.Image) -> Bools:
    """Where a picture is rather white than black: a brush that was saved. Shapes: (h, w)."""
    return np.asarray(picture.convert("L"), np.uint8) > 127


def within(value: float, what: str, low: float, high: float) -> None:
    """Refuse a number that is out of its range.

    Raises:
        InputError: it is, or is no number.
    """
    if not low <= value <= high:
        raise InputError(f"{what} is {value!r}", hint=f"give a number from {low:g} to {high:g}")


def shown_of(view: View, image: Picture | None, images: Sequence[tuple[Picture, float]]) -> list[Shown]:
    """All pictures of a request, the one that a change changes first; one of nothing when there are none.

    Raises:
        InputError: there are too many, or a weight is no number.
        PictureError: one of them cannot be read.
    """
    asked = [*([(image, 1.0)] if image is not None else []), *images]
    if len(asked) > MOST_PICTURES:
        raise InputError(f"{len(asked)} pictures were given", hint=f"at most {MOST_PICTURES}")
    found = []
    for each, weight in asked:
        picture, item = picture_of(view, each)
        found.append(Shown(picture, _number(weight, "the weight of a picture"), item))
    return found or [Shown(None)]


def checked_factors(weigh: Mapping[str, float]) -> dict[str, float]:
    """Factors on the parts of a request.

    Raises:
        InputError: one is no number.
    """
    return {name: _number(factor, f"the factor of {name!r}") for name, factor in weigh.items()}


def _number(value: float, what: str) -> float:
    """A finite number of a sensible size."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 100:
        raise InputError(f"{what} is {value!r}", hint="a number from -100 to 100, 1 for as it is")
    return float(value)

"""What a question names, looked up: how many places, which rows may be shown, which picture is meant."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tastemaker.catalog.decoding import decode
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, PictureError
from tastemaker.core.types import Bools
from tastemaker.index import filters
from tastemaker.shop.live import View

MOST = 10_000
"""Longest ranking that can be asked for."""

Picture = Path | str | bytes | Image.Image


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


def picture_of(view: View, image: Picture | None) -> tuple[Image.Image | None, Item | None]:
    """The picture that is meant, and the item it belongs to when it is one of the catalog's.

    Raises:
        PictureError: there is none, or it cannot be read.
    """
    if image is None or isinstance(image, Image.Image):
        return image, None
    if isinstance(image, bytes):
        return decode(image, "the picture"), None
    if isinstance(image, str) and view.catalog.has(image):
        row = view.catalog.row(image)
        name = view.catalog.main_picture(row)
        if not name:
            raise PictureError(f"item {image!r} has no picture", hint="search with its words instead")
        return view.catalog.pictures.open(name), view.catalog.item(row)
    path = Path(image)
    if not path.is_file():
        raise PictureError(f"{str(image)[:200]!r} is neither a file nor an item", hint="check the path")
    return decode(path.read_bytes(), path.name), None

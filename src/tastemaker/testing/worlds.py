"""Small worlds in which the right answer is known.

The checkerboard: even people like even items, so what a method should say follows from parity. The drawn shop: every
item is a coloured shape whose picture and words agree, so what a space should find follows from colour and shape.
The checkerboard is the idea of the tests of ``implicit``.
"""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from PIL import Image

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.decoding import MAX_BYTES
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.catalog.items import Item
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.errors import PictureError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints, ItemId, UserId

DAY = 86_400.0
COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (200, 30, 40), "green": (40, 150, 60), "blue": (40, 70, 190), "yellow": (230, 200, 50),
}  # fmt: skip
SHAPES = ("square", "circle", "stripes")


def checkerboard(items: int = 40, people: int = 60, *, cold: int = 4, events: int = 9, seed: int = 0) -> Catalog:
    """Even people like even items, odd people like odd items.

    Args:
        items: rows of the catalog; "item-000" and so on, with an attribute ``parity`` that says it in words.
        people: "person-000" and so on; the parity of the number is their taste.
        cold: so many of the last items have no event.
        events: different items of their parity that each person looks at, one a day, in random order.
        seed: of everything random.
    """
    rng = generator(seed, "checkerboard")
    shown = np.arange(items - cold)
    events = min(events, (items - cold) // 2)
    user = np.repeat(np.arange(people), events)
    row = np.concatenate([rng.permutation(shown[shown % 2 == person % 2])[:events] for person in range(people)])
    time = np.tile(np.arange(events) * DAY, people) + user.astype(np.float64)
    order = np.argsort(time, kind="stable")
    names = tuple(UserId(f"person-{person:03}") for person in range(people))
    weight = np.ones(len(user), np.float32)
    interactions = Interactions(names, items, user[order], row[order].astype(np.int64), weight, time[order])
    return Catalog.from_items([_parity_item(number) for number in range(items)], interactions)


def with_new_items(catalog: Catalog, n: int = 2) -> Catalog:
    """A checkerboard to which ``n`` items were added after the fact; events stay as they are."""
    grown = [catalog.item(row) for row in range(catalog.size)]
    grown += [_parity_item(number) for number in range(catalog.size, catalog.size + n)]
    old = catalog.interactions
    events = Interactions(old.people, len(grown), old.user, old.row, old.weight, old.time)
    return Catalog.from_items(grown, events)


def history_of(parity: int, n: int = 4) -> History:
    """A person whom no method has met, who likes items of one parity."""
    return History.of([parity + 2 * place for place in range(n)])


def parity_vectors(catalog: Catalog, dim: int = 8, *, seed: int = 0) -> Floats:
    """Vectors that know the parity: two directions and a little noise. Unit rows, (rows, dim)."""
    rng = generator(seed, "parity vectors")
    noise = rng.normal(scale=0.1, size=(max(catalog.size, 1000), dim))[: catalog.size]
    noise[np.arange(catalog.size), np.arange(catalog.size) % 2] += 1.0
    return np.asarray(noise / np.linalg.norm(noise, axis=1, keepdims=True), np.float32)


def drawn_shop(copies: int = 4, *, size: int = 32, seed: int = 0) -> Catalog:
    """Coloured shapes: 12 kinds, each drawn ``copies`` times with noise; the words say what the picture shows.

    Args:
        copies: items of each kind.
        size: side of a picture, in pixels.
        seed: of the noise.
    """
    items, pictures = [], {}
    for colour in COLOURS:
        for shape in SHAPES:
            for copy in range(copies):
                name = f"{colour}-{shape}-{copy}.png"
                pictures[name] = drawing(colour, shape, size=size, seed=seed + copy)
                items.append(_drawn_item(colour, shape, copy, name))
    return Catalog.from_items(items, pictures=DrawnPictures(pictures))


def lacking(catalog: Catalog, row: int) -> Catalog:
    """The same shop, in which one item has no picture, the next no words at all, and the next one nothing."""
    items = [catalog.item(place) for place in range(catalog.size)]
    full = items[row]
    items[row] = Item(full.id, full.title, full.text, (), full.price, attributes=full.attributes)
    items[row + 1] = Item(items[row + 1].id, images=items[row + 1].images)
    items[row + 2] = Item(items[row + 2].id)
    return Catalog.from_items(items, catalog.interactions, catalog.pictures)


def drawing(colour: str, shape: str, *, size: int = 32, seed: int = 0) -> Image.Image:
    """One coloured shape on a pale ground."""
    rng = generator(seed, f"{colour} {shape}")
    y, x = np.mgrid[0:size, 0:size] / (size - 1) - 0.5
    inside = {
        "square": (abs(x) < 0.32) & (abs(y) < 0.32),
        "circle": x**2 + y**2 < 0.36**2,
        "stripes": np.sin(x * 8 * np.pi + rng.uniform(0, 6)) > 0,
    }[shape]
    pixels = np.full((size, size, 3), 235.0)
    pixels[inside] = COLOURS[colour]
    pixels += rng.normal(scale=6, size=pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


class DrawnPictures(Pictures):
    """Pictures in memory.

    Args:
        pictures: by name.
    """

    def __init__(self, pictures: Mapping[str, Image.Image]) -> None:
        super().__init__()
        self._drawn = dict(pictures)

    def names(self) -> list[str]:
        """Names of all pictures, sorted."""
        return sorted(self._drawn)

    def has(self, name: str) -> bool:
        """Is there a picture of this name?"""
        return name in self._drawn

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:  # noqa: ARG002 - drawings are small
        """The picture as PNG.

        Raises:
            PictureError: there is none of this name.
        """
        if name not in self._drawn:
            raise PictureError(f"there is no picture {name!r}")
        stream = BytesIO()
        self._drawn[name].save(stream, "PNG")
        return stream.getvalue()


def kinds(catalog: Catalog) -> Ints:
    """Which of the 12 kinds each row of a drawn shop is. Shapes: (rows,)."""
    names = [f"{catalog.item(row).id.rsplit('-', 1)[0]}" for row in range(catalog.size)]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _parity_item(number: int) -> Item:
    parity = ("even", "odd")[number % 2]
    return Item(
        ItemId(f"item-{number:03}"), f"{parity} thing", f"a thing with an {parity} number", price=10.0 + number,
        attributes={"parity": parity},
    )  # fmt: skip


def _drawn_item(colour: str, shape: str, copy: int, picture: str) -> Item:
    words = (f"{colour} {shape}", f"a {shape} in {colour}", f"{shape}, painted {colour}", f"{colour} colour {shape}")
    return Item(
        ItemId(f"{colour}-{shape}-{copy}"), words[copy % 4], images=(picture,), price=20.0 + copy,
        attributes={"colour": colour, "shape": shape},
    )  # fmt: skip

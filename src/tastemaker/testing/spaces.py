"""The contract of a space, clause by clause, in the drawn shop.

See :class:`tastemaker.alignment.space.Space`. Factories make unfitted spaces small enough to train in seconds.
"""

import json
from collections.abc import Callable

import numpy as np
from PIL import Image

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.testing.contract import require, require_equal, require_unit_rows, through_storage
from tastemaker.testing.worlds import drawing, drawn_shop, lacking

Factory = Callable[[], Space]
"""Makes an unfitted space; the same settings and seed each time."""
LACKING = 5
SAME = 0.98
"""Least cosine between two fits; sums in another order differ in the last bit, and training makes that more."""
TEXTS = ("red square", "a circle in blue", "", "nothing the shop has ever heard of", "красный 🟥 " + "x" * 3000)


def check_space(factory: Factory, *, aligned: bool = True) -> None:
    """Run every clause; the space is fitted twice, whatever the number of clauses.

    Args:
        factory: makes an unfitted space.
        aligned: must a text find the pictures it describes? False for a space with random weights.

    Raises:
        ContractBroken: a clause does not hold.
    """
    space = factory()
    require(space.fit(shop()) is space, "fit does not return self")
    for clause in CLAUSES:
        clause(space)
    if aligned:
        finds_what_a_text_describes(space)
    fits_twice_as_once(factory, space)


def shop() -> Catalog:
    """The drawn shop in which three neighbours lack their picture, their words, and both."""
    return lacking(drawn_shop(), LACKING)


def says_what_it_is(space: Space) -> None:
    """Name, figure, source and config are there."""
    require(space.name, "name is empty")
    require(space.figure, "figure is empty; write '-' when the survey has none")
    require(len(space.source) > 10, f"source is {space.source!r}; name the paper")
    require(isinstance(space.config, space.config_class), "config is not an instance of config_class")


def gives_unit_rows(space: Space) -> None:
    """Texts and pictures become float32 unit rows of the same length, whatever they hold; none give none."""
    n = len(TEXTS)
    require_unit_rows(space.embed_texts(TEXTS), n, space.dim, "embed_texts")
    require_unit_rows(space.embed_pictures(_pictures()), len(_pictures()), space.dim, "embed_pictures")
    require_unit_rows(space.embed_texts([]), 0, space.dim, "embed_texts of nothing")
    require_unit_rows(space.embed_pictures([]), 0, space.dim, "embed_pictures of nothing")


def embeds_a_batch_as_one_by_one(space: Space) -> None:
    """What else is in the batch changes nothing."""
    pictures = _pictures()
    texts_apart = np.concatenate([space.embed_texts([text]) for text in TEXTS])
    require_equal(space.embed_texts(TEXTS), texts_apart, "a batch of texts differs from one by one", tolerance=1e-3)
    apart = np.concatenate([space.embed_pictures([picture]) for picture in pictures])
    require_equal(space.embed_pictures(pictures), apart, "a batch of pictures differs from one by one", tolerance=1e-3)


def embeds_twice_alike(space: Space) -> None:
    """Asking changes nothing: no dropout, no noise."""
    require_equal(
        space.embed_texts(TEXTS), space.embed_texts(TEXTS), "the same texts embed differently", tolerance=1e-5
    )
    once, again = space.embed_pictures(_pictures()), space.embed_pictures(_pictures())
    require_equal(again, once, "the same pictures embed differently", tolerance=1e-5)


def aligns_items_to_the_rows_asked(space: Space) -> None:
    """The answer follows the order of the rows, and a single row is embedded as among others."""
    catalog = shop()
    rows = np.array([9, 0, 30, LACKING, 2])
    together = space.embed_items(catalog, rows)
    _require_item_shape(together, len(rows), space.dim)
    apart = np.concatenate([space.embed_items(catalog, rows[place : place + 1]).matrix for place in range(len(rows))])
    require_equal(together.matrix, apart, "items together differ from one by one", tolerance=1e-3)
    _require_item_shape(space.embed_items(catalog, rows[:0]), 0, space.dim)


def says_what_an_item_lacks(space: Space) -> None:
    """No picture, no words: still a unit vector, and the lack is said. Nothing at all: no vector."""
    rows = np.array([LACKING, LACKING + 1, LACKING + 2, LACKING + 3])
    found = space.embed_items(shop(), rows)
    lengths = np.linalg.norm(found.matrix, axis=1)
    require(
        np.allclose(lengths[[0, 1, 3]], 1, atol=1e-3), f"lengths are {lengths}; what lacks one thing is still a unit"
    )
    require(lengths[2] == 0, "an item of which nothing is known has a vector; it must be zero")
    require(found.present.tolist() == [True, True, False, True], "present does not say which rows have a vector")
    expected = {"picture": [False, True, False, True], "text": [True, False, False, True]}
    for modality, there in expected.items():
        if modality in found.has:
            said = found.has[modality].tolist()  # type: ignore[index]
            require(said == there, f"has[{modality!r}] is {said}, the shop has {there}")
    require({"picture", "text"} & set(found.has), "has names neither picture nor text")


def comes_back_from_storage(space: Space) -> None:
    """Settings through JSON and tensors through safetensors give the same vectors."""
    settings = json.loads(json.dumps(space.settings()))
    restored = type(space).restore(settings, through_storage(space.tensors()))
    require(restored.dim == space.dim, f"dim is {restored.dim} after restoring, was {space.dim}")
    require_equal(restored.embed_texts(TEXTS), space.embed_texts(TEXTS), "texts differ after restoring", tolerance=1e-3)
    pictures = _pictures()
    before, after = space.embed_pictures(pictures), restored.embed_pictures(pictures)
    require_equal(after, before, "pictures differ after restoring", tolerance=1e-3)
    rows = np.arange(6)
    before, after = space.embed_items(shop(), rows).matrix, restored.embed_items(shop(), rows).matrix
    require_equal(after, before, "items differ after restoring", tolerance=1e-3)


def finds_what_a_text_describes(space: Space) -> None:
    """A text like "red square" stands nearer to new drawings of it than to other drawings, more often than not."""
    catalog = drawn_shop(1)
    names = [catalog.item(row).title for row in range(catalog.size)]
    pictures = [drawing(*name.split(), seed=77) for name in names]
    nearest = (space.embed_texts(names) @ space.embed_pictures(pictures).T).argmax(axis=1)
    right = float(np.mean(nearest == np.arange(len(names))))
    require(right > 0.5, f"{right:.0%} of the texts find their own picture among 12; by chance it would be 8%")


def fits_twice_as_once(factory: Factory, space: Space) -> None:
    """Another fit with the same seed gives the same vectors, up to the rounding that training amplifies."""
    again = factory().fit(shop()).embed_texts(TEXTS)
    cosine = float(np.sum(again * space.embed_texts(TEXTS), axis=1).min())
    require(cosine >= SAME, f"a second fit gives other vectors: cosine {cosine:.3f}, at least {SAME} is needed")


CLAUSES: tuple[Callable[[Space], None], ...] = (
    says_what_it_is,
    gives_unit_rows,
    embeds_a_batch_as_one_by_one,
    embeds_twice_alike,
    aligns_items_to_the_rows_asked,
    says_what_an_item_lacks,
    comes_back_from_storage,
)
"""What every fitted space keeps."""


def _pictures() -> list[Image.Image]:
    """Drawings, a wide one, a single pixel, and plain black."""
    drawn = [drawing("red", "square"), drawing("blue", "circle", size=50)]
    return [*drawn, drawn[0].resize((90, 20)), Image.new("RGB", (1, 1), "white"), Image.new("RGB", (40, 40))]


def _require_item_shape(vectors: ItemVectors, n: int, dim: int) -> None:
    require(vectors.matrix.shape == (n, dim), f"matrix has shape {vectors.matrix.shape} instead of {(n, dim)}")
    require(vectors.matrix.dtype == np.float32, f"matrix is {vectors.matrix.dtype}, not float32")
    for modality, there in vectors.has.items():
        require(there.shape == (n,), f"has[{modality!r}] has shape {there.shape} instead of {(n,)}")

"""One consistent view of a shop: what is sold now, with what was fitted stretched over items that came later.

Every answer is given by one view from beginning to end. A change of the catalog or a newly published fit makes a new
view beside it; answers under way keep theirs.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.language.wording import Vocabulary
from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.batching import Batcher
from tastemaker.core.errors import TastemakerError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.ranking import Ranking
from tastemaker.core.recent import Recent
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.index.exact import ExactIndex
from tastemaker.recommenders.blending import Said
from tastemaker.recommenders.item_traits import kind_attribute
from tastemaker.recommenders.lines import Lines
from tastemaker.shop.fitted import WRITTEN_OTHERWISE, Fitted, Keys, item_keys, of_another_version, write_vectors
from tastemaker.shop.indexing import index_of

KEPT = 50_000
"""Places of answers that are kept, of all together."""
TOGETHER = 16
"""So many people at most are answered together."""
REPUBLISH = 256
"""After so many items were embedded live, their vectors are stored, so that the next start need not make them again."""
OF_ITEMS = ("index", "vocabulary", "rows", "place", "said", "kinds")
"""Parts of a view that the items and the fit decide, whatever is done with the items."""


@dataclass(frozen=True)
class View:
    """A catalog and everything fitted, aligned to its rows.

    Attributes:
        catalog: what is sold now.
        fitted: what was learned; its vectors may be older than the catalog.
        vectors: one a row of the catalog, items added since the fit included; None when there is no space.
        keys: what each item's vector was made of.
        embedded: how many items had to be embedded since the fit.
    """

    catalog: Catalog
    fitted: Fitted
    vectors: ItemVectors | None
    keys: Keys
    embedded: int

    def heard(self, catalog: Catalog) -> "View":
        """This view after new events: what the items and the fit decide is shared, what events decide is made anew."""
        view = replace(self, catalog=catalog)
        vars(view).update({name: made for name, made in vars(self).copy().items() if name in OF_ITEMS})
        return view

    def warmed(self) -> "View":
        """This view, with everything made that the first question would otherwise wait for."""
        _ = self.index, self.vocabulary, self.popularity, self.place, self.said, self.answers
        return self

    @cached_property
    def index(self) -> ExactIndex | None:
        """Nearest items to a vector."""
        return None if self.vectors is None else index_of(self.vectors, self.keys, self.fitted.index)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that this catalog's own attributes and values are known by."""
        _ = self.catalog.attributes  # made here, to be had by whoever else asks the catalog
        return Vocabulary(self.catalog.without_interactions())  # it keeps the catalog, and outlives these events

    @cached_property
    def popularity(self) -> Floats:
        """Positive events of each item. Shapes: (rows,)."""
        return self.catalog.interactions.counts().astype(np.float32)

    @cached_property
    def rows(self) -> Ints:
        """What is on sale or sold out, but not removed. Shapes: (items,)."""
        return np.flatnonzero(self.catalog.alive)

    @cached_property
    def place(self) -> Ints:
        """Where each row of the catalog stands in ``rows``; -1 for a removed one. Shapes: (rows of the catalog,)."""
        return Lines.of(self.rows, self.catalog.size).place

    @cached_property
    def said(self) -> Batcher[History, Said]:
        """What people are told of ``rows``; those who ask at the same time are answered together."""
        recommender, rows = self.fitted.recommender, self.rows  # not the view itself, which this outlives
        return Batcher(lambda people: [] if recommender is None else recommender.said(people, rows), TOGETHER)

    @cached_property
    def answers(self) -> Recent[Ranking]:
        """Answers that were given lately; kept no longer than this view."""
        return Recent(KEPT)

    @cached_property
    def kinds(self) -> npt.NDArray[np.object_]:
        """What each row is: the value of the attribute that says so, else its department, else "". Shapes: (rows,)."""
        named = kind_attribute(self.catalog) if self.fitted.complete is None else self.fitted.complete.kind
        found = [item_kind(self.catalog, row, named) for row in range(self.catalog.size)]
        return np.array(found, np.object_)


def item_kind(catalog: Catalog, row: int, named: str) -> str:
    """What an item is, in lower case."""
    item = catalog.raw_item(row)
    value = item.attributes.get(named)
    return (value if isinstance(value, str) else item.department).casefold()


def view(catalog: Catalog, fitted: Fitted, before: View | None = None, observer: Observer = silent) -> View:
    """Stretch what was fitted over the catalog: embed what is new or has changed, tell the recommender.

    Args:
        catalog: what is sold now.
        fitted: what was learned.
        before: an earlier view; of the same fit, its vectors need not be made again, and of the same items as well,
            hardly anything.
        observer: hears of items being embedded.

    Raises:
        WorkspaceError: another version of the library has fitted it in a way of its own.
    """
    if before is not None and before.fitted is fitted and before.catalog.same_items(catalog):
        return before.heard(catalog)
    keys = item_keys(catalog)
    vectors, embedded = fitted.vectors, 0
    if fitted.space is not None and vectors is not None:
        base, embedded = (vectors, fitted.keys), 0
        if before is not None and before.fitted.space is fitted.space and before.vectors is not None:
            base, embedded = (before.vectors, before.keys), before.embedded
        vectors, fresh = _stretch(fitted.space, catalog, base, keys, observer)
        embedded += fresh
    try:
        if fitted.recommender is not None:
            fitted.recommender.refresh(catalog, vectors)
        if fitted.complete is not None:
            fitted.complete.refresh(catalog, vectors)
    except TastemakerError:
        raise
    except WRITTEN_OTHERWISE as error:  # it reads items differently from how it was fitted
        raise of_another_version(str(error).partition("\n")[0]) from error
    return View(catalog, fitted, vectors, keys, embedded)


def keep_vectors(view: View, artefacts: Artefacts) -> None:
    """Store vectors that were made live, once there are many of them."""
    if view.vectors is None or not view.embedded or (view.embedded < REPUBLISH and not view.fitted.instead_of):
        return
    with artefacts.lock("publishing"):
        published = artefacts.published()
        if published["space"].name != view.fitted.names["space"]:
            return
        config = {"items": int(view.catalog.alive.sum()), "revision": view.catalog.revision}
        written = write_vectors(artefacts, view.vectors, view.keys, published["space"].name, config)
        artefacts.publish({"vectors": written}, amend=True)


def embed_all(space: Space, catalog: Catalog, observer: Observer = silent) -> ItemVectors:
    """Vectors of all items, aligned to rows; zero where an item is gone."""
    nothing = ItemVectors(np.zeros((0, space.dim), np.float32), {})
    return _stretch(space, catalog, (nothing, np.empty(0, np.uint64)), item_keys(catalog), observer)[0]


def _stretch(
    space: Space, catalog: Catalog, base: tuple[ItemVectors, Keys], keys: Keys, observer: Observer
) -> tuple[ItemVectors, int]:
    """Vectors of all rows: kept where the item is as it was, made anew elsewhere, zero where it is gone."""
    vectors, old_keys = base
    if np.array_equal(old_keys, keys):
        return vectors, 0  # as they are: they may be mapped, and then all processes have them once
    common = min(len(old_keys), catalog.size)
    known = np.zeros(catalog.size, np.bool_)
    known[:common] = old_keys[:common] == keys[:common]
    kept, fresh = np.flatnonzero(known & catalog.alive), np.flatnonzero(~known & catalog.alive)
    matrix = np.zeros((catalog.size, vectors.matrix.shape[1]), np.float32)
    matrix[kept] = vectors.matrix[kept]
    made = ItemVectors(matrix[:0], {})
    if len(fresh):
        made = space.embed_items(catalog, fresh, observer)
        matrix[fresh] = made.matrix
    has = {m: np.zeros(catalog.size, np.bool_) for m in (*vectors.has, *made.has)}
    more = {name: np.zeros((catalog.size, *a.shape[1:]), a.dtype) for name, a in {**vectors.more, **made.more}.items()}
    for rows, places, part in ((kept, kept, vectors), (fresh, np.arange(len(fresh)), made)):
        for modality, marks in part.has.items():
            has[modality][rows] = marks[places]
        for name, array in part.more.items():
            more[name][rows] = array[places]
    return ItemVectors(matrix, has, more), len(fresh)

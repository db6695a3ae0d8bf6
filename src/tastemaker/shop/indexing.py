"""The approximate part of a shop's index: derived from the vectors, and never trusted further than its checksum.

It is the part ``index`` of what is published: built by ``fit``, and by a running server when the shop has outgrown what
there is. A damaged one is left aside when it is read; every answer is exact until it has been made anew. It is of one
space; items that came or changed since are known by their keys, and compared exactly beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import WorkspaceError
from tastemaker.core.progress import Observer, track
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Bools
from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex
from tastemaker.index.fusion import known_item_queries
from tastemaker.index.planned import Efforts, PlannedIndex
from tastemaker.index.settings import IndexConfig
from tastemaker.index.tuning import Asked, Measured, measure, tune

Keys = npt.NDArray[np.uint64]

QUESTIONS = 150
"""Of each kind; half of them choose how far is read, half measure what that finds."""


@dataclass(frozen=True)
class Derived:
    """What was built.

    Attributes:
        approximate: of the rows at that moment.
        efforts: how far it must be read.
        keys: what each row's vector was made of.
    """

    approximate: Approximate
    efforts: Efforts
    keys: Keys

    def stale(self, keys: Keys) -> Bools:
        """Rows of a catalog that are not what they were. Shapes: (rows,) -> (rows,)."""
        changed = np.ones(len(keys), np.bool_)
        common = min(len(keys), len(self.keys))
        changed[:common] = keys[:common] != self.keys[:common]
        return changed


@dataclass(frozen=True, eq=False)
class Ground:
    """What an index is built of.

    Attributes:
        space: made the vectors.
        name: of its artefact.
        catalog: the items.
        vectors: one a row of the catalog.
        keys: what each was made of.
    """

    space: Space
    name: str
    catalog: Catalog
    vectors: ItemVectors
    keys: Keys

    def is_due(self, derived: Derived | None, config: IndexConfig) -> bool:
        """Are there enough items, and is there nothing yet, or has too much changed since?"""
        if np.count_nonzero(self.vectors.present) <= config.exact_rows:
            return False
        return derived is None or bool(derived.stale(self.keys).mean() > config.stale)


def index_of(vectors: ItemVectors, keys: Keys, derived: Derived | None) -> ExactIndex:
    """The index of a catalog's vectors: planned where something was built, exact where nothing was."""
    if derived is None:
        return ExactIndex(vectors.matrix, vectors.present, share=True)
    stale = derived.stale(keys)
    return PlannedIndex(vectors.matrix, vectors.present, derived.approximate, derived.efforts, stale)


def build(
    artefacts: Artefacts, ground: Ground, config: IndexConfig, manifest: Mapping[str, object], observer: Observer
) -> Artefact:
    """Build it, find out how far it must be read, measure what that finds, and write all down.

    Raises:
        Cancelled: the observer asked to stop; nothing was written.
    """
    matrix, present = np.ascontiguousarray(ground.vectors.matrix, np.float32), ground.vectors.present
    asked = own_questions(ground)
    choosing = {kind: each.halves()[0] for kind, each in asked.items()}
    judging = {kind: each.halves()[1] for kind, each in asked.items()}
    approximate = Approximate.make(matrix, present, observer=observer)
    with track(observer, "index tuned", 2) as task:
        efforts = tune(approximate, matrix, present, choosing, config.recall)
        task.advance()
        index = PlannedIndex(matrix, present, approximate, efforts)
        table = measure(index, ExactIndex(matrix, present, share=True), judging)
        task.advance()
    told = {
        "space": ground.name,
        "aim": config.recall,
        "items": int(np.count_nonzero(present)),
        "efforts": efforts.settings(),
        "recall": {kind: min(row.recall for row in table if row.asked == kind) for kind in judging},
        "told": _told(table),
        "measured": [asdict(row) for row in table],
    }
    tensors = {**approximate.tensors(), "keys": ground.keys}
    return artefacts.write("index", config=told, tensors=tensors, manifest=manifest)


def restore(artefact: Artefact, space_name: str) -> Derived | None:
    """What was built, when its checksum holds and it is of this space; None when not: then it is made anew."""
    try:
        if artefact.config.get("space") != space_name:
            return None
        tensors = artefact.tensors()  # only when its checksum holds
        efforts = Efforts.restore(artefact.settings("efforts"))
        return Derived(Approximate.restore(tensors), efforts, tensors["keys"].astype(np.uint64, copy=False))
    except (WorkspaceError, KeyError, TypeError, ValueError):
        return None


def own_questions(ground: Ground) -> dict[str, Asked]:
    """Questions of the shop's own: like an item, and some of an item's words, which lie apart from the items."""
    vectors = ground.vectors
    rows = generator(0, "index questions").permutation(np.flatnonzero(vectors.present))[:QUESTIONS]
    asked = {"items": Asked(vectors.matrix[rows], rows)}
    if texts := [text for _, text in known_item_queries(ground.catalog, QUESTIONS, 0)]:
        embedded = ground.space.embed_texts(texts)
        embedded = embedded[np.any(embedded != 0, axis=1)]
        if len(embedded) > 1:
            asked["words"] = Asked(embedded, np.full(len(embedded), -1))
    return asked


def report(artefacts: Artefacts) -> dict[str, object]:
    """For ``doctor``: how the nearest items are found, and how many of them."""
    parts = artefacts.published()
    if "vectors" not in parts:
        return {"method": "none", "items": 0}
    if "index" not in parts or not parts["index"].is_whole:
        return {"method": "exact", "items": parts["vectors"].manifest.get("items", 0), "recall": 1.0}
    config = parts["index"].config
    names = {"items": "items", "aimed_at": "aim", "recall": "recall", "measured": "told"}
    return {"method": "planned", **{name: config.get(kept) for name, kept in names.items()}}


def _told(table: Sequence[Measured]) -> dict[str, str]:
    """What was measured, one line a filter."""
    lines = {}
    for kept in dict.fromkeys(row.kept for row in table):
        rows = [row for row in table if row.kept == kept]
        found = ", ".join(f"{row.recall:.3f} for {row.asked}" for row in rows)
        took, exact = max(row.ms for row in rows), max(row.exact_ms for row in rows)
        lines[f"{kept:.1%} of the rows"] = f"{rows[0].method}: {found}; {took} ms, exact {exact} ms"
    return lines

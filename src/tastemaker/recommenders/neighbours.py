"""Items that look or sound alike: one graph a modality, which multimodal recommenders stand on.

A graph says of each row of the catalog which rows with events are nearest to it in one modality. An item that lacks the
modality has no neighbours there and is nobody's; while a whole modality is missing its graph is empty. Nothing is
learned, so items that come later find their neighbours without training.
"""

from collections.abc import Mapping
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders.features import digests
from tastemaker.recommenders.modalities import Standardised

BLOCK = 1024


def nearest(queries: Floats, base: Floats, k: int, own: Ints | None = None) -> csr_matrix:
    """The ``k`` nearest rows of ``base`` for each query by cosine, those above zero; lines sum to one or are empty.

    Args:
        queries: unit rows; a row of zeros has no neighbours.
        base: unit rows.
        k: neighbours.
        own: line of ``base`` that is the query itself and must not be its own neighbour, -1 for none.

    Shapes: (n, dim), (m, dim) -> (n, m).
    """
    k = min(k, len(base))
    parts: list[tuple[Ints, Ints, Floats]] = []
    for low in range(0, len(queries) if k else 0, BLOCK):
        alike = np.asarray(queries[low : low + BLOCK] @ base.T, np.float32)
        if own is not None:
            mine = own[low : low + BLOCK]
            alike[np.flatnonzero(mine >= 0), mine[mine >= 0]] = -1.0
        top = np.sort(np.argpartition(-alike, k - 1, axis=1)[:, :k], axis=1)
        value = np.take_along_axis(alike, top, axis=1)
        line, place = np.nonzero(value > 0)
        parts.append((line + low, top[line, place], value[line, place]))
    if not parts:
        return csr_matrix((len(queries), len(base)), dtype=np.float32)
    lines, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    graph = csr_matrix((values, (lines, columns)), shape=(len(queries), len(base)), dtype=np.float32)
    total = np.asarray(graph.sum(axis=1)).ravel()
    return (diags(1.0 / np.where(total > 0, total, 1.0)) @ graph).tocsr().astype(np.float32)


class Neighbours:
    """For every row of a catalog its nearest among the rows with events, one graph a modality.

    Args:
        likeness: how the modalities are read.
        rows: rows with events, sorted; they do not change.
        k: neighbours of an item in each modality.
    """

    def __init__(self, likeness: Standardised, rows: Ints, k: int) -> None:
        self.likeness = likeness
        self.rows = rows
        self.k = k
        self.graphs = {name: csr_matrix((0, len(rows)), dtype=np.float32) for name in likeness.names}
        self._digests = np.empty(0, np.uint64)

    @property
    def size(self) -> int:
        """Rows of the catalog as it was last seen."""
        return len(self._digests)

    @property
    def reached(self) -> Bools:
        """Rows that have a neighbour in some modality. Shapes: (size,)."""
        found = np.zeros(self.size, np.bool_)
        for graph in self.graphs.values():
            found |= np.diff(graph.indptr) > 0
        return found

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Find the neighbours of items that are new or have changed."""
        now = digests(catalog, vectors)
        before = np.zeros(len(now), np.uint64)
        before[: self.size] = self._digests[: len(now)]
        changed = np.flatnonzero(now != before)
        own = np.full(catalog.size, -1, np.int64)
        there = self.rows < catalog.size
        own[self.rows[there]] = np.flatnonzero(there)
        base = self.likeness.vectors(catalog, vectors, self.rows) if len(changed) else {}
        asked = self.likeness.vectors(catalog, vectors, changed) if len(changed) else {}
        for name in base:
            fresh = nearest(asked[name], base[name], self.k, own[changed])
            self.graphs[name] = _replaced(self.graphs[name], fresh, changed, catalog.size)
        self._digests = now

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """For storage; the names start with ``prefix``."""
        state = self.likeness.tensors(f"{prefix}likeness.") | {
            f"{prefix}rows": self.rows, f"{prefix}k": np.array([self.k], np.int64), f"{prefix}digests": self._digests,
        }  # fmt: skip
        for name, graph in self.graphs.items():
            parts = {"data": graph.data, "indices": graph.indices, "indptr": graph.indptr}
            state |= {f"{prefix}graph.{name}.{part}": value for part, value in parts.items()}
        return state

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> Self:
        """Take back what :meth:`tensors` gave."""
        rows = np.asarray(tensors[f"{prefix}rows"], np.int64)
        made = cls(Standardised.restore(tensors, f"{prefix}likeness."), rows, int(tensors[f"{prefix}k"][0]))
        made._digests = np.asarray(tensors[f"{prefix}digests"], np.uint64)
        for name in made.likeness.names:
            parts = tuple(tensors[f"{prefix}graph.{name}.{part}"] for part in ("data", "indices", "indptr"))
            made.graphs[name] = csr_matrix(parts, shape=(made.size, len(rows)))
        return made


def _replaced(graph: csr_matrix, fresh: csr_matrix, lines: Ints, size: int) -> csr_matrix:
    """A graph of ``size`` lines in which some lines are new. Shapes: fresh (len(lines), m) -> (size, m)."""
    if len(lines) == size:
        return fresh
    kept = np.ones(graph.shape[0], np.bool_)
    kept[lines[lines < len(kept)]] = False
    kept[size:] = False
    old, new = graph.tocoo(), fresh.tocoo()
    stays = kept[old.row]
    line = np.concatenate([old.row[stays], lines[new.row]])
    entries = (np.concatenate([old.data[stays], new.data]), (line, np.concatenate([old.col[stays], new.col])))
    return csr_matrix(entries, shape=(size, graph.shape[1]), dtype=np.float32)

"""SASRec whose items are more than numbers: each vector is the item's own plus what its content says.

The content is one linear map of labels, words, numbers, the space's vectors and every matrix of ``features/``; an item
that lacks some of it lacks that part of the sum. In training a share of the items lose their own vector at each step,
so that content learns to speak alone: an item that comes later is read and recommended from its content, without
training.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.nn.directions import leading
from tastemaker.nn.sequence_content import Known
from tastemaker.recommenders import features, modalities
from tastemaker.recommenders.features import Features, digests
from tastemaker.recommenders.lines import Lines
from tastemaker.recommenders.modalities import Modalities
from tastemaker.recommenders.sasrec import Foretelling, SasRec, SasRecConfig
from tastemaker.recommenders.sequential import Material

NARROW = 96  # columns that words, and every modality that is wider, are brought down to
WHOLE: Mapping[features.Block, float] = {"words": 1.0, "labels": 1.0, "names": 1.0, "numbers": 1.0}


class SasRecContentConfig(SasRecConfig):
    """Settings of SASRec with content."""

    forget: float = Field(default=0.15, ge=0, lt=1)
    """Share of the items whose own vector is left out of a training step; 0 leaves new items to chance."""


@dataclass(frozen=True)
class Reader:
    """How content becomes columns; made by :func:`learn`.

    Attributes:
        said: words, labels and numbers.
        given: the modalities.
        bases: name of what is brought down -> its directions, (width, narrower).
    """

    said: Features
    given: Modalities
    bases: Mapping[str, Floats]

    def read(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> tuple[Known, Bools]:
        """What is known of some items, and of which of them anything is."""
        words, rest = self._said(catalog, rows)
        dense = {"words": words, **self.given.read(catalog, vectors, rows)}
        narrow = [self._narrow(name, table) for name, table in dense.items()]
        known = Known.of(np.concatenate(narrow, axis=1), rest)
        some: Bools = np.any(known.dense.numpy() != 0, axis=1) | (np.diff(rest.indptr) > 0)
        return known, some & catalog.alive[rows]

    def _said(self, catalog: Catalog, rows: Ints) -> tuple[csr_matrix, csr_matrix]:
        table = self.said.read(catalog, rows, WHOLE)
        n_words = len(self.said.words)
        return table[:, :n_words], table[:, n_words:].tocsr()

    def _narrow(self, name: str, table: Floats | csr_matrix) -> Floats:
        basis = self.bases.get(name)
        brought = table if basis is None else table @ basis
        return np.asarray(brought.toarray() if isinstance(brought, csr_matrix) else brought, np.float32)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """For storage."""
        bases = {f"reader.basis.{name}": basis for name, basis in self.bases.items()}
        return self.said.tensors("reader.said.") | self.given.tensors("reader.given.") | bases


def learn(catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Reader:
    """Which words, labels and modalities there are, and the main directions of what is wide."""
    reader = Reader(features.learn(catalog, rows), modalities.learn(catalog, vectors), {})
    wide: dict[str, Floats | csr_matrix] = {"words": reader._said(catalog, rows)[0]}
    wide |= reader.given.read(catalog, vectors, rows)
    bases = {name: directions(table) for name, table in wide.items() if min(table.shape) > NARROW}
    return Reader(reader.said, reader.given, bases)


def restore(tensors: Mapping[str, npt.NDArray[np.generic]]) -> Reader:
    """Take back what :meth:`Reader.tensors` gave."""
    begin = "reader.basis."
    bases = {n.removeprefix(begin): np.asarray(t, np.float32) for n, t in tensors.items() if n.startswith(begin)}
    said, given = features.restore(tensors, "reader.said."), modalities.restore(tensors, "reader.given.")
    return Reader(said, given, bases)


def directions(table: Floats | csr_matrix, k: int = NARROW) -> Floats:
    """The ``k`` main right singular vectors. Shapes: (n, width) -> (width, k)."""
    return np.ascontiguousarray(leading(table, k)[1][:, ::-1], np.float32)


class SasRecContent(SasRec[SasRecContentConfig]):
    """``v_i = e_i + W c_i``, where c is what an item's content says; e is left out of some steps, and for new items.

    Source: Kang and McAuley 2018; content beside ids as in Hidasi et al. 2016 (parallel features), dropped ids as in
    Volkovs et al. 2017 (DropoutNet), sec. 4.
    Differs: one sum for reading and foretelling, full softmax.
    See also: SasRec, where items bring nothing but a number.
    """

    source: ClassVar[str] = (
        "Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018; ids that are dropped beside content: "
        "Volkovs et al., DropoutNet, NeurIPS 2017, sec. 4"
    )
    config_class: ClassVar[type[Config]] = SasRecContentConfig
    serves_cold_items: ClassVar[bool] = True

    @override
    def keep(self, learned: Foretelling, material: Material) -> None:
        """The network, and the vectors of all items of which anything is known."""
        super().keep(learned, material)
        self._warm = len(self._lines)
        self._seen = np.zeros(0, np.uint64)
        self.refresh(material.catalog, material.vectors)

    @override
    def describe(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Known | None:
        """Learn how to read content, and read it."""
        self._reader = learn(catalog, vectors, rows)
        known, _ = self._reader.read(catalog, vectors, rows)
        return known if known.width else None

    @override
    def forget(self) -> float:
        """As the config says."""
        return self.config.forget

    @override
    @torch.no_grad()
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the items that are new or have changed; a new one of which something is known is served from now on."""
        now = digests(catalog, vectors)
        before = np.zeros(len(now), np.uint64)
        before[: len(self._seen)] = self._seen[: len(now)]
        changed = np.flatnonzero(now != before)
        self._seen = now
        if self._net.content is None or not len(changed):
            return
        known, some = self._reader.read(catalog, vectors, changed)
        places = self.places(changed)
        fresh = some & (places < 0)
        places[fresh] = len(self._lines) + np.arange(int(fresh.sum()))
        rows = np.concatenate([self._lines.rows, changed[fresh]])
        self._lines = Lines.of(rows, max(catalog.size, len(self._lines.place)))
        table = torch.cat([self._table, self._table.new_zeros(int(fresh.sum()), self._table.shape[1])])
        served = places >= 0
        at = torch.from_numpy(places[served])
        own = torch.where((at < self._warm)[:, None], self._net.items[at.clamp(max=self._warm - 1)], 0.0)
        table[at] = own + self._net.content(known)[torch.from_numpy(served)]
        self._table = table

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the items' vectors, how content is read, and what had been read."""
        return {**super().tensors(), **self._reader.tensors(), "seen": self._seen}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._reader = restore(tensors)
        self._warm = len(self._net.items)
        self._seen = np.asarray(tensors["seen"], np.uint64)
        return self

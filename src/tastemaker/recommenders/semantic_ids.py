"""Generative retrieval: items as short tuples of codes, and the next item foretold from them.

Codes are made of what is known of an item, so near items share them: what is learned of one item counts for its
neighbours, and an item that came after the training gets its id by reading it, and is recommended at once.

    method = SemanticIds(SemanticIdsConfig(decoder="autoregressive"))
    method.fit(catalog, vectors)                                       # all streams there are
    method.refresh(grown, vectors)                                     # new items have ids now; nothing was trained

The decoder ``items`` foretells the item itself, its vector being made of its id: the best of the three by far where
items have events (see docs/benchmarks.md), and the default. The other two foretell codes, as published models do.

Items that share all their codes are told apart by one more code, a number among them, as in TIGER.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.id_model import Decoder, IdModel, IdShape
from tastemaker.nn.quantisation import numbered
from tastemaker.recommenders import features
from tastemaker.recommenders.semantic_codes import EVENTS, Kind, Recipe, Streams, learn
from tastemaker.recommenders.semantic_marks import Made, Marks
from tastemaker.recommenders.semantic_reading import ASKED, Foretelling, Ids, Reader
from tastemaker.recommenders.sequential import (
    Answer,
    Material,
    Sequential,
    SequentialConfig,
    restored,
    stored,
)
from tastemaker.recommenders.validation import Validation

MOST_ALIKE = 256  # items of one id that have numbers of their own


class SemanticIdsConfig(SequentialConfig):
    """Settings of semantic ids."""

    decoder: Decoder = "items"
    """How an item is foretold: items (itself, its vector being made of its id), parallel (each of its codes by
    itself) or autoregressive (code after code, by beam search)."""
    quantiser: Kind = "residual"
    """What makes codes of vectors: residual (k-means of what is left), product (k-means of parts) or rq-vae."""
    streams: tuple[str, ...] = ()
    """What codes are made of: names of feature matrices, space, words, events; none means all but events."""
    given: tuple[str, ...] = ()
    """Names of feature matrices that hold codes already: whole numbers from 0, one column a level."""
    levels: int = Field(default=4, ge=1, le=16)
    """Codes of an item in each stream."""
    codes: int = Field(default=0, ge=0, le=65_536)
    """Different codes of a level; 0 takes an eighth of the items, 4 to 256."""
    made: Made = "beginnings"
    """What an item's vector is made of: beginnings (its first code, first two, first three) or codes, singly."""
    own: bool = True
    """Do items that were there at the training have a vector of their own beside what their ids say?"""
    forget: float = Field(default=0.1, ge=0, lt=1)
    """Share of the items whose own vector is left out of a training step, so that ids alone must do."""
    beams: int = Field(default=50, ge=1)
    """Beginnings of ids that beam search keeps."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share dropped in training."""
    batch_size: int = Field(default=128, ge=1)
    """Histories a batch; fewer where there are few."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""


class SemanticIds(Sequential[SemanticIdsConfig, Foretelling]):
    """``p(next | history) = prod_l p(c_l | transformer(history))`` over the codes of an item, see the decoders.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Rajput et al. 2023 (TIGER, arXiv 2305.05065); Hou et al. 2025 (RPG, arXiv 2506.05781) for parallel codes.
    Differs: residual k-means by default; one transformer position an item; items may have a vector of their own.
    See also: SasRec for items with many events; ContentToFactors for new items within seconds.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Rajput et al., Recommender Systems with Generative Retrieval, NeurIPS 2023, sec. 3; parallel codes: Hou et "
        "al., Generating Long Semantic IDs in Parallel for Recommendation, KDD 2025"
    )
    config_class: ClassVar[type[Config]] = SemanticIdsConfig
    serves_cold_items: ClassVar[bool] = True

    task: ClassVar[str] = "semantic ids"
    steps: ClassVar[int] = 7_000
    most_epochs: ClassVar[int] = 30

    _streams: Streams
    _reader: Reader

    @override
    def asked(self) -> int:
        """As many as the decoder can answer."""
        return ASKED[self.config.decoder]

    @override
    def learning(self, material: Material, questions: Validation | None, observer: Observer) -> Foretelling:
        """Codes of what is known of the items, foretold by a transformer.

        Raises:
            FitError: nothing is known of the items, or their codes collapsed.
        """
        c, lines, catalog, vectors = self.config, material.lines, material.catalog, material.vectors
        recipe = Recipe(c.streams, c.given, c.quantiser, c.levels, c.codes, c.seed)
        if not material.final or EVENTS in self._streams.sizes:  # what else is known of the items is the same
            self._streams = learn(catalog, vectors, material.events, recipe, observer)
        ids = self._first_ids(catalog, vectors, lines.place)
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "weights"))
            model = IdModel(self._shape(len(lines) if c.own else 0))
        read = (material.sequences.lines, material.sequences.starts, lines.rows, ids.codes, ids.marks, ids.own)
        return Foretelling(self.task, digest("semantic-ids", c, *read), material, model, ids, questions, c.beams)

    @override
    def keep(self, learned: Foretelling, material: Material) -> None:
        """The network, and the ids of all items."""
        self._reader = Reader(learned.model, learned.ids, self.config.beams)
        self._digests = features.digests(material.catalog, material.vectors)

    def _first_ids(self, catalog: Catalog, vectors: ItemVectors | None, place: Ints) -> Ids:
        """Ids of every row by the streams that were learned; learns what vectors are made of."""
        c = self.config
        codes = self._streams.read(catalog, vectors, np.arange(catalog.size))
        codes[~catalog.alive] = -1
        last = numbered(codes)
        sizes = [size for stream in self._streams.sizes.values() for size in stream]
        self._sizes = (*sizes, int(np.clip(last.max() + 1, 1, MOST_ALIKE)))
        made: Made = "codes" if c.quantiser == "product" else c.made
        self._marks = Marks.learn(codes, list(self._streams.sizes.values()), made)
        own = place if c.own else np.full(catalog.size, -1, np.int64)
        return Ids(self._complete(codes, last), self._marks.read(codes), own)

    def _complete(self, codes: Ints, last: Ints) -> Ints:
        """Codes and the number among equals; numbers beyond those of the fit are the last of them."""
        return np.concatenate([codes, np.minimum(last, self._sizes[-1] - 1)[:, None]], axis=1)

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Give ids to items that are new or have changed; no training."""
        old, n = self._reader.ids, catalog.size
        now, before = features.digests(catalog, vectors), np.zeros(n, np.uint64)
        before[: len(self._digests)] = self._digests[:n]
        changed = np.flatnonzero((now != before) & (now != 0))
        codes, own = np.full((n, len(self._sizes)), -1, np.int64), np.full(n, -1, np.int64)
        codes[: len(old.codes)], own[: len(old.own)] = old.codes[:n], old.own[:n]
        read = self._streams.read(catalog, vectors, changed)
        other = changed[(read != codes[changed, :-1]).any(axis=1)]
        codes[changed, :-1] = read
        codes[other, -1] = -1
        whole = self._complete(codes[:, :-1], numbered(codes[:, :-1], codes[:, -1]))
        ids = Ids(whole, self._marks.read(codes[:, :-1]), own)
        self._reader = Reader(self._reader.model, ids, self.config.beams)
        self._digests = np.where(now != 0, now, before)

    @override
    def story(self, history: History) -> Ints:
        """The newest rows of a history; rows are their own lines here. Shapes: -> (at most length,)."""
        return self._reader.story(history)

    @override
    def places(self, rows: Ints) -> Ints:
        """The rows of which anything is known. Shapes: (n,) -> (n,)."""
        return self._reader.ids.lines(rows)

    @override
    def rows(self, lines: Ints) -> Ints:
        """The same. Shapes: (n,) -> (n,)."""
        return lines

    @override
    def answering(self, lines: Ints) -> Answer:
        """Log-probabilities (inner products for the decoder items)."""
        reader = self._reader
        known, back = np.unique(lines, return_inverse=True)  # so that the order of the candidates changes nothing
        trie = reader.trie(known) if self.config.decoder == "autoregressive" else None
        return lambda stories: reader.scores(reader.hidden(stories), known, trie)[:, back]

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the quantisers, and every item's id."""
        ids = self._reader.ids
        state = {
            "ids": ids.codes,
            "marks": ids.marks,
            "own": ids.own,
            "digests": self._digests,
            "sizes": np.array(self._sizes, np.int64),
        }
        return stored(self._reader.model) | self._streams.tensors() | self._marks.tensors() | state

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        state = restored(tensors)
        self._sizes = tuple(int(size) for size in tensors["sizes"].astype(np.int64))
        self._streams = Streams.restore(tensors, self.config.quantiser)
        self._marks = Marks.restore(tensors)
        model = IdModel(self._shape(len(state.get("items", ()))))
        model.load_state_dict(state)
        codes, marks, own = (np.asarray(tensors[name], np.int64) for name in ("ids", "marks", "own"))
        ids = Ids(codes, marks, own)
        self._reader = Reader(model.eval(), ids, self.config.beams)
        self._digests = np.asarray(tensors["digests"], np.uint64)
        return self

    def _shape(self, n_items: int) -> IdShape:
        c = self.config
        return IdShape(
            self._sizes, self._marks.sizes, n_items, c.dim, c.layers, c.heads, c.length, c.dropout, c.forget, c.decoder
        )  # fmt: skip

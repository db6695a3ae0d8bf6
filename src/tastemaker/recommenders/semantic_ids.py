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

from collections.abc import Mapping, Sequence
from pathlib import Path
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
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.id_model import Decoder, IdModel, IdShape
from tastemaker.nn.quantisation import numbered
from tastemaker.nn.training import Plan, train
from tastemaker.recommenders import features
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.semantic_codes import Kind, Recipe, Streams, learn
from tastemaker.recommenders.semantic_marks import Made, Marks
from tastemaker.recommenders.semantic_reading import ASKED, Foretelling, Ids, Reader
from tastemaker.recommenders.sequences import sequences_of
from tastemaker.recommenders.signals import in_order, shares
from tastemaker.recommenders.validation import Validation, held_back, some

BATCH = 512
STEPS = 7_000  # that an open number of epochs aims at
FEWEST_EPOCHS, MOST_EPOCHS = 10, 30
MOST_ALIKE = 256  # items of one id that have numbers of their own


class SemanticIdsConfig(Config):
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
    dim: int = Field(default=64, ge=4, le=2048)
    """Length of an item's vector, a multiple of `heads`."""
    layers: int = Field(default=2, ge=1, le=24)
    """Layers of attention."""
    heads: int = Field(default=2, ge=1)
    """Heads of the attention."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share dropped in training."""
    length: int = Field(default=50, ge=1, le=4096)
    """In items: how much of a history is read, the newest."""
    epochs: int = Field(default=0, ge=0, le=10_000)
    """Times every history is looked at; 0 chooses by their number: 10 to 30."""
    batch_size: int = Field(default=128, ge=1)
    """Histories a batch; fewer where there are few."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    max_minutes: float = Field(default=30.0, gt=0)
    """Minutes after which training stops with what it has."""
    seed: int = Field(default=0, ge=0)
    """Of every chance."""


class SemanticIds(Recommender[SemanticIdsConfig]):
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

    def __init__(self, config: SemanticIdsConfig | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Make codes of what is known of the items, then learn what follows what.

        Raises:
            FitError: nobody chose two items, nothing is known of the items, or their codes collapsed.
        """
        c = self.config
        events, validation = held_back(catalog.interactions, validation, seed=c.seed)
        rows = np.flatnonzero(events.counts()).astype(np.int64)
        place = np.full(catalog.size, -1, np.int64)
        place[rows] = np.arange(len(rows))
        sequences = sequences_of(events, place, c.length)
        if not len(sequences):
            raise FitError("semantic ids: nobody chose two items", hint="add an events file, or record events")
        recipe = Recipe(c.streams, c.given, c.quantiser, c.levels, c.codes, c.seed)
        self._streams = learn(catalog, vectors, events, recipe, observer)
        ids = self._first_ids(catalog, vectors, place)
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "weights"))
            model = IdModel(self._shape(len(rows) if c.own else 0))
        size = min(c.batch_size, max(16, len(sequences) // 8))
        asked = None if validation is None else some(validation, ASKED[c.decoder], c.seed, "semantic ids validation")
        ordered = in_order(catalog.interactions)
        learning = Foretelling(model, sequences, ids, rows, asked, size, c.beams, ordered=ordered)
        train(learning, self._plan(learning), observer)
        self._reader = Reader(model, ids, c.beams)
        self._digests = features.digests(catalog, vectors)
        return self

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
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Log-probabilities (inner products for the decoder items); -inf for items of which nothing is known.

        Shapes: (len(histories), n).
        """
        reader = self._reader
        lines = reader.ids.lines(candidates)
        known, trie = np.unique(lines[lines >= 0]), None
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        if not len(known):
            return scores
        back = np.searchsorted(known, lines[lines >= 0])  # so that the order of the candidates changes nothing
        for low in range(0, len(histories), BATCH):
            stories = [reader.story(history) for history in histories[low : low + BATCH]]
            spoken = np.flatnonzero([len(story) > 0 for story in stories])
            if len(spoken):
                trie = reader.trie(known) if trie is None and self.config.decoder == "autoregressive" else trie
                found = reader.scores(reader.hidden([stories[line] for line in spoken]), known, trie)
                scores[np.ix_(low + spoken, lines >= 0)] = found[:, back]
        return scores

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The items of the history without which the item would score lower, by how much lower."""
        told = self._reader.story(history)
        asked = self._reader.ids.lines(np.array([row]))
        if asked[0] < 0 or not len(told):
            return []
        distinct = np.unique(told)
        without = [told[told != line] for line in distinct]
        scores = self._reader.scores(self._reader.hidden([told, *without]), asked)[:, 0]
        return shares(distinct, scores[0] - scores[1:], n)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the quantisers, and every item's id."""
        net = {f"net.{name}": tensor.numpy() for name, tensor in self._reader.model.state_dict().items()}
        ids = self._reader.ids
        state = {
            "ids": ids.codes,
            "marks": ids.marks,
            "own": ids.own,
            "digests": self._digests,
            "sizes": np.array(self._sizes, np.int64),
        }
        return net | self._streams.tensors() | self._marks.tensors() | state

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        state = {name.removeprefix("net."): torch.tensor(t) for name, t in tensors.items() if name.startswith("net.")}
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

    def _plan(self, learning: Foretelling) -> Plan:
        c = self.config
        told, ids = learning.sequences, learning.ids
        key = digest("semantic-ids", c, told.lines, told.starts, learning.rows, ids.codes, ids.marks, ids.own)
        epochs = c.epochs or int(np.clip(STEPS // learning.steps, FEWEST_EPOCHS, MOST_EPOCHS))
        return Plan(
            epochs=epochs, learning_rate=c.learning_rate, weight_decay=c.weight_decay, max_seconds=60 * c.max_minutes,
            checks=20, seed=c.seed, checkpoint=self._checkpoint, key=key,
        )  # fmt: skip

"""From a catalog to semantic ids: which streams there are, and every item's codes in each.

A stream is one thing that is known of items (a matrix of features, the vectors of the space, their words, or who chose
them), quantised by itself. Two streams say more than one of their mixture: an item without a picture keeps the codes of
its text, and a model may learn which of the two to trust. Codes that were made elsewhere are taken as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.core.errors import FitError, UnknownName
from tastemaker.core.progress import Noted, Observer, silent
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.nn.bipartite import edges
from tastemaker.nn.code_health import CodeHealth, examine, require_healthy
from tastemaker.nn.directions import iterated
from tastemaker.nn.quantisation import ProductKMeans, Quantiser, ResidualKMeans
from tastemaker.nn.rq_vae import RqVae
from tastemaker.recommenders import features

Kind = Literal["residual", "product", "rq-vae"]
KINDS: Mapping[Kind, type[ResidualKMeans | ProductKMeans | RqVae]] = {
    "residual": ResidualKMeans, "product": ProductKMeans, "rq-vae": RqVae,
}  # fmt: skip
SPACE, WORDS, EVENTS = "space", "words", "events"
BLOCKS: Mapping[features.Block, float] = {"words": 0.25, "labels": 0.5, "names": 0.25, "numbers": 0.1}
DIM = 64  # leading directions of words and of events
NONE = -1
Tensors = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Recipe:
    """How codes are made.

    Attributes:
        streams: which; empty for all there are.
        given: names of feature matrices that hold codes (0 and up, one column a level), not vectors.
        kind: of the quantiser.
        levels: codes of a stream.
        codes: of a level; 0 for an eighth of the items, 4 to 256.
        seed: of every chance.
    """

    streams: tuple[str, ...]
    given: tuple[str, ...]
    kind: Kind
    levels: int
    codes: int
    seed: int


@dataclass
class Streams:
    """What was learned of a catalog's streams; made by :func:`learn`.

    Attributes:
        sizes: name -> codes of each level.
        quantisers: name -> how vectors become codes; streams that were given have none.
        widths: name -> columns of those vectors.
        health: name -> how the codes looked when they were learned.
        events: codes that come from who chose what, (rows at the fit, levels); None without that stream.
        words: what was learned of the items' words, and their leading directions; None without that stream.
    """

    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    quantisers: dict[str, Quantiser] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)
    health: dict[str, CodeHealth] = field(default_factory=dict)
    events: Ints | None = None
    words: tuple[features.Features, Floats] | None = None

    def read(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Ints:
        """Codes of some rows, all streams side by side; -1 where an item lacks a stream.

        A given code that was not there at the fit counts as missing.

        Shapes: (n,) -> (n, columns).
        """
        columns = [np.empty((len(rows), 0), np.int64)]
        for name, sizes in self.sizes.items():
            known = self.known(name, catalog, vectors, rows)
            codes = np.full((len(rows), len(sizes)), NONE, np.int64)
            if name == EVENTS and self.events is not None:
                codes[rows < len(self.events)] = self.events[rows[rows < len(self.events)]]
            elif known is not None:
                told = _whole(known)
                codes[told] = self._codes(name, known[told])
            columns.append(np.where((codes >= 0) & (codes < np.array(sizes)), codes, NONE))
        return np.concatenate(columns, axis=1)

    def _codes(self, name: str, known: Floats) -> Ints:
        if name in self.quantisers:
            return self.quantisers[name].encode(known)
        return np.asarray(np.rint(known), np.int64)

    def known(self, name: str, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Floats | None:
        """What a stream knows of some rows, NaN where nothing; None where the stream is gone or of another width."""
        if name == SPACE:
            found = None if vectors is None else _zero_is_none(features.aligned(vectors, rows))
        elif name == WORDS:
            found = None if self.words is None else _told(self.words, catalog, rows)
        else:
            found = np.asarray(catalog.features[name][rows], np.float32) if name in catalog.features else None
        if found is None or name not in self.widths:
            return found
        return found if found.shape[1] == self.widths[name] else None

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage."""
        found: dict[str, npt.NDArray[np.generic]] = {}
        for place, (name, sizes) in enumerate(self.sizes.items()):
            found[f"stream.{place}.name"] = np.frombuffer(name.encode(), np.uint8).copy()
            found[f"stream.{place}.sizes"] = np.array(sizes, np.int64)
            quantiser = self.quantisers.get(name)
            if quantiser is not None:
                found |= quantiser.tensors(f"stream.{place}.quantiser.")
                found[f"stream.{place}.width"] = np.array([self.widths[name]], np.int64)
        if self.events is not None:
            found["stream events"] = self.events
        if self.words is not None:
            found |= self.words[0].tensors("stream words.") | {"stream basis": self.words[1]}
        return found

    @classmethod
    def restore(cls, tensors: Tensors, kind: Kind) -> Self:
        """Take back what :meth:`tensors` gave."""
        made = cls()
        while (start := f"stream.{len(made.sizes)}.") + "name" in tensors:
            name = tensors[f"{start}name"].astype(np.uint8).tobytes().decode()
            made.sizes[name] = tuple(int(size) for size in tensors[f"{start}sizes"].astype(np.int64))
            if f"{start}width" in tensors:
                made.widths[name] = int(tensors[f"{start}width"].astype(np.int64)[0])
                made.quantisers[name] = KINDS[kind].restore(tensors, f"{start}quantiser.")
        if "stream events" in tensors:
            made.events = np.asarray(tensors["stream events"], np.int64)
        if "stream basis" in tensors:
            basis = np.asarray(tensors["stream basis"], np.float32)
            made.words = features.restore(tensors, "stream words."), basis
        return made


def learn(
    catalog: Catalog, vectors: ItemVectors | None, events: Interactions, recipe: Recipe, observer: Observer = silent
) -> Streams:
    """Make the quantisers of all streams there are.

    Args:
        catalog: items and features.
        vectors: of the space; None when there is none.
        events: what the stream of who chose what may be learned from.
        recipe: which streams, and how.
        observer: gets a line a stream on how its codes look.

    Raises:
        UnknownName: a stream that is asked for is not there.
        FitError: there is nothing to make codes of, or they collapsed.
    """
    made = Streams()
    for name in _chosen(catalog, vectors, recipe):
        _add(made, name, catalog, vectors, events, recipe, observer)
    if not made.sizes and not recipe.streams:
        _add(made, EVENTS, catalog, vectors, events, recipe, observer)
    if not made.sizes:
        hint = "give items words, attributes or features, fit a space, or add events"
        raise FitError("semantic ids: nothing is known of the items", hint=hint)
    return made


def _add(
    made: Streams, name: str, catalog: Catalog, vectors: ItemVectors | None, events: Interactions, recipe: Recipe,
    observer: Observer,
) -> None:  # fmt: skip
    """Learn one stream; one of which nothing is known is left out."""
    if name == WORDS:
        made.words = _words(catalog, recipe.seed)
    rows = np.arange(catalog.size)
    known = _factors(events, recipe.seed) if name == EVENTS else made.known(name, catalog, vectors, rows)
    if known is None:
        return
    there = _whole(known) & (catalog.alive if name != EVENTS else True)
    if not there.any():
        return
    codes = _quantised(made, name, known[there], recipe, observer)
    if name == EVENTS:
        made.events = np.full((catalog.size, codes.shape[1]), NONE, np.int64)
        made.events[there] = codes
    observer(Noted("semantic ids", f"{name}: {made.health[name].line()}"))


def _quantised(made: Streams, name: str, known: Floats, recipe: Recipe, observer: Observer) -> Ints:
    """Codes of a stream's vectors; what they need and how they look goes into ``made``."""
    if name in recipe.given:
        codes = np.asarray(np.rint(known), np.int64)
        if codes.min() < 0:
            raise FitError(f"the codes {name!r} hold {codes.min()}", hint="codes are whole numbers of 0 and more")
        made.sizes[name] = tuple(int(top) + 1 for top in codes.max(axis=0))
        made.health[name] = examine(codes, made.sizes[name])
        return codes
    size = recipe.codes or int(np.clip(len(known) // 8, 4, 256))
    quantiser = _fitted(known, size, recipe, observer)
    codes = quantiser.encode(known)
    made.quantisers[name], made.sizes[name], made.widths[name] = quantiser, quantiser.sizes, known.shape[1]
    made.health[name] = examine(codes, quantiser.sizes, known, quantiser.decode(codes), seed=recipe.seed)
    require_healthy(name, made.health[name], codes, known)
    return codes


def _fitted(known: Floats, size: int, recipe: Recipe, observer: Observer) -> Quantiser:
    if recipe.kind == "rq-vae":
        return RqVae.fit(known, levels=recipe.levels, codes=size, seed=recipe.seed, observer=observer)
    if recipe.kind == "product":
        levels = min(recipe.levels, known.shape[1])
        return ProductKMeans.fit(known, levels=levels, codes=size, seed=recipe.seed)
    return ResidualKMeans.fit(known, levels=recipe.levels, codes=size, seed=recipe.seed)


def _chosen(catalog: Catalog, vectors: ItemVectors | None, recipe: Recipe) -> Sequence[str]:
    """Names of the streams, in a fixed order; who chose what is a stream where it is asked for or nothing else is."""
    there = [*catalog.features, *([SPACE] if vectors is not None else []), WORDS, EVENTS]
    for name in (*recipe.streams, *recipe.given):
        if name not in there:
            raise UnknownName("stream", name, there)
    if recipe.streams:
        return recipe.streams
    return there[:-1]


def _words(catalog: Catalog, seed: int) -> tuple[features.Features, Floats] | None:
    """What the items' words say, and its leading directions."""
    learned = features.learn(catalog, np.arange(catalog.size))
    if not learned.width:
        return None
    table = learned.read(catalog, np.arange(catalog.size), BLOCKS)
    return learned, _directions(table, seed)[0]


def _told(words: tuple[features.Features, Floats], catalog: Catalog, rows: Ints) -> Floats:
    """Leading directions of what items say, NaN where they say nothing. Shapes: (n,) -> (n, d)."""
    learned, basis = words
    return _zero_is_none(np.asarray(features.unit(learned.read(catalog, rows, BLOCKS)) @ basis, np.float32))


def _factors(events: Interactions, seed: int) -> Floats:
    """Items by who chose them: leading directions of the people x items table, both sides made even by their degree.

    Shapes: (rows, d); NaN for items without events.
    """
    basis, strength = _directions(edges(events.matrix())[0], seed)
    factors = basis * strength**2  # as in the items x items table
    unit = factors / np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-9)
    return np.where(events.counts()[:, None] > 0, unit, np.nan).astype(np.float32)


def _directions(table: csr_matrix, seed: int) -> tuple[Floats, Floats]:
    """Leading right singular vectors and values; those of no strength are left out.

    Shapes: (n, width) -> (width, d), (d,).
    """
    dim = min(DIM, *table.shape)
    start = generator(seed, "semantic directions").standard_normal((table.shape[1], dim)).astype(np.float32)
    found = iterated(table, start, 6)
    strength = np.linalg.norm(table @ found, axis=0)
    kept = strength > 1e-3 * strength.max()
    return np.ascontiguousarray(found[:, kept], np.float32), strength[kept]


def _zero_is_none(vectors: Floats) -> Floats:
    """NaN for rows of zeros: nothing is known of them. Shapes: (n, dim) -> (n, dim)."""
    return np.where(np.abs(vectors).max(axis=1, initial=0.0)[:, None] > 1e-8, vectors, np.nan).astype(np.float32)


def _whole(vectors: Floats) -> Bools:
    """Rows without a NaN. Shapes: (n, dim) -> (n,)."""
    return np.asarray(np.isfinite(vectors).all(axis=1))

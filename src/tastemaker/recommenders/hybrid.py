"""Hybrid: all sources in one ranking, each heard where it can speak. What a shop serves.

Whom to trust depends on the item (hot, warm or cold) and on how much is known of the person. The weights are learned,
not guessed: see :mod:`blending`. Each source keeps its share of a score, so that an answer can say where it comes from.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core import registry
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, UnknownName
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders import blending
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.blending import Said, Sources
from tastemaker.recommenders.lines import looked_up
from tastemaker.recommenders.rehearsal import Rehearsal, rehearse, rehearse_new
from tastemaker.recommenders.validation import Validation, some

METHODS = ("popularity", "item-knn", "ease", "transitions", "content", "content-to-factors")
WITHOUT_EVENTS = ("content",)  # what does not read events need not be fitted for a rehearsal
NEW = 0.5  # of the items held out: so many are hidden where only such items are ranked, as little else is then missing
BATCH = 64
RANKED = 2_000  # items that are ranked in the rehearsal
GIVEN_RANKED = 8_000  # items that are ranked on a given validation: the top of 2,000 is not the top of all
GIVEN_PEOPLE = 1_500
REFERENCE = 1_000  # items that a person's scale is taken from


class HybridConfig(Config):
    """Settings of the hybrid."""

    hot: int = Field(default=10, ge=1)
    """From so many events on an item is hot; below it is warm; without events cold."""

    people: int = Field(default=800, ge=1)
    """Most people whose last events the weights are learned from."""

    held_out: float = Field(default=0.25, ge=0, lt=1)
    """Share of the items that are held out as if new, to learn how far content can be trusted."""

    seed: int = Field(default=0, ge=0)
    """Which people and which items."""

    methods: tuple[str, ...] = METHODS
    """Which recommenders it blends, by name."""

    sources: dict[str, dict[str, object]] = Field(default_factory=dict)
    """Settings of its sources by name; ``tastemaker.toml`` gives each its own table, ``[methods.ease]``."""


class Hybrid(Recommender[HybridConfig]):
    """``score(u, j) = b_c + sum_s w_(s, c) z_s(u, j)``: c the item's cohort, z a score on the person's own scale."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "feature-weighted stacking after Sill et al. 2009, by a listwise softmax on held-out last events"
    )
    config_class: ClassVar[type[Config]] = HybridConfig
    serves_cold_items: ClassVar[bool] = True

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn the weights on held-out events, then fit every source on all events.

        Raises:
            FitError: there are neither events nor any content.
        """
        with track(observer, "hybrid") as task:
            found = _fitted(self._unfitted(), catalog, vectors, observer, validation)
            if not found:
                raise FitError("hybrid: there are neither events nor content", hint="add events, or give items words")
            self._sources = found
            self._weights = self._weighed(catalog, vectors, observer, validation)
            if any(source.serves_cold_items for source in found.values()) and self.config.held_out > 0:
                cold = self._learned(catalog, vectors, self.config.held_out, observer)
                self._weights = self._weights.with_cold(cold.turned(self._trusted(catalog, vectors, observer) or cold))
            heard = len(catalog.interactions) > 0
            task.note(str(self._weights) if heard else "no events to weigh the sources on: all count alike")
            self._cohort = self._cohorts(catalog.interactions)
            usual = self._cohort > 0 if self._cohort.any() else catalog.alive
            self._reference = self._drawn(np.flatnonzero(usual), "reference", REFERENCE)
        return self

    def _unfitted(self) -> dict[str, Recommender[Config]]:
        """Every source with its settings."""
        methods = {name: _method(name) for name in self.config.methods}
        return {
            name: method(method.config_class.read(self.config.sources.get(name, {})))
            for name, method in methods.items()
        }

    def _weighed(
        self, catalog: Catalog, vectors: ItemVectors | None, observer: Observer, validation: Validation | None
    ) -> blending.Weights:
        """Weights on the given validation, which the sources have not learned; on a rehearsal without one."""
        if validation is None:
            return self._learned(catalog, vectors, 0.0, observer)
        asked = some(validation, GIVEN_PEOPLE, self.config.seed)
        rehearsal = Rehearsal(catalog.interactions, asked.histories, asked.hidden)
        return self._blended(catalog, self._sources, rehearsal, GIVEN_RANKED)

    def _learned(
        self, catalog: Catalog, vectors: ItemVectors | None, held_out: float, observer: Observer
    ) -> blending.Weights:
        """Weights of one rehearsal; all alike when there is too little for one."""
        rehearsal = rehearse(catalog.interactions, held_out, self.config.people, self.config.seed)
        if rehearsal is None:
            return blending.Weights.even(self.config.methods)
        trial = self._trial(self._sources, catalog.with_interactions(rehearsal.train), vectors, observer)
        return self._blended(catalog, trial, rehearsal)

    def _trusted(self, catalog: Catalog, vectors: ItemVectors | None, observer: Observer) -> blending.Weights | None:
        """Weights of the sources for items that nobody has met, where only such items are ranked."""
        config, events = self.config, catalog.interactions
        rehearsal = rehearse_new(events, config.held_out * NEW, config.people, config.seed)
        if rehearsal is None:
            return None
        able = {name: source for name, source in self._sources.items() if source.serves_cold_items}
        trial = self._trial(able, catalog.with_interactions(rehearsal.train), vectors, observer)
        new = catalog.alive & (events.counts() > 0) & (rehearsal.train.counts() == 0)
        asked = self._drawn(np.flatnonzero(new), "ranked", RANKED)
        cohort = self._cohorts(rehearsal.train)
        reference = self._drawn(np.flatnonzero(cohort), "reference", REFERENCE)
        return blending.learn(trial, config.methods, rehearsal, asked, reference, cohort)

    def _trial(
        self, sources: Sources, part: Catalog, vectors: ItemVectors | None, observer: Observer
    ) -> dict[str, Recommender[Config]]:
        """Sources that know only a part of the events; what does not read events is taken as it is."""
        fresh = {name: type(source)(source.settled) for name, source in sources.items() if name not in WITHOUT_EVENTS}
        same = {name: source for name, source in sources.items() if name in WITHOUT_EVENTS}
        return {**_fitted(fresh, part, vectors, observer), **same}

    def _blended(
        self, catalog: Catalog, sources: Sources, rehearsal: Rehearsal, most: int = RANKED
    ) -> blending.Weights:
        """Weights of sources that were fitted on ``rehearsal.train``."""
        cohort = self._cohorts(rehearsal.train)
        asked = self._drawn(np.flatnonzero(catalog.alive), "ranked", most)
        reference = self._drawn(np.flatnonzero(cohort), "reference", REFERENCE)
        return blending.learn(sources, self.config.methods, rehearsal, asked, reference, cohort)

    def _drawn(self, rows: Ints, name: str, most: int) -> Ints:
        """At most so many of the rows, by chance."""
        return np.sort(generator(self.config.seed, f"hybrid {name}").permutation(rows)[:most])

    def _cohorts(self, events: Interactions) -> Ints:
        """0 cold, 1 warm, 2 hot. Shapes: (rows,)."""
        counts = events.counts()
        return (counts > 0).astype(np.int64) + (counts >= self.config.hot)

    @property
    def sources(self) -> Mapping[str, Recommender[Config]]:
        """The fitted sources by name."""
        return self._sources

    def alone(self, name: str) -> "Hybrid":
        """One of the sources by itself, fitted as it is here.

        Raises:
            UnknownName: there is no such source.
        """
        if name not in self._sources:
            raise UnknownName("source", name, self._sources)
        one = Hybrid(self.config.model_copy(update={"methods": (name,)}))
        one._sources, one._weights = {name: self._sources[name]}, blending.Weights.even((name,))
        one._cohort, one._reference = self._cohort, self._reference
        return one

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Pass the news on to every source."""
        for source in self._sources.values():
            source.refresh(catalog, vectors)

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Weighted scores; -inf where no source can say anything. Shapes: (len(histories), n)."""
        scores = np.empty((len(histories), len(candidates)), np.float32)
        for low in range(0, len(histories), BATCH):
            for line, said in zip(scores[low:], self.said(histories[low : low + BATCH], candidates), strict=False):
                line[:] = said.scores
        return scores

    def said(self, histories: Sequence[History], candidates: Ints) -> list[Said]:
        """Scores for each history, with the parts that they are made of.

        A source that weighs nothing is only asked when it alone might know some item.

        Args:
            histories: people.
            candidates: rows.
        """
        parts = self._parts(histories, candidates, every=False)
        offsets = self._weights.offsets(_known(histories), self._cohort_of(candidates))
        said = []
        for at, total in enumerate(offsets):
            own = {name: part[at] for name, part in parts.items()}
            said.append(Said(candidates, _sum(total, own.values()), own))
        return said

    def parts(self, history: History, candidates: Ints) -> dict[str, Floats]:
        """What each source adds to the score, without the offset of the cohort; -inf where it cannot say.

        Shapes: each (n,).
        """
        return {name: part[0] for name, part in self._parts([history], candidates, every=True).items()}

    def _parts(self, histories: Sequence[History], candidates: Ints, *, every: bool) -> dict[str, Floats]:
        """Parts by source; unless of every one, without those that weigh nothing where the others know all items.

        Shapes: each (len(histories), n).
        """
        cohort, known = self._cohort_of(candidates), _known(histories)
        new = np.array([not len(history.liked) for history in histories], np.bool_)
        popular = "popularity" in self._sources  # speaks alone for a person of whom nothing is known
        rows = np.concatenate([self._reference, candidates])
        weighs = {
            name: self._weights.weighs(name, known) or (name == "popularity" and new.any()) for name in self._sources
        }
        unheard = np.ones((len(histories), len(candidates)), np.bool_)
        unheard[new & popular] = False
        parts: dict[str, Floats] = {}
        for name in sorted(self._sources, key=lambda name: not weighs[name]):
            if not (every or weighs[name] or unheard.any()):
                break
            part = blending.standardised(self._sources[name], histories, rows, len(self._reference))
            weights = {kind: self._weights.of(name, kind, cohort) for kind in set(known.tolist())}
            for line, kind, nobody in zip(part, known.tolist(), new.tolist(), strict=True):
                if not (popular and nobody):
                    _weigh(line, weights[kind])
                elif name != "popularity":
                    line[:] = -np.inf
            parts[name] = part
            unheard &= part == -np.inf
        return parts

    def _cohort_of(self, rows: Ints) -> Ints:
        return looked_up(self._cohort, rows, otherwise=0)

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The history rows that speak most for the item, over all sources by their share."""
        return self.because_each(history, np.array([row]), n)[0]

    @override
    def because_each(self, history: History, rows: Ints, n: int = 3) -> list[list[tuple[int, float]]]:
        """The same for several items."""
        return self.because_of(self.parts(history, rows), history, rows, n)

    def because_of(
        self, parts: Mapping[str, Floats], history: History, rows: Ints, n: int = 3
    ) -> list[list[tuple[int, float]]]:
        """The same, where the parts of the scores are known already. Shapes: rows, each of parts (m,) -> m lists."""
        told: list[dict[int, float]] = [{} for _ in rows]
        for name, share in parts.items():
            speaks = np.flatnonzero(share > 0)
            each = self._sources[name].because_each(history, rows[speaks], n) if len(speaks) else []
            for at, found in zip(speaks.tolist(), each, strict=True):
                for item, weight in found:
                    told[at][item] = told[at].get(item, 0.0) + float(share[at]) * weight
        return [_ranked(each, n) for each in told]

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The weights and every source's own tensors."""
        state: dict[str, npt.NDArray[np.generic]] = {
            "cohort": self._cohort,
            "reference": self._reference,
        } | self._weights.tensors()
        for name, source in self._sources.items():
            state |= {f"{name}/{key}": value for key, value in source.tensors().items()}
        return state

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._cohort = np.asarray(tensors["cohort"], np.int64)
        self._reference = np.asarray(tensors["reference"], np.int64)
        self._weights = blending.Weights.restore(self.config.methods, tensors)
        self._sources = {}
        for name, source in self._unfitted().items():
            own = {key.partition("/")[2]: value for key, value in tensors.items() if key.startswith(f"{name}/")}
            if own:
                self._sources[name] = source.restore(own)
        return self


def _known(histories: Sequence[History]) -> Ints:
    """1 for a person of whom more than a few liked items are known, else 0. Shapes: (people,)."""
    return np.array([len(history.liked.seen) > blending.SHORT for history in histories], np.int64)


def _weigh(line: Floats, weights: Floats) -> None:
    """Weigh scores in place; what is not known stays so under a weight of 0. Shapes: (n,), (n,)."""
    known = np.isfinite(line)
    if known.all():
        line *= weights
        return
    with np.errstate(invalid="ignore"):
        line *= weights
    np.copyto(line, -np.inf, where=~known)


def _sum(total: Floats, parts: Iterable[Floats]) -> Floats:
    """The parts on top of what is there, each where it is known; -inf where none is. Shapes: all (n,)."""
    heard = np.zeros(len(total), np.bool_)
    for part in parts:
        known = part > -np.inf
        heard |= known
        total += part if known.all() else np.where(known, part, np.float32(0.0))
    np.copyto(total, -np.inf, where=~heard)
    return total


def _ranked(told: Mapping[int, float], n: int) -> list[tuple[int, float]]:
    """The first of what was told, as shares of all of it."""
    total = sum(told.values())
    ranked = sorted(told.items(), key=lambda entry: (-entry[1], entry[0]))[:n]
    return [(item, weight / total) for item, weight in ranked if weight > 0]


def _fitted(
    methods: Sources,
    catalog: Catalog,
    vectors: ItemVectors | None,
    observer: Observer,
    validation: Validation | None = None,
) -> dict[str, Recommender[Config]]:
    """Those of the methods that have something to learn from, fitted."""
    fitted: dict[str, Recommender[Config]] = {}
    for name, method in methods.items():
        try:
            fitted[name] = method.fit(catalog, vectors, observer, validation)
        except FitError:
            continue  # a source that has nothing to learn from is left out
    return fitted


def _method(name: str) -> type[Recommender[Config]]:
    """The registered recommender of a name.

    Raises:
        UnknownName: there is none.
    """
    method = registry.find("recommender", name)
    if name == "hybrid" or not issubclass(method, Recommender):
        raise UnknownName("recommender", name, registry.names("recommender"))
    return method

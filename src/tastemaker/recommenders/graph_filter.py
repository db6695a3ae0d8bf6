"""Graph filter: what people chose, spread over the graph of people and items and over one graph a modality.

Nothing is trained. A history is sent through the graph a few times (who chose this, what did they choose), and items
that look or sound like what it reaches get a share. Every step is one pass over the events, so that it takes seconds;
five exponents and weights are all there is to choose, and validation chooses them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import csr_matrix, diags
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, Task, silent, track
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders import modalities
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.neighbours import Neighbours
from tastemaker.recommenders.signals import in_order, recent, shares, stacked
from tastemaker.recommenders.validation import Validation, held_back, some

BATCH = 256
ASKED = 2_000  # people of a validation that settings are chosen on
KNOWN = (0.75, 0.5, 1.0)
FAME = (0.1, 0.0, 0.3, -0.1)
BUSY = (1.0, 1.25, 0.75)
HOPS = ((0.3, 1.0, 1.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (1.0, 1.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.3, 1.0))
NEAR = (0.1, 0.05, 0.02, 0.2, 0.4, 0.8)
HALF_LIVES = (0.0, 20.0)
PLACES = 50  # of a ranking that a choice looks at: deeper than what is shown, so that fewer people suffice
FEWEST_BETTER = 1.002  # by which a change must better the whole
LEAST = 1e-3  # weight of a modality that validation does not want: enough to put new items into an order


class GraphFilterConfig(Config):
    """Settings of the graph filter."""

    known: float | None = Field(default=None, ge=0, le=2)
    """How far an item of the history that many people chose says less. None chooses."""

    busy: float | None = Field(default=None, ge=0, le=3)
    """How far a person who chose many items says less: 1 gives everybody one voice. None chooses."""

    fame: float | None = Field(default=None, ge=-1, le=1)
    """How far a candidate's own popularity is divided out. None chooses."""

    hops: tuple[float, ...] | None = Field(default=None, min_length=1, max_length=6)
    """Weight of each trip over the graph, from item to people to items; later trips reach further. None chooses."""

    near: dict[str, float] | None = None
    """Weight of each modality, such as ``features/image`` or ``space``. None chooses each."""

    k: int = Field(default=10, ge=1)
    """Neighbours of an item in each modality."""

    half_life: float | None = Field(default=None, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike. None chooses 0 or 20."""


@dataclass(frozen=True)
class _Setting:
    """One way to filter; fields as in the config."""

    known: float
    busy: float
    fame: float
    half_life: float
    hops: tuple[float, ...]
    near: Mapping[str, float]


class GraphFilter(Recommender[GraphFilterConfig]):
    """``s = sum_l w_l x_l / |x_l| + sum_m b_m K_m s``, ``x_l = D_i^-fame A' D_u^-busy A D_i^-known x_(l-1)``.

    ``x_0`` is the history, A who chose what, ``K_m`` the k nearest items in modality m. An item of the history that
    nobody chose yet speaks through its neighbours; one that is ranked is reached through them.

    Source: the low-pass view is Shen et al., How powerful is graph convolution for recommendation, CIKM 2021, sec. 4;
        one filter a modality after Liu et al. 2024 (multimodal graph filtering, arXiv 2503.04406), sec. 4.
    Differs: different exponents for the two ends of an edge, several trips, and a modality smooths the answer instead
        of standing beside it. All of it is chosen on validation.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "after Shen et al., How powerful is graph convolution for recommendation, CIKM 2021, sec. 4"
    config_class: ClassVar[type[Config]] = GraphFilterConfig
    serves_cold_items: ClassVar[bool] = True

    _setting: _Setting

    @property
    @override
    def settled(self) -> GraphFilterConfig:
        """With what was chosen."""
        chosen = self._setting
        return GraphFilterConfig(
            known=chosen.known, busy=chosen.busy, fame=chosen.fame, hops=chosen.hops, near=dict(chosen.near),
            k=self.config.k, half_life=chosen.half_life,
        )  # fmt: skip

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Build the graphs, then choose.

        Raises:
            FitError: nobody did anything yet.
        """
        events, questions = held_back(catalog.interactions, validation)
        if not events.counts().any():
            raise FitError("graph filter: there are no events", hint="add an events file, or record events")
        with track(observer, "graph filter") as task:
            self._learn(events, catalog, vectors)
            self._setting = self._given(_first(self._near.likeness.names))
            if questions is not None:
                self._choose(some(questions, ASKED), task, ordered=in_order(events))
            if len(events) < len(catalog.interactions):  # what was hidden for the choice counts again
                self._learn(catalog.interactions, catalog, vectors)
            task.note(self.settled.model_dump_json())
        return self

    def _learn(self, events: Interactions, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """The graph of people and items, and one a modality."""
        rows = np.flatnonzero(events.counts()).astype(np.int64)
        self._take(rows, events.matrix()[:, rows], events.n_rows)
        self._near = Neighbours(modalities.standardise(catalog, vectors), rows, self.config.k)
        self._near.refresh(catalog, vectors)

    def _take(self, rows: Ints, people: csr_matrix, n_rows: int) -> None:
        self._rows = rows
        self._n_rows = n_rows
        self._people: csr_matrix = people[np.diff(people.indptr) > 0].tocsr()
        self._items: csr_matrix = self._people.T.tocsr()
        self._lengths = np.asarray(self._people.sum(axis=1), np.float32).ravel()
        self._counts = np.asarray(self._people.sum(axis=0), np.float32).ravel()

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Find the neighbours of items that are new or have changed; no training."""
        self._near.refresh(catalog, vectors)

    def _given(self, free: _Setting) -> _Setting:
        """A setting in which what the config says stands."""
        config = self.config
        return _Setting(
            free.known if config.known is None else config.known,
            free.busy if config.busy is None else config.busy,
            free.fame if config.fame is None else config.fame,
            free.half_life if config.half_life is None else config.half_life,
            config.hops or free.hops,
            free.near if config.near is None else {m: config.near.get(m, 0.0) for m in self._near.likeness.names},
        )

    def _choose(self, questions: Validation, task: Task, *, ordered: bool) -> None:
        """One setting after the other, each the best with the others as they stand; twice around."""
        best = self._gains([self._setting], questions)[0]
        for _ in range(2):
            before = self._setting
            for options in _alternatives(self._near.likeness.names, ordered=ordered):
                others = [self._given(option(self._setting)) for option in options]
                others = [other for other in others if other != self._setting]
                gains = self._gains(others, questions)
                if gains and max(gains) > FEWEST_BETTER * best:
                    best, self._setting = max(gains), others[int(np.argmax(gains))]
                task.advance()
            if self._setting == before:
                break

    def _gains(self, settings: Sequence[_Setting], questions: Validation) -> list[float]:
        """How high the hidden choices stand under each setting; those that share a walk share its cost."""
        totals = dict.fromkeys(range(len(settings)), 0.0)
        walks: dict[tuple[float, ...], list[int]] = {}
        for place, setting in enumerate(settings):
            way = (setting.known, setting.busy, setting.fame, setting.half_life, len(setting.hops))
            walks.setdefault(way, []).append(place)
        for low in range(0, len(questions), BATCH):
            histories, hidden = questions.histories[low : low + BATCH], questions.hidden[low : low + BATCH]
            for places in walks.values():
                walk = settings[places[0]]
                trips = self._spread(self._start(histories, walk.half_life), walk)
                for place in places:
                    totals[place] += _gain(self._filtered(trips, settings[place]), histories, hidden)
        return [total / len(questions) for total in totals.values()]

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Filtered histories; -inf for what nobody chose and resembles nothing, and for a history that says nothing.

        Shapes: (len(histories), n).
        """
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        inside = np.flatnonzero(candidates < self._near.size)
        inside = inside[self._reached()[candidates[inside]]]
        for low in range(0, len(histories), BATCH):
            start = self._start(histories[low : low + BATCH], self._setting.half_life)
            spoken = np.flatnonzero(np.diff(start.indptr))
            if len(spoken):
                answer = self._filtered(self._spread(start[spoken], self._setting), self._setting)
                scores[np.ix_(low + spoken, inside)] = answer[candidates[inside]].T
        return scores

    def _reached(self) -> Bools:
        """Rows that somebody chose or that resemble one of those. Shapes: (size,)."""
        there = self._near.reached
        there[self._rows[self._rows < len(there)]] = True
        return there

    def _start(self, histories: Sequence[History], half_life: float) -> csr_matrix:
        """Histories over the rows with events; an item without any stands for its neighbours.

        Shapes: (len(histories), rows with events).
        """
        size = self._near.size
        whole = stacked(histories, max(size, self._n_rows), half_life)
        start = whole[:, self._rows]
        cold = np.ones(whole.shape[1], np.bool_)
        cold[self._rows] = False
        new = (whole @ diags(cold.astype(np.float32))).tocsr()[:, :size]
        if new.count_nonzero():
            for graph in self._near.graphs.values():
                start = start + new @ graph / len(self._near.graphs)
        start = start.tocsr().astype(np.float32)
        start.eliminate_zeros()
        return start

    def _spread(self, start: csr_matrix, setting: _Setting, *, together: bool = False) -> list[Floats]:
        """What each trip reaches, scaled so that a history (or all of them together) sums to one.

        Shapes: (histories, rows) -> each (rows, histories).
        """
        known, fame = ((self._counts**-power)[:, None] for power in (setting.known, setting.fame))
        busy = (self._lengths**-setting.busy)[:, None]
        x = np.ascontiguousarray(start.toarray().T, np.float32)
        trips = []
        for _ in setting.hops:
            x = self._items @ (busy * (self._people @ (known * x)))
            x *= fame
            x /= np.maximum(x.sum() if together else x.sum(axis=0), np.float32(1e-30))
            trips.append(x)
        return trips

    def _filtered(self, trips: Sequence[Floats], setting: _Setting) -> Floats:
        """All trips in one, smoothed over the modalities. Shapes: each (rows, histories) -> (size, histories)."""
        reached = np.zeros_like(trips[0])
        for weight, trip in zip(setting.hops, trips, strict=True):
            if weight:
                reached += np.float32(weight) * trip
        answer = np.zeros((self._near.size, reached.shape[1]), np.float32)
        here = self._rows < len(answer)
        answer[self._rows[here]] = reached[here]
        for name, graph in self._near.graphs.items():
            answer += np.float32(max(setting.near.get(name, 0.0), LEAST)) * (graph @ reached)
        return answer

    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that bring the most to the item's score."""
        rows, weights = recent(history, self._setting.half_life)
        if not len(rows) or row >= self._near.size:
            return []
        alone = self._start([History.of([own]) for own in rows.tolist()], self._setting.half_life)
        start = (diags(weights) @ alone).tocsr()
        if not start.nnz:
            return []
        return shares(rows, self._filtered(self._spread(start, self._setting, together=True), self._setting)[row], n)

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The graphs, and what was chosen."""
        chosen = self._setting
        near = {f"weight.{name}": np.array([weight], np.float64) for name, weight in chosen.near.items()}
        return near | self._near.tensors("near.") | {
            "n_rows": np.array([self._n_rows], np.int64), "indices": self._people.indices,
            "indptr": self._people.indptr, "hops": np.array(chosen.hops, np.float64),
            "chosen": np.array([chosen.known, chosen.busy, chosen.fame, chosen.half_life], np.float64),
        }  # fmt: skip

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._near = Neighbours.restore(tensors, "near.")
        indices, indptr = np.asarray(tensors["indices"]), np.asarray(tensors["indptr"])
        shape = (len(indptr) - 1, len(self._near.rows))
        people = csr_matrix((np.ones(len(indices), np.float32), indices, indptr), shape=shape)
        self._take(self._near.rows, people, int(tensors["n_rows"][0]))
        known, busy, fame, half_life = np.asarray(tensors["chosen"], np.float64).tolist()
        near = {
            name.removeprefix("weight."): float(value[0]) for name, value in tensors.items() if name[:7] == "weight."
        }
        hops = tuple(np.asarray(tensors["hops"], np.float64).tolist())
        self._setting = _Setting(known, busy, fame, half_life, hops, near)
        return self


def _first(names: Sequence[str]) -> _Setting:
    """Where the choice begins, and what is taken when there is nothing to choose on."""
    return _Setting(KNOWN[0], BUSY[0], FAME[0], HALF_LIVES[0], HOPS[0], dict.fromkeys(names, NEAR[0]))


def _alternatives(names: Sequence[str], *, ordered: bool) -> Iterator[list[Callable[[_Setting], _Setting]]]:
    """One group of changes after another; of each group at most one is made."""
    yield [partial(replace, hops=hops) for hops in HOPS]
    yield [partial(replace, known=known) for known in KNOWN]
    yield [partial(replace, fame=fame) for fame in FAME]
    yield [partial(replace, busy=busy) for busy in BUSY]
    for name in names:
        yield [partial(_heard, name, weight) for weight in (*NEAR, 0.0)]
    if ordered:
        yield [partial(replace, half_life=half_life) for half_life in HALF_LIVES]


def _heard(name: str, weight: float, setting: _Setting) -> _Setting:
    return replace(setting, near={**setting.near, name: weight})


def _gain(answer: Floats, histories: Sequence[History], hidden: Sequence[Ints]) -> float:
    """Sum over people of the NDCG of the first places. Shapes: answer (rows, people)."""
    total = 0.0
    for column, (history, wanted) in enumerate(zip(histories, hidden, strict=True)):
        line = answer[:, column].copy()
        line[history.rows[history.rows < len(line)]] = -np.inf
        wanted = wanted[wanted < len(line)]
        place = np.sort([(line > line[row]).sum() + ((line == line[row]).sum() - 1) / 2 for row in wanted.tolist()])
        best = np.sum(1.0 / np.log2(np.arange(min(len(wanted), PLACES)) + 2.0))
        if len(wanted):
            total += float(np.sum(1.0 / np.log2(place[place < PLACES] + 2.0)) / best)
    return total

"""Whom the hybrid trusts: one weight for every source, kind of person and cohort of items, learned on a rehearsal.

Cold items are learned twice: how they stand against the others where people's newest choices are hidden, and whom to
trust about them where nothing but some items is hidden, which is how it will be when a new item comes.

First a softmax over all items finds the weights under which the hidden choices were most likely. That loss is convex
and puts the cohorts on one scale: cold items compete with warm ones at the rate at which they are chosen.
Then, where there is enough to learn from, each weight is moved up or down while the top of the rankings gains: the
likelihood cares for every hidden choice alike, a person only for the first twenty places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders import weighing
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.rehearsal import Rehearsal

Sources = Mapping[str, Recommender[Config]]
COHORTS = ("cold", "warm", "hot")
PEOPLE = ("new", "known")
BEND = np.float32(3.0)  # deviations from which a score counts less and less
SHORT = 4
"""Liked items up to which a person is new."""


@dataclass(frozen=True)
class Weights:
    """One weight a kind of person, source and cohort of items; one offset a kind of person and cohort.

    Shapes: matrix (2, sources, cohorts), offset (2, cohorts).
    """

    names: tuple[str, ...]
    matrix: Floats
    offset: Floats

    @classmethod
    def even(cls, names: Sequence[str]) -> "Weights":
        """All sources alike: what is used when there are too few events to learn from."""
        matrix = np.ones((len(PEOPLE), len(names), len(COHORTS)), np.float32)
        return cls(tuple(names), matrix, np.zeros((len(PEOPLE), len(COHORTS)), np.float32))

    def of(self, name: str, known: int, cohort: Ints) -> Floats:
        """Weights of a source for a kind of person, 0 or 1. Shapes: cohort (n,) -> (n,)."""
        of_cohort: Floats = self.matrix[known, self.names.index(name)]
        return np.asarray(of_cohort[cohort], np.float32)

    def weighs(self, name: str, known: Ints) -> bool:
        """Does a source count for any of these people? Shapes: known (people,) 0 or 1."""
        return bool(self.matrix[np.unique(known), self.names.index(name)].any())

    def offsets(self, known: Ints, cohort: Ints) -> Floats:
        """Offsets of the items. Shapes: (people,), (n,) -> (people, n)."""
        return self.offset[known][:, cohort]

    def with_cold(self, other: "Weights") -> "Weights":
        """These weights, with those of another for cold items; their offset keeps its distance to the hot items'."""
        matrix, offset = self.matrix.copy(), self.offset.copy()
        matrix[:, :, 0] = other.matrix[:, :, 0]
        offset[:, 0] = other.offset[:, 0] - other.offset[:, -1] + self.offset[:, -1]
        return Weights(self.names, matrix, offset)

    def turned(self, other: "Weights") -> "Weights":
        """These weights, with those for cold items in the proportions of another; their sum and offset stay."""
        matrix = self.matrix.copy()
        have, want = (np.sum(weights.matrix[:, :, 0], axis=1, keepdims=True) for weights in (self, other))
        turned = other.matrix[:, :, 0] * have / np.where(want > 0, want, 1.0)
        matrix[:, :, 0] = np.where((have > 0) & (want > 0), turned, matrix[:, :, 0])
        return Weights(self.names, matrix, self.offset)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """For storage."""
        return {"weights": self.matrix, "offsets": self.offset}

    @classmethod
    def restore(cls, names: Sequence[str], tensors: Mapping[str, npt.NDArray[np.generic]]) -> "Weights":
        """Take back what :meth:`tensors` gave."""
        return cls(tuple(names), tensors["weights"].astype(np.float32), tensors["offsets"].astype(np.float32))

    def __str__(self) -> str:
        parts = []
        for people, matrix in zip(PEOPLE, self.matrix, strict=True):
            for cohort, column in zip(COHORTS, matrix.T, strict=True):
                heard = ", ".join(f"{name} {w:.2f}" for name, w in zip(self.names, column, strict=True) if w >= 0.005)
                parts.append(f"{people} people, {cohort} items: {heard or 'nothing'}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Said:
    """What is said of some items to one person.

    Attributes:
        rows: the items.
        scores: -inf where nothing is known.
        all_parts: what each source adds to the score of every item that was asked about; one that adds nothing may be
            left out.
        places: where the items stand among those.

    Shapes: rows, scores, places (n,); each of all_parts (asked,).
    """

    rows: Ints
    scores: Floats
    all_parts: Mapping[str, Floats] = field(default_factory=dict)
    places: Ints | None = None

    @property
    def parts(self) -> dict[str, Floats]:
        """What each source adds to the scores. Shapes: each (n,)."""
        return {name: part if self.places is None else part.take(self.places) for name, part in self.all_parts.items()}

    def at(self, places: Ints) -> "Said":
        """What is said of some of the items. Shapes: places (m,)."""
        inner = places if self.places is None else self.places.take(places)
        return Said(self.rows.take(places), self.scores.take(places), self.all_parts, inner)


def learn(
    sources: Sources, names: Sequence[str], rehearsal: Rehearsal, asked: Ints, reference: Ints, cohort: Ints
) -> Weights:
    """Learn the weights on a rehearsal.

    Args:
        sources: fitted on ``rehearsal.train``.
        names: all sources there can be, in order; the weight of one that is not fitted is 0.
        rehearsal: what was hidden.
        asked: rows that are ranked.
        reference: rows that a person's scale is taken from.
        cohort: of each row of the catalog, as ``rehearsal.train`` has it.
    """
    matrix = np.zeros((len(PEOPLE), len(names), len(COHORTS)), np.float32)
    offset = np.zeros((len(PEOPLE), len(COHORTS)), np.float32)
    places = [list(names).index(name) for name in sources]
    target, seen = _answers(rehearsal, asked, len(cohort))
    useful = np.flatnonzero(target.any(axis=1))
    if not len(useful):
        return Weights.even(names)
    for kind, histories in enumerate((rehearsal.shortened(SHORT), rehearsal.histories)):
        people, rows = [histories[line] for line in useful], np.concatenate([reference, asked])
        scaled = {name: standardised(source, people, rows, len(reference)) for name, source in sources.items()}
        parts = _parts(sources, scaled, target[useful], seen[useful], cohort[asked])
        matrix[kind, places], offset[kind] = weighing.weigh(parts)
    return Weights(tuple(names), matrix, offset)


def _parts(
    sources: Sources, scaled: Mapping[str, Floats], target: Bools, seen: Bools, cohort: Ints
) -> list[weighing.Part]:
    """The rehearsal by cohort; a source that does not serve cold items says nothing of them."""
    parts = []
    for c in range(len(COHORTS)):
        items = np.flatnonzero(cohort == c)
        lines = [
            values[:, items] if c > 0 or sources[name].serves_cold_items else np.zeros((len(seen), len(items)))
            for name, values in scaled.items()
        ]
        stack = np.stack([np.where(np.isfinite(line), line, 0.0).astype(np.float32) for line in lines])
        parts.append(weighing.Part(stack, target[:, items], seen[:, items]))
    return parts


def _answers(rehearsal: Rehearsal, asked: Ints, n_rows: int) -> tuple[Bools, Bools]:
    """What each person chose next, and what they had already. Shapes: both (people, asked)."""
    place = np.full(n_rows, -1, np.int64)
    place[asked] = np.arange(len(asked))
    target = np.zeros((len(rehearsal.histories), len(asked)), np.bool_)
    seen = np.zeros_like(target)
    for line, (history, hidden) in enumerate(zip(rehearsal.histories, rehearsal.hidden, strict=True)):
        here, had = place[hidden], place[history.seen]
        target[line, here[here >= 0]] = True
        seen[line, had[had >= 0]] = True
    return target & ~seen, seen


def standardised(source: Recommender[Config], histories: Sequence[History], rows: Ints, reference: int) -> Floats:
    """A source's scores on each person's own scale: ``b asinh(z / b)``, z of mean 0 and deviation 1; -inf stays.

    Args:
        source: whose.
        histories: people.
        rows: the reference rows, then those that are asked about.
        reference: how many of them are for reference.

    Shapes: rows (reference + n,) -> (people, n).
    """
    scores = source.score(histories, rows)
    scaled = np.empty((len(histories), len(rows) - reference), np.float32)
    for line, raw in zip(scaled, scores, strict=True):  # one person after the other: a line stays in the cache
        mean, spread = _scale(raw[:reference])
        np.subtract(raw[reference:], mean, out=line)
        line /= spread * BEND
        np.arcsinh(line, out=line)  # the score itself near 0, like its logarithm where a few neighbours stand alone
        line *= BEND
    return scaled


def _scale(raw: Floats) -> tuple[np.float32, np.float32]:
    """Mean and deviation of the finite scores. Shapes: (n,)."""
    known = np.isfinite(raw)
    finite = (raw if known.all() else raw[known]).astype(np.float64)
    if not len(finite):
        return np.float32(0.0), np.float32(1.0)
    mean = finite.sum() / len(finite)
    finite -= mean
    spread = np.sqrt(finite @ finite / len(finite))
    return np.float32(mean), np.float32(spread if spread > 1e-9 else 1.0)

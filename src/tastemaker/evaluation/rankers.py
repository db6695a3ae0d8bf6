"""What the runner can judge: functions from cases to rankings, made of recommenders, or plain and always in the table.

A ranker never looks at a case's positives. Rows that score alike fall by a fixed shuffle, not by their place in the
file, which may carry the answer.
"""

from collections.abc import Callable, Sequence

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.evaluation.cases import Case
from tastemaker.recommenders.base import Recommender

Ranker = Callable[[Sequence[Case], int], Sequence[Ints]]
"""Cases and k -> for each case at most k rows, best first: none of ``case.seen``, all of ``case.candidates``."""
Scorer = Callable[[Sequence[Case], Ints], Floats]
"""Cases and rows -> scores (cases, rows); -inf where it cannot say."""


def from_scores(score: Scorer, alive: Bools, *, seed: int = 0) -> Ranker:
    """Rank by score; rows scored ``-inf`` are left out.

    Args:
        score: scores rows for cases.
        alive: rows that exist, (rows,).
        seed: of the order among equals.
    """
    shuffled = generator(seed, "ties").permutation(len(alive))

    def rank(cases: Sequence[Case], k: int) -> list[Ints]:
        rankings: dict[int, Ints] = {}
        for places in _by_candidates(cases):
            group = [cases[place] for place in places]
            rows = shuffled[group[0].pool(alive)[shuffled]]
            scores = np.array(score(group, rows), np.float32)
            for at, case in enumerate(group):
                scores[at, np.isin(rows, case.seen)] = -np.inf
            rankings |= zip(places, _best(rows, scores, k), strict=True)
        return [rankings[place] for place in range(len(cases))]

    return rank


def from_recommender(recommender: Recommender[Config], alive: Bools, *, seed: int = 0) -> Ranker:
    """Rank by a fitted recommender's scores, from each case's history; a query without one has an empty history."""

    def score(cases: Sequence[Case], rows: Ints) -> Floats:
        return recommender.score([case.history or History.of([]) for case in cases], rows)

    return from_scores(score, alive, seed=seed)


def popularity(catalog: Catalog, *, seed: int = 0) -> Ranker:
    """The same for everybody: items by their number of positive events."""
    counts = catalog.interactions.counts().astype(np.float32)

    def score(cases: Sequence[Case], rows: Ints) -> Floats:
        return np.broadcast_to(counts[rows], (len(cases), len(rows)))

    return from_scores(score, catalog.alive, seed=seed)


def with_newcomers(ranker: Ranker, plain: Ranker) -> Ranker:
    """A ranker that answers people without a history as ``plain`` does, where it has no answer of its own.

    Nobody is shown an empty page: a shop that serves the method shows newcomers what is popular.
    """

    def rank(cases: Sequence[Case], k: int) -> list[Ints]:
        found = list(ranker(cases, k))
        places = [at for at, case in enumerate(cases) if not len(found[at]) and not len(case.history or ())]
        for at, ranking in zip(places, plain([cases[at] for at in places], k), strict=True):
            found[at] = ranking
        return found

    return rank


def chance(catalog: Catalog, *, seed: int = 0) -> Ranker:
    """A shuffle of its own for every case, fixed by the seed and the case's key."""

    def score(cases: Sequence[Case], rows: Ints) -> Floats:
        drawn = [generator(seed, f"random:{case.key}").random(len(rows), np.float32) for case in cases]
        return np.array(drawn, np.float32).reshape(len(cases), len(rows))

    return from_scores(score, catalog.alive, seed=seed)


def _by_candidates(cases: Sequence[Case]) -> list[list[int]]:
    """Places of the cases that share one array of candidates."""
    groups: dict[int, list[int]] = {}
    for place, case in enumerate(cases):
        groups.setdefault(id(case.candidates), []).append(place)
    return list(groups.values())


def _best(rows: Ints, scores: Floats, k: int) -> list[Ints]:
    """The k best rows for each line of scores, without those scored -inf. Shapes: rows (n,), scores (cases, n)."""
    k = min(k, len(rows))
    if k == 0:
        return [np.zeros(0, np.int64)] * len(scores)
    top = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    values = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    places, values = np.take_along_axis(top, order, axis=1), np.take_along_axis(values, order, axis=1)
    return [rows[line[value > -np.inf]] for line, value in zip(places, values, strict=True)]

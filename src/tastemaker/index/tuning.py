"""How far an approximation must be read to find what exact search finds; measured on the shop's own questions.

Two kinds of questions, because they lie differently: items (what ``similar`` asks) lie among the rows, words do not -
their nearest rows are farther away and spread over more lists, and an index that was tuned on items alone loses them.
Half of the questions choose the efforts, the other half measure what is then found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np

from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex, best
from tastemaker.index.planned import Effort, Efforts, PlannedIndex, list_bytes

LENGTHS = (10, 30, 150, 500, 2_000)
"""Lengths of answers that efforts are measured for; a longer one is answered exactly. So far the lists are read under
narrow filters: ten of a hundredth lie among the nearest thousand."""
DEEPEST = 8_192
"""Most rows that are ever proposed."""
KEPT = (1.0, 0.5, 0.1, 0.035, 0.01, 0.001)
"""Shares of rows that a filter keeps, at which the recall is measured."""
RESERVE = 1.25
"""Times as many rows are proposed as the questions at hand needed."""
TOGETHER = 32
"""Questions that are compared with all rows at once."""


@dataclass(frozen=True)
class Asked:
    """Questions of one kind.

    Attributes:
        vectors: one a question.
        own: the row that a question is made of and that is no answer to it; -1 for none.

    Shapes: vectors (n, dim); own (n,).
    """

    vectors: Floats
    own: Ints

    def __len__(self) -> int:
        return len(self.own)

    def halves(self) -> "tuple[Asked, Asked]":
        """Every other question."""
        return Asked(self.vectors[::2], self.own[::2]), Asked(self.vectors[1::2], self.own[1::2])


@dataclass(frozen=True)
class Measured:
    """What was found of what exact search finds.

    Attributes:
        asked: the kind of questions.
        kept: share of rows that the filter kept.
        method: the way that was planned.
        recall: share of the true nearest ten.
        ms: median milliseconds of a question.
        exact_ms: the same for the exact index.
    """

    asked: str
    kept: float
    method: str
    recall: float
    ms: float
    exact_ms: float


def tune(
    approximate: Approximate, matrix: Floats, present: Bools, asked: Mapping[str, Asked], recall: float
) -> Efforts:
    """The least efforts with which every kind of question finds what it should.

    Args:
        approximate: of the rows.
        matrix: the rows.
        present: rows that can be found.
        asked: questions by kind.
        recall: share of the true nearest; half of what it may miss is kept in reserve for other questions.
    """
    aim, lengths = 1 - (1 - recall) / 2, [k for k in LENGTHS if 4 * k <= np.count_nonzero(present)]
    if not lengths:
        return Efforts({}, {})
    deepest = min(DEEPEST, len(matrix))
    true = {kind: nearest(matrix, present, each, max(lengths)) for kind, each in asked.items()}
    ranks = _ranks(asked, true, lambda vector: approximate.scan(vector, deepest, present))
    found = {k: Effort(depth) for k in lengths if (depth := _depth(ranks, k, aim)) is not None}
    return Efforts(found, _through_lists(approximate, asked, true, lengths, aim))


def measure(
    index: PlannedIndex, exact: ExactIndex, asked: Mapping[str, Asked], kept: Sequence[float] = KEPT, seed: int = 0
) -> list[Measured]:
    """What an index finds of what the exact one finds, under filters that keep rows at random."""
    table = []
    for share in kept:
        mask = generator(seed, f"kept {share}").random(len(index)) < share
        for kind, each in asked.items():
            recalls, times = [], []
            for vector, own in zip(each.vectors, each.own.tolist(), strict=True):
                allowed = mask.copy()
                if own >= 0:
                    allowed[own] = False
                begun = perf_counter()
                _, scores = index.search(vector, 10, allowed)
                between = perf_counter()
                _, true = exact.search(vector, 10, allowed)
                times.append((between - begun, perf_counter() - between))
                recalls.append(np.count_nonzero(scores >= true[-1] - 1e-6) / len(true) if len(true) else 1.0)
            ours, theirs = 1000 * np.median(np.array(times), axis=0)
            method = index.plan(int(np.count_nonzero(mask)), 10).method
            mean = float(np.mean(recalls))
            table.append(Measured(kind, share, method, round(mean, 4), round(float(ours), 3), round(float(theirs), 3)))
    return table


def nearest(matrix: Floats, present: Bools, asked: Asked, k: int) -> Ints:
    """The true nearest rows of each question, best first. Shapes: -> (n, k)."""
    found = []
    for begin in range(0, len(asked), TOGETHER):
        scores = asked.vectors[begin : begin + TOGETHER] @ matrix.T
        scores[:, ~present] = -np.inf
        own = asked.own[begin : begin + TOGETHER]
        scores[np.flatnonzero(own >= 0), own[own >= 0]] = -np.inf
        found += [best(each, k) for each in scores]
    return np.stack(found)


Propose = Callable[[Floats], Ints]


def _through_lists(
    approximate: Approximate, asked: Mapping[str, Asked], true: Mapping[str, Ints], lengths: Sequence[int], aim: float
) -> dict[int, Effort]:
    """For each length how many lists, and how many of their rows, cost least: twice as many lists at a time."""
    best_of: dict[int, Effort] = {}
    dim = next(iter(asked.values())).vectors.shape[1]

    def cost(effort: Effort) -> float:
        return list_bytes(approximate, dim, effort)

    lists = 1
    while lists <= approximate.lists and any(
        k not in best_of or cost(Effort(k, lists)) < cost(best_of[k]) for k in lengths
    ):
        ranks = _ranks(asked, true, partial(_probe, approximate, lists))
        for k in lengths:
            depth = _depth(ranks, k, aim)
            if depth is not None and (k not in best_of or cost(Effort(depth, lists)) < cost(best_of[k])):
                best_of[k] = Effort(depth, lists)
        lists *= 2
    return best_of


def _probe(approximate: Approximate, lists: int, vector: Floats) -> Ints:
    return approximate.probe(vector, min(DEEPEST, len(approximate)), lists)


def _ranks(asked: Mapping[str, Asked], true: Mapping[str, Ints], propose: Propose) -> list[Doubles]:
    """For each kind the place of every true row among what is proposed; infinite when it is not. Shapes: (n, k)."""
    found = []
    for kind, each in asked.items():
        place = np.full(int(true[kind].max()) + 1, np.inf)
        ranks = np.empty(true[kind].shape)
        for at, vector in enumerate(each.vectors):
            rows = propose(vector)
            rows = rows[rows < len(place)]
            place[rows] = np.arange(len(rows))
            ranks[at] = place[true[kind][at]]
            place[rows] = np.inf
        found.append(ranks)
    return found


def _depth(ranks: Sequence[Doubles], k: int, aim: float) -> int | None:
    """How many rows must be proposed for the share aimed at of each kind's true k; None when proposals end before."""
    needed = 0.0
    for each in ranks:
        flat = np.sort(each[:, :k], axis=None)
        needed = max(needed, float(flat[int(np.ceil(aim * len(flat))) - 1]))
    return int(max(2 * k, RESERVE * (needed + 1))) if np.isfinite(needed) else None

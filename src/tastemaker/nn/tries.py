"""A trie over the valid ids, and beam search that never leaves it.

A model that writes an id code by code could write one that no item has. The trie allows at each step only codes that
lead to an item. It is kept as sorted ids: a node is a run of them, so a level is four arrays and no object a node.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tastemaker.core.types import Bools, Doubles, Floats, Ints

Step = Callable[[int, Ints, Ints], Floats]
"""Level, query of each beam (n,), the beam's codes so far (n, level) -> log-probabilities of all codes (n, codes)."""


@dataclass(frozen=True)
class Level:
    """The nodes of one depth, those of the same parent side by side.

    Attributes:
        code: last code of the node.
        parent: its node one level up.
        low, high: its run in the sorted ids.
        first, last: its children one level down (those of the node n are first[n] to last[n] - 1).

    Shapes: all (nodes,); first and last are empty at the last level.
    """

    code: Ints
    parent: Ints
    low: Ints
    high: Ints
    first: Ints
    last: Ints


class Trie:
    """All valid ids.

    Args:
        ids: one a row, codes 0 and up. Ids may repeat; then the last level's node holds several rows.

    Shapes: (n, levels), n and levels at least 1.
    """

    def __init__(self, ids: Ints) -> None:
        self.order: Ints = np.lexsort(ids.T[::-1])
        self._sorted = ids[self.order]
        n, levels = ids.shape
        opens = np.zeros((n, levels), np.bool_)
        opens[0] = True
        opens[1:] = np.logical_or.accumulate(self._sorted[1:] != self._sorted[:-1], axis=1)
        lows = [np.flatnonzero(opens[:, level]) for level in range(levels)]
        self.levels = [self._level(level, lows, n) for level in range(levels)]

    def _level(self, level: int, lows: list[Ints], n: int) -> Level:
        low = lows[level]
        high = np.append(low[1:], n)
        above = lows[level - 1] if level else np.zeros(1, np.int64)
        none = np.empty(0, np.int64)
        last = level == len(lows) - 1
        first = none if last else np.searchsorted(lows[level + 1], low)
        after = none if last else np.searchsorted(lows[level + 1], high)
        parent = np.searchsorted(above, low, side="right") - 1
        return Level(self._sorted[low, level], parent, low, high, first, after)

    def prefixes(self, level: int, nodes: Ints) -> Ints:
        """Codes from the root to some nodes of a level. Shapes: (n,) -> (n, level + 1)."""
        return self._sorted[self.levels[level].low[nodes], : level + 1]


def search(trie: Trie, queries: int, step: Step, width: int) -> Doubles:
    """Beam search for many queries at once; a score for every id.

    An id that was followed to its end scores its log-probability, exactly. One whose beginning fell out of the beam
    scores below all of those: by the log-probability of that beginning and, for each code it is short of, the mean of
    what a code cost on the beams that stayed. With a beam as wide as the catalog this is exhaustive search.

    Args:
        trie: of the valid ids.
        queries: number of queries.
        step: see :data:`Step`.
        width: beginnings kept for each query at each level, 1 or more.

    Shapes: -> (queries, ids), columns as the rows of the ids the trie was made of.
    """
    depth = len(trie.levels)
    score, fell = np.zeros((queries, len(trie.order))), np.zeros((queries, len(trie.order)), np.int64)
    query, node, total = np.arange(queries), np.zeros(queries, np.int64), np.zeros(queries)
    for level, nodes in enumerate(trie.levels):
        prefixes = trie.prefixes(level - 1, node) if level else np.empty((queries, 0), np.int64)
        chances = step(level, query, prefixes)
        first = trie.levels[level - 1].first[node] if level else np.zeros(queries, np.int64)
        last = trie.levels[level - 1].last[node] if level else np.full(queries, len(nodes.code))
        beam, node = _runs(first, last)
        total = total[beam] + chances[beam, nodes.code[node]]
        query = query[beam]
        kept = _best(query, total, width) if level < depth - 1 else np.ones(len(query), np.bool_)
        done = ~kept if level < depth - 1 else kept
        which, place = _runs(nodes.low[node[done]], nodes.high[node[done]])
        score[query[done][which], place] = total[done][which]
        fell[query[done][which], place] = depth - 1 - level
        query, node, total = query[kept], node[kept], total[kept]
    found = np.empty_like(score)
    found[:, trie.order] = _below(score, fell, depth)
    return found


def _runs(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """All of low[i] .. high[i] - 1, and the i of each."""
    count = high - low
    which = np.repeat(np.arange(len(low)), count)
    start = np.cumsum(count) - count
    return which, np.arange(len(which)) - start[which] + low[which]


def _best(query: Ints, total: Doubles, width: int) -> Bools:
    """Marks of the ``width`` best of each query; ``query`` is sorted. Shapes: (n,) -> (n,)."""
    order = np.lexsort((-total, query))
    count = np.bincount(query)
    start = np.cumsum(count) - count
    rank = np.arange(len(query)) - start[query[order]]
    kept = np.zeros(len(query), np.bool_)
    kept[order[rank < width]] = True
    return kept


def _below(score: Doubles, fell: Ints, depth: int) -> Doubles:
    """Lower what fell out of the beam under the worst that did not. Shapes: (queries, ids)."""
    ended = fell == 0
    worst = np.where(ended, score, np.inf).min(axis=1, keepdims=True)
    cost = np.where(ended, score, 0.0).sum(axis=1, keepdims=True) / ended.sum(axis=1, keepdims=True) / depth
    guess = score + fell * cost
    best = np.where(ended, -np.inf, guess).max(axis=1, keepdims=True)
    down = np.maximum(0.0, best - worst) + 1e-3
    return np.where(ended, score, guess - np.where(np.isfinite(down), down, 0.0))

"""Several rankings -> one by score: weighted, each list on its own scale.

By score, rather than by place, keeps how far apart the answers stand; and a list can be told which items it can speak
of at all: an item that brings only a picture has no words to be matched, and must not stand behind for it.
"""

import re
from collections.abc import Sequence

import numpy as np

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.index.exact import ExactIndex
from tastemaker.index.words import Words

Hits = tuple[Ints, Floats]
"""What a door answers: rows, best first, and their scores. Shapes: (n,), (n,)."""


def blend(
    lists: Sequence[Hits],
    weights: Sequence[float],
    *,
    floors: Sequence[float | None] | None = None,
    speaks: Sequence[Bools | None] | None = None,
) -> Hits:
    """Fuse by score: each list is scaled to 0..1 between its floor and its best, then averaged by weight.

    A row that a list could have brought and did not counts 0 there; a list that cannot speak of a row (``speaks`` is
    False) is left out of that row's average, so that a missing modality is no fault.

    Args:
        lists: what each door answered.
        weights: one a list, 0 or above, at least one above.
        floors: for each list the score that says nothing: 0 for word matches, None for the list's own worst (vectors).
        speaks: for each list which rows it can speak of, (rows,); None says all.

    Returns:
        Every row of a list of positive weight, best first; of equals the lower row first. Scores are 0..1.
    """
    shares = _weights(weights, len(lists))
    used = [(hits, w) for hits, w in zip(lists, shares, strict=True) if w > 0 and len(hits[0])]
    if not used:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows = np.unique(np.concatenate([hits[0] for hits, _ in used]))
    total, weight = np.zeros(len(rows)), np.zeros(len(rows))
    doors = speaks if speaks is not None else [None] * len(lists)
    lows = floors if floors is not None else [None] * len(lists)
    for hits, w, low, mask in zip(lists, shares, lows, doors, strict=True):
        if w <= 0:
            continue
        heard = np.ones(len(rows), np.bool_) if mask is None else _look_up(mask, rows)
        scaled = np.zeros(len(rows))
        scaled[np.searchsorted(rows, hits[0])] = _scaled(np.asarray(hits[1], np.float64), low)
        heard[np.searchsorted(rows, hits[0])] = True  # who answered can speak
        total += w * scaled * heard
        weight += w * heard
    fused = total / np.where(weight > 0, weight, 1.0)
    order = np.lexsort((rows, -fused))
    return rows[order], fused[order].astype(np.float32)


SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""What the share of word matches is chosen from. Neither door is silenced: a picture without words has only vectors."""
USUAL_SHARE = 0.4
"""The share where nothing can be learned."""
DEPTH = 200
TIE = 0.01


def learn_weights(
    catalog: Catalog, space: Space, vectors: ItemVectors, words: Words, *, n_queries: int = 300, seed: int = 0
) -> float:
    """How much word matches should weigh beside vectors, learned on the catalog itself; between 0.2 and 0.7.

    Known-item queries: some of an item's own words are asked, and the item should come back. The share with the best
    mean reciprocal rank wins; of shares within a hundredth of it the one nearest the usual, because an item's own words
    flatter word matches - shoppers use others.

    Args:
        catalog: its items give the queries.
        space: embeds them.
        vectors: aligned to the catalog's rows.
        words: the other door.
        n_queries: how many are asked, at most one an item.
        seed: of the choice of items and words.

    Source: known-item simulation as in Azzopardi, de Rijke, Balog, SIGIR 2007.
    """
    asked = known_item_queries(catalog, n_queries, seed)
    if not asked or not vectors.present.any():
        return USUAL_SHARE
    index = ExactIndex(vectors.matrix, vectors.present & catalog.alive)
    embedded = space.embed_texts([text for _, text in asked])
    ranks = np.zeros(len(SHARES))
    for (row, text), vector in zip(asked, embedded, strict=True):
        near, said = index.search(vector, DEPTH), words.search(text, DEPTH, catalog.alive)
        for place, share in enumerate(SHARES):
            rows, _ = blend(
                [near, said], [1.0 - share, share], floors=[None, 0.0], speaks=[None, vectors.has.get("text")]
            )
            at = np.flatnonzero(rows == row)
            ranks[place] += 1.0 / (1 + at[0]) if len(at) else 0.0
    ranks /= len(asked)
    good = [share for share, mean in zip(SHARES, ranks, strict=True) if mean >= ranks.max() - TIE]
    return min(good, key=lambda share: (abs(share - USUAL_SHARE), share))


def known_item_queries(catalog: Catalog, n: int, seed: int) -> list[tuple[int, str]]:
    """Rows and words that should find them: part of a title, a title without its first word, a piece of description."""
    chance = generator(seed, "known-item queries")
    rows = np.flatnonzero(catalog.alive)
    asked: list[tuple[int, str]] = []
    for row in chance.permutation(rows)[: 2 * n].tolist():
        text = _piece(catalog.item(row), len(asked) % 3, chance)
        if text and len(asked) < n:
            asked.append((row, text))
    return asked


def _piece(item: Item, kind: int, chance: np.random.Generator) -> str:
    """A few of an item's own words, in their order; "" when it has too few to tell it from others."""
    title, text = re.findall(r"\w+", item.title), re.findall(r"\w+", item.text)
    if kind == 2 and len(text) >= 4:
        begin = int(chance.integers(0, max(1, len(text) - 6)))
        return " ".join(text[begin : begin + 6])
    told = [value for value in item.attributes.values() if isinstance(value, str)] if kind == 1 else []
    both = [*title, *told]
    if len(both) < 2:
        return ""
    kept = np.sort(chance.permutation(len(both))[: max(2, (len(both) + 1) // 2)])
    return " ".join(both[place] for place in kept)


def _scaled(scores: Doubles, floor: float | None) -> Doubles:
    """Scores as 0..1 between the floor (or their worst) and their best; all 1 when they are all the same."""
    if not len(scores):
        return scores
    low, high = scores.min() if floor is None else floor, scores.max()
    return np.ones(len(scores)) if high <= low else np.clip((scores - low) / (high - low), 0.0, 1.0)


def _look_up(mask: Bools, rows: Ints) -> Bools:
    """What a mask says of rows; False beyond its end."""
    inside = rows < len(mask)
    found = np.zeros(len(rows), np.bool_)
    found[inside] = mask[rows[inside]]
    return found


def _weights(weights: Sequence[float], n: int) -> list[float]:
    """One finite weight of 0 or above for each list.

    Raises:
        InputError: another number of weights, or one below 0.
    """
    shares = [float(w) for w in weights]
    if len(shares) != n or any(not np.isfinite(w) or w < 0 for w in shares):
        raise InputError(f"weights are {shares!r}", hint=f"{n} numbers of 0 or above, one a ranking")
    return shares

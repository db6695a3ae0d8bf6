"""Ask back when it pays: the question with the greatest expected information, if any answer would change what is shown.

Over the items that may be meant, with chances p, and the chances L(a | i) of every answer a if item i is meant

    gain  = H(A) - sum_i p_i H(A | i),             H(A) of P(a) = sum_i p_i L(a | i)          bits
    lift  = sum_a max_{|S| = k} sum_{i in S} p_i L(a | i)  -  max_{|S| = k} sum_{i in S} p_i

``lift`` is how much the chance rises that what is meant is among the k shown; it is 0 exactly when the same k are best
after every answer, and then nothing is asked. A question is asked when its gain is above the cost of a turn.

Source: expected information, Lindley 1956; for conversation, Zou et al., "Towards Question-based Recommender Systems",
SIGIR 2020 (a greedy choice, entropy alone); the lift is the expected value of sample information, Raiffa and Schlaifer
1961.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tastemaker.assistant.belief import Belief
from tastemaker.assistant.evidence import answers, told
from tastemaker.assistant.question import Choice, Question
from tastemaker.catalog.catalog import FIELDS
from tastemaker.core.lines import one_line
from tastemaker.core.types import Doubles, Ints
from tastemaker.shop.live import View

COST = 0.1
"""What a turn costs the person, in bits."""
LEAST_LIFT = 0.001
"""Below this nothing that could be answered changes what is shown."""
SURE, DRAWN = 400, 1200
"""The likeliest rows that are looked at each, and how many stand for all the others."""
OFFERED = 5
"""Answers that are offered; others can be said."""
TYPED = 0.5
"""Chance that somebody says an answer that is not offered."""
MOST_VALUES = 200
"""An attribute with more values is no question."""
PAIRS_OF = 8
"""Of so many of the likeliest pictures two are asked about."""

Asker = Callable[[View, Belief, Collection[str], int], Question | None]
"""Chooses a question: the shop, what is believed, what was asked about or is known already, how many are shown."""


@dataclass(frozen=True)
class _Sample:
    """Rows that stand for a belief. Shapes: rows, weights (n,)."""

    rows: Ints
    weights: Doubles


def best_question(view: View, belief: Belief, done: Collection[str], k: int) -> Question | None:
    """The question that pays most; None when none pays.

    Args:
        view: the shop.
        belief: what may be meant.
        done: keys of questions that need no asking.
        k: how many items are shown.
    """
    sample = _sample(belief)
    weighed = [_weighed(view, asked, sample) for asked in possible(view, belief, done)]
    for asked in sorted(weighed, key=lambda question: -question.gain)[:3]:
        if asked.gain <= COST:
            return None
        lift = _lift(view, asked, sample, k)
        if lift > LEAST_LIFT:
            return worded(view, replace(asked, lift=lift, cost=COST), sample.rows, sample.weights)
    return None


def question_about(view: View, belief: Belief, about: str, k: int) -> Question | None:
    """The question about an attribute, "price" or "pictures" that tells most; None when there is none to ask."""
    sample = _sample(belief)
    found = [_weighed(view, asked, sample) for asked in possible(view, belief, ()) if asked.about == about]
    return weigh(view, max(found, key=lambda question: question.gain), belief, k) if found else None


def weigh(view: View, question: Question, belief: Belief, k: int) -> Question:
    """A question with its sentence, its choices, and what it is worth."""
    sample = _sample(belief)
    asked = replace(_weighed(view, question, sample), lift=_lift(view, question, sample, k), cost=COST)
    return worded(view, asked, sample.rows, sample.weights)


def possible(view: View, belief: Belief, done: Collection[str]) -> Iterator[Question]:
    """Every question that can be asked at all; without sentences yet."""
    if len(belief) < 2:
        return
    for name, type in {**view.catalog.types, "department": FIELDS["department"]}.items():
        if name not in done and type in ("category", "list") and 1 < len(told(view, name).column.shown) <= MOST_VALUES:
            yield Question("attribute", name)
    if "price" not in done and (bands := _bands(view, belief)):
        yield Question("price", "price", choices=bands)
    if "pictures" not in done:
        yield from _pairs(view, belief)


def worded(view: View, question: Question, rows: Ints, weights: Doubles) -> Question:
    """The question as it is put: a sentence, and the likeliest answers as choices. Shapes: rows, weights (n,)."""
    names, table = answers(view, question, rows)
    shares = dict(zip(names, (weights @ table).tolist(), strict=True))
    if question.kind == "pictures":
        titles = [
            one_line(view.catalog.raw_item(row).title) or view.catalog.ids[row]
            for row in view.catalog.rows(question.items)
        ]
        choices = tuple(
            Choice(title, value, shares[value]) for title, value in zip(titles, ("first", "second"), strict=True)
        )
        return replace(question, text="Which of these two is nearer to what you mean?", choices=choices)
    if question.kind == "price":
        choices = tuple(replace(choice, share=shares[choice.value]) for choice in question.choices)
        return replace(question, text="What would you like to spend?", choices=choices)
    likeliest = sorted((name for name in names if name), key=lambda name: -shares[name])[:OFFERED]
    label, names_told = spoken(question.about), [one_line(name) for name in likeliest]
    listed = f"{', '.join(names_told[:-1])} or {names_told[-1]}" if len(names_told) > 1 else names_told[0]
    more = ", or another" if len(names) - 1 > len(likeliest) else ""
    choices = tuple(Choice(one_line(name), name, shares[name]) for name in likeliest)
    return replace(question, text=f"Which {label}: {listed}{more}?", choices=choices)


def spoken(name: str) -> str:
    """An attribute's name as people say it: ``baseColour`` and ``base_colour`` are "base colour"."""
    parted = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return " ".join(parted.replace("_", " ").split())


def _sample(belief: Belief) -> _Sample:
    """The likeliest rows as they are, and evenly drawn ones for the rest, which carry its weight together."""
    order = belief.best(len(belief))
    head, tail = order[:SURE], order[SURE:]
    mass = belief.chances[tail]
    if len(tail) <= DRAWN:
        return _Sample(belief.rows[order], belief.chances[order])
    steps = (np.arange(DRAWN) + 0.5) / DRAWN * mass.sum()
    drawn = tail[np.minimum(np.searchsorted(np.cumsum(mass), steps), len(tail) - 1)]
    weights = np.concatenate([belief.chances[head], np.full(DRAWN, mass.sum() / DRAWN)])
    rows, place = np.unique(np.concatenate([belief.rows[head], belief.rows[drawn]]), return_inverse=True)
    return _Sample(rows, np.asarray(np.bincount(place, weights=weights), np.float64))


def _weighed(view: View, question: Question, sample: _Sample) -> Question:
    """The question with what its answer is expected to tell; answers that are not offered come half the time.

    Of an attribute of forty values five can be offered: who means another has to find the word and type it.
    """
    names, table = answers(view, question, sample.rows)
    chances = sample.weights @ table
    told = entropy(chances) - sample.weights @ entropy(table)
    offered = np.sort(chances[:-1])[::-1][:OFFERED].sum() / max(1e-12, chances[:-1].sum()) if len(names) > 1 else 1.0
    return replace(question, gain=float(told * (TYPED + (1.0 - TYPED) * offered)))


def _lift(view: View, question: Question, sample: _Sample, k: int) -> float:
    """Expected rise of the chance that what is meant is among the k likeliest."""
    _, table = answers(view, question, sample.rows)
    weights = sample.weights[:, None]
    return float(among_first(weights * table, k).sum() - among_first(weights, k).sum())


def among_first(chances: Doubles, k: int) -> Doubles:
    """The chance that the k likeliest have together, of each column. Shapes: (n, columns) -> (columns,)."""
    if len(chances) <= k:
        return np.asarray(chances.sum(axis=0), np.float64)
    return np.asarray(-np.partition(-chances, k - 1, axis=0)[:k].sum(axis=0), np.float64)


def entropy(chances: Doubles) -> Doubles:
    """Of the last axis, in bits. Shapes: (..., n) -> (...)."""
    logs = np.log2(chances, out=np.zeros_like(chances), where=chances > 0)
    return np.asarray(-(chances * logs).sum(axis=-1), np.float64)


def _bands(view: View, belief: Belief) -> tuple[Choice, ...]:
    """Three price bands of about equal chance, with round limits; () when prices do not part the items."""
    prices = view.catalog.prices[belief.rows].astype(np.float64)
    known = np.isfinite(prices)
    if belief.chances[known].sum() < 0.5:
        return ()
    order = np.argsort(prices[known], kind="stable")
    rising, share = prices[known][order], np.cumsum(belief.chances[known][order])
    places = np.searchsorted(share, np.array([1 / 3, 2 / 3]) * share[-1] - 1e-9) + 1
    low, high = (_round(float(rising[min(place, len(rising) - 1)])) for place in places.tolist())
    if not rising[0] < low < high <= rising[-1]:
        return ()
    return (
        Choice(f"under {low:g}", f"under {low:g}", high=low),
        Choice(f"{low:g} to {high:g}", f"{low:g} to {high:g}", low=low, high=high),
        Choice(f"{high:g} or more", f"{high:g} or more", low=high),
    )


def _round(price: float) -> float:
    """A limit that people would say: two figures at most."""
    step = 10.0 ** max(0, int(np.floor(np.log10(max(price, 1.0)))) - 1)
    step *= 5 if price / step >= 20 else 1
    return float(np.ceil(price / step) * step)


def _pairs(view: View, belief: Belief) -> Iterator[Question]:
    """Two of the likeliest pictures at a time."""
    if view.vectors is None:
        return
    likely = belief.rows[belief.best(3 * PAIRS_OF)].tolist()
    there = np.any(view.vectors.matrix[likely] != 0, axis=1).tolist()
    pictured = [row for row, known in zip(likely, there, strict=True) if known and view.catalog.main_picture(row)]
    for first, second in combinations(pictured[:PAIRS_OF], 2):
        yield Question("pictures", "pictures", items=(view.catalog.ids[first], view.catalog.ids[second]))

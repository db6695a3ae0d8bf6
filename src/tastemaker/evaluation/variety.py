"""Beyond accuracy: what a shop's rankings do besides being right - how known, how alike, how true to each taste.

One value a case, NaN where it says nothing (no history, no vector); Gini is one figure for all rankings together.
None of them is better when it is higher or lower by itself; they tell what an accuracy was paid with.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.evaluation.cases import Case

MOST_KINDS = 100
SMOOTHING = 0.01
GROUPS = 20


@dataclass(frozen=True)
class Shelf:
    """What is known of the items before anybody is asked.

    Attributes:
        fame: people who chose each item, (rows,).
        people: people who chose anything.
        vectors: unit rows, zero where an item has none, (rows, dim); None without a space.
        kinds: what each item is by ``attribute``: shares that add up to 1, all 0 where unknown, (rows, values); None
            when there is no such attribute.
        attribute: what rankings are calibrated by; "" when there is none.
    """

    fame: Ints
    people: int
    vectors: Floats | None = None
    kinds: Floats | None = None
    attribute: str = ""

    @classmethod
    def of(cls, catalog: Catalog, vectors: ItemVectors | None) -> "Shelf":
        """Read a catalog: its events up to the test, and the category that says most about every item."""
        chosen = catalog.interactions.matrix()
        fame = np.bincount(chosen.indices, minlength=catalog.size).astype(np.int64)
        attribute, kinds = _kinds(catalog)
        people = int(np.count_nonzero(np.diff(chosen.indptr)))
        return cls(fame, people, None if vectors is None else vectors.matrix, kinds, attribute)


def measures(rankings: Sequence[Ints], cases: Sequence[Case], shelf: Shelf, k: int) -> dict[str, Doubles]:
    """Every measure that can be taken, by name; those that no case has a value of are left out.

    Shapes: -> (cases,) each.
    """
    tops = [ranking[:k] for ranking in rankings]
    taken = {"novelty": novelty(tops, shelf), "lift": lift(tops, cases, shelf)}
    if shelf.vectors is not None:
        taken["diversity"] = diversity(tops, shelf.vectors)
    if shelf.kinds is not None:
        taken["calibration"] = calibration(tops, cases, shelf.kinds)
    return {name: values for name, values in taken.items() if not np.isnan(values).all()}


def novelty(tops: Sequence[Ints], shelf: Shelf) -> Doubles:
    """Mean self-information of what is shown, in bits: ``-log2((people who chose it + 1) / (people + 1))``.

    Shapes: -> (cases,). Source: Zhou et al. 2010; Differs: one is added, so that an item nobody chose has a value.
    """
    bits = np.log2(shelf.people + 1) - np.log2(shelf.fame + 1)
    return np.array([bits[top].mean() if len(top) else np.nan for top in tops], np.float64)


def lift(tops: Sequence[Ints], cases: Sequence[Case], shelf: Shelf) -> Doubles:
    """How much better known than the person's own choices: log2 of the ratio of the mean numbers of people.

    0 is as well known as what they chose, 1 twice as well known. NaN for people without a choice.

    Shapes: -> (cases,). Source: Abdollahpouri et al. 2020 (popularity lift); Differs: the logarithm, so that one person
    with rare tastes does not make the mean.
    """
    found = np.full(len(tops), np.nan)
    for at, (top, case) in enumerate(zip(tops, cases, strict=True)):
        if case.history is None or not len(top):
            continue
        own = shelf.fame[case.history.liked.rows]
        if own.sum() > 0:
            found[at] = np.log2(max(shelf.fame[top].mean(), 1 / len(top))) - np.log2(own.mean())
    return found


def diversity(tops: Sequence[Ints], vectors: Floats) -> Doubles:
    """One less the mean cosine of all pairs that are shown together (items without a vector are left out).

    Shapes: vectors (rows, dim) -> (cases,). Source: Smyth and McClave 2001 (intra-list diversity).
    """
    found = np.full(len(tops), np.nan)
    for at, top in enumerate(tops):
        shown = vectors[top]
        shown = shown[np.any(shown != 0, axis=1)]
        n = len(shown)
        if n > 1:
            alike = (float(np.sum(shown.sum(axis=0) ** 2)) - float(np.sum(shown**2))) / (n * (n - 1))
            found[at] = 1 - alike
    return found


def calibration(tops: Sequence[Ints], cases: Sequence[Case], kinds: Floats) -> Doubles:
    """How far the kinds of items shown are from the kinds a person chose: KL divergence in bits, 0 is the same mix.

    ``sum p log2(p / q~)``, p of the history, q of the ranking, ``q~ = 0.99 q + 0.01 p``.

    Shapes: kinds (rows, values) -> (cases,). Source: Steck, Calibrated Recommendations, RecSys 2018, eq. 6.
    """
    found = np.full(len(tops), np.nan)
    for at, (top, case) in enumerate(zip(tops, cases, strict=True)):
        if case.history is None:
            continue
        own, shown = (_mix(kinds[rows]) for rows in (case.history.liked.rows, top))
        if own is not None and shown is not None:
            has = own > 0
            near = (1 - SMOOTHING) * shown[has] + SMOOTHING * own[has]
            found[at] = float(np.sum(own[has] * np.log2(own[has] / near)))
    return found


def gini(exposures: Ints) -> float:
    """How unevenly places are given to items: 0 when every item has as many, near 1 when one has all of them.

    Shapes: exposures (candidates,), how often each was shown.
    """
    total = int(exposures.sum())
    n = len(exposures)
    if not total:
        return 0.0
    place = np.arange(1, n + 1)
    return float(np.sum((2 * place - n - 1) * np.sort(exposures)) / (n * total))


def gini_interval(rankings: Sequence[Ints], pool: Ints, size: int, k: int) -> tuple[float, float, float]:
    """Gini over the candidates, and its 95 % interval from the jackknife over twenty groups of cases.

    Args:
        rankings: best first, one a case.
        pool: rows that could have been shown.
        size: rows of the catalog.
        k: places that count.

    Returns:
        Value, low, high.
    """
    groups = max(1, min(GROUPS, len(rankings)))
    tops = [ranking[:k] for ranking in rankings]
    group = np.repeat(np.arange(len(tops)) % groups, [len(top) for top in tops])
    parts = np.bincount(group * size + np.concatenate(tops), minlength=groups * size).reshape(groups, size)
    shown = parts[:, pool]
    whole = shown.sum(axis=0)
    value = gini(whole)
    if groups == 1:
        return value, value, value
    left = np.array([gini(whole - part) for part in shown])
    spread = 1.96 * float(np.sqrt((groups - 1) / groups * np.sum((left - left.mean()) ** 2)))
    return value, max(0.0, value - spread), min(1.0, value + spread)


def _mix(kinds: Floats) -> Doubles | None:
    """Shares of the values over some items; None when none is known. Shapes: (items, values) -> (values,)."""
    total = kinds.sum(axis=0, dtype=np.float64)
    return total / total.sum() if total.any() else None


def _kinds(catalog: Catalog) -> tuple[str, Floats | None]:
    """The department, or else the category or list with few values that most items have; half of them at least."""
    labels = [name for name, type in sorted(catalog.types.items()) if type in ("category", "list")]
    found: tuple[float, str, Floats | None] = (0.5, "", None)
    for name in ("department", *labels):
        values = [held if isinstance(held, tuple) else (str(held),) for held in catalog.column(name)]
        distinct = sorted({one for row in np.flatnonzero(catalog.alive) for one in values[row]} - {""})
        if not 2 <= len(distinct) <= MOST_KINDS:
            continue
        number = {value: at for at, value in enumerate(distinct)}
        kinds = np.zeros((catalog.size, len(distinct)), np.float32)
        for row, held in enumerate(values):
            places = [number[one] for one in held if one in number]
            kinds[row, places] = 1 / max(1, len(places))
        share = float(kinds[catalog.alive].any(axis=1).mean())
        if share > found[0]:
            found = (share, name, kinds)
        if found[1] == "department":
            break
    return found[1], found[2]

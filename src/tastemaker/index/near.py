"""No result is an answer with a way on: "nothing red under 60; 3 under 75".

When a filter keeps nothing, each of its conditions is loosened in turn - a bound moved to the nearest items, any other
condition dropped - and what would then be there is counted. Values that nobody has are named, with their neighbours.
"""

import math
from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Bools
from tastemaker.index.coded import coded, fold, resolve
from tastemaker.index.conditions import And, Compare, Condition, Flag, Leaf, Not, OneOf, Or
from tastemaker.index.filters import Filter
from tastemaker.index.masks import NO, as_number, keep, leaves

ENOUGH = 3
"""A bound is moved until so many items are inside, where there are so many."""


def near_misses(filter: Filter, catalog: Catalog, *, within: Bools | None = None) -> tuple[str, ...]:
    """What to say when a filter keeps nothing; () when it keeps something.

    Args:
        filter: fits the catalog's attributes.
        catalog: the items.
        within: rows that count at all (available ones, one department); all that are there when None.

    Shapes: within (rows,).

    Raises:
        FilterError: the filter does not fit the catalog.
    """
    rows = catalog.alive if within is None else catalog.alive & within
    if filter.condition is None or (filter.mask(catalog) & rows).any():
        return ()
    unheard = [note for leaf in leaves(filter.condition) for note in _unheard(leaf, catalog)]
    parts = filter.condition.parts if isinstance(filter.condition, And) else (filter.condition,)
    ways = _ways(parts, catalog, rows)
    if unheard and not ways:
        return tuple(unheard)
    return (*unheard, "; ".join([f"nothing {say(filter.condition)}", *ways]))


def say(condition: Condition) -> str:
    """A condition in a shopper's words: ``red under 60``."""
    if isinstance(condition, And):
        return " ".join(say(part) for part in condition.parts)
    if isinstance(condition, Or):
        return " or ".join(say(part) for part in condition.parts)
    if isinstance(condition, Not):
        return f"not {say(condition.part)}"
    if isinstance(condition, Flag):
        return condition.name
    if isinstance(condition, OneOf):
        return " or ".join(condition.values)
    return _say_comparison(condition)


def _say_comparison(leaf: Compare) -> str:
    """One comparison in a shopper's words."""
    number = as_number(leaf.value)
    about = "" if leaf.name.casefold() == "price" else f"{leaf.name} "
    if leaf.op in ("<", "<="):
        return f"{about}under {leaf.value}"
    if leaf.op in (">", ">="):
        return f"{about}over {leaf.value}"
    value = f"{about}{leaf.value}" if number is not None else leaf.value
    return f"not {value}" if (leaf.op == "!=") != (value.casefold() in NO) else value


def _ways(parts: Sequence[Condition], catalog: Catalog, rows: Bools) -> list[str]:
    """What there would be with one condition loosened, most items first, at most two ways of each kind."""
    masks = [keep(part, catalog) for part in parts]
    moved, dropped = [], []
    for place, part in enumerate(parts):
        others = np.logical_and.reduce([rows, *masks[:place], *masks[place + 1 :]])
        count = int(others.sum())
        if isinstance(part, Compare) and part.op in ("<", "<=", ">", ">="):
            if way := _moved(part, catalog, others):
                moved.append(way)
        elif count and len(parts) > 1:
            dropped.append((count, f"{count} without “{say(part)}”"))
    return moved[:2] + [way for _, way in sorted(dropped, reverse=True)[:2]]


def _moved(leaf: Compare, catalog: Catalog, others: Bools) -> str:
    """The bound moved to a round number that lets a few items in, dropped where that is none; "" without items."""
    name, _ = resolve(catalog, leaf.name)
    bound = as_number(leaf.value)
    numbers = np.asarray(catalog.column(name), np.float64)[others]
    numbers = np.sort(numbers[np.isfinite(numbers)])
    if bound is None or not len(numbers):
        return ""
    wanted = min(ENOUGH, len(numbers))
    if leaf.op in ("<", "<="):
        edge = _round_up(float(numbers[wanted - 1]), bound)
        inside = numbers < edge if leaf.op == "<" else numbers <= edge
    else:
        last = float(numbers[-wanted])
        edge = -_round_up(-last, min(abs(bound), abs(last)))
        if edge < 0 <= bound or edge == 0:
            return f"{int(others.sum())} without “{say(leaf)}”"
        inside = numbers > edge if leaf.op == ">" else numbers >= edge
    return f"{int(inside.sum())} {_say_comparison(Compare(leaf.name, leaf.op, f'{edge:.10g}'))}"


def _round_up(number: float, like: float) -> float:
    """The next round number above: a multiple of 5 where the number it is like has two digits."""
    step = 5 * 10.0 ** (math.floor(math.log10(abs(like))) - 1) if like else 1.0
    return math.floor(number / step + 1) * step


def _unheard(leaf: Leaf, catalog: Catalog) -> list[str]:
    """Values of a category or a list that no item has, each with what there is instead."""
    name, type = resolve(catalog, leaf.name, leaf.at)
    if type not in ("category", "list") or isinstance(leaf, Flag) or (isinstance(leaf, Compare) and leaf.op == "!="):
        return []
    values = coded(catalog, name)
    wanted = leaf.values if isinstance(leaf, OneOf) else (leaf.value,)
    notes = []
    for value in wanted:
        key = fold(name, value)
        partly = isinstance(leaf, Compare) and leaf.op == "contains" and type == "category"
        if key in values.code_of or (partly and any(key in known for known in values.code_of)):
            continue
        near = get_close_matches(key[:80], list(values.code_of), n=3, cutoff=0.6)
        if near:
            shown = " or ".join(values.shown[values.code_of[each]] for each in near)
            notes.append(f"nothing here has {leaf.name} “{value[:40]}”; did you mean {shown}?")
        else:
            often = np.argsort(-np.bincount(values.codes, minlength=len(values.shown)), kind="stable")[:6]
            notes.append(f"nothing here has {leaf.name} “{value[:40]}”; there is {_listed(values.shown, often)}")
    return notes


def _listed(shown: list[str], codes: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    """A few values, and that there are more."""
    more = " and more" if len(shown) > len(codes) else ""
    return ", ".join(shown[int(code)] for code in codes) + more

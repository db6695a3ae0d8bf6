"""What a person would answer if an item were the one that is meant: the likelihood of every answer.

People answer loosely. With D the chance of "no preference" and E that of a slip, for an attribute of V values

    P(v | item)             = (1 - d) ((1 - E) q(v | item) + E / V),     P(no preference | item) = d

q is 1 for the value that the item has (1/m for each of m), and where it is not known what the item's looks say
(``alignment.composing.traits``), else how frequent the value is. d is D, and near 1 for an item of a kind that has no
such attribute at all: who wants a film has no preference about sleeves. Of two pictures

    P(first | item) = (1 - D) / (1 + exp(-b (cos(item, first) - cos(item, second))))

Source: the noisy answers of Vendrov et al., "Gradient-based Optimization for Bayesian Preference Elicitation",
AAAI 2020; choice between two after Bradley and Terry, 1952.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from tastemaker.assistant.question import Question
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.index.coded import Coded, coded, fold
from tastemaker.shop.live import View

NO_PREFERENCE = 0.1
"""D: chance that somebody does not mind, although what they mean has a value."""
NOT_APPLICABLE = 0.9
"""Chance of "no preference" when what is meant is of a kind that has no such attribute."""
SLIP = 0.05
"""E: chance of an answer that is not what is meant."""
RARE = 0.05
"""A kind of which fewer have an attribute does not have it."""
SHARPNESS = 12.0
"""b: of two pictures, how much the nearer is preferred for every unit of cosine, as a power of e."""


@dataclass(frozen=True)
class Told:
    """An attribute over a catalog: which rows have it, and whether the others could.

    Attributes:
        column: the values.
        known: rows that have any.
        held: how many values each row has.
        applies: for each row, the share of its kind that has the attribute.

    Shapes: known, held, applies (rows,).
    """

    column: Coded
    known: Bools
    held: Ints
    applies: Doubles


_TOLD: WeakKeyDictionary[Catalog, dict[str, Told]] = WeakKeyDictionary()


def told(view: View, name: str) -> Told:
    """What is known of an attribute; made once a catalog."""
    kept = _TOLD.setdefault(view.catalog, {})
    if name not in kept:
        column = coded(view.catalog, name)
        held = np.bincount(column.rows, minlength=view.catalog.size)
        _, kind = np.unique(np.where(view.catalog.alive, view.kinds, "").astype(str), return_inverse=True)
        of_kind = np.bincount(kind[view.catalog.alive], minlength=kind.max(initial=0) + 1)
        has = np.bincount(kind[view.catalog.alive & (held > 0)], minlength=len(of_kind))
        kept[name] = Told(column, held > 0, held, (has / np.maximum(1, of_kind))[kind])
    return kept[name]


def likelihood(view: View, question: Question, values: Sequence[str], rows: Ints) -> Doubles:
    """How likely people answer so if they mean each row; several values are any of them.

    Shapes: rows (n,) -> (n,), above 0.
    """
    names, table = answers(view, question, rows)
    wanted = {fold(question.about, value) for value in values}
    columns = [at for at, name in enumerate(names) if fold(question.about, name) in wanted]
    if not columns:
        return np.ones(len(rows))
    return np.asarray(np.maximum(table[:, columns].sum(axis=1), 1e-12), np.float64)


def answers(view: View, question: Question, rows: Ints) -> tuple[list[str], Doubles]:
    """Every answer, and how likely it is if each row is meant; the last column is "no preference", named "".

    Shapes: rows (n,) -> (n, answers), rows sum to 1.
    """
    if question.kind == "pictures":
        return ["first", "second", ""], _of_two(view, question, rows)
    if question.kind == "price":
        names = [choice.value for choice in question.choices]
        held = _in_bands(view, question, rows)
        shrug = np.full(len(rows), NO_PREFERENCE)
    else:
        attribute = told(view, question.about)
        names = attribute.column.shown
        held = _values(view, question.about, attribute, rows)
        unknown = ~attribute.known[rows]
        shrug = NO_PREFERENCE + (NOT_APPLICABLE - NO_PREFERENCE) * unknown * (1.0 - attribute.applies[rows])
    slipped = (1.0 - SLIP) * held + SLIP / max(1, len(names))
    return [*names, ""], np.column_stack([(1.0 - shrug)[:, None] * slipped, shrug])


def _values(view: View, name: str, attribute: Told, rows: Ints) -> Doubles:
    """How each row's answer is spread over the values. Shapes: (n,) -> (n, values), rows sum to 1."""
    column = attribute.column
    place = np.full(column.size, -1, np.int64)
    place[rows] = np.arange(len(rows))
    at = place[column.rows]
    found = np.zeros((len(rows), len(column.shown)))
    found[at[at >= 0], column.codes[at >= 0]] = 1.0 / attribute.held[column.rows[at >= 0]]
    unknown = np.flatnonzero(~attribute.known[rows])
    if len(unknown):
        usual = np.bincount(column.codes, minlength=len(column.shown)).astype(np.float64)
        found[unknown] = usual / max(1.0, usual.sum())
        can_have = unknown[attribute.applies[rows[unknown]] > RARE]
        _guess(view, name, column, rows, can_have, found)
    return found


def _guess(view: View, name: str, column: Coded, rows: Ints, places: Ints, spread: Doubles) -> None:
    """Write the values that rows look to have at some places; the others stay. Shapes: spread (n, values)."""
    traits, vectors = view.fitted.traits, view.vectors
    if traits is None or vectors is None or not len(places):
        return
    seen = places[np.any(vectors.matrix[rows[places]] != 0, axis=1)]
    values, chances = traits.chances(name, vectors.matrix[rows[seen]])
    codes = [column.code_of.get(fold(name, value), -1) for value in values]
    kept = [at for at, code in enumerate(codes) if code >= 0]
    whole = chances[:, kept].sum(axis=1, keepdims=True)
    if kept and (whole > 0).all():
        spread[seen] = 0.0
        spread[np.ix_(seen, np.array(codes)[kept])] = chances[:, kept] / whole


def _in_bands(view: View, question: Question, rows: Ints) -> Doubles:
    """Which price band each row is in; spread evenly where its price is not known. Shapes: (n,) -> (n, bands)."""
    prices = view.catalog.prices[rows].astype(np.float64)
    edges = [choice.high for choice in question.choices[:-1] if choice.high is not None]
    bands = len(question.choices)
    found = np.eye(bands)[np.searchsorted(edges, np.nan_to_num(prices), side="right")]
    found[~np.isfinite(prices)] = 1.0 / bands
    return np.asarray(found, np.float64)


def _of_two(view: View, question: Question, rows: Ints) -> Doubles:
    """Which of two pictures somebody who means each row takes. Shapes: (n,) -> (n, 3)."""
    first, second = view.catalog.rows(question.items).tolist()
    matrix: Floats = view.vectors.matrix if view.vectors is not None else np.zeros((view.catalog.size, 1), np.float32)
    gap = matrix[rows] @ (matrix[first] - matrix[second])
    taken = (1.0 - NO_PREFERENCE) / (1.0 + np.exp(-SHARPNESS * gap.astype(np.float64)))
    return np.column_stack([taken, 1.0 - NO_PREFERENCE - taken, np.full(len(rows), NO_PREFERENCE)])

"""An edit of what is shown: what the change names is set, what it does not name stays, as far as either can be told.

What a picture shows is not known. It is read from the items that look most like it, whose attributes are, mixed with
the regions that attribute values take in the space (``Traits``). An item fits as likely as each value agrees:

    fit(x) = sum_set log(e + P(x has v))  +  sum_kept s_a log(e + sum_v P(shown has v) P(x has v))

P(x has v) is 1 or 0 where the item's attribute is known, else guessed from its looks, as far as things of its kind have
such an attribute at all (a film has no sleeves); s_a is how sure the attribute is read from the picture.

Source: of our own making; the idea of editing attributes and keeping the rest after Zhao et al., "Memory-Augmented
Attribute Manipulation Networks", CVPR 2017.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tastemaker.catalog.catalog import FIELDS
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.index.coded import Coded, coded, fold
from tastemaker.shop.live import View

Chances = Mapping[str, float]
"""Value, in small letters -> how likely it is."""
Shown = Mapping[str, Chances]
"""Attribute -> what is shown of it."""

TELLING = 200
"""An attribute with more values than this (a brand, a director) says little about what was to stay."""
NEIGHBOURS = 20
SHARPNESS = 25.0
"""Of two neighbours, how much more the nearer counts for every unit of cosine between them, as a power of e."""
FROM_HEADS = 0.5
"""Share of the regions of the space in what is read from a picture; the rest is what its neighbours have."""
PRESENT = 0.5
"""Share of the neighbours that must have an attribute, or a picture shows none of it: a shirt has no length."""
DOUBT = 1e-3
"""e: what is believed of a value that an item does not seem to have."""
COMPARED = 0.5
"""Weight of "more" and "less" beside a value that is plainly asked for."""
HAS = 0.5
"""From which chance on an item is taken to have a value."""
SURE = 0.9
"""From which chance on what is shown is taken to be of a kind."""
ABOVE = 1e-3
"""How far what was asked for stands at least above what lacks it."""
ASKED_TO_STAY = 2.0
"""Weight of what was said to stay ("the same colour") beside what was only not named."""


def shown_values(
    view: View, references: Sequence[tuple[Item | None, Floats | None, float]], mask: Bools | None = None
) -> dict[str, dict[str, float]]:
    """What pictures or items show: attribute -> chances of its values; known of an item, read from a picture.

    Args:
        view: the shop.
        references: item if it is known, vector of the picture, weight; those of no weight say nothing.
        mask: rows that may be looked at to read a picture.

    Shapes: vectors (dim,); mask (rows,).
    """
    found: dict[str, dict[str, float]] = {}
    liked = [reference for reference in references if reference[2] > 0]
    total = sum(weight for _, _, weight in liked)
    for item, vector, weight in liked:
        for name, chances in _of_one(view, item, vector, mask).items():
            mixed = found.setdefault(name, {})
            for value, chance in chances.items():
                mixed[value] = mixed.get(value, 0.0) + chance * weight / total
    return found


def fit(view: View, shown: Shown, facets: Sequence[Facet], rows: Ints) -> Floats:
    """How well rows fit an edit; 0 is best.

    Shapes: rows (n,) -> (n,).
    """
    total = np.zeros(len(rows))
    for facet in facets:
        if facet.op in ("=", "more") and facet.name != "price" and is_worded(view, facet.name):
            weight = COMPARED if facet.op == "more" else 1.0
            total += weight * np.log(DOUBT + likely(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows))
        elif facet.op in ("!=", "less") and is_worded(view, facet.name):
            weight = COMPARED if facet.op == "less" else 1.0
            away = 1.0 - likely(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows)
            total += weight * np.log(DOUBT + np.clip(away, 0.0, 1.0))
    for name, (chances, weight) in kept(view, shown, facets).items():
        total += weight * np.log(DOUBT + likely(view, name, chances, rows))
    return np.asarray(total, np.float32)


def kept(view: View, shown: Shown, facets: Sequence[Facet]) -> dict[str, tuple[Chances, float]]:
    """What of the shown is to stay, and how much each weighs: less where it is unsure or cannot be with what is set."""
    changed = {facet.name for facet in facets if facet.op != "same"}
    stays = {facet.name for facet in facets if facet.op == "same"}
    other_kind = any(facet.op == "=" and view.vocabulary.is_kind(facet.name) for facet in facets)
    found = {}
    for name, chances in shown.items():
        if (name in changed or (other_kind and view.vocabulary.is_kind(name))) and name not in stays:
            continue
        weight = sureness(chances) * (ASKED_TO_STAY if name in stays else 1.0) * _possible(view, name, chances, facets)
        if weight > 0:
            found[name] = (chances, weight)
    return found


def first_what_is_asked(view: View, shown: Shown, facets: Sequence[Facet], rows: Ints, scores: Floats) -> Floats:
    """Scores moved so that what is of another kind stands behind, and what lacks an asked value behind what has it.

    However much else of a white shirt stays, "in red" shows red shirts first, and "longer" shows shirts. A kind counts
    where it is sure, as that of an item; of a picture whose kind is guessed, only what lacks the asked value is moved,
    and no farther than behind what has it and the likeliest kind.

    Shapes: rows, scores (n,) -> (n,).
    """
    if not len(rows):
        return scores
    likeliest, sure = np.ones((2, len(rows)), np.bool_)
    for name, (chances, _) in kept(view, shown, facets).items():
        if view.vocabulary.is_kind(name):
            value, chance = max(chances.items(), key=lambda entry: entry[1])
            of_kind = likely(view, name, {value: 1.0}, rows) >= HAS
            likeliest &= of_kind
            sure &= of_kind | (chance < SURE)
    has = np.ones(len(rows), np.bool_)
    for facet in facets:
        if facet.op == "=" and is_worded(view, facet.name):
            has &= likely(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows) >= HAS
    return _behind(_behind(scores, ~sure, sure), ~has, has & likeliest)


def _behind(scores: Floats, these: Bools, those: Bools) -> Floats:
    """Scores of which these are less than all of those; as they were where there are none of either."""
    if not these.any() or not those.any():
        return scores
    over = max(0.0, float(scores[these].max() - scores[those].min()) + ABOVE)
    return np.asarray(np.where(these, scores - over, scores), np.float32)


def sureness(chances: Chances) -> float:
    """How sure a value is told, 0 (anything) to 1: one less the entropy beside that of as many equal chances."""
    p = np.array([chance for chance in chances.values() if chance > 0])
    if len(p) < 2:
        return float(len(p))
    return float(1.0 + (p * np.log(p)).sum() / np.log(max(2, len(chances))))


def likely(view: View, name: str, chances: Chances, rows: Ints) -> Doubles:
    """How likely each row has one of some values: known, or guessed from its looks; 0 without a space.

    Shapes: rows (n,) -> (n,), 0 to 1.
    """
    column = coded(view.catalog, name)
    found = np.zeros(view.catalog.size)
    weights = np.array([chances.get(fold(name, value), 0.0) for value in column.shown], np.float64)
    np.maximum.at(found, column.rows, weights[column.codes])
    known = np.zeros(view.catalog.size, np.bool_)
    known[column.rows] = True
    unknown = np.flatnonzero(~known[rows])
    answer = found[rows]
    if len(unknown):
        answer[unknown] = _guessed(view, name, chances, rows[unknown])
    return answer


def refused(view: View, facets: Sequence[Facet], limit: float) -> Bools:
    """Rows whose attribute is not known, and that look as if they had a value that is refused.

    Args:
        view: the shop.
        facets: what was understood; hard "!=" ones are looked at.
        limit: from which chance on a row is left out.

    Shapes: -> (rows,).
    """
    out = np.zeros(view.catalog.size, np.bool_)
    for facet in facets:
        if not (facet.op == "!=" and facet.hard and is_worded(view, facet.name)):
            continue
        column = coded(view.catalog, facet.name)
        unknown = view.catalog.alive.copy()
        unknown[column.rows] = False
        rows = np.flatnonzero(unknown)
        out[rows[_guessed(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows) >= limit]] = True
    return out


def _of_one(view: View, item: Item | None, vector: Floats | None, mask: Bools | None) -> dict[str, dict[str, float]]:
    """What one reference shows."""
    names = [name for name, spec in view.catalog.attributes.items() if spec.type == "category"]
    names = [name for name in names if 1 < len(view.catalog.attributes[name].values) <= TELLING]
    if item is not None:
        told = {name: item.attributes.get(name) for name in names}
        return {name: {fold(name, str(value)): 1.0} for name, value in told.items() if value}
    if vector is None or view.index is None or view.fitted.traits is None:
        return {}
    rows, scores = view.index.search(vector, NEIGHBOURS, view.catalog.alive if mask is None else mask)
    weights = np.exp(SHARPNESS * (scores - scores.max(initial=-1.0))).astype(np.float64)
    has = {name: _first_codes(coded(view.catalog, name))[rows] >= 0 for name in names}
    described = float(weights @ np.any([np.zeros(len(rows), np.bool_), *has.values()], axis=0))
    there = [name for name in names if float(weights @ has[name]) >= PRESENT * described]
    return {name: chances for name in there if (chances := _read(view, name, vector, rows, weights))}


def _read(view: View, name: str, vector: Floats, rows: Ints, weights: Doubles) -> dict[str, float]:
    """Chances of an attribute's values for a picture: what its neighbours have, and where it lies in the space."""
    column = coded(view.catalog, name)
    values = _first_codes(column)[rows]
    near = np.bincount(values[values >= 0], weights=weights[values >= 0], minlength=len(column.shown))
    learned, chances = view.fitted.traits.chances(name, vector[None]) if view.fitted.traits else ((), np.zeros((1, 0)))
    heads = dict(zip((fold(name, value) for value in learned), chances[0].tolist(), strict=True))
    share = FROM_HEADS if near.sum() > 0 else 1.0
    total = max(1e-9, float(near.sum()))
    mixed = {
        key: share * heads.get(key, 0.0) + (1 - share) * near[code] / total for key, code in column.code_of.items()
    }
    whole = sum(mixed.values())
    return {key: chance / whole for key, chance in mixed.items() if chance > 1e-4} if whole > 0 else {}


def _first_codes(column: Coded) -> Ints:
    """Each row's value as a code, -1 for none. Shapes: (rows,)."""
    codes = np.full(column.size, -1, np.int64)
    codes[column.rows] = column.codes
    return codes


def _guessed(view: View, name: str, chances: Chances, rows: Ints) -> Doubles:
    """How likely rows whose attribute is not known have one of some values. Shapes: (n,)."""
    return _applies(view, name, rows) * _seen(view, name, chances, rows)


def _applies(view: View, name: str, rows: Ints) -> Doubles:
    """How many things of a row's kind have an attribute: the least share, of all that says a kind. Shapes: (n,)."""
    share = np.ones(len(rows))
    holds = _first_codes(coded(view.catalog, name)) >= 0
    for kind in (other for other in view.catalog.attributes if other != name and view.vocabulary.is_kind(other)):
        codes = _first_codes(coded(view.catalog, kind))
        told = codes >= 0
        with_it = np.bincount(codes[told], weights=holds[told]) + 1.0
        shares = with_it / (np.bincount(codes[told]) + 1.0)
        known = codes[rows] >= 0
        share[known] = np.minimum(share[known], shares[codes[rows[known]]])
    return share


def _seen(view: View, name: str, chances: Chances, rows: Ints) -> Doubles:
    """How likely rows look as if they had one of some values. Shapes: (n,)."""
    if view.fitted.traits is None or view.vectors is None:
        return np.zeros(len(rows))
    usual = {fold(name, value): share for value, share in view.fitted.traits.usual(name).items()}
    values, found = view.fitted.traits.chances(name, view.vectors.matrix[rows])
    prior = sum(chance * usual.get(value, 0.0) for value, chance in chances.items())
    if not values or found.shape[1] == 0:
        return np.full(len(rows), prior)
    seen = np.any(view.vectors.matrix[rows] != 0, axis=1)
    weights = np.array([chances.get(fold(name, value), 0.0) for value in values])
    return np.asarray(np.where(seen, found @ weights, prior), np.float64)


def _possible(view: View, name: str, chances: Chances, facets: Sequence[Facet]) -> float:
    """Which share of what is shown occurs with what is set: who asks for sandals gives up that it is a topwear."""
    share = 1.0
    column = coded(view.catalog, name)
    for facet in facets:
        if facet.op != "=" or not is_worded(view, facet.name):
            continue
        other = coded(view.catalog, facet.name)
        code = other.code_of.get(fold(facet.name, facet.value))
        if code is None:
            continue
        with_it = other.holding([code])
        there = {column.shown[c] for c in np.unique(column.codes[with_it[column.rows]]).tolist()}
        seen = {fold(name, value) for value in there}
        share *= sum(chance for value, chance in chances.items() if value in seen)
    return share


def is_worded(view: View, name: str) -> bool:
    """Is it an attribute of this catalog, and are its values words?"""
    return {**view.catalog.types, **FIELDS}.get(name) in ("category", "list")

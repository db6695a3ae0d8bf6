"""An item's words, cut into parts: title, description, department, each attribute rendered as words.

Kept apart so that training can leave parts out: a person types a name, or a colour and a kind, or half a sentence, and
each must land where the whole text lands. Measurements with many different values (coordinates, prices to the cent) say
nothing as words and are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item, render
from tastemaker.encoders.tokens import Tokens

MAX_NUMBERS = 200
"""A number with more distinct values than this is a measurement, not a word."""


@dataclass(frozen=True)
class Parts:
    """Tokens of one item: its title, its description, and its department and attributes, one entry each."""

    title: tuple[int, ...]
    text: tuple[int, ...]
    facts: tuple[tuple[int, ...], ...]

    @property
    def whole(self) -> list[int]:
        """Everything in one sequence; what is cut off at the end of a long one is the description's tail."""
        return [*self.title, *(token for fact in self.facts for token in fact), *self.text]

    def __bool__(self) -> bool:
        return bool(self.title or self.text or self.facts)


def spoken(catalog: Catalog) -> frozenset[str]:
    """Names of the attributes that are read as words."""
    return frozenset(name for name in catalog.types if _is_spoken(catalog, name))


def texts_of(item: Item, names: frozenset[str]) -> tuple[str, str, list[str]]:
    """Title, description, and department and attributes as words."""
    facts = [item.department] if item.department else []
    facts += [render(name, value) for name, value in sorted(item.attributes.items()) if name in names]
    return item.title, item.text, [fact for fact in facts if fact]


def parts_of(items: Sequence[Item], names: frozenset[str], tokens: Tokens) -> list[Parts]:
    """Tokens of items, all encoded in one go."""
    flat: list[str] = []
    counts: list[int] = []
    for item in items:
        title, text, facts = texts_of(item, names)
        flat += [title, text, *facts]
        counts.append(len(facts))
    encoded = [tuple(sequence) for sequence in tokens.encode(flat)]
    out, place = [], 0
    for count in counts:
        title_ids, text_ids, *fact_ids = encoded[place : place + 2 + count]
        out.append(Parts(title_ids, text_ids, tuple(fact for fact in fact_ids if fact)))
        place += 2 + count
    return out


def view(parts: Parts, rng: np.random.Generator, *, drop: float = 0.1) -> list[int]:
    """One way in which a person could speak of the item: all of it, its name, some attributes, some of everything.

    Args:
        parts: of the item.
        rng: where chance comes from.
        drop: share of the single words left out.
    """
    way = rng.random()
    pieces = [piece for piece in (parts.title, *parts.facts, _stretch(parts.text, rng)) if piece]
    if 0.5 <= way < 0.7 and parts.title:
        pieces = [parts.title]
    elif 0.7 <= way < 0.8 and parts.facts:
        pieces = [fact for fact in parts.facts if rng.random() < 0.6] or list(parts.facts)
    elif way >= 0.8:
        pieces = [piece for piece in pieces if rng.random() < 0.6] or pieces
    if rng.random() < 0.3:
        pieces = [pieces[place] for place in rng.permutation(len(pieces))]
    words = [token for piece in pieces for token in piece]
    kept = [token for token, chance in zip(words, rng.random(len(words)), strict=True) if chance >= drop]
    return kept or words


def _stretch(text: tuple[int, ...], rng: np.random.Generator, longest: int = 32) -> tuple[int, ...]:
    """A run of a long description, all of a short one."""
    if len(text) <= longest:
        return text
    start = 0 if rng.random() < 0.5 else int(rng.integers(0, len(text) - longest))
    return text[start : start + longest]


def _is_spoken(catalog: Catalog, name: str) -> bool:
    if catalog.types[name] != "number":
        return True
    column = np.asarray(catalog.column(name), np.float64)
    values = np.unique(column[~np.isnan(column)])
    return len(values) <= MAX_NUMBERS and bool(np.all(values == np.round(values)))


def vocabulary_texts(items: Sequence[Item], names: frozenset[str]) -> list[str]:
    """All words of items, to fit a vocabulary on."""
    return [" ".join((title, text, *facts)) for title, text, facts in (texts_of(item, names) for item in items)]

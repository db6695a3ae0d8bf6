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


FILLERS = (
    "the", "same", "but", "in", "a", "an", "this", "that", "like", "with", "for", "and", "of", "or", "i", "want",
    "some", "something", "anything", "similar", "show", "me", "please", "look", "looking", "to", "one", "ones",
    "more", "other", "it", "is", "my", "not", "too", "have", "you",
)  # fmt: skip
"""Words of requests, not of products: sprinkled over the views, so that they end up saying nothing."""


@dataclass(frozen=True)
class Fact:
    """Tokens of one attribute: its name, and its value. A flag has a name alone, a department a value alone."""

    name: tuple[int, ...]
    value: tuple[int, ...]


@dataclass(frozen=True)
class Parts:
    """Tokens of one item: its title, its description, and its department and attributes, one entry each."""

    title: tuple[int, ...]
    text: tuple[int, ...]
    facts: tuple[Fact, ...]

    @property
    def whole(self) -> list[int]:
        """Everything in one sequence; what is cut off at the end of a long one is the description's tail."""
        return [*self.title, *(token for fact in self.facts for token in (*fact.name, *fact.value)), *self.text]

    def __bool__(self) -> bool:
        return bool(self.title or self.text or self.facts)


def spoken(catalog: Catalog) -> frozenset[str]:
    """Names of the attributes that are read as words."""
    return frozenset(name for name in catalog.types if _is_spoken(catalog, name))


def facts_of(item: Item, names: frozenset[str]) -> list[tuple[str, str]]:
    """Department and attributes as words: name and value, either may be empty."""
    facts = [("", item.department)] if item.department else []
    for name, value in sorted(item.attributes.items()):
        words = render(name, value) if name in names else ""
        label = name.replace("_", " ")
        if words:
            facts.append((label, words.removeprefix(label).strip()))
    return facts


def parts_of(items: Sequence[Item], names: frozenset[str], tokens: Tokens) -> list[Parts]:
    """Tokens of items, all encoded in one go."""
    facts = [facts_of(item, names) for item in items]
    flat = [text for item, each in zip(items, facts, strict=True) for text in (item.title, item.text, *sum(each, ()))]
    encoded = iter([tuple(sequence) for sequence in tokens.encode(flat)])
    out = []
    for each in facts:
        title, text = next(encoded), next(encoded)
        read = [Fact(next(encoded), next(encoded)) for _ in each]
        out.append(Parts(title, text, tuple(fact for fact in read if fact.name or fact.value)))
    return out


def view(parts: Parts, rng: np.random.Generator, fillers: Sequence[int] = (), *, drop: float = 0.1) -> list[int]:
    """One way in which a person could speak of the item: all of it, its name, some attributes, some of everything.

    Args:
        parts: of the item.
        rng: where chance comes from.
        fillers: tokens that say nothing; some are put in now and then.
        drop: share of the single words left out.
    """
    pieces = _pieces(parts, rng)
    if rng.random() < 0.3:
        pieces = [pieces[place] for place in rng.permutation(len(pieces))]
    words = [token for piece in pieces for token in piece]
    words = [token for token, chance in zip(words, rng.random(len(words)), strict=True) if chance >= drop] or words
    if fillers and rng.random() < 0.25:
        said = rng.choice(np.asarray(fillers), size=int(rng.integers(1, 5))).tolist()
        place = 0 if rng.random() < 0.7 else int(rng.integers(0, len(words) + 1))
        words = [*words[:place], *said, *words[place:]]
    return words


def _pieces(parts: Parts, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """The pieces of one view, in the order of the item; never none."""
    way = rng.random()
    if 0.5 <= way < 0.7 and parts.title:
        return [parts.title]
    plain = rng.random() < 0.5  # "red" and not "colour red"
    facts = [fact.value if plain and fact.value else fact.name + fact.value for fact in parts.facts]
    if 0.7 <= way < 0.8 and facts:
        return [fact for fact in facts if rng.random() < 0.5] or [facts[int(rng.integers(len(facts)))]]
    pieces = [piece for piece in (parts.title, *facts, _stretch(parts.text, rng)) if piece]
    if way >= 0.8:
        return [piece for piece in pieces if rng.random() < 0.6] or pieces
    return pieces


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
    """All words of items, and the fillers, to fit a vocabulary on."""
    texts = [
        " ".join((item.title, item.text, *(word for fact in facts_of(item, names) for word in fact))) for item in items
    ]
    return [*texts, *FILLERS, *FILLERS]

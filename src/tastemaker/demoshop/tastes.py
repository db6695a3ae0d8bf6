"""People with latent tastes: what each of them would say yes to, before anything happened.

Eight personas run through all four departments, so that a taste shown in one says something about the others; every
person mixes two of them with leanings of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import DEPARTMENTS, Piece

TRAITS: dict[str, dict[str, float]] = {
    "wardrobe": {"style": 1.5, "colour": 1.2, "pattern": 0.8, "material": 0.6, "kind": 0.6, "cut": 0.4, "season": 0.3},
    "home": {"style": 1.7, "material": 0.9, "colour": 0.9, "room": 0.5, "kind": 0.4},
    "screen": {"genre": 1.8, "mood": 1.0, "director": 0.7, "setting": 0.6, "decade": 0.6},
    "trips": {"landscape": 1.7, "activity": 1.1, "season": 0.6, "pace": 0.6, "stay": 0.4},
}
"""Attributes that people choose by, and how much each of them matters."""

PERSONAS: dict[str, dict[str, tuple[str, ...]]] = {
    "quiet": {
        "style": ("minimal", "scandinavian", "japandi"),
        "colour": ("white", "grey", "cream", "black", "beige"),
        "pattern": ("plain",),
        "material": ("cotton", "merino", "oak", "ash", "linen"),
        "genre": ("drama", "documentary"),
        "mood": ("tender", "melancholic"),
        "landscape": ("snow", "lakes"),
        "activity": ("wellness", "photography", "northern lights"),
        "pace": ("slow",),
    },
    "heritage": {
        "style": ("classic", "rustic"),
        "colour": ("navy", "burgundy", "brown", "green"),
        "pattern": ("checked", "pinstripe", "herringbone", "windowpane"),
        "material": ("wool", "tweed", "leather", "pine"),
        "genre": ("noir", "western", "drama"),
        "mood": ("melancholic",),
        "landscape": ("hills", "forest"),
        "activity": ("riding", "fishing", "food", "architecture"),
        "decade": ("1950s", "1960s", "1970s"),
    },
    "romantic": {
        "style": ("romantic", "glamour"),
        "colour": ("pink", "purple", "red", "cream"),
        "pattern": ("floral", "dotted"),
        "material": ("viscose", "satin", "velvet"),
        "genre": ("romance", "musical"),
        "mood": ("tender", "warm"),
        "landscape": ("lavender fields", "city", "hills"),
        "activity": ("painting", "food", "museums"),
    },
    "wanderer": {
        "style": ("bohemian", "rustic"),
        "colour": ("orange", "yellow", "brown", "green"),
        "pattern": ("floral", "striped", "geometric", "abstract"),
        "material": ("linen", "rattan", "jute", "suede"),
        "genre": ("adventure", "documentary", "western"),
        "mood": ("awe", "hopeful"),
        "landscape": ("desert", "islands"),
        "activity": ("camel trek", "surfing", "diving", "stargazing"),
        "stay": ("tent", "cabin"),
    },
    "athlete": {
        "style": ("sporty", "scandinavian"),
        "colour": ("blue", "grey", "red", "white"),
        "pattern": ("plain", "colour block", "wide stripe"),
        "material": ("jersey", "nylon", "fleece", "metal"),
        "genre": ("thriller", "adventure"),
        "mood": ("tense", "hopeful"),
        "landscape": ("mountains", "coast"),
        "activity": ("trail running", "climbing", "cycling", "skiing", "hiking"),
        "pace": ("active",),
    },
    "maker": {
        "style": ("workwear", "industrial"),
        "colour": ("navy", "brown", "beige", "black"),
        "pattern": ("plain", "striped", "checked"),
        "material": ("denim", "canvas", "corduroy", "metal", "walnut"),
        "genre": ("science fiction", "thriller", "noir"),
        "mood": ("dark", "tense"),
        "landscape": ("forest", "mountains"),
        "activity": ("hiking", "kayaking", "wildlife"),
        "stay": ("cabin", "tent"),
    },
    "evening": {
        "style": ("evening", "glamour", "mid-century"),
        "colour": ("black", "burgundy", "green", "navy"),
        "pattern": ("plain", "abstract", "dotted"),
        "material": ("satin", "velvet", "leather", "marble"),
        "genre": ("noir", "horror", "thriller"),
        "mood": ("dark",),
        "landscape": ("city", "coast"),
        "activity": ("nightlife", "architecture", "museums"),
        "stay": ("hotel", "villa"),
    },
    "sunny": {
        "style": ("coastal", "mid-century", "bohemian"),
        "colour": ("blue", "yellow", "white", "orange"),
        "pattern": ("striped", "gingham", "candy stripe", "wide stripe"),
        "material": ("linen", "cotton", "straw", "poplin"),
        "genre": ("comedy", "animation", "musical"),
        "mood": ("playful", "warm"),
        "landscape": ("coast", "islands", "lakes"),
        "activity": ("swimming", "sailing", "food", "kayaking"),
        "season": ("summer",),
    },
}


@dataclass(frozen=True)
class Person:
    """Someone with a taste.

    Attributes:
        id: as in the events.
        persona: the main one and the second one.
        departments: how often each department is visited, sums to 1.
        likes: department -> attribute -> value -> how much, roughly -1.5 to 2.
        budget: 1 pays usual prices, 0.6 looks for bargains, 1.6 does not look.
        thrift: how much a price above the budget hurts.
        activity: relative number of sessions.
    """

    id: str
    persona: tuple[str, str]
    departments: Mapping[str, float]
    likes: Mapping[str, Mapping[str, Mapping[str, float]]]
    budget: float
    thrift: float
    activity: float

    def liking(self, piece: Piece) -> float:
        """How much the person likes what a piece is, apart from its price: mean about 0, deviation about 1.5."""
        likes = self.likes[piece.department]
        return sum(weight * likes[name].get(piece[name], 0.0) for name, weight in TRAITS[piece.department].items())


def people(count: int, pieces: Sequence[Piece], rng: np.random.Generator) -> list[Person]:
    """``count`` people who care about the attributes that the pieces have."""
    values = _values(pieces)
    return [_person(f"u{i + 1:04d}", values, rng) for i in range(count)]


def _values(pieces: Sequence[Piece]) -> dict[str, dict[str, list[str]]]:
    """Department -> attribute -> the values in the range, in a fixed order."""
    return {
        department: {
            name: sorted({piece[name] for piece in pieces if piece.department == department})
            for name in TRAITS[department]
        }
        for department in DEPARTMENTS
    }


def _person(name: str, values: Mapping[str, Mapping[str, list[str]]], rng: np.random.Generator) -> Person:
    order = rng.permutation(len(PERSONAS))
    first, second = (list(PERSONAS)[int(i)] for i in order[:2])
    blend = float(rng.uniform(0.6, 0.95))
    likes = {
        department: {
            attribute: {value: _leaning(attribute, value, first, second, blend, rng) for value in options}
            for attribute, options in by_name.items()
        }
        for department, by_name in values.items()
    }
    share = rng.dirichlet((1.1, 0.7, 0.8, 0.6))
    return Person(
        id=name,
        persona=(first, second),
        departments=dict(zip(DEPARTMENTS, share.round(4).tolist(), strict=True)),
        likes=likes,
        budget=float(np.exp(rng.normal(0, 0.4))),
        thrift=float(rng.uniform(0.3, 1.3)),
        activity=float(np.exp(rng.normal(0, 0.75))),
    )


def _leaning(attribute: str, value: str, first: str, second: str, blend: float, rng: np.random.Generator) -> float:
    """Persona and self: what this person thinks of one value."""
    shared = blend * (value in PERSONAS[first].get(attribute, ())) + (1 - blend) * (
        value in PERSONAS[second].get(attribute, ())
    )
    return round(1.5 * shared + float(rng.normal(0, 0.42)) - 0.25, 3)


def likings(everyone: Sequence[Person], pieces: Sequence[Piece]) -> Field:
    """Every person's liking of every piece.

    Shapes: (people, pieces).
    """
    total = np.zeros((len(everyone), len(pieces)))
    for department, traits in TRAITS.items():
        rows = np.array([i for i, piece in enumerate(pieces) if piece.department == department], np.int64)
        for name, weight in traits.items():
            values, code = np.unique([pieces[row][name] for row in rows], return_inverse=True)
            table = [[person.likes[department][name].get(str(value), 0.0) for value in values] for person in everyone]
            total[:, rows] += weight * np.array(table).reshape(len(everyone), -1)[:, code]
    return total

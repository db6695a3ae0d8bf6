"""A piece of the demo shop's range, before it becomes an item of a catalog or a picture."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import ACCENTS, rgb, shade

Fact = str | int | bool
DEPARTMENTS = ("wardrobe", "home", "screen", "trips")
SHARES = {"wardrobe": 0.40, "home": 0.24, "screen": 0.20, "trips": 0.16}
"""Share of the range that each department has."""


@dataclass(frozen=True)
class Piece:
    """One thing that is sold.

    Attributes:
        id: department letter and number.
        department: one of :data:`DEPARTMENTS`.
        facts: attributes by name; what words, pictures, prices and tastes are made from.
        price: in the shop's currency.
        title: as on the card.
        text: as on the product page.
        available: False when it is sold out.
    """

    id: str
    department: str
    facts: Mapping[str, Fact]
    price: float
    title: str = ""
    text: str = ""
    available: bool = True
    seed: int = field(default=0)

    def __getitem__(self, name: str) -> str:
        return str(self.facts.get(name, ""))

    def number(self, name: str) -> float:
        """A fact that is a number."""
        return float(self.facts[name])

    @property
    def colour(self) -> Field:
        """The colour it has, (3,)."""
        return shade(self["colour"], self["shade"])

    @property
    def ink(self) -> Field:
        """The second colour of its pattern: fitting, and always the same for the same piece."""
        choices = ACCENTS[self["colour"]]
        return rgb(choices[self.chance("ink") % len(choices)])

    def chance(self, name: str) -> int:
        """A number drawn for this piece and this purpose."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}:{self.id}:{name}".encode()).digest()[:6], "big")

    def rng(self, name: str = "picture") -> np.random.Generator:
        """A generator of its own."""
        return np.random.default_rng(self.chance(name))


def pick(rng: np.random.Generator, options: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """One of the options, by weight."""
    share = None if weights is None else np.asarray(weights, np.float64) / float(np.sum(weights))
    return str(options[int(rng.choice(len(options), p=share))])


def rounded_price(value: float) -> float:
    """A price as shops write it: 39.95, 129, 1,490."""
    if value < 60:
        return float(max(1, round(value))) - 0.05
    if value < 400:
        return float(round(value / 5) * 5 - 1)
    return float(round(value / 10) * 10)

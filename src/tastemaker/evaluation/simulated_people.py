"""Simulated people who look for one thing and talk about it: what they ask first, and what they answer.

A person means one item (the target) and knows its attributes, its price and what it looks like. They begin vaguely
("something summer"), with two attributes ("a red dress"), or with a picture of another thing that is like it; they
answer questions from the target's attributes, do not care where it has none, slip now and then, and do not always look
for a word that was not offered. Of two pictures they take the one that shares more values with what they mean.

Nothing of a model is read here: likeness of pictures is counted in attribute values, and how often people slip or do
not care is not what the assistant assumes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import WorkspaceError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Ints, UserId
from tastemaker.demoshop.shopfolder import read_truth
from tastemaker.demoshop.tastes import TRAITS

Opening = Literal["vague", "attributes", "picture"]
OPENINGS: tuple[Opening, ...] = ("vague", "attributes", "picture")
FEW = 12
"""An attribute with at most so many values is what people begin vaguely with."""
MOST = 200
"""An attribute with more values is not spoken of."""


class Offered(Protocol):
    """An answer that is offered: as a person reads it, as the catalog writes it, and the band of a price."""

    @property
    def label(self) -> str:
        """As a person reads it."""

    @property
    def value(self) -> str:
        """As the catalog writes it."""

    @property
    def low(self) -> float | None:
        """Of a price band; None when it has no lower end."""

    @property
    def high(self) -> float | None:
        """Of a price band, itself excluded; None when it has no upper end."""


class Asked(Protocol):
    """A question, whoever puts it."""

    @property
    def kind(self) -> str:
        """Of the question: attribute, price, pictures."""

    @property
    def about(self) -> str:
        """The attribute."""

    @property
    def choices(self) -> Sequence[Offered]:
        """What is offered."""

    @property
    def items(self) -> Sequence[str]:
        """Of a question about pictures, the two items."""


@dataclass(frozen=True)
class Manner:
    """How people answer.

    Attributes:
        slip: chance of an answer that is not what is meant.
        shrug: chance of "no preference" although there is one.
        types: chance of saying a value that is not offered; else they do not care.
        patience: turns after which they leave, the first one included.
    """

    slip: float = 0.07
    shrug: float = 0.1
    types: float = 0.7
    patience: int = 5


MANNER = Manner()


class SimulatedPerson:
    """Somebody who means one item.

    Args:
        catalog: what is sold.
        target: row of what is meant.
        opening: how they begin.
        seed: of everything they do by chance.
        manner: how they answer.
        user: who they are, when the shop knows them.
    """

    def __init__(
        self, catalog: Catalog, target: int, opening: Opening, seed: int, manner: Manner = MANNER, user: str = ""
    ) -> None:
        self.catalog, self.target, self.opening, self.manner, self.user = catalog, target, opening, manner, user
        self.id = catalog.ids[target]
        self._rng = generator(seed, f"person {self.id} {opening}")
        self._values = {name: _parts(value) for name, value in catalog.item(target).attributes.items()}
        self.words, self.picture = self._first()

    def answer(self, asked: Asked | None) -> str:
        """What they say to a question, or when nothing is asked."""
        if asked is None:
            return "show me more"
        if self._rng.random() < self.manner.shrug:
            return "no preference"
        if asked.kind == "pictures":
            return self._of_two(asked.items)
        slips = self._rng.random() < self.manner.slip
        if slips and asked.choices:
            return asked.choices[int(self._rng.integers(len(asked.choices)))].label
        return self._price(asked.choices) if asked.kind == "price" else self._value(asked)

    def _value(self, asked: Asked) -> str:
        """A value of the target; nothing where it has none, or where it would have to be looked for."""
        held = self._values.get(asked.about, ())
        if asked.about == "department":
            held = _parts(self.catalog.item(self.target).department)
        if not held:
            return "no preference"
        value = held[int(self._rng.integers(len(held)))]
        if value in [choice.value for choice in asked.choices] or self._rng.random() < self.manner.types:
            return value
        return "no preference"

    def _price(self, choices: Sequence[Offered]) -> str:
        price = self.catalog.item(self.target).price
        for choice in choices:
            low = -np.inf if choice.low is None else choice.low
            high = np.inf if choice.high is None else choice.high
            if price is not None and low <= price < high:
                return choice.label
        return "no preference"

    def _of_two(self, items: Sequence[str]) -> str:
        """The picture that shares more with what is meant; neither when both share as much."""
        first, second = (_shared(self.catalog, self.target, self.catalog.row(id)) for id in items)
        if first == second:
            return "neither"
        better = first > second
        return "the first" if better != (self._rng.random() < self.manner.slip) else "the second"

    def _first(self) -> tuple[str, str]:
        """The first words, and the picture that is shown with them; "" for none."""
        spoken = self._spoken()
        if self.opening == "picture":
            like = self._alike()
            if like is not None:
                return "something like this", self.catalog.main_picture(like)
        if self.opening == "attributes" and spoken:
            order = sorted(spoken, key=lambda name: -len(self.catalog.attributes[name].values))
            first = order[0]
            other = order[int(self._rng.integers(1, len(order)))] if len(order) > 1 else ""
            return " ".join(spoken[name] for name in (other, first) if name), ""
        vague = [name for name in spoken if len(self.catalog.attributes[name].values) <= FEW] or list(spoken)
        if not vague:
            return self.catalog.item(self.target).title or self.id, ""
        return f"something {spoken[vague[int(self._rng.integers(len(vague)))]]}", ""

    def _spoken(self) -> dict[str, str]:
        """One value of every attribute that people speak of."""
        return {
            name: held[0] for name, held in self._values.items()
            if held and 1 < len(self.catalog.attributes[name].values) <= MOST
            and self.catalog.types[name] in ("category", "list")
        }  # fmt: skip

    def _alike(self) -> int | None:
        """Another item with a picture, one of the twenty that share most values with what is meant."""
        shared = _overlap(self.catalog, self.target).astype(np.float64)
        shared[self.target] = -1
        order = np.argsort(-(shared + self._rng.random(len(shared)) * 0.5), kind="stable")[:20]
        pictured = [row for row in order.tolist() if self.catalog.alive[row] and self.catalog.main_picture(row)]
        return pictured[int(self._rng.integers(len(pictured)))] if pictured else None


class Reply(Protocol):
    """What a conversation gives back in a turn."""

    @property
    def question(self) -> Asked | None:
        """What is asked back."""

    @property
    def shown(self) -> Sequence[str]:
        """Ids of what is shown."""

    def place(self, item: str) -> int | None:
        """The place of an item among all that may be meant, from 1; None when it is ruled out."""


class Talker(Protocol):
    """Whoever is talked with."""

    def say(self, words: str, picture: str) -> Reply:
        """One turn; ``picture`` is a name of the catalog's, "" for none."""


@dataclass(frozen=True)
class Talk:
    """How one conversation went.

    Attributes:
        turns: in which turn what is meant was shown, from 1; None when it never was.
        place: of what is meant at the end: among the shown when it was, else among all.
        questions: how many were asked.
        said: everything that the person said.
    """

    turns: int | None
    place: int
    questions: int
    said: tuple[str, ...]

    def within(self, turns: int) -> bool:
        """Was it shown in so many turns?"""
        return self.turns is not None and self.turns <= turns


def converse(person: SimulatedPerson, talker: Talker) -> Talk:
    """Let a person talk until what they mean is shown, or their patience ends."""
    words, picture, said, questions = person.words, person.picture, [], 0
    place = person.catalog.size
    for turn in range(1, person.manner.patience + 1):
        said.append(words)
        reply = talker.say(words, picture)
        if person.id in reply.shown:
            return Talk(turn, list(reply.shown).index(person.id) + 1, questions, tuple(said))
        place = reply.place(person.id) or person.catalog.size
        questions += reply.question is not None
        words, picture = person.answer(reply.question), ""
    return Talk(None, place, questions, tuple(said))


def item_people(
    catalog: Catalog, count: int, seed: int, *, openings: Sequence[Opening] = OPENINGS, manner: Manner = MANNER
) -> list[SimulatedPerson]:
    """People who mean real items, drawn evenly; the openings take turns.

    Targets of two seeds of which one is even and one is odd never meet: one kind to tune on, the other to report.
    """
    rows = np.flatnonzero(catalog.available)
    rows = rows[rows % 2 == seed % 2]
    drawn = generator(seed, "targets").permutation(rows)[:count].tolist()
    return [SimulatedPerson(catalog, row, openings[at % len(openings)], seed, manner) for at, row in enumerate(drawn)]


def demo_people(
    catalog: Catalog, folder: Path, count: int, seed: int, *, openings: Sequence[Opening] = OPENINGS
) -> list[SimulatedPerson]:
    """People of the demo shop: what they mean follows their known taste and budget; more patient ones visit more often.

    Nothing that they had before is meant. Targets of an even and of an odd seed never meet.

    Raises:
        WorkspaceError: the folder is no demo shop.
    """
    known = read_truth(folder / "ground_truth")
    if not known:
        raise WorkspaceError(
            f"{folder.name!r} does not tell its people's tastes", hint="draw one with `tastemaker demo`"
        )
    rng = generator(seed, "demo people")
    rows = np.flatnonzero(catalog.available)
    rows = rows[rows % 2 == seed % 2]
    histories = dict(zip(catalog.interactions.people, catalog.interactions.histories(), strict=True))
    found = []
    for at in range(count):
        person = known[int(rng.integers(len(known)))]
        liking = _liking(catalog, person.likes, person.departments, rows)
        had = histories.get(UserId(person.id))
        if had is not None:
            liking[np.isin(rows, had.seen)] = -np.inf
        target = int(rows[int(np.argmax(liking + rng.gumbel(0, 1.0, len(rows))))])
        manner = Manner(patience=int(np.clip(round(3 + 2 * person.activity), 3, 6)))
        found.append(SimulatedPerson(catalog, target, openings[at % len(openings)], seed + at, manner, person.id))
    return found


def _liking(
    catalog: Catalog,
    likes: Mapping[str, Mapping[str, Mapping[str, float]]],
    departments: Mapping[str, float],
    rows: Ints,
) -> Doubles:
    """How much a person likes each row, with how often they look at its department. Shapes: (n,) -> (n,)."""
    found = np.zeros(len(rows))
    for at, row in enumerate(rows.tolist()):
        item = catalog.raw_item(row)
        weights = TRAITS.get(item.department, {})
        told = likes.get(item.department, {})
        found[at] = np.log(max(1e-3, departments.get(item.department, 0.0))) + sum(
            weight * told.get(name, {}).get(str(item.attributes.get(name, "")), 0.0) for name, weight in weights.items()
        )
    return found


def _parts(value: object) -> tuple[str, ...]:
    """The texts that a value holds."""
    if isinstance(value, tuple):
        return tuple(str(part) for part in value)
    return (value,) if isinstance(value, str) and value else ()


def _shared(catalog: Catalog, row: int, other: int) -> int:
    """How many values two items share."""
    mine, theirs = catalog.raw_item(row).attributes, catalog.raw_item(other).attributes
    return sum(theirs.get(name) == value for name, value in mine.items())


def _overlap(catalog: Catalog, row: int) -> Ints:
    """How many values every item shares with a row. Shapes: -> (rows,)."""
    total = np.zeros(catalog.size, np.int64)
    for name, value in catalog.item(row).attributes.items():
        if isinstance(value, str):
            total += np.asarray(catalog.column(name) == value, np.bool_)
    return total

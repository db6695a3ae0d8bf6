"""Simulated people: what they ask, what they answer, how a conversation is counted."""

from dataclasses import dataclass, field

import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import WorkspaceError
from tastemaker.evaluation.simulated_people import (
    Manner,
    SimulatedPerson,
    converse,
    demo_people,
    item_people,
)

SURE = Manner(slip=0.0, shrug=0.0, types=1.0)


@dataclass
class Choice:
    label: str
    value: str
    low: float | None = None
    high: float | None = None


@dataclass
class Question:
    kind: str
    about: str
    choices: list = field(default_factory=list)
    items: tuple = ()


@pytest.fixture
def catalog():
    return Catalog.from_items(
        [
            Item(f"i{at}", title=f"thing {at}", price=10.0 + at, images=(f"{at}.jpg",),
                 attributes={"colour": ("red", "blue")[at % 2], "kind": ("dress", "shirt", "sofa")[at % 3],
                             **({"length": "mini"} if at % 3 == 0 else {})})
            for at in range(12)
        ]
    )  # fmt: skip


def test_answers_are_those_of_the_target(catalog):
    person = SimulatedPerson(catalog, 0, "vague", 0, SURE)
    assert person.answer(Question("attribute", "colour", [Choice("blue", "blue"), Choice("red", "red")])) == "red"
    assert person.answer(Question("attribute", "colour")) == "red"
    assert person.answer(None) == "show me more"
    other = SimulatedPerson(catalog, 1, "vague", 0, SURE)
    assert other.answer(Question("attribute", "length", [Choice("mini", "mini")])) == "no preference"
    bands = [Choice("under 12", "a", high=12.0), Choice("12 or more", "b", low=12.0)]
    assert person.answer(Question("price", "price", bands)) == "under 12"
    assert SimulatedPerson(catalog, 2, "vague", 0, SURE).answer(Question("price", "price", bands)) == "12 or more"


def test_of_two_pictures_the_one_that_shares_more(catalog):
    person = SimulatedPerson(catalog, 0, "vague", 0, SURE)  # red mini dress
    assert person.answer(Question("pictures", "pictures", items=("i6", "i1"))) == "the first"
    assert person.answer(Question("pictures", "pictures", items=("i1", "i6"))) == "the second"
    assert person.answer(Question("pictures", "pictures", items=("i6", "i6"))) == "neither"


def test_a_manner_of_shrugging_and_of_not_typing(catalog):
    shrugs = SimulatedPerson(catalog, 0, "vague", 0, Manner(slip=0.0, shrug=1.0))
    assert shrugs.answer(Question("attribute", "colour")) == "no preference"
    silent = SimulatedPerson(catalog, 0, "vague", 0, Manner(slip=0.0, shrug=0.0, types=0.0))
    assert silent.answer(Question("attribute", "colour", [Choice("blue", "blue")])) == "no preference"
    slips = SimulatedPerson(catalog, 0, "vague", 0, Manner(slip=1.0, shrug=0.0))
    assert slips.answer(Question("attribute", "colour", [Choice("blue", "blue")])) == "blue"


def test_openings(catalog):
    assert SimulatedPerson(catalog, 0, "vague", 0, SURE).words.startswith("something ")
    words = SimulatedPerson(catalog, 0, "attributes", 0, SURE).words.split()
    assert len(words) == 2
    assert "dress" in words
    picture = SimulatedPerson(catalog, 0, "picture", 0, SURE)
    assert picture.words == "something like this"
    assert picture.picture.endswith(".jpg")
    assert picture.picture != "0.jpg"


@dataclass
class Shows:
    """Shows a fixed list a turn, and never asks."""

    lists: list
    heard: list = field(default_factory=list)

    def say(self, words, picture):
        self.heard.append(words)
        return self

    @property
    def shown(self):
        return self.lists[len(self.heard) - 1]

    question = None

    def place(self, item):
        return 7


def test_a_conversation_is_counted(catalog):
    person = SimulatedPerson(catalog, 0, "vague", 0, SURE)
    talk = converse(person, Shows([["i1"], ["i2", "i0"], ["i3"]]))
    assert (talk.turns, talk.place, talk.questions) == (2, 2, 0)
    assert talk.within(3)
    assert not talk.within(1)
    talk = converse(person, Shows([["i1"]] * 5))
    assert (talk.turns, talk.place) == (None, 7)
    assert talk.said[1:] == ("show me more",) * 4


def test_targets_of_an_even_and_an_odd_seed_never_meet(catalog):
    report = {person.target for person in item_people(catalog, 6, 0)}
    tuned = {person.target for person in item_people(catalog, 6, 1)}
    assert len(report) == len(tuned) == 6
    assert not report & tuned
    again = item_people(catalog, 6, 0)
    assert [(p.target, p.words, p.picture) for p in again] == [
        (p.target, p.words, p.picture) for p in item_people(catalog, 6, 0)
    ]


def test_people_of_the_demo_shop_mean_what_they_like(tmp_path):
    from tastemaker.demoshop.config import DemoConfig
    from tastemaker.demoshop.draw import draw
    from tastemaker.demoshop.shopfolder import read_truth
    from tastemaker.shop import Shop

    folder = tmp_path / "shop"
    draw(folder, DemoConfig(items=48, people=30, events=600, width=48))
    assert read_truth(tmp_path) == []
    assert len(read_truth(folder / "ground_truth")) == 30
    with Shop(folder) as shop:
        people = demo_people(shop.catalog, folder, 12, 0)
        histories = dict(zip(shop.catalog.interactions.people, shop.catalog.interactions.histories(), strict=True))
        for person in people:
            assert person.target % 2 == 0
            assert 3 <= person.manner.patience <= 6
            assert person.user not in histories or person.target not in histories[person.user].seen.tolist()
        with pytest.raises(WorkspaceError, match="does not tell"):
            demo_people(shop.catalog, tmp_path, 1, 0)

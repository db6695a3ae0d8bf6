"""What goes with what is shown: shown beside it, while the wish stays as it is."""

import csv

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.reading import read
from tastemaker.assistant.state import State
from tastemaker.shop import Shop
from tests.assistant.conftest import write_shop

SHOWN = ("d-00", "d-01", "s-02")


@pytest.fixture(scope="module")
def dressed(tmp_path_factory):
    """A shop in which whoever bought a dress bought the shirt of the same number a minute later."""
    folder = write_shop(tmp_path_factory.mktemp("pairs") / "shop")
    bought = [(f"u{n}", f"{kind}-{n % 8:02}", "buy", 1_700_000_000 + 100_000 * n + at)
              for n in range(48) for at, kind in ((0, "d"), (60, "s"))]  # fmt: skip
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("user", "item", "kind", "time"), *bought])
    with Shop(folder) as shop:
        shop.fit(["complete"])
        yield shop


@pytest.mark.parametrize(
    ("words", "items"),
    [
        ("what goes with the second one?", ("d-01",)), ("what goes well with it", ("d-00",)),
        ("show me something that goes with the first", ("d-00",)), ("complete the look", ("d-00",)),
        ("what can I wear with the blue dress?", ("d-01",)), ("what do you have that goes with the first?", ("d-00",)),
        ("please finish the outfit with the third", ("s-02",)), ("what would look good with d-05?", ("d-05",)),
        ("something to wear with the first and the third", ("d-00", "s-02")),
    ],
)  # fmt: skip
def test_it_is_asked_in_many_words(words, items, shop):
    (action,) = read(words, State(turn=2, shown=SHOWN), shop.view)
    assert (action.verb, action.items) == ("complete", items)


@pytest.mark.parametrize(("words", "shown", "verb"), [
    ("what goes with the ninth?", SHOWN, "hint"), ("something that goes with jeans", SHOWN, "search"),
    ("complete the look", (), "search"), ("what looks like the first?", SHOWN, "search"),
])  # fmt: skip
def test_what_points_at_nothing_is_asked_back_or_a_wish(words, shown, verb, shop):
    assert read(words, State(turn=2, shown=shown), shop.view)[0].verb == verb


def test_what_goes_with_it_is_shown_and_the_wish_stays(dressed):
    chat = Assistant(dressed, k=4, asker=None)
    first = chat.say("a red dress")
    turn = chat.say("what goes with the first?")
    item = first.items.ids[0]
    assert turn.items.ids[0] == item.replace("d", "s")
    assert item not in turn.items.ids
    assert dressed.item(item).title in turn.say
    assert turn.facets == first.facets
    assert chat.state.shown == tuple(turn.items.ids)
    assert chat.say("add the first to my list").say.endswith(f"“{turn.items.items[0].title}”.")


def test_a_step_back_shows_it_again(dressed):
    chat = Assistant(dressed, k=4, asker=None)
    chat.say("a red dress")
    beside = chat.say("what goes with the first?").items.ids
    chat.say("a blue sofa")
    assert chat.undo().items.ids == beside
    assert {dressed.item(id).attributes["kind"] for id in chat.undo().items.ids[:3]} == {"dress"}


def test_what_was_refused_is_not_shown(dressed):
    chat = Assistant(dressed, k=4, asker=None)
    chat.say("a red dress")
    beside = chat.do({"verb": "complete", "items": ["d-00"]}).items.ids
    chat.do({"verb": "judge", "items": [beside[0]], "liked": False})
    assert beside[0] not in chat.do({"verb": "complete", "items": ["d-00"]}).items.ids


def test_a_shop_that_has_not_learned_it_says_so(chat):
    chat.say("a red dress")
    turn = chat.say("what goes with the first?")
    assert "has not learned" in turn.say
    assert not turn.items.items

"""Questions about what is shown, and words that point at it: answered, and no wish of them."""

import pytest
from PIL import Image

from tastemaker.assistant import Assistant
from tastemaker.assistant.reading import read
from tastemaker.assistant.state import State
from tastemaker.shop import Shop

SHOWN = ("d-00", "d-01", "s-02", "f-03")
"""A red linen dress at 40, a blue linen dress at 50, a green cotton shirt at 30, a white sofa at 600."""


@pytest.fixture
def state():
    return State(turn=3, shown=SHOWN, list=("d-11", "d-10", "s-07"))


def asked(words, state, shop):
    return [action.model_dump(exclude_defaults=True) for action in read(words, state, shop.view)]


@pytest.mark.parametrize(
    ("words", "item", "about"),
    [
        ("is the second one cotton?", "d-01", "material"), ("is it cotton?", "d-00", "material"),
        ("does the third have long sleeves?", "s-02", None), ("is the blue one under 60", "d-01", "price"),
        ("which is cheaper?", "s-02", "price"), ("which of them is the most expensive?", "f-03", "price"),
        ("which is cheaper, the first or the second?", "d-00", "price"), ("what's the cheapest?", "s-02", "price"),
        ("which one is cotton?", "s-02", "material"), ("is the white sofa cheap?", "f-03", "price"),
        ("tell me the price of the second", "d-01", "price"), ("what's its material?", "d-00", "material"),
        ("is it available?", "d-00", "available"), ("how long is the last?", "f-03", None),
    ],
)  # fmt: skip
def test_a_question_is_answered_with_what_is_known(words, item, about, state, shop):
    (found,) = asked(words, state, shop)
    assert found == ({"item": item, "about": about} if about else {"items": (item,)})


@pytest.mark.parametrize(
    "words", ["is there one in blue?", "do you have it in red?", "which dresses are cotton?", "are there any dresses"]
)
def test_a_question_about_what_is_not_shown_is_a_wish(words, state, shop):
    assert read(words, state, shop.view)[0].verb == "search"


@pytest.mark.parametrize(
    ("words", "items"),
    [
        ("are they cotton?", SHOWN), ("compare 1 and 3", ("d-00", "s-02")), ("compare d-07 and f-00", ("d-07", "f-00")),
        ("compare them", SHOWN), ("compare", SHOWN), ("is the first cheaper than the second?", ("d-00", "d-01")),
        ("compare the items on my list", ("d-11", "d-10", "s-07")), ("compare number 2 with #4", ("d-01", "f-03")),
        ("how do the first and the last differ?", ("d-00", "f-03")), ("compare one and two", ("d-00", "d-01")),
        ("how much are they?", SHOWN), ("compare the first two dresses", ("d-00", "d-01")),
    ],
)  # fmt: skip
def test_several_are_put_side_by_side(words, items, state, shop):
    (action,) = read(words, state, shop.view)
    assert (action.verb, action.items) == ("compare", items)


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("the second one", "d-01"), ("show me the second", "d-01"), ("tell me about the first", "d-00"),
        ("show me a picture of the last one", "f-03"), ("the cheapest one", "s-02"), ("d-07", "d-07"),
        ("tell me more about the blue one", "d-01"), ("2", "d-01"), ("can you show me number 3 please", "s-02"),
        ("what about the third?", "s-02"), ("the second dress", "d-01"), ("the first on my list", "d-11"),
        ("no, the second one", "d-01"), ("the cheapest dress", "d-00"), ("describe it", "d-00"),
    ],
)  # fmt: skip
def test_what_is_pointed_at_is_told_of(words, item, state, shop):
    (action,) = read(words, state, shop.view)
    assert (action.verb, action.items) == ("describe", (item,))


@pytest.mark.parametrize(
    "words",
    ["the second hand look", "first aid kit", "a one-piece", "the last dance", "seventh heaven", "no one", "42",
     "show me red dresses", "tell me about dresses", "the first light", "what about something blue", "the blue one",
     "a number one dress", "the cheapest of summer", "show me more like blue ones"],
)  # fmt: skip
def test_a_wish_that_only_looks_like_a_reference_stays_a_wish(words, state, shop):
    assert [action.verb for action in read(words, state, shop.view)] == ["search"]


@pytest.mark.parametrize(
    "words",
    ["why the 9th?", "compare the first with the 12th", "add the 7th to my list", "the fifth", "show me number 8",
     "like the 6th but longer", "I don't like the ninth", "is the 5th one cotton?", "cheaper than the 10th",
     "compare 1 and 9", "the last five", "why not the purple one?", "draw the 7th", "add the 0th to my list"],
)  # fmt: skip
def test_a_place_beyond_what_is_shown_changes_nothing(words, state, shop):
    assert asked(words, state, shop) == [{"about": "shown"}]
    assert asked("add the first to my list", State(), shop) == [{"about": "shown"}]


def test_why_is_never_a_wish_once_things_are_shown(state, shop):
    assert asked("why d-07?", state, shop) == [{"item": "d-07"}]
    assert asked("why not the blue one?", state, shop) == [{"item": "d-01"}]
    assert read("why don't you show me dresses?", state, shop.view)[0].verb == "search"
    assert asked("why are they all so dear?", state, shop) == [{"item": "d-00"}]


def test_a_place_on_the_list_is_counted_there(state, shop):
    assert asked("remove the first from my list", state, shop) == [{"items": ("d-11",), "off": True}]
    assert asked("take the last one off the list", state, shop) == [{"items": ("s-07",), "off": True}]
    assert asked("remove the 7th from my list", state, shop) == [{"about": "list"}]
    assert asked("remove everything from my list", state, shop) == asked("clear my list", state, shop)
    assert asked("empty my basket", state, shop) == [{"items": state.list, "off": True}]
    assert asked("how much is the second on my list?", state, shop) == [{"item": "d-10", "about": "price"}]
    bare = State(turn=1, shown=SHOWN)
    for words in ("clear my list", "compare my list", "remove it from my list", "how much is the first on my list?"):
        assert asked(words, bare, shop) == [{"about": "list"}]


@pytest.mark.parametrize(
    ("words", "about", "item"),
    [
        ("show it on me", "you", "d-00"), ("try on the second one", "you", "d-01"), ("can I try it on?", "you", "d-00"),
        ("how would the last look in my living room?", "room", "f-03"), ("show it in my room", "room", "d-00"),
    ],
)  # fmt: skip
def test_how_something_is_seen_on_you_is_told(words, about, item, state, shop):
    assert asked(words, state, shop) == [{"about": about, "item": item}]


@pytest.mark.parametrize("words", ["no buy the first", "don't add it to my list", "yes", "no"])
def test_what_is_not_to_be_done_is_not_done(words, state, shop):
    assert asked(words, state, shop) == [{"about": "words"}]
    assert asked("no, buy the first", state, shop) == [{"items": ("d-00",)}]


def test_no_before_a_wish_refuses_it(state, shop):
    assert asked("no cheaper ones please", state, shop) == [{"words": "no cheaper ones please"}]
    assert asked("no i want red", state, shop) == [{"words": "i want red"}]
    assert read("no, cheaper ones please", state, shop.view)[0].verb == "filter"


def test_a_shop_of_photos_alone_asks_for_a_picture(tmp_path):
    (tmp_path / "images").mkdir()
    for n in range(3):
        Image.new("RGB", (20, 20), (80 * n, 90, 120)).save(tmp_path / "images" / f"photo {n}.png")
    (tmp_path / "items.csv").write_text("id,images\n" + "".join(f"{n},photo {n}.png\n" for n in range(3)))
    with Shop(tmp_path) as photos:
        chat = Assistant(photos, asker=None)
        assert "show me a picture" in chat.say("something red").say
        assert chat.state.facets == ()


def test_places_are_those_that_were_seen_whatever_has_left_the_shop(shop):
    gone = State(turn=3, shown=("d-99", "d-01", "s-02"))
    (found,) = read("put the second on my list", gone, shop.view)
    assert found.items == ("d-01",)
    for words in ("put the first on my list", "why the first?", "like the first but in blue", "compare 1 and 2"):
        assert read(words, gone, shop.view)[0].verb == "hint", words
    assert read("compare them", gone, shop.view)[0].items == ("d-01", "s-02")

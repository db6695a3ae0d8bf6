"""The shop's own language model in a conversation: what it says is looked up, what it ranks is sold, else the rules."""

import json

import numpy as np
import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.door import Budget, DoorFailed, Message
from tastemaker.assistant.doors.own import LEAST, WEIGHT, Own, looked_up, spoken
from tastemaker.assistant.doors.prompts import for_actions, for_words, jpeg
from tastemaker.assistant.question import Question
from tastemaker.assistant.state import Reply, Said, State
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.types import ItemId
from tastemaker.shop import Shop
from tastemaker.shop.language_model import opened
from tastemaker.testing.worlds import COLOURS, SHAPES, drawing

SMALL = """
currency = "€"
[space]
epochs = 2
picture_size = 32
dim = 32
picture_widths = [16, 32]
text_width = 32
[language]
steps = 8
batch_size = 8
longer = 16
hidden = 32
layers = 1
[imagine]
generator = "mean-picture"
longer = 16
"""


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """The drawn shop as a workspace, with everything that talks and draws hardly fitted."""
    folder = tmp_path_factory.mktemp("own") / "shop"
    (folder / "images").mkdir(parents=True)
    lines = ["id,title,colour,shape,price,image"]
    for colour in COLOURS:
        for shape in SHAPES:
            for copy in range(3):
                name = f"{colour}-{shape}-{copy}"
                drawing(colour, shape, seed=copy).save(folder / "images" / f"{name}.png")
                lines.append(f"{name},{colour.title()} {shape} {copy},{colour},{shape},{10 + copy},{name}.png")
    (folder / "items.csv").write_text("\n".join(lines), encoding="utf-8")
    events = [f"u{who},{colour}-{shape}-{who % 3},buy" for who, colour in enumerate(COLOURS) for shape in SHAPES]
    (folder / "events.csv").write_text("\n".join(["user,item,kind", *events]), encoding="utf-8")
    (folder / "tastemaker.toml").write_text(SMALL, encoding="utf-8")
    with Shop(folder) as shop:
        shop.fit(["space", "generators", "language"])
        yield shop


@pytest.fixture
def door(fitted):
    return Own().of(fitted)


def budget():
    return Budget(seconds=60, calls=4, tokens=600)


def test_it_is_called_own_and_nothing_else():
    assert isinstance(opened("own"), Own)
    assert isinstance(opened("own:multimodal-lm"), Own)
    with pytest.raises(InputError, match="not 'gpt'"):
        opened("own:gpt")


def test_a_shop_that_has_learned_none_says_what_to_do(shop):
    with pytest.raises(NotFitted) as raised:
        Assistant(shop, llm="own")
    assert "--parts language" in raised.value.hint


def test_a_door_without_a_shop_fails_as_a_door():
    with pytest.raises(DoorFailed):
        list(Own().stream([Message("user", "hello")], "actions", budget()))


def test_a_conversation_with_words_pictures_and_a_person(fitted):
    chat = Assistant(fitted, k=3, asker=None, llm="own", person="u1")
    first = chat.say("something red")
    assert len(first.items.ids) == 3
    second = chat.say("but a circle", image=drawing("blue", "circle"))
    assert second.items.ids
    third = chat.say("cheaper")
    for turn in (first, second, third):
        assert all(fitted.catalog.has(id) for id in turn.items.ids)
        assert not [note for note in turn.notes if "rules answer" in note]
        assert "<" not in turn.say


def test_what_is_said_of_items_is_what_the_catalog_says(fitted, monkeypatch):
    speaker = fitted.view.fitted.speaker
    told = iter(["<name>: red, square, for <price>.", "<name>: blue, octarine.", "<name>: red."])
    monkeypatch.setattr(speaker.model, "say", lambda asked: [next(told)])
    chat = Assistant(fitted, k=3, asker=None, llm="own")
    turn = chat.say("a red square under 11")
    assert turn.items.ids[0] == "red-square-0"
    assert turn.say.endswith("“Red square 0”: red, square, for €10.")
    assert turn.notes == ("2 sentences of the language model left out: not what the catalog says",)


def test_a_request_to_draw_goes_through_its_signals(fitted, door):
    drawn = door.imagine("a red square", image="red-square-0", user="u1", n=1)
    assert drawn.generator == "mean-picture"
    assert len(drawn.designs) == 1
    signs = fitted.view.fitted.speaker.signs(fitted.view.fitted.speaker.asked(fitted.view, "a red square"))
    assert set(signs.vectors) == {"text", "picture"}


def test_a_search_keeps_the_persons_words(door):
    text = "".join(door.stream(for_actions("a red square", (), 0), "actions", budget()))
    (action,) = json.loads(text)["actions"]
    assert action["words"] == "a red square"
    assert action["verb"] in ("search", "visualise")


def test_a_picture_is_searched_with_and_not_drawn(door):
    messages = for_actions("like this", (), 0, picture=jpeg(drawing("red", "square")))
    (action,) = json.loads("".join(door.stream(messages, "actions", budget())))["actions"]
    assert action["verb"] == "search"


def test_what_is_gone_is_passed_over(door):
    gone = Item(ItemId("gone"), "Gone")
    assert "".join(door.stream(for_words("red", [gone], [""]), "words", budget())) == ""


def test_a_model_that_breaks_fails_as_a_door(fitted, door, monkeypatch):
    def broken(asked):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(fitted.view.fitted.speaker.model, "kinds", broken)
    with pytest.raises(DoorFailed):
        list(door.stream(for_actions("a red square", (), 0), "actions", budget()))


def test_how_likely_rows_are_is_bounded_and_follows_what_is_said(fitted, door):
    view = fitted.view
    assert door.logits(view, State()) is None
    said = State(said=(Said("a red square", 1),))
    logits = door.logits(view, said)
    assert logits.shape == (view.catalog.size,)
    assert logits.max() == 0
    assert logits.min() >= WEIGHT * LEAST
    assert door.logits(view, said) is logits
    for other in (State(said=(Said("blue", 1),)), State(person="u1"), State(likes_of=(ItemId("red-square-0"),))):
        assert not np.array_equal(door.logits(view, other), logits)


def test_an_item_that_was_added_since_is_ranked(fitted):
    name = "red-square-0.png"
    told = {"colour": "red", "shape": "square"}
    fitted.add([Item(ItemId("new"), "Red square new", images=(name,), price=9.0, attributes=told)])
    try:
        view, speaker = fitted.view, fitted.view.fitted.speaker
        row = view.catalog.row("new")
        assert row in speaker.shelf(view).rows
        assert np.isfinite(speaker.logits(view, speaker.asked(view, "red"))[row])
    finally:
        fitted.remove(["new"])
    assert row not in fitted.view.fitted.speaker.shelf(fitted.view).rows


def test_wishes_and_answers_are_read_in_their_order():
    colour, pictures = Question("attribute", "colour"), Question("pictures", "pictures")
    replies = Reply(colour, ("red",), 2), Reply(pictures, ("first",), 4), Reply(colour, (), 5)
    state = State(said=(Said("a shirt", 1), Said("linen", 3)), replies=replies)
    assert spoken(state) == "a shirt . red . linen"


def test_names_and_prices_are_looked_up():
    item = {"title": "Red dress", "price": "€ 40", "place": 1}
    assert looked_up("<name>: red, for <price>.", item) == "“Red dress”: red, for € 40."
    assert looked_up("<name>: red, for <price>.", {"title": "", "price": "", "place": 2}) == "The second: red."

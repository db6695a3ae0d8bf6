"""Conversations, turn by turn."""

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.actions import Compare, Explain, Filter, Wish, parse
from tastemaker.assistant.turn import wire
from tastemaker.core.errors import Cancelled, InputError, UnknownName


def attribute(shop, turn, name):
    return [shop.item(id).attributes.get(name) for id in turn.items.ids]


def test_wishes_add_up_and_the_later_overrules(chat, shop):
    turn = chat.say("a red dress under 100")
    assert turn.items.ids[:2] == ["d-00", "d-04"]  # the only two
    assert all(item.price < 100 for item in turn.items)
    assert chat.state.budget == 100
    assert {known.label: known.turn for known in chat.state.facets} == {
        "colour: red": 1,
        "kind: dress": 1,
        "price under 100": 1,
    }
    turn = chat.say("but in blue")
    assert attribute(shop, turn, "colour")[0] == "blue"
    assert {known.label: known.turn for known in chat.state.facets} == {
        "colour: blue": 2,
        "kind: dress": 1,
        "price under 100": 1,
    }


def test_a_facet_can_be_taken_away_and_the_step_taken_back(chat):
    chat.say("a red dress under 60")
    before = chat.state
    turn = chat.remove("price under 60")
    assert any(item.price >= 60 for item in turn.items)
    assert "price under 60" not in [known.label for known in chat.state.facets]
    chat.undo()
    assert chat.state == before
    with pytest.raises(InputError, match="nothing is understood as"):
        chat.remove("colour: purple")


def test_a_state_is_never_changed(chat):
    chat.say("a red dress")
    kept = chat.state
    copied = repr(kept)
    chat.say("cheaper")
    chat.say("I like the first one")
    assert repr(kept) == copied
    assert chat.state != kept


def test_more_shows_what_was_not_shown(chat):
    first = chat.say("dress").items.ids
    second = chat.say("show me more").items.ids
    third = chat.say("more").items.ids
    assert len({*first, *second, *third}) == 12


def test_cheaper_not_that_brand_like_the_first(chat, shop):
    chat.say("a dress")
    turn = chat.say("cheaper")
    limit = chat.state.budget
    assert all(item.price < limit for item in turn.items)
    brand = shop.item(turn.items.ids[0]).attributes["brand"]
    turn = chat.say("not that brand")
    assert brand not in attribute(shop, turn, "brand")
    first = turn.items.ids[0]
    turn = chat.say("like the first but in white")
    assert first not in turn.items.ids
    assert chat.state.likes_of == (first,)
    assert chat.state.budget == limit


def test_the_list_and_what_is_liked(chat, shop):
    shown = chat.say("a dress").items.ids
    chat.say("add the second one to my list")
    assert chat.state.list == (shown[1],)
    chat.say("I don't like the third one")
    assert chat.state.disliked == (shown[2],)
    assert shown[2] not in chat.say("show me more").items.ids
    chat.say("start over")
    assert chat.state.list == (shown[1],)
    assert not chat.state.facets


def test_a_question_its_answer_and_an_answer_overruled(asking, shop):
    turn = asking.say("a dress")
    assert turn.question is not None
    assert turn.question.gain > turn.question.cost
    assert turn.suggestions[-1] == "no preference"
    value = turn.question.choices[1].value
    turn = asking.say(value)
    known = next(known for known in asking.state.facets if known.source == "answer")
    assert known.facet.value == value
    assert known.turn == 2
    assert 0 < known.confidence < 1
    name = known.facet.name
    assert attribute(shop, turn, name)[0] == value
    other = next(v for v in shop.catalog.attributes[name].values if v != value)
    asking.say(f"{name} {other}")
    assert [k.facet.value for k in asking.state.facets if k.facet.name == name] == [other]


def test_a_name_that_is_a_command_is_only_a_name(chat, asking):
    for talk in (chat, asking):
        turn = talk.say("a game")
        assert {"x-01", "x-02"} <= set(turn.items.ids)
        before = talk.state
        turn = talk.say("add the first one to my list")
        assert len(talk.state.list) == 1
        assert talk.state.turn == before.turn + 1
        talk.say("why the first one?")
        assert len(talk.state.list) == 1
        talk.do(Compare(items=("x-01", "x-02")))
        assert talk.state.shown == before.shown


def test_proposals_are_checked(chat):
    chat.say("a dress")
    assert chat.do({"verb": "compare", "items": ["d-00", "d-01"]}).say.startswith("1. “Red dress 0”")
    before = chat.state
    for wrong in ({"verb": "delete"}, {"verb": "compare", "items": ["d-00"]}, {"verb": "search", "sql": "x"}, {}):
        with pytest.raises(InputError, match="cannot be used"):
            chat.do(wrong)
    with pytest.raises(UnknownName):
        chat.do({"verb": "explain", "item": "d-99"})
    with pytest.raises(UnknownName):
        chat.do({"verb": "filter", "keep": [{"name": "size", "value": "m"}]})
    assert chat.state == before
    assert parse({"verb": "explain", "item": "d-00"}) == Explain(item="d-00")


def test_what_cannot_be_said(chat):
    with pytest.raises(InputError, match="nothing was said"):
        chat.say("  ")
    with pytest.raises(InputError, match="at most"):
        chat.say("a" * 2001)


def test_stopping_leaves_the_conversation_as_it_was(chat):
    chat.say("a dress")
    before = chat.state

    def stop(turn):
        assert turn.items.ids
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        chat.say("in blue", hear=stop)
    assert chat.state == before


def test_why_names_what_was_asked_and_what_would_be_without(chat, shop):
    turn = chat.say("a red dress under 60")
    told = chat.say("why the first?").say
    item = shop.item(turn.items.ids[0])
    assert item.title in told
    assert f"price is {item.price:g}" in told
    assert "without the wish" in told


def test_why_says_what_it_has_instead(chat):
    chat.do(Filter(keep=(Wish(name="colour", op="=", value="green"), Wish(name="kind", op="!=", value="sofa"))))
    told = chat.do(Explain(item="d-00")).say
    assert "its colour is red, not green" in told
    assert "its kind is dress" in told
    chat.do(Filter(keep=(Wish(name="colour", op="=", value="red"),)))
    assert "its colour is red;" in chat.do(Explain(item="d-00")).say


def test_compare_looks_everything_up(chat):
    told = chat.do(Compare(items=("d-00", "d-01"))).say
    assert "price: 40 / 50" in told
    assert "colour: red / blue" in told
    assert "the same: kind dress, brand Norrby, material linen" in told


def test_what_is_not_there_is_said(chat):
    assert chat.say("a red dress").say == "Here are 3: red, dress; and 1 near it."
    chat.say("start over")
    told = chat.say("a white shirt by Palmer").say
    assert told == "Nothing that fits is known to be white, shirt, Palmer together; the nearest:"


def test_an_overview_counts_kinds(chat):
    assert "12 × dress" in chat.say("what do you have?").say


def test_a_turn_as_plain_values(asking):
    told = wire(asking.say("a red dress"))
    assert list(told)[:5] == ["say", "items", "question", "facets", "pictures"]
    assert told["items"][0]["id"]
    assert told["facets"][0].keys() >= {"label", "turn", "confidence", "source", "hard"}
    assert told["question"]["choices"]


def test_a_conversation_again_is_the_same(shop):
    said = ["a dress", "blue", "cheaper", "show me more", "the first one"]
    answers = []
    for _ in range(2):
        chat = Assistant(shop, k=4)
        answers.append([str(chat.say(words)) for words in said])
    assert answers[0] == answers[1]


def test_the_place_of_an_item(chat):
    ids = chat.say("a red dress").items.ids
    chat.say("hello")
    assert chat.place("f-01") > 4
    with pytest.raises(UnknownName):
        chat.place("nothing")
    assert ids


def test_questions_about_what_is_shown_are_looked_up(chat):
    chat.say("a red dress under 60")
    assert chat.say("how much is it?").say == "“Red dress 0”: its price is 40."
    assert chat.say("What material is the first one?").say == "“Red dress 0”: its material is linen."
    assert chat.do(Explain(item="f-03", about="material")).say == "“White sofa 3”: its material is not known."
    with pytest.raises(UnknownName):
        chat.do(Explain(item="d-00", about="smell"))


def test_another_budget_takes_the_place_of_the_one_before(chat):
    chat.say("a dress under 50")
    assert [known.label for known in chat.say("make it 70").facets if known.facet.name == "price"] == ["price under 70"]
    assert all(item.price <= 70 for item in chat.say("show me more").items.items)
    assert not [known for known in chat.say("actually no budget").facets if known.facet.name == "price"]


def test_the_list_is_shown_and_things_come_off_it(chat):
    assert chat.say("what is on my list?").say == "Your list is empty."
    first, second = chat.say("a red dress").items.ids[:2]
    chat.say("put the first on my list")
    chat.say("put the second on my list")
    assert chat.state.list == (first, second)
    assert chat.say("remove the first from my list").say.startswith("Off your list:")
    assert chat.state.list == (second,)
    assert chat.say("my list").pictures == ()

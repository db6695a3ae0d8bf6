"""A conversation over HTTP: events in their order, sessions, pictures, problems; explanations that are measured."""

import base64
import json
from dataclasses import replace

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.why import because, without_events
from tastemaker.core.errors import UnknownName
from tastemaker.shop.asking import OfItem, picture_of
from tests.server.small_workspace import picture


def events(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for part in response.text.split("\n\n"):
        if part:
            name, data = part.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_items_come_before_the_question(reader):
    told = events(reader.post("/chat", json={"text": "a circle", "k": 3}))
    assert [name for name, _ in told] == ["session", "items", "turn"]
    items, turn = told[1][1], told[2][1]
    assert items["items"] == turn["items"]
    assert items["question"] is None
    assert turn["question"]["choices"]
    assert len(turn["items"]) == 3


def test_a_session_goes_on_and_ends(reader):
    key = events(reader.post("/chat", json={"text": "a red circle", "user": "person-00"}))[0][1]["session"]
    told = events(reader.post("/chat", json={"session": key, "text": "but in blue"}))
    assert told[-1][1]["facets"][0]["label"]
    state = reader.get(f"/chat/{key}").json()
    assert state["turn"] == 2
    assert state["person"] == "person-00"
    assert [facet["label"] for facet in state["facets"] if facet["name"] == "colour"] == ["colour: blue"]
    told = events(reader.post("/chat", json={"session": key, "remove": "colour: blue"}))
    assert "colour: blue" not in [facet["label"] for facet in told[-1][1]["facets"]]
    assert reader.delete(f"/chat/{key}").status_code == 204
    assert reader.get(f"/chat/{key}").status_code == 404
    assert reader.post("/chat", json={"session": key, "text": "red"}).status_code == 404


def test_a_picture_as_json_and_as_a_file(reader):
    sent = base64.b64encode(picture("blue")).decode()
    by_json = events(reader.post("/chat", json={"image": sent, "text": "but in red"}))[-1][1]
    by_form = events(reader.post("/chat", data={"text": "but in red"}, files={"image": picture("blue")}))[-1][1]
    assert by_json["items"] == by_form["items"]
    assert by_json["items"][0]["id"].startswith("red")
    two = [("image", picture("blue")), ("image", picture("red"))]
    assert reader.post("/chat", data={"text": "x"}, files=two).status_code == 400


def test_an_item_is_pointed_at_by_its_id(reader):
    item = events(reader.post("/chat", json={"text": "a blue circle"}))[-1][1]["items"][0]["id"]
    told = events(reader.post("/chat", json={"item": item, "text": "but in red"}))[-1][1]
    assert told["items"][0]["id"].startswith("red")
    form = {"item": (None, item), "text": (None, "but in red")}
    assert events(reader.post("/chat", files=form))[-1][1]["items"] == told["items"]
    assert reader.post("/chat", json={"item": "../shop.db", "text": "but in red"}).status_code == 404
    sent = base64.b64encode(picture("blue")).decode()
    assert reader.post("/chat", json={"item": item, "image": sent}).status_code == 400


def test_an_item_is_never_a_file(shop, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture("blue"))
    assert picture_of(shop.view, str(photo))[0].size
    with pytest.raises(UnknownName):
        picture_of(shop.view, OfItem(photo))
    shop.add([replace(shop.item("red-circle-0"), id=str(photo))])
    chat = Assistant(shop, asker=None)
    first = chat.say("but in red", image=OfItem(photo))
    assert first.items.ids
    chat.say("a square")
    shop.remove([str(photo)])
    assert chat.undo().items.ids  # what it was made of is gone; neither the item nor the file is shown again
    assert str(photo) not in chat.state.shown


def test_what_goes_wrong_inside_is_said_without_its_words(reader, monkeypatch):
    def broken(self, *said, **more):
        raise RuntimeError("secret words")

    monkeypatch.setattr(Assistant, "say", broken)
    told = events(reader.post("/chat", json={"text": "a red circle"}))
    assert [name for name, _ in told] == ["session", "problem"]
    assert told[1][1]["status"] == 500
    assert "secret" not in json.dumps(told)


def test_what_cannot_be_done(reader):
    assert reader.post("/chat", json={}).status_code == 400
    assert reader.post("/chat", json={"text": "x", "sql": "y"}).status_code == 422
    assert reader.post("/chat", json={"image": "AAAA"}).status_code in (400, 422)
    told = events(reader.post("/chat", json={"action": {"verb": "delete"}}))
    assert told[-1][0] == "problem"
    assert told[-1][1]["hint"]
    told = events(reader.post("/chat", json={"action": {"verb": "explain", "item": "nothing"}}))
    assert told[-1][0] == "problem"


def test_counterfactuals_are_what_the_ranker_says(read_shop):
    """Without the events with red things, the place is that of a person who never had them."""
    view = read_shop.view
    history = read_shop.store.history("person-00")
    liked = {view.catalog.item(row).attributes["colour"] for row in history.rows.tolist()}
    assert len(liked) == 1
    row = next(row for row in range(view.catalog.size) if view.catalog.item(row).attributes["colour"] in liked
               and row not in history.seen)  # fmt: skip
    found = [each for each in without_events(view, history, row) if "colour" in each.what]
    assert found
    kept = history.where(history.rows < 0)
    from tastemaker.shop.explaining import explain

    assert found[0].then == explain(view, kept, row, "").place
    assert found[0].place == explain(view, history, row, "").place
    assert set(found[0].items) == {view.catalog.ids[other] for other in history.rows.tolist()}


def test_why_for_a_person(read_shop):
    chat = Assistant(read_shop, person="person-00", k=5)
    turn = chat.say("recommend me something")
    told = because(read_shop, chat.state, turn.items.ids[0], lambda key: None)
    assert told.place == 1
    assert told.reasons
    assert told.title in told.sentence


@pytest.mark.parametrize("words", ["draw a red circle", "imagine something blue"])
def test_what_cannot_be_drawn_is_said_and_shown(read_shop, words):
    turn = Assistant(read_shop).say(words)
    assert turn.items.ids
    assert any("draw" in note for note in turn.notes)

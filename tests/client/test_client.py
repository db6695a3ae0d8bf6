"""Every verb of the client gives what the same verb of the shop gives, and raises what it raises."""

from inspect import signature

import httpx
import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.events import Event, Receipt
from tastemaker.catalog.items import Item
from tastemaker.cli.app import VERBS
from tastemaker.client import Client
from tastemaker.core.errors import (
    Cancelled,
    FilterError,
    InputError,
    NotFitted,
    PictureError,
    ServiceError,
    UnknownName,
)
from tastemaker.core.progress import Finished, Started
from tastemaker.core.wire import plain
from tastemaker.shop import Shop
from tests.server.small_workspace import picture
from tests.studio.scenes import mannequin

SAME = ("recommend", "search", "similar", "complete", "explain", "imagine", "place", "creative", "rollback", "past",
        "forget")  # fmt: skip


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"demo", "serve", "import", "keys", "chat", "methods", "embed"}))
def test_every_verb_of_a_shop_is_there(verb):
    own = getattr(Shop, verb.replace("-", "_"), None)
    told = getattr(Client, verb.replace("-", "_"), None)
    assert told is not None or own is None
    if verb in SAME:
        assert list(signature(told).parameters) == list(signature(own).parameters)


SHOWN = {Shop: [("red-circle-1", 1.0), (picture(), 1.0)], Client: ["red-circle-1", picture()]}
ASKED = [
    lambda shop: shop.recommend("person-00", k=5, explain=True),
    lambda shop: shop.recommend(history=["red-circle-0"], k=3, where="price < 1000", exclude=["red-circle-1"]),
    lambda shop: shop.search("a red circle", k=4, user="person-00", explain=True),
    lambda shop: shop.search(image=picture(), change=["in green", "but in blue"], k=4, weigh={"picture": 2.0}),
    lambda shop: shop.search(image="red-circle-0", change="in green", k=4, explain=True),
    lambda shop: shop.search(image=picture(), images=SHOWN[type(shop)], change="in green", k=4, explain=True),
    lambda shop: shop.explain("red-circle-0", image="red-circle-1"),
    lambda shop: shop.similar("red-circle-0", k=4, where="colour = red"),
    lambda shop: shop.complete(["red-circle-0"], k=4, explain=True),
    lambda shop: shop.explain("red-circle-0", user="person-00"),
    lambda shop: shop.explain("red-circle-0", text="a red circle"),
    lambda shop: shop.explain("red-circle-0", user="person-00", looks=True),
    lambda shop: shop.item("red-circle-0"),
    lambda shop: shop.picture(shop.item("red-circle-0").images[0], 64),
    lambda shop: shop.versions,
]


@pytest.mark.parametrize("ask", ASKED)
def test_the_answer_is_the_shops_own(reading, read_shop, ask):
    own, told = ask(read_shop), ask(reading)
    assert type(told) is type(own)
    assert told == own if isinstance(own, bytes) else plain(told) == plain(own)


WRONG = [
    (UnknownName, lambda shop: shop.similar("red-circle-9")),
    (UnknownName, lambda shop: shop.item('it\'s "odd"')),
    (FilterError, lambda shop: shop.recommend(where="colr = red")),
    (InputError, lambda shop: shop.recommend("person-00", history=["red-circle-0"])),
    (InputError, lambda shop: shop.recommend(k=0)),
    (InputError, lambda shop: shop.search()),
    (PictureError, lambda shop: shop.search(image=b"no picture")),
    (PictureError, lambda shop: shop.search(image="/no/such/file.png")),
    (PictureError, lambda shop: shop.search(image="red-circle-9", change="in green")),
    (UnknownName, lambda shop: shop.item("..")),
    (NotFitted, lambda shop: shop.rollback()),
    (UnknownName, lambda shop: shop.rollback("none")),
    (UnknownName, lambda shop: shop.fit(["nothing"])),
]


@pytest.mark.parametrize(("kind", "ask"), WRONG)
def test_errors_are_the_shops_own(reading, read_shop, kind, ask):
    with pytest.raises(kind) as own:
        ask(read_shop)
    with pytest.raises(kind) as told:
        ask(reading)
    assert type(told.value) is type(own.value)
    if kind is not PictureError and not own.value.message.startswith("k "):  # told by the fields of the request
        assert (told.value.message, told.value.hint) == (own.value.message, own.value.hint)


def test_changes_count_at_once(changing, shop):
    added = changing.add([Item("new-1", title="A new thing", images=("new.png",))], pictures={"new.png": picture()})
    assert (added.added, added.refusals) == (1, ())
    assert shop.item("new-1") == changing.item("new-1")
    assert changing.record([Event("anna", "new-1", kind="buy", id="e-1")]) == Receipt(1, 0, 0)
    assert changing.record([Event("anna", "new-1", kind="buy", id="e-1")]) == Receipt(0, 1, 0)
    assert "new-1" not in changing.recommend("anna").ids
    assert changing.remove(["new-1"]) == 1
    with pytest.raises(UnknownName):
        changing.item("new-1")


def test_work_is_followed_to_its_end(changing, shop):
    heard, before = [], dict(shop.view.fitted.names)
    assert changing.fit(["search"], observer=heard.append) is changing
    assert any(isinstance(event, Started) for event in heard)
    assert any(isinstance(event, Finished) for event in heard)
    assert set(shop.view.fitted.names) == set(before)


def test_whoever_stops_listening_stops_the_work(changing, shop):
    names = dict(shop.view.fitted.names)

    def stop(event):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        changing.fit(observer=stop)
    assert shop.view.fitted.names == names


def test_drawings_come_with_their_pictures(changing, shop):
    shop.fit(["generators"])
    drawn = changing.imagine("a red circle", n=2, seed=3)
    assert [design.png for design in drawn.designs] == [shop.drawing(design.name) for design in drawn.designs]
    assert drawn.designs[0].picture.size[0] > 0


def test_what_is_shown_is_the_shops_own(reading, read_shop):
    brush = np.zeros((512, 384), np.bool_)
    brush[:, :192] = True
    asked = {"consent": True, "box": (100, 100, 300, 300), "brush": brush, "points": {"belt": (192, 250)}}
    own, told = (shop.try_on("red-circle-0", Image.fromarray(mannequin()), **asked) for shop in (read_shop, reading))
    assert told.refused == own.refused
    assert told.points == own.points
    assert len(own.shown) == 1
    assert [each.png for each in told.shown] == [each.png for each in own.shown]
    with pytest.raises(InputError, match="does not follow words"):
        reading.try_on("red-circle-0", Image.fromarray(mannequin()), instruction="rolled up", **asked)


def test_a_conversation_keeps_what_was_said(reading):
    with reading.chat(k=3) as chat:
        first = chat.say("something red")
        assert first.say
        assert len(first.items) <= 3
        assert [known.label for known in first.facets] == ["colour: red"]
        assert chat.remove("colour: red").facets == ()
        assert chat.say("but in red", image=first.items[0].id).items
        with pytest.raises(PictureError, match="neither a file here nor an item"):
            chat.say("but in red", image="nothing-of-this")
        assert chat.state()["turn"] == 3
        with pytest.raises(InputError):
            chat.do({"verb": "nothing"})
    with pytest.raises(ServiceError):
        chat.state()


def test_reports_are_told(reading):
    assert reading.ready()["items"] == 24
    assert reading.doctor()["database"] == "ok"
    assert reading.check()
    assert {"kind", "name", "figure", "source"} <= set(reading.methods()[0])
    report = reading.evaluate(split="time", methods=["popularity"], k=5)
    assert {row["method"] for row in report["rows"]} >= {"popularity"}


def answering(status, **rest):
    return Client("http://shop.example", transport=httpx.MockTransport(lambda _: httpx.Response(status, **rest)))


def test_what_only_a_service_can_do_is_an_error_of_its_own():
    told = {"title": "too many requests", "status": 429, "detail": "more than 5 requests a second", "hint": "later"}
    with pytest.raises(ServiceError, match="more than 5") as caught:
        answering(429, json=told, headers={"Retry-After": "3", "X-Request-ID": "r-1"}).recommend()
    assert (caught.value.status, caught.value.wait, caught.value.request) == (429, 3.0, "r-1")
    with pytest.raises(ServiceError, match="answered 502") as caught:
        answering(502, text="<html>").recommend()
    assert caught.value.status == 502


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("late")])
def test_a_service_that_is_away_is_said(error):
    def fail(request):
        raise error

    with pytest.raises(ServiceError) as caught:
        Client("http://shop.example", transport=httpx.MockTransport(fail)).recommend()
    assert caught.value.status == 0
    assert caught.value.hint


def test_what_cannot_be_written_down_is_the_name_of_nothing(reading):
    with pytest.raises(UnknownName):
        reading.item("\ud800")
    assert reading.past("\ud800") == []


@pytest.mark.parametrize("key", ["schlüssel", "abc\n", "a b"])
def test_what_no_header_can_carry_is_no_key_and_is_not_repeated(key):
    with pytest.raises(InputError, match="the key") as caught:
        Client("http://shop.example", key=key)
    assert key not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "http://", "", "ftp://shop.example", "http://a b\n"])
def test_what_is_no_address_is_said(url):
    with pytest.raises(InputError, match="no address"):
        Client(url)


def test_a_closed_client_and_an_answer_of_somebody_else_are_errors_of_ours():
    with pytest.raises(ServiceError, match="no JSON"):
        answering(200, text="<html>").recommend()
    client = answering(200, json={})
    client.close()
    with pytest.raises(ServiceError, match="closed"):
        client.recommend()

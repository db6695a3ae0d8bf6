"""What the page's own routes answer, without a browser."""

import asyncio
import io
import json
import urllib.error
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tastemaker.alignment.space import ItemVectors
from tastemaker.core.errors import NotFitted, PictureError
from tastemaker.page.draw import draw
from tastemaker.page.feedback import Feedback
from tastemaker.page.map import item_map
from tastemaker.page.search import results
from tastemaker.page.state import State
from tastemaker.page.uploads import KEPT, Uploads
from tests.page.stand_in import BREAKS, Stand, create


def fetch(url, method="GET", data=None, **headers):
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


def picture(width=900, height=600, format="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (180, 40, 40)).save(stream, format)
    return stream.getvalue()


def test_the_products_are_in_the_html_itself(address):
    status, html, headers = fetch(f"{address}/?q=chair")
    assert status == 200
    assert html.decode().count('class="card"') == 5
    assert "set-cookie" not in {name.casefold() for name in headers}
    assert b"quasar.unimportant" not in html
    assert b"&lt;script&gt;" in fetch(f"{address}/item/item-7")[1]
    assert fetch(f"{address}/item/nowhere")[0] == 404


def test_an_item_shows_what_goes_with_it_where_that_is_known(address):
    home = fetch(f"{address}/item/item-21")[1].decode()
    assert "Goes with this" in home
    assert "Chosen together with Oak chair" in home
    assert home.index("Goes with this") < home.index("More like this</h2>")
    assert "Goes with this" not in fetch(f"{address}/item/item-0")[1].decode()


def test_a_card_says_where_its_item_can_be_seen(address):
    shirt, chair = json.loads(fetch(f"{address}/page/cards?item=item-0&item=nowhere&item=item-21")[1])
    assert (shirt["title"], shirt["price"]) == ("Linen shirt in red", 19.0)
    assert shirt["ways"] == [{"text": "See it on you", "path": "/on-you/item-0"}]
    assert chair["ways"] == [{"text": "See it in your room", "path": "/in-room/item-21"}]
    assert fetch(f"{address}/page/cards?" + "&".join(["item=item-0"] * 101))[0] == 422


def test_the_map_links_every_item_and_colours_what_is_asked(address):
    status, html, _ = fetch(f"{address}/map?by=colour&person=person-1")
    text = html.decode()
    assert status == 200
    assert text.count('class="dot c') == 40
    assert 'href="/item/item-0?person=person-1" class="dot c0" aria-label="Linen shirt in red, red"' in text
    assert text.count("<small>8</small>") == 5
    assert "&lt;script&gt;" in text


def test_drawing_starts_with_a_wish_and_says_where_it_cannot(address):
    status, html, _ = fetch(f"{address}/draw")
    assert status == 200
    assert "What should it be?" in html.decode()
    assert 'class="picture drawn"' not in html.decode()

    class Cannot(Stand):
        draws = False

        def imagine(self, text="", **asked):
            raise NotFitted("this shop has not learned to draw", hint="run `tastemaker fit SHOP --parts generators`")

    content = draw(Cannot(), State(words="red sofa"), 0)
    assert content.status == 404
    assert "tastemaker fit" in content.main
    assert "Draw it" not in results(Cannot(), State(words="sofa"), lambda key: None).main


def test_a_person_can_have_things_designed_for_them(address):
    _, html, _ = fetch(f"{address}/draw?q=red+sofa&person=person-1")
    assert 'href="/draw?q=red+sofa&amp;person=person-1&amp;design=1"' in html.decode()
    status, html, _ = fetch(f"{address}/draw?person=person-1&design=1")
    text = html.decode()
    assert (status, text.count('class="picture drawn"')) == (200, 4)
    assert '<h1 class="asked">Designed for you</h1>' in text
    assert 'href="/draw?person=person-1&amp;seed=1&amp;design=1"' in text
    content = draw(Stand(), State(), 0, design=True)
    assert content.status == 404
    assert "choices are known" in content.main


def test_a_shop_without_vectors_has_no_map():
    shop = Stand()
    shop.view.vectors = None
    content = item_map(shop, State(), "")
    assert "There is no map yet" in content.main


def test_a_map_says_which_items_have_no_place_on_it():
    shop = Stand()
    matrix = shop.view.vectors.matrix.copy()
    matrix[3] = 0.0
    shop.view.vectors = ItemVectors(matrix, {})
    page = item_map(shop, State(), "").main
    assert "1 item has nothing to be compared by" in page
    assert "by chance" not in page


def test_a_picture_is_kept_small_without_metadata_until_it_is_forgotten(address):
    status, body, _ = fetch(f"{address}/page/pictures", "POST", picture(), **{"Content-Type": "image/png"})
    assert status == 200
    url = f"{address}/page/pictures/{json.loads(body)['key']}"
    status, data, headers = fetch(url)
    assert Image.open(io.BytesIO(data)).size == (720, 480)
    assert "no-store" in headers["cache-control"]
    assert fetch(url, "DELETE")[0] == 204
    assert fetch(url)[0] == 404


def test_what_another_site_could_send_is_refused(address):
    assert fetch(f"{address}/page/pictures", "POST", picture(), **{"Content-Type": "text/plain"})[0] >= 400


@pytest.mark.parametrize(
    "data", [b"", b"text", picture()[:200], picture(7000, 5000)], ids=["empty", "text", "cut", "huge"]
)
def test_bad_pictures_are_refused(data):
    with pytest.raises(PictureError):
        Uploads().keep(data)


def test_old_pictures_make_room():
    uploads = Uploads()
    keys = [uploads.keep(picture(8, 8)) for _ in range(KEPT + 2)]
    assert uploads.find(keys[0]) is None
    assert uploads.find(keys[-1]) is not None
    uploads.forget(keys[-1])
    assert uploads.find(keys[-1]) is None


def kinds(shop):
    return [(event.user, event.item) for event in shop.events if event.kind == "dislike"]


def test_a_dislike_is_recorded_after_its_time_unless_it_is_taken_back():
    async def play():
        shop = Stand()
        feedback = Feedback(shop, undo_seconds=0.05)
        feedback.dislike("anna", "item-1")
        feedback.dislike("anna", "item-1")
        feedback.dislike("anna", "item-2")
        assert feedback.undo("anna", "item-2")
        assert kinds(shop) == []
        await asyncio.sleep(0.5)
        assert not feedback.undo("anna", "item-1")
        return kinds(shop)

    assert asyncio.run(play()) == [("anna", "item-1")]


def test_what_waits_is_recorded_when_the_person_moves_on_or_the_server_stops():
    async def play():
        shop = Stand()
        feedback = Feedback(shop, undo_seconds=60)
        feedback.dislike("anna", "item-1")
        feedback.dislike("ben", "item-2")
        await feedback.settle("anna")
        assert kinds(shop) == [("anna", "item-1")]
        await feedback.settle()
        return kinds(shop)

    assert asyncio.run(play()) == [("anna", "item-1"), ("ben", "item-2")]


def test_a_name_that_no_event_can_carry_is_not_fatal():
    async def play():
        shop = Stand()
        await Feedback(shop).view("x" * 5000, "item-1")
        return [event for event in shop.events if event.user.startswith("x")]

    assert asyncio.run(play()) == []


def test_a_page_that_breaks_says_so_and_a_way_on_without_the_errors_own_words(address):
    status, html, _ = fetch(f"{address}/?{urlencode({'q': BREAKS})}")
    assert status == 500
    assert "That did not work" in html.decode()
    assert f'href="/?{urlencode({"q": BREAKS})}"' in html.decode()
    assert "secret" not in html.decode()


def test_two_shops_in_one_process_keep_apart():
    with ExitStack() as stack:
        for currency in ("€", "CHF"):
            shop = Stand()
            shop.workspace.settings.currency = currency
            client = stack.enter_context(TestClient(create(shop)))
            html = client.get("/?q=chair").text
            assert currency in html
            assert ("CHF" in html) == (currency == "CHF")

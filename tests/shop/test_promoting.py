"""``creative`` on a small shop that nothing was fitted in: facts, files, the queue, a person's taste."""

import io
import json

import pytest
from PIL import Image

from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, ConfigError, InputError, UnknownName
from tastemaker.core.progress import Cancellable
from tastemaker.shop import Shop
from tests.server.small_workspace import write_workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_workspace(tmp_path_factory.mktemp("promoting") / "shop")


@pytest.fixture
def shop(folder):
    with Shop(folder) as opened:
        yield opened


def texts(creative):
    return {(fact.item, fact.field): fact.text for fact in creative.facts}


def test_every_fact_is_a_field_of_the_catalog(shop):
    (one,) = shop.creative("red-circle-0").creatives
    item = shop.item("red-circle-0")
    assert texts(one)["red-circle-0", "title"] == item.title
    assert texts(one)["red-circle-0", "price"] == f"{item.price:g}"
    for (id, field), text in texts(one).items():
        assert id == "red-circle-0"
        assert field in ("title", "price") or text == str(item.attributes[field])
    assert one.contrast >= 4.5


@pytest.mark.parametrize(("format", "size"), [("banner", (1600, 600)), ("story", (1080, 1920))])
def test_the_files_are_what_they_say(shop, format, size):
    one = shop.creative("blue-square-0", format=format).creatives[0]
    picture = Image.open(io.BytesIO(one.png))
    assert picture.size == size == (one.width, one.height)
    told = json.loads(picture.info["Tastemaker"])
    assert told["items"] == ["blue-square-0"]
    assert [fact["text"] for fact in told["facts"]] == [fact.text for fact in one.facts]
    assert b"<text" in one.svg
    assert shop.creatives.file(one.name, "png") == one.png


def test_the_same_again_is_the_same_and_keeps_what_was_decided(shop):
    first = shop.creative("red-square-0", n=3).creatives
    shop.decide(first[0].name, "approved", who="anna", why="calm")
    again = shop.creative("red-square-0", n=3).creatives
    assert [one.name for one in again] == [one.name for one in first]
    assert len({one.name for one in first}) == len({one.layout for one in first}) == 3
    assert again[0].state == "approved"


def test_a_bundle_prints_all_of_its_items(shop):
    ids = ["red-circle-0", "blue-circle-0", "green-circle-0"]
    one = shop.creative(ids, format="square").creatives[0]
    assert one.items == tuple(ids)
    assert {(id, "title") for id in ids} <= set(texts(one))
    assert {(id, "price") for id in ids} <= set(texts(one))


def test_what_a_person_chose_comes_first_and_says_why(shop):
    shop.record([Event("zelda", id, "buy", id=f"t-{id}") for id in ("blue-circle-0", "blue-square-0", "blue-square-1")])
    shop.refresh(events=True)
    made = shop.creative(["red-stripes-0"], user="zelda")
    assert not made.creatives[0].leads
    made = shop.creative(["blue-stripes-0"], user="zelda")
    leads = made.creatives[0].leads
    printed = {field for _, field in texts(made.creatives[0])}
    assert all(lead.split()[0] in printed for lead in leads)
    assert "zelda" not in made.creatives[0].png.decode("latin-1")
    assert shop.creative("red-circle-0", user="nobody-yet").notes == (
        "nothing is known of this person yet: the usual order",
    )


def test_when_the_price_changes_the_creative_is_outdated_and_cannot_be_approved(shop):
    one = shop.creative("green-square-0").creatives[0]
    assert shop.outdated(one) == ()
    before = shop.item("green-square-0")
    shop.add(items=[Item(before.id, before.title, price=99.0, images=before.images, attributes=before.attributes)])
    assert shop.outdated(one) == (f"price of green-square-0 is no longer {before.price:g}",)
    with pytest.raises(InputError, match="no longer"):
        shop.decide(one.name, "approved", who="anna")
    assert shop.decide(one.name, "refused", who="anna").state == "refused"
    shop.remove(["green-square-0"])
    assert shop.outdated(one) == ("green-square-0 is no longer in the shop",)


def test_an_item_without_a_picture_is_words(shop):
    shop.add(items=[Item("plain-1", "A voucher – for anything", price=25.0)])
    made = shop.creative("plain-1", n=12)
    assert {one.layout.split("-")[0] for one in made.creatives} == {"words"}
    assert any("no picture" in note for note in made.notes)
    assert any("4 ways" in note for note in made.notes)


def test_what_cannot_be_made(shop):
    for wrong, why in (
        (lambda: shop.creative([]), InputError),
        (lambda: shop.creative(["red-circle-0"] * 2), InputError),
        (lambda: shop.creative([f"red-circle-{n}" for n in range(5)]), InputError),
        (lambda: shop.creative("red-circle-0", n=0), InputError),
        (lambda: shop.creative("red-circle-0", format="poster"), UnknownName),
        (lambda: shop.creative("nothing"), UnknownName),
    ):
        with pytest.raises(why):
            wrong()


def test_letters_that_the_typeface_lacks_are_said(shop):
    shop.add(items=[Item("far-1", "Стол", price=25.0)])
    with pytest.raises(ConfigError, match="has no") as caught:
        shop.creative("far-1")
    assert "font" in caught.value.hint


def test_stopped_it_keeps_what_is_done(shop):
    stop = Cancellable(lambda event: stop.cancel() if type(event).__name__ == "Advanced" else None)
    before = len(shop.creatives.all())
    with pytest.raises(Cancelled):
        shop.creative("yellow-circle-0", n=4, observer=stop)
    assert len(shop.creatives.all()) == before + 1

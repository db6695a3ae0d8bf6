"""The pages that show an item in a person's own photo: consent before anything, one way for each kind of thing."""

import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import UnknownName
from tastemaker.page.show import CONSENT, buttons, show, ways
from tastemaker.page.state import State

ITEMS = {
    "tee": Item("tee", title="A <b>bold</b> tee", images=("tee.jpg",)),
    "sofa": Item("sofa", title="Low sofa", images=("sofa.jpg",)),
    "film": Item("film", title="A film", images=("film.jpg",)),
    "bare": Item("bare", title="A tee"),
}


class Shelf:
    hears = False

    def item(self, id):
        if id not in ITEMS:
            raise UnknownName("item", id, ITEMS)
        return ITEMS[id]


@pytest.mark.parametrize(("item", "found"), [("tee", ["on-you"]), ("sofa", ["in-room"]), ("film", []), ("bare", [])])
def test_each_thing_has_its_way(item, found):
    assert ways(ITEMS[item]) == found
    links = buttons(State(person="u1"), ITEMS[item])
    assert [f'href="/{way}/{item}?person=u1"' in link for way, link in zip(found, links, strict=True)] == [True] * len(
        found
    )


def test_consent_stands_before_the_button_and_text_is_escaped():
    page = show(Shelf(), State(), "on-you", "tee").main
    assert page.index(CONSENT) < page.index('data-show-act="go"')
    assert "checked" not in page
    assert "<b>bold" not in page
    assert "a preview, not a fit" in page
    assert "Delete my photo" in page


def test_a_room_asks_for_a_floor_and_for_no_consent():
    page = show(Shelf(), State(), "in-room", "sofa").main
    assert page.count('data-show-side="') == 2
    assert CONSENT not in page


def test_what_was_found_can_be_corrected():
    you, room = show(Shelf(), State(), "on-you", "tee").main, show(Shelf(), State(), "in-room", "sofa").main
    for each in (you, room):
        assert "data-show-brush" in each
        assert "data-show-instruction" not in each
    assert "data-show-points" in you
    assert "data-show-turn" not in you
    assert 'min="-30" max="30" value="0" step="5" data-show-turn' in room
    assert "data-show-scale" in room

    class Hearing(Shelf):
        hears = True

    assert "data-show-instruction" in show(Hearing(), State(), "on-you", "tee").main


@pytest.mark.parametrize(
    ("way", "item"), [("on-you", "sofa"), ("in-room", "tee"), ("in-room", "film"), ("on-you", "gone")]
)
def test_what_cannot_be_shown_leads_on(way, item):
    found = show(Shelf(), State(), way, item)
    assert found.status == 404
    assert "href=" in found.main

"""The merchandiser's page, on a small shop that nothing was fitted in."""

import pytest

from tastemaker.page.creatives import creative_card, creatives
from tastemaker.page.state import State
from tastemaker.shop import Shop
from tests.server.small_workspace import write_workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Shop(write_workspace(tmp_path_factory.mktemp("page-creatives") / "shop")) as opened:
        yield opened


def test_an_empty_queue_says_what_to_do(shop):
    assert "Nothing has been made yet" in creatives(shop, State(), "", "", "").main


def test_ids_are_made_into_cards_with_every_fact(shop):
    main = creatives(shop, State(), "waiting", "red-circle-0, blue-circle-0", "square").main
    found = shop.creatives.all("waiting")
    assert len(found) == main.count('data-decide="approved"') == 4
    for one in found:
        assert f"/creative/{one.name}.png" in main
    assert "red-circle-0 price" in main
    again = creatives(shop, State(), "waiting", "red-circle-0, blue-circle-0", "square").main
    assert again.count('data-decide="approved"') == 4


def test_a_decided_card_shows_who_and_offers_undo(shop):
    name = shop.creative("green-square-0").creatives[0].name
    card = creative_card(shop, shop.decide(name, "refused", who="<b>anna</b>", why="dull"))
    assert "Refused by &lt;b&gt;anna&lt;/b&gt;" in card
    assert 'data-decide="waiting"' in card
    assert 'data-decide="approved"' not in card


def test_a_stale_card_cannot_be_approved(shop):
    one = shop.creative("yellow-square-0").creatives[0]
    shop.remove(["yellow-square-0"])
    card = creative_card(shop, one)
    assert "no longer in the shop" in card
    assert 'data-decide="approved" disabled' in card

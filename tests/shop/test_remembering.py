"""What a person did, forgotten on request; what rules would do before they hold."""

import pytest

from tastemaker.catalog.events import Event
from tastemaker.shop import Shop
from tastemaker.shop.rules import Rule
from tests.server.small_workspace import write_workspace


@pytest.fixture
def shop(tmp_path):
    with Shop(write_workspace(tmp_path / "shop")) as opened:
        yield opened


def test_what_was_done_is_told_and_forgotten(shop):
    before = shop.past("person-00")
    assert [event.kind for event in before] == ["buy"] * 3
    assert before[0].time > before[-1].time
    gone = before[0].item
    shop.record([Event("person-00", gone, "like")])
    assert [event.item for event in shop.past("person-00", kind="like")] == [gone]
    assert shop.forget("person-00", gone, kind="like") == 1
    assert shop.forget("person-00", gone) == 1
    assert gone not in {event.item for event in shop.past("person-00")}
    assert gone in {item.id for item in shop.recommend("person-00", k=24)}
    assert shop.forget("person-00") == 2
    assert shop.past("person-00") == []


def test_an_item_that_is_gone_is_not_told(shop):
    item = shop.past("person-01")[0].item
    shop.remove([item])
    assert item not in {event.item for event in shop.past("person-01")}


def test_rules_are_tried_before_they_hold(shop):
    plain = shop.recommend(k=24)
    last = plain.items[-1].id
    tried = shop.preview([Rule(pin=(last,), place=2)], k=24)
    assert [item.id for item in tried][1] == last
    assert shop.preview([Rule(pin=(last,), on=("complete",))], k=24).items == plain.items
    assert shop.recommend(k=24).items == plain.items
    shop.rules.add(Rule(pin=(last,)))
    assert shop.recommend(k=24).items[0].id == last
    assert shop.preview([], k=24).items == plain.items

"""Every step alone, on a shortlist of six items written out by hand, and all of them in their order."""

from dataclasses import replace

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.shop.fitted import Fitted
from tastemaker.shop.live import View
from tastemaker.shop.reranking import (
    STEPS,
    LiveConfig,
    Setting,
    boost,
    bury,
    diversity,
    not_for_me,
    other_kinds,
    pin,
    rerank,
    shortlist,
    sold_out,
)
from tastemaker.shop.rules import Rule

ITEMS = [
    Item("a", attributes={"kind": "lamp", "colour": "red"}),
    Item("b", attributes={"kind": "lamp", "colour": "blue"}),
    Item("c", attributes={"kind": "lamp", "colour": "red"}),
    Item("d", attributes={"kind": "vase", "colour": "blue"}, available=False),
    Item("e", attributes={"kind": "vase", "colour": "red"}),
    Item("f", attributes={"kind": "rug", "colour": "blue"}),
]
ANGLES = np.radians([0, 2, 60, 90, 120, 180])
VECTORS = ItemVectors(np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32), {})
SCORES = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], np.float32)
SPAN = 2.5  # from the middle, 3.5, to the best


@pytest.fixture
def setting():
    def make(*rules, k=6, history=(), disliked=(), per_kind=0, **live):
        rows = [*history, *disliked]
        weights = np.array([1.0] * len(history) + [-1.0] * len(disliked), np.float32)
        past = History(np.array(rows, np.int64), weights, np.arange(len(rows), dtype=np.float64))
        view = View(Catalog.from_items(ITEMS), Fitted(), VECTORS, np.empty(0, np.uint64), 0)
        return Setting(view, LiveConfig(**live), k, past, rules, per_kind)

    return make


def order(found):
    return "".join(ITEMS[row].id for row in found.rows)


def start(rows=range(6)):
    rows = np.array(list(rows))
    return shortlist(rows, SCORES[rows])


def test_a_shortlist_is_sorted_and_leaves_out_what_has_no_score():
    scores = SCORES.copy()
    scores[1], scores[5] = -np.inf, 9.0
    found = shortlist(np.arange(6), scores)
    assert order(found) == "facde"
    assert start().span == SPAN


def test_nothing_to_do_changes_nothing(setting):
    found = start()
    again = rerank(found, setting())
    assert order(again) == "abcefd"  # only what is sold out goes last, where it is let in
    assert not again.changes
    assert not again.notes
    assert order(rerank(start([0, 1, 2, 4, 5]), setting())) == "abcef"


def test_look_alikes_of_what_was_dismissed_fall(setting):
    found = not_for_me(start([1, 2, 3, 4, 5]), setting(disliked=[0], look_alikes=2, dislike=1.5))
    by_id = dict(zip(order(found), found.changes["not for me"].tolist(), strict=True))
    assert by_id == {"d": 0, "c": pytest.approx(-1.5), "b": pytest.approx(-3.0), "e": 0, "f": 0}  # the span is 2
    assert order(found) == "dcbef"


def test_a_dismissed_item_that_is_liked_again_takes_nothing_down(setting):
    past = History(np.array([0, 0]), np.array([-1.0, 3.0], np.float32), np.array([1.0, 2.0]))
    same = setting()
    again = Setting(same.view, same.live, 6, past)
    assert order(not_for_me(start([1, 2, 3]), again)) == "bcd"
    assert order(not_for_me(start([1, 2, 3]), setting(disliked=[0], dislike=0))) == "bcd"


def test_a_boost_lifts_by_a_share_of_the_span(setting):
    found = boost(start(), setting(Rule(boost="kind = vase", by=1.0)))
    assert order(found) == "adbecf"
    assert found.scores[1] == pytest.approx(3.0 + SPAN)
    assert found.changes["boost"].tolist() == pytest.approx([0, SPAN, 0, SPAN, 0, 0])
    assert found.notes == ("rule `boost kind = vase by 1`",)
    assert found.reasons[3][0].source == "rule"


def test_a_rule_that_does_not_fit_the_catalog_is_said_and_left_out(setting):
    found = boost(start(), setting(Rule(boost="brand = x")))
    assert order(found) == "abcdef"
    assert "is not used: unknown attribute 'brand'" in found.notes[0]


def test_no_more_of_a_kind_than_wanted_until_all_had_their_turn(setting):
    assert order(diversity(start(), setting(per_kind=1))) == "adfbce"
    assert order(diversity(start(), setting(per_kind=2))) == "abdefc"
    assert order(diversity(start(), setting(per_kind=1, k=2))) == "adbcef"
    assert order(diversity(start(), setting())) == "abcdef"


def test_other_kinds_stand_before_more_of_the_same(setting):
    plain = setting(substitutes="last")
    given = replace(plain, given=np.array([0]))
    assert order(other_kinds(start([1, 2, 3, 4, 5]), given)) == "defbc"
    assert order(other_kinds(start([1, 2, 3, 4, 5]), plain)) == "bcdef"
    keep = replace(given, live=LiveConfig(substitutes="keep"))
    assert order(other_kinds(start([1, 2, 3, 4, 5]), keep)) == "bcdef"


def test_where_a_department_has_one_kind_more_of_the_same_is_all_there_is(setting):
    items = [replace(item, department="films" if item.attributes["kind"] == "lamp" else "home") for item in ITEMS]
    view = replace(setting().view, catalog=Catalog.from_items(items))
    given = replace(setting(substitutes="last"), view=view, given=np.array([0]))
    assert order(other_kinds(start([1, 2, 3, 4, 5]), given)) == "bcdef"


def test_diversity_takes_the_unlike_before_the_next_best(setting):
    assert order(diversity(start(), setting(diversity=0.5, k=2)))[:2] == "ad"
    assert order(diversity(start(), setting(diversity=1.0, k=2)))[1] in "def"
    assert sorted(order(diversity(start(), setting(diversity=0.7)))) == list("abcdef")


def test_bury_sends_to_the_end_in_order(setting):
    assert order(bury(start(), setting(Rule(bury="colour = red")))) == "bdface"


def test_sold_out_goes_last_and_says_so(setting):
    found = sold_out(start(), setting())
    assert order(found) == "abcefd"
    assert found.reasons[3][0].sentence == "not available now"


def test_pins_stand_at_their_place_where_they_may_be_shown(setting):
    assert order(pin(start(), setting(Rule(pin=("f", "e"), place=2)))) == "afebcd"
    found = pin(start([0, 1, 2]), setting(Rule(pin=("f", "c"))))
    assert order(found) == "cab"
    unknown = pin(start(), setting(Rule(pin=("nope",))))
    assert order(unknown) == "abcdef"
    assert "no item has the id 'nope'" in unknown.notes[0]


def test_the_order_of_the_steps(setting):
    """A pin stands above a bury, a bury above a boost."""
    rules = (Rule(boost="kind = rug", by=9.0), Rule(bury="colour = blue"), Rule(pin=("d",), place=1))
    found = rerank(start(), setting(*rules))
    assert order(found) == "dacefb"
    assert list(STEPS) == ["not for me", "boost", "other kinds", "diversity", "bury", "sold out", "pin"]
    assert found.notes == ("rule `boost kind = rug by 9`", "rule `bury colour = blue`", "rule `pin d at 1`")


def test_changes_tell_the_way_from_the_score(setting):
    found = rerank(start([1, 2, 3, 4, 5]), setting(Rule(boost="kind = rug"), disliked=[0]))
    given = dict(enumerate(SCORES.tolist()))
    total = sum(found.changes.values())
    assert [given[row] for row in found.rows.tolist()] == pytest.approx((found.scores - total).tolist(), abs=1e-5)


def test_an_empty_shortlist_stays_empty(setting):
    found = rerank(shortlist(np.empty(0, np.int64), np.empty(0, np.float32)), setting(Rule(pin=("a",)), per_kind=1))
    assert len(found) == 0

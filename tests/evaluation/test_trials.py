"""Attribution of events to lists, and arms beside each other, by hand."""

import pytest

from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.shown_table import Deed
from tastemaker.evaluation.trials import ANY, BOTH_ARMS, compare, outcomes

MINUTE = 60.0


def seen(user, items, token, time=0.0, arms=(), experiment="x"):
    return Impression(user, tuple(items), token, time, experiment=experiment, arms=tuple(arms))


def did(user, item, time, kind="view", weight=1.0, token=""):
    return Deed(user, item, kind, weight, time, token)


def test_a_token_leads_back_however_late():
    lists = [seen("u", "ab", "t1"), seen("u", "ab", "t2", 10 * MINUTE)]
    found = outcomes(lists, [did("u", "a", 10_000 * MINUTE, token="t1"), did("u", "c", 11 * MINUTE, token="t2")])
    assert found[0].chosen == {"view": {"a"}, ANY: {"a"}}
    assert found[1].chosen == {}  # c was not in the list


def test_without_a_token_the_newest_list_of_the_visit_that_held_the_item():
    lists = [seen("u", "ab", "t1"), seen("u", "bc", "t2", 20 * MINUTE), seen("v", "ab", "t3")]
    when = {"a": 21, "b": 40, "c": 69}
    deeds = [did("u", item, minute * MINUTE) for item, minute in when.items()]
    one, two, other = outcomes(lists, [*deeds, did("u", "a", 100 * MINUTE, "buy")])
    assert one.chosen == {"view": {"a"}, ANY: {"a"}}  # the purchase came after a pause of 31 minutes
    assert two.chosen[ANY] == {"b", "c"}  # each pause before them is under 30 minutes
    assert other.chosen == {}


def test_a_dislike_speaks_for_nothing():
    (found,) = outcomes([seen("u", "ab", "t1")], [did("u", "a", 1.0, "dislike", -1.0)])
    assert found.chosen == {"dislike": {"a"}}
    assert (found.rate("dislike"), found.rate(ANY)) == (1.0, 0.0)


def test_arms_beside_each_other():
    lists = [seen(f"u{n}", "ab", f"t{n}", arms=["shop" if n % 2 else "ease"]) for n in range(40)]
    deeds = [did(f"u{n}", "a", 1.0, "buy", 5.0) for n in range(40) if n % 2 == 0 or n < 10]
    report = compare(outcomes(lists, deeds))
    assert report.row("ease", "any@2").value == 1.0
    assert report.row("shop", "buy@2").value == 0.25
    assert report.row("shop", "any@2").n == 20
    gap = report.protocol["differences"][0]
    assert (gap["arm"], gap["than"], gap["value"]) == ("shop", "ease", -0.75)
    assert gap["high"] - gap["value"] == pytest.approx(1.96 * (0.25 * 0.75 / 20) ** 0.5)
    assert "shop less ease, any@2: -0.7500" in str(report)


def width(people):
    """Of the interval of 40 lists shown to so many people, half of whom always choose."""
    lists = [seen(f"u{n % people}", "a", f"t{n}", arms=["shop"]) for n in range(40)]
    deeds = [did(each.user, "a", 1.0, token=each.token) for each in lists if int(each.user[1:]) % 2]
    row = compare(outcomes(lists, deeds)).row("shop", "any@1")
    return row.high - row.low


def test_lists_of_one_person_are_no_independent_witnesses():
    assert width(people=4) > 2 * width(people=40)


def test_credit_of_interleaved_lists():
    arms = (BOTH_ARMS, "ease", "shop")
    lists = [seen(f"u{n}", "abc", f"t{n}", arms=arms) for n in range(4)]
    deeds = [did("u0", "b", 1.0), did("u1", "c", 1.0), did("u2", "c", 1.0), did("u3", "a", 1.0)]
    report = compare(outcomes(lists, deeds))
    assert report.row("shop", "preferred@3").value == (0 + 1 + 1 + 0.5) / 4
    assert report.row("ease", "preferred@3").value == (1 + 0 + 0 + 0.5) / 4

import numpy as np
import pytest

from tastemaker.catalog.interactions import History
from tastemaker.core.errors import FitError
from tastemaker.recommenders.popularity import Popularity, PopularityConfig

from .worlds import shop

DAY = 86_400.0


def shares(catalog, days=0.0):
    model = Popularity(PopularityConfig(half_life_days=days)).fit(catalog, None)
    return model.score([History.of([])], np.arange(catalog.size))[0].tolist()


def test_share_of_distinct_people():
    events = [("a", 0), ("a", 0), ("a", 1), ("b", 0), ("c", 2)]
    assert shares(shop(events, items=4)) == pytest.approx([2 / 4, 1 / 4, 1 / 4, 0])


def test_an_event_counts_half_after_a_half_life():
    events = [("a", 0, 0.0), ("b", 1, 10 * DAY), ("c", 2, 20 * DAY)]
    assert shares(shop(events, items=3), days=10) == pytest.approx([1 / 7, 2 / 7, 4 / 7])


def test_of_a_repeated_choice_the_newest_counts():
    events = [("a", 0, 0.0), ("b", 1, 0.0), ("a", 0, 10 * DAY)]
    assert shares(shop(events, items=2), days=10) == pytest.approx([2 / 3, 1 / 3])


def test_a_clock_in_the_far_future_does_not_age_the_others():
    events = [(f"p{n}", n % 2, n * DAY) for n in range(20)]
    sane = shares(shop(events, items=3), days=5)
    broken = shares(shop([*events, ("late", 2, 1e11)], items=3), days=5)
    assert broken[0] / broken[1] == pytest.approx(sane[0] / sane[1])
    assert broken[0] > 0.2  # the shop did not become ancient
    assert broken[2] < 0.3  # nor is the broken clock worth more than an event of today


def test_works_without_times_and_with_some():
    assert shares(shop([("a", 0), ("b", 0), ("b", 1)], items=2), days=3) == pytest.approx([2 / 3, 1 / 3])
    mixed = shares(shop([("a", 0, np.nan), ("b", 1, 0.0), ("c", 1, 3 * DAY)], items=2), days=3)
    assert mixed == pytest.approx([0.5 / 2, 1.5 / 2])


def test_dislikes_are_not_choices():
    assert shares(shop([("a", 0, 0.0, -1.0), ("b", 1, 0.0, 1.0)], items=2)) == [0.0, 1.0]


def test_rows_after_the_fit_cannot_be_known():
    model = Popularity().fit(shop([("a", 0)], items=2), None)
    assert model.score([History.of([])], np.array([1, 2])).tolist() == [[0.0, -np.inf]]


def test_no_events_is_an_error_with_a_hint():
    with pytest.raises(FitError) as caught:
        Popularity().fit(shop([], items=2), None)
    assert caught.value.hint

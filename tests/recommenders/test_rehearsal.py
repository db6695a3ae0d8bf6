import numpy as np

from tastemaker.recommenders.rehearsal import rehearse, rehearse_new

from .worlds import shop

TEN = [(f"p{n:02}", (n + place) % 12, 100.0 * n + place) for place in range(10) for n in range(20)]


def world():
    return shop(sorted(TEN, key=lambda event: event[2]), items=12).interactions


def test_the_newest_fifth_is_hidden():
    rehearsal = rehearse(world(), 0.0, 100, seed=0)
    assert len(rehearsal.histories) == 20
    for person, (history, hidden) in enumerate(zip(rehearsal.histories, rehearsal.hidden, strict=True)):
        assert history.rows.tolist() == [(person + place) % 12 for place in range(8)]
        assert sorted(hidden.tolist()) == sorted((person + place) % 12 for place in (8, 9))


def test_some_items_are_made_new():
    rehearsal = rehearse(world(), 0.25, 100, seed=0)
    gone = np.setdiff1d(np.arange(12), rehearsal.train.row)
    assert len(gone) == 3
    assert any(np.isin(hidden, gone).any() for hidden in rehearsal.hidden)


def test_a_hidden_choice_is_hidden_whole():
    """Someone who chose an item again later must not have it in the history."""
    events = [(f"p{n:02}", place, float(place)) for place in range(10) for n in range(20)]
    events += [(f"p{n:02}", 9, 20.0) for n in range(20)]
    rehearsal = rehearse(shop(events, items=12).interactions, 0.0, 100, seed=0)
    for history, hidden in zip(rehearsal.histories, rehearsal.hidden, strict=True):
        assert not np.isin(hidden, history.rows).any()


def test_at_most_so_many_people_and_too_few_events():
    assert len(rehearse(world(), 0.0, 16, seed=0).histories) == 16
    assert rehearse(shop([("a", 0), ("b", 1)]).interactions, 0.0, 100, seed=0) is None


def test_shortened_histories_are_the_newest_events():
    rehearsal = rehearse(world(), 0.0, 100, seed=0)
    assert [h.rows.tolist() for h in rehearsal.shortened(2)] == [h.rows[-2:].tolist() for h in rehearsal.histories]


def test_who_is_not_asked_loses_nothing():
    rehearsal = rehearse(world(), 0.0, 16, seed=0)
    assert sorted(np.bincount(rehearsal.train.user, minlength=20).tolist()) == [8] * 16 + [10] * 4


def test_where_only_items_are_hidden_every_choice_of_them_is_asked_for():
    everything = world()
    rehearsal = rehearse_new(everything, 0.25, 100, seed=0)
    gone = np.setdiff1d(np.arange(12), rehearsal.train.row)
    assert len(gone) == 3
    assert len(rehearsal.train) == int((~np.isin(everything.row, gone)).sum())
    assert sum(len(hidden) for hidden in rehearsal.hidden) == int(np.isin(everything.row, gone).sum())
    assert all(np.isin(hidden, gone).all() for hidden in rehearsal.hidden)
    assert len(rehearse_new(everything, 0.25, 16, seed=0).histories) == 16
    assert rehearse_new(shop([("a", 0), ("b", 1)]).interactions, 0.25, 100, seed=0) is None

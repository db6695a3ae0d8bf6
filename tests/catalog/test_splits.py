"""Splits: nothing of what is to be foreseen reaches what may be learned from."""

import numpy as np
import pytest

from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.splits import (
    SPLITS,
    cold_items,
    cold_people,
    cut,
    leave_one_out,
    random_split,
    time_split,
    user_time_split,
)
from tastemaker.core.errors import FitError, InputError, UnknownName


def world(users, rows, times=None, weights=None):
    people = tuple(f"u{n}" for n in range(max(users) + 1))
    time = np.full(len(users), np.nan) if times is None else np.array(times, float)
    weight = np.ones(len(users), np.float32) if weights is None else np.array(weights, np.float32)
    return Interactions(people, 100, np.array(users), np.array(rows), weight, time)


def pairs(interactions):
    return list(zip(interactions.user.tolist(), interactions.row.tolist(), strict=True))


def test_time_split_cuts_at_one_moment():
    split = time_split(world([0, 1, 0, 1, 0], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), 0.6)
    assert pairs(split.train) == [(0, 1), (1, 2), (0, 3)]
    assert {user: rows.tolist() for user, rows in split.test.items()} == {"u1": [4], "u0": [5]}


def test_time_split_keeps_events_of_one_moment_together():
    split = time_split(world([0, 0, 0, 0], [1, 2, 3, 4], [1, 5, 5, 5]), 0.5)
    assert pairs(split.train) == [(0, 1)]
    assert split.test["u0"].tolist() == [2, 3, 4]


@pytest.mark.parametrize("times", [None, [7, 7, 7]])
def test_time_split_needs_times_that_differ(times):
    with pytest.raises(FitError):
        time_split(world([0, 1, 0], [1, 2, 3], times))


def test_what_a_person_had_or_disliked_is_no_test_item():
    split = time_split(world([0, 0, 0, 0, 0], [1, 2, 1, 3, 3], [1, 2, 3, 4, 5], [1, 1, 1, -1, 5]), 0.4)
    assert split.test["u0"].tolist() == [3]
    assert time_split(world([0, 0, 0], [1, 2, 1], [1, 2, 3]), 0.67).test == {}


def test_user_time_split_cuts_each_person():
    split = user_time_split(world([0, 0, 0, 0, 1], [1, 2, 3, 4, 9], [1, 2, 3, 4, 1]), 0.75)
    assert sorted(pairs(split.train)) == [(0, 1), (0, 2), (0, 3), (1, 9)]
    assert {user: rows.tolist() for user, rows in split.test.items()} == {"u0": [4]}


def test_leave_one_out_takes_the_last_and_leaves_single_events():
    split = leave_one_out(world([0, 0, 1, 0], [1, 2, 9, 3], [1, 2, 5, 3]))
    assert {user: rows.tolist() for user, rows in split.test.items()} == {"u0": [3]}
    assert sorted(pairs(split.train)) == [(0, 1), (0, 2), (1, 9)]
    assert split.notes == ()


def test_ties_in_time_are_drawn_so_that_the_order_of_the_file_does_not_leak():
    people = 200
    users = np.repeat(np.arange(people), 2).tolist()
    tied = world(users, [1, 2] * people, [5, 5] * people)
    last = [rows.tolist() == [2] for rows in leave_one_out(tied, seed=1).test.values()]
    assert 0.3 < np.mean(last) < 0.7
    again = [rows.tolist() == [2] for rows in leave_one_out(tied, seed=1).test.values()]
    assert last == again


def test_without_times_the_order_of_the_file_is_taken_and_said():
    split = leave_one_out(world([0, 0, 0], [3, 2, 1]))
    assert split.test["u0"].tolist() == [1]
    assert "may leak" in split.notes[0]


def test_cold_items_have_no_event_to_learn_from():
    rng = np.random.default_rng(0)
    events = world(rng.integers(0, 20, 500).tolist(), rng.integers(0, 50, 500).tolist())
    split = cold_items(events, 0.2, seed=3)
    assert len(split.cold) == 10
    assert not set(split.train.row.tolist()) & set(split.cold.tolist())
    assert {row for rows in split.test.values() for row in rows.tolist()} <= set(split.cold.tolist())
    assert len(split.train) + np.isin(events.row, split.cold).sum() == len(events)


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_no_split_tests_on_what_it_trains_on(name):
    rng = np.random.default_rng(1)
    events = world(rng.integers(0, 30, 800).tolist(), rng.integers(0, 60, 800).tolist(), np.sort(rng.random(800)))
    split = SPLITS[name](events)
    trained = {(split.train.people[user], row) for user, row in pairs(split.train)}
    tested = {(user, row) for user, rows in split.test.items() for row in rows.tolist()}
    assert tested
    assert not trained & tested
    assert split.name == name


@pytest.mark.parametrize("share", [0, 1, -1, float("nan")])
def test_a_share_lies_between_nothing_and_all(share):
    for split in (time_split, user_time_split, cold_items, random_split, cold_people):
        with pytest.raises(InputError, match="share"):
            split(world([0, 0], [1, 2], [1, 2]), share)


def test_a_random_split_keeps_all_events_with_an_item_together():
    rng = np.random.default_rng(4)
    events = world(rng.integers(0, 20, 2000).tolist(), rng.integers(0, 30, 2000).tolist())
    split = random_split(events, 0.7, seed=2)
    for user, rows in split.test.items():
        all_of = np.unique(events.row[events.user == events.people.index(user)])
        kept = np.unique(split.train.row[split.train.user == events.people.index(user)])
        assert len(kept) == int(0.7 * len(all_of))
        assert sorted([*kept, *rows]) == all_of.tolist()
    other = random_split(events, 0.7, seed=3)
    assert not np.array_equal(other.train.row, split.train.row)
    assert np.array_equal(random_split(events, 0.7, seed=2).train.row, split.train.row)


def test_somebody_with_one_event_only_trains():
    split = random_split(world([0, 1, 1], [5, 6, 7]), 0.1)
    assert len(split.train) == 2
    assert list(split.test) == ["u1"]


def test_cold_people_are_nowhere_in_training_and_tell_their_earlier_part():
    users, rows = np.repeat(np.arange(20), 10).tolist(), list(range(10)) * 20
    events = world(users, rows, np.tile(np.arange(10), 20).tolist())
    split = cold_people(events, 0.25, seed=1)
    assert len(split.test) == 5
    held = [events.people.index(user) for user in split.test]
    assert not np.isin(split.train.user, held).any()
    assert len(np.unique(split.train.user)) == 15
    for user, wanted in split.test.items():
        told = split.before.row[split.before.user == events.people.index(user)]
        assert (told.tolist(), wanted.tolist()) == (list(range(8)), [8, 9])
    assert set(cold_people(events, 0.25, seed=2).test) != set(split.test)


def test_other_splits_tell_what_they_train_on():
    split = leave_one_out(world([0, 0], [1, 2], [1, 2]))
    assert split.before is split.train


def test_cold_people_need_somebody_to_hold_out_and_somebody_to_learn_from():
    for users in ([0, 1, 2], [0, 0, 0]):
        with pytest.raises(FitError, match="two people"):
            cold_people(world(users, [1, 2, 3]))


def test_a_split_is_cut_by_name():
    events = world([0] * 10, list(range(10)), list(range(10)))
    assert len(cut(events, "user-time", share=0.5, seed=1).train) == 5
    assert len(cut(events, "leave-one-out", share=0.5).train) == 9  # has no share
    with pytest.raises(UnknownName, match="tiem"):
        cut(events, "tiem")


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_a_shop_without_events_is_told_so(name):
    nothing = Interactions((), 3, *(np.empty(0, np.int64),) * 2, np.empty(0, np.float32), np.empty(0))
    with pytest.raises(FitError, match="there are no events to split"):
        cut(nothing, name)

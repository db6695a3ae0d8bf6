import numpy as np

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.types import UserId
from tastemaker.recommenders.sequences import sequences_of, story, windows

SAME = np.arange(20)


def events_of(*people, weights=None):
    user = np.repeat(np.arange(len(people)), [len(p) for p in people])
    row = np.concatenate([np.array(p, np.int64) for p in people])
    weight = np.ones(len(row), np.float32) if weights is None else np.array(weights, np.float32)
    names = tuple(UserId(str(n)) for n in range(len(people)))
    return Interactions(names, 20, user, row, weight, np.full(len(row), np.nan))


def test_a_story_leaves_out_what_was_disliked_in_the_end_and_what_nobody_knows():
    history = History(np.array([3, 4, 3, 5, 25]), np.array([1, 1, -1, 1, 1], np.float32), np.full(5, np.nan))
    assert story(history, SAME).tolist() == [4, 5]
    changed = History(np.array([3, 4, 3]), np.array([-1, 1, 1], np.float32), np.full(3, np.nan))
    assert story(changed, SAME).tolist() == [4, 3]


def test_a_story_counts_an_item_that_comes_back_at_once_once():
    assert story(History.of([1, 1, 2, 2, 1]), SAME).tolist() == [1, 2, 1]
    place = np.where(SAME == 2, -1, SAME)
    assert story(History.of([1, 2, 1]), place).tolist() == [1]


def test_a_story_keeps_the_newest():
    assert story(History.of([1, 2, 3]), SAME, 2).tolist() == [2, 3]
    assert story(History.of([]), SAME, 2).tolist() == []


def test_windows_foretell_every_item_but_the_first_once():
    for n in range(12):
        cut = list(windows(n, 3))
        foretold = sorted(place for low, high in cut for place in range(low + 1, high))
        assert foretold == list(range(1, n))
        assert all(high - low <= 4 for low, high in cut)


def test_sequences_know_what_is_new():
    made = sequences_of(events_of([1, 2, 1, 3], [4], [5, 5], [6, 7]), SAME, 50)
    assert len(made) == 2  # who has one item, again and again, has nothing to foretell
    assert made.lines.tolist() == [1, 2, 1, 3, 6, 7]
    assert made.fresh.tolist() == [True, True, False, True, True, True]
    assert made.starts.tolist() == [0, 4]
    assert made.sizes.tolist() == [4, 2]


def test_shuffled_keeps_each_window_together():
    made = sequences_of(events_of(list(range(8)), [10, 11, 12]), SAME, 4)
    mixed = made.shuffled(np.random.default_rng(0))
    for a, n, b, m in zip(made.starts, made.sizes, mixed.starts, mixed.sizes, strict=True):
        assert sorted(mixed.lines[b : b + m]) == sorted(made.lines[a : a + n])
    assert mixed.lines.tolist() != made.lines.tolist()


def test_nobody_has_no_sequences():
    assert len(sequences_of(events_of([1], [2]), SAME, 5)) == 0

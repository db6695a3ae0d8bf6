"""What counts as standing together, written out by hand."""

import numpy as np

from tastemaker.recommenders.baskets import GIVEN, SEEN, TAKEN, Sets, collect
from tests.recommenders.worlds import shop

MINUTE = 60.0


def found(events, given=(), items=8, **settings):
    catalog = shop(events, items=items) if events else shop([(0, 0, 0.0)], items=items)
    interactions = catalog.interactions if events else catalog.interactions.where(np.zeros(1, bool))
    sets = collect(interactions, [np.array(rows) for rows in given], **{"pause": 30.0, "longest": 40} | settings)
    return {(int(sets.tier[at]), tuple(sets.rows(at).tolist())) for at in range(len(sets))}


def test_a_pause_ends_a_visit_and_one_item_is_no_set():
    events = [("a", 0, 0.0), ("a", 1, 10 * MINUTE), ("a", 2, 41 * MINUTE), ("b", 3, 11 * MINUTE), ("b", 3, 12 * MINUTE)]
    assert found(events) == {(SEEN, (0, 1))}
    assert found(events, pause=31.0) == {(SEEN, (0, 1, 2))}


def test_what_was_taken_together_stands_for_the_visit():
    events = [("a", 0, 0.0, 1.0), ("a", 1, 1.0, 3.0), ("a", 2, 2.0, 5.0), ("b", 3, 0.0, 1.0), ("b", 4, 1.0, 3.0)]
    assert found(events) == {(TAKEN, (1, 2)), (SEEN, (3, 4))}


def test_dislikes_are_in_no_set():
    assert found([("a", 0, 0.0, 1.0), ("a", 1, 1.0, -1.0)]) == set()


def test_without_times_all_that_one_person_did_is_one_visit():
    assert found([("a", 5), ("b", 1), ("a", 2)]) == {(SEEN, (2, 5))}


def test_given_sets_and_visits_that_are_too_long():
    events = [("a", row, float(row)) for row in range(5)]
    assert found(events, given=[[0, 7]], longest=4) == {(GIVEN, (0, 7))}
    assert found([], given=[[1, 2, 3]]) == {(GIVEN, (1, 2, 3))}


def test_sets_come_back_from_storage():
    catalog = shop([("a", 0, 0.0), ("a", 1, 1.0), ("b", 2, 0.0, 5.0), ("b", 3, 1.0, 5.0)])
    sets = collect(catalog.interactions, [np.array([4, 5])], pause=30, longest=40)
    again = Sets.restore(sets.tensors())
    assert (again.table != sets.table).nnz == 0
    assert again.tier.tolist() == sets.tier.tolist() == [GIVEN, TAKEN, SEEN]

import numpy as np
import pytest

from tastemaker.core.errors import FitError
from tastemaker.recommenders.lines import Lines, chosen, looked_up
from tastemaker.testing.contract import through_storage
from tastemaker.testing.worlds import checkerboard


def test_rows_have_the_lines_in_the_order_they_were_given_in():
    lines = Lines.of(np.array([4, 1, 2]), 6)
    assert lines.places(np.arange(6)).tolist() == [-1, 1, 2, -1, 0, -1]
    assert lines.rows[lines.places(np.array([2, 4]))].tolist() == [2, 4]
    assert len(lines) == 3


def test_rows_that_came_later_have_none():
    assert Lines.of(np.array([1]), 2).places(np.array([1, 2, 900])).tolist() == [0, -1, -1]


def test_a_table_is_asked_for_rows_that_it_may_not_have():
    table = np.array([True, False, True])
    assert looked_up(table, np.array([2, 1, 0]), otherwise=False).tolist() == [True, False, True]
    assert looked_up(table, np.array([2, 3]), otherwise=False).tolist() == [True, False]
    assert looked_up(table, np.array([], np.int64), otherwise=False).tolist() == []


def test_lines_come_back_from_storage():
    back = Lines.restore(through_storage(Lines.of(np.array([4, 1]), 6).tensors()))
    assert back.rows.tolist() == [4, 1]
    assert back.place.tolist() == [-1, 1, -1, -1, 0, -1]


def test_chosen_rows_are_those_of_positive_events():
    events = checkerboard(items=10, people=20, cold=2, events=4).interactions
    assert chosen(events, "ease").tolist() == list(range(8))
    with pytest.raises(FitError, match="ease: there are no events"):
        chosen(events.where(np.zeros(len(events), np.bool_)), "ease")


def test_what_is_known_of_some_rows():
    lines = Lines.of(np.array([4, 1, 2]), 6)
    here, values = lines.known_of(np.array([1, 5, 4, 900]), np.array([0.5, 9.0, 2.0, 7.0], np.float32))
    assert here.tolist() == [1, 0]
    assert values.tolist() == [0.5, 2.0]

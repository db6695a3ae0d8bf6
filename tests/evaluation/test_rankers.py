"""Rankers: what people of whom nothing is known are shown."""

import numpy as np

from tastemaker.catalog.interactions import History
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.rankers import from_scores, with_newcomers

ALIVE = np.ones(4, np.bool_)
NOTHING = np.empty(0, np.int64)


def case(rows):
    history = History.of(rows)
    return Case(f"u{rows}", np.array([3]), history.seen, None, history)


def silent(cases, rows):
    """Scores only those who have a history, by row."""
    return np.array([rows if len(one.history) else np.full(len(rows), -np.inf) for one in cases], np.float32)


def popular(cases, rows):
    return np.broadcast_to(-rows.astype(np.float32), (len(cases), len(rows)))


def test_newcomers_are_answered_by_the_plain_ranker_and_nobody_else():
    ranker = with_newcomers(from_scores(silent, ALIVE), from_scores(popular, ALIVE))
    known, new = ranker([case([0]), case([])], 2)
    assert known.tolist() == [3, 2]
    assert new.tolist() == [0, 1]


def test_a_method_with_an_answer_for_newcomers_keeps_it():
    ranker = with_newcomers(from_scores(lambda cases, rows: -popular(cases, rows), ALIVE), from_scores(popular, ALIVE))
    assert ranker([case([])], 2)[0].tolist() == [3, 2]


def test_who_has_a_history_and_no_answer_stays_without():
    ranker = with_newcomers(lambda cases, k: [NOTHING for _ in cases], from_scores(popular, ALIVE))
    assert ranker([case([0])], 2)[0].tolist() == []

"""What is hidden for choosing is hidden, and a given validation is used as it is."""

from dataclasses import replace

import numpy as np
import pytest

from tastemaker.catalog.interactions import History
from tastemaker.recommenders.ease import Ease
from tastemaker.recommenders.hybrid import Hybrid, HybridConfig
from tastemaker.recommenders.validation import Validation, held_back, some
from tastemaker.testing.worlds import checkerboard, history_of


def test_held_back_choices_are_not_among_what_is_learned():
    events = checkerboard().interactions
    train, validation = held_back(events, None)
    assert validation is not None
    assert len(train) < len(events)
    learned = {tuple(history.rows.tolist()) for history in train.histories()}
    for history, hidden in zip(validation.histories, validation.hidden, strict=True):
        assert tuple(history.rows.tolist()) in learned
        assert not np.isin(hidden, history.rows).any()


def test_a_given_validation_leaves_all_events_to_learn_from():
    events = checkerboard().interactions
    given = Validation((history_of(0),), (np.array([10]),))
    assert held_back(events, given) == (events, given)


def test_gain_is_the_ndcg_by_hand():
    validation = Validation((History.of([0]), History.of([1])), (np.array([2]), np.array([3])))

    def score(histories, rows):
        return np.tile(rows.astype(np.float32), (len(histories), 1))  # 3 before 2, for both

    expected = (1 / np.log2(3) + 1.0) / 2
    assert validation.gain(score, np.arange(4)) == pytest.approx(expected, abs=1e-6)


def test_gain_counts_an_answer_that_is_not_ranked_as_nothing():
    validation = Validation((History.of([0]), History.of([1])), (np.array([9]), np.array([3])))
    found = validation.gain(lambda histories, rows: np.tile(rows.astype(np.float32), (len(histories), 1)), np.arange(4))
    assert found == pytest.approx(0.5)


def test_ease_chooses_its_penalty_on_the_given_validation():
    catalog = checkerboard(people=300, events=12)
    histories = tuple(history_of(person % 2, 3) for person in range(40))
    hidden = tuple(np.array([person % 2 + 2 * (4 + person % 8)]) for person in range(40))
    validation, rows = Validation(histories, hidden), np.arange(36)
    chosen = Ease().fit(catalog, None, validation=validation)
    best = validation.gain(chosen.score, rows)
    for factor in (1 / 1.7, 1.7):
        config = chosen.settled.model_copy(update={"regularisation": chosen.settled.regularisation * factor})
        assert validation.gain(Ease(config).fit(catalog, None).score, rows) <= best


def test_a_hybrid_blends_the_methods_that_it_is_told_to():
    catalog = checkerboard(people=120, events=12)
    hybrid = Hybrid(HybridConfig(methods=("ease", "popularity"))).fit(catalog, None)
    assert set(hybrid.sources) == {"ease", "popularity"}


def test_some_of_the_questions_keep_their_answers():
    histories = tuple(History.of([n]) for n in range(50))
    every = Validation(histories, tuple(np.array([n + 100]) for n in range(50)))
    few = some(every, 7)
    assert len(few) == 7
    assert all(hidden[0] == history.rows[0] + 100 for history, hidden in zip(few.histories, few.hidden, strict=True))
    assert len(some(every, 80)) == 50
    assert few.people == ()
    named = some(replace(every, people=tuple(f"p{n}" for n in range(50))), 7)
    assert named.people == tuple(f"p{history.rows[0]}" for history in named.histories)

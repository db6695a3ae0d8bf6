"""The graph filter: trips by hand, exponents, modalities, reasons."""

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.recommenders.graph_filter import GraphFilter, GraphFilterConfig
from tastemaker.recommenders.validation import Validation

from .worlds import shop

PLAIN = {"known": 0.0, "busy": 0.0, "fame": 0.0, "hops": (1.0,), "half_life": 0.0}
EVENTS = [("a", 0), ("a", 1), ("b", 1), ("b", 2), ("c", 2), ("c", 3), ("d", 2)]


def fitted(catalog, **settings):
    questions = Validation((History.of([0]),), (np.array([1]),))  # given: every event counts
    return GraphFilter(GraphFilterConfig(**{**PLAIN, **settings})).fit(catalog, None, validation=questions)


def share(scores):
    return scores / scores.sum()


def with_features(catalog, **features):
    items = [catalog.item(row) for row in range(catalog.size)]
    return Catalog(items, interactions=catalog.interactions, features=features)


def test_one_trip_counts_the_people_between():
    scores = fitted(shop(EVENTS, items=4)).score([History.of([1])], np.arange(4))[0]
    # a brings 0 and 1, b brings 1 and 2
    assert scores == pytest.approx(np.array([1, 2, 1, 0]) / 4)


def test_busy_people_and_famous_items_are_damped():
    events = [*EVENTS, ("a", 3)]
    damped = fitted(shop(events, items=4), busy=1.0).score([History.of([1])], np.arange(4))[0]
    assert damped == pytest.approx(share(np.array([1 / 3, 1 / 3 + 1 / 2, 1 / 2, 1 / 3])))
    fame = fitted(shop(events, items=4), fame=1.0).score([History.of([1])], np.arange(4))[0]
    assert fame == pytest.approx(share(np.array([1 / 1, 2 / 2, 1 / 3, 1 / 2])))
    known = fitted(shop(events, items=4), known=1.0).score([History.of([0, 2])], np.arange(4))[0]
    # row 0 (one person) speaks through a: 0, 1, 3; row 2 (three people) through b, c and d, a third each
    assert known == pytest.approx(share(np.array([1, 1 + 1 / 3, 1, 1 + 1 / 3])))


def test_a_second_trip_reaches_those_who_share_nobody():
    near = fitted(shop(EVENTS, items=4)).score([History.of([0])], np.arange(4))[0]
    far = fitted(shop(EVENTS, items=4), hops=(0.0, 1.0)).score([History.of([0])], np.arange(4))[0]
    assert near[2] == 0
    # first trip: a brings 0 and 1, half each; second: 0 -> 0, 1 and 1 -> 0, 1, 1, 2
    assert far == pytest.approx(np.array([2, 3, 1, 0]) / 6)


def test_a_modality_smooths_the_answer_and_brings_new_items():
    features = np.array([[1, 1], [1, 0.5], [-1, -1], [-1, -0.5], [1, 1.1], [np.nan, np.nan]], np.float32)
    catalog = with_features(shop(EVENTS, items=6), picture=features)
    model = fitted(catalog, near={"features/picture": 0.5}, k=1)
    scores = model.score([History.of([0])], np.arange(6))[0]
    # the one trip brings 0 and 1, a half each; 0 and 1 are nearest to each other, 2 and 3 too, and 4 is nearest to 0
    assert scores[:5] == pytest.approx([0.75, 0.75, 0.0, 0.0, 0.25])
    assert scores[5] == -np.inf  # nobody chose it and it shows nothing


def test_a_new_item_in_the_history_speaks_through_its_neighbours():
    features = np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [-1, 0.01]], np.float32)
    catalog = with_features(shop(EVENTS, items=5), picture=features)
    model = fitted(catalog, near={"features/picture": 0.1}, k=1)
    through, itself = model.score([History.of([4]), History.of([2])], np.arange(4))
    assert through == pytest.approx(itself, rel=1e-5)


def test_without_modalities_it_is_a_filter_of_choices_and_unknown_items_have_no_score():
    scores = fitted(shop(EVENTS, items=6)).score([History.of([0]), History.of([5]), History.of([])], np.arange(6))
    assert np.isfinite(scores[0, :4]).all()
    assert (scores[0, 4:] == -np.inf).all()
    assert (scores[1:] == -np.inf).all()


def test_validation_chooses_what_was_left_open_and_nothing_else():
    """Everybody hides the famous row; nothing but popularity finds it."""
    rng = np.random.default_rng(0)
    events = [(f"{person:03}", row) for person in range(60) for row in rng.choice(12, 3, replace=False)]
    events += [(f"x{person:03}", 12) for person in range(60)] + [(f"x{person:03}", person % 12) for person in range(60)]
    catalog = shop(sorted(set(events)), items=13)
    histories = [history for history in catalog.interactions.histories() if 12 not in history.rows]
    questions = Validation(tuple(histories), tuple(np.array([12]) for _ in histories))
    open_fame = GraphFilter(GraphFilterConfig(busy=1.0)).fit(catalog, None, validation=questions)
    fixed = GraphFilter(GraphFilterConfig(busy=1.0, fame=0.9)).fit(catalog, None, validation=questions)
    assert open_fame.settled.fame < 0.9
    assert open_fame.settled.busy == 1.0
    assert fixed.settled.fame == 0.9
    rows = np.arange(13)
    assert questions.gain(open_fame.score, rows) > questions.gain(fixed.score, rows)


def test_reasons_add_up_to_the_score():
    model = fitted(shop(EVENTS, items=4), hops=(0.3, 1.0), busy=1.0, known=0.5)
    history = History.of([0, 3])
    reasons = dict(model.because(history, 2, n=5))
    assert sum(reasons.values()) == pytest.approx(1.0)
    assert reasons[3] > reasons[0]  # one step away, not two

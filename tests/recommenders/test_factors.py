"""ALS and BPR: what a history is read as, against closed forms."""

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import History
from tastemaker.core.errors import FitError
from tastemaker.recommenders.als import Als, AlsConfig
from tastemaker.recommenders.bpr import Bpr, BprConfig, reader
from tastemaker.recommenders.validation import Validation
from tastemaker.testing.worlds import checkerboard, history_of

from .worlds import shop

SETTINGS = {"dim": 5, "epochs": 60, "confidence": 8.0, "regularisation": 0.5, "half_life": 0}


@pytest.fixture(scope="module")
def some_events():
    people = np.random.default_rng(4).random((30, 12)) < 0.35
    return people, [(f"{user:02}", int(row)) for user, row in zip(*np.nonzero(people), strict=True)]


def fitted(some_events, **settings):
    questions = Validation((History.of([0]),), (np.array([1]),))  # given: every event is learned from
    return Als(AlsConfig(**SETTINGS | settings)).fit(shop(some_events[1], items=12), None, validation=questions)


def test_als_reads_a_history_as_the_library_gives_a_person(some_events):
    people, _ = some_events
    model = fitted(some_events)
    theirs = AlternatingLeastSquares(factors=5, alpha=8.0, regularization=0.5, use_cg=False, num_threads=1)
    theirs.item_factors = model.tensors()["items"]
    for line in people[:6]:
        own = theirs.recalculate_user(0, csr_matrix(line[None].astype(np.float32)))
        rows = np.flatnonzero(line)
        assert model.read(rows, np.ones(len(rows), np.float32)).sum(axis=0) == pytest.approx(own.ravel(), abs=1e-4)


def test_als_is_the_least_squares_it_says(some_events):
    """The gradient of the weighted loss is zero at the person it reads."""
    people, _ = some_events
    model = fitted(some_events)
    items = model.tensors()["items"].astype(float)
    chosen = people[0]
    person = model.read(np.flatnonzero(chosen), np.ones(chosen.sum(), np.float32)).sum(axis=0)
    trust = np.where(chosen, 8.0, 1.0)
    gradient = items.T @ (trust * (items @ person - chosen)) + 0.5 * person
    assert gradient == pytest.approx(np.zeros(5), abs=1e-4)


def test_als_reasons_sum_to_the_score(some_events):
    model = fitted(some_events)
    rows = np.array([0, 3, 5])
    parts = model.read(rows, np.ones(3, np.float32)) @ model.tensors()["items"][7]
    assert parts.sum() == pytest.approx(float(model.score([History.of(rows.tolist())], np.array([7]))[0, 0]), abs=1e-5)


def test_als_chooses_what_is_open():
    settled = Als(AlsConfig(dim=4, epochs=3)).fit(checkerboard(), None).settled
    assert settled.confidence in {5.0, 20.0}
    assert settled.regularisation in {1.0, 10.0, 50.0}
    assert Als(AlsConfig(dim=4, epochs=3, confidence=7.0)).fit(checkerboard(), None).settled.confidence == 7.0


def test_the_reader_is_ridge_regression(some_events):
    people = some_events[0].astype(float)
    vectors = np.random.default_rng(1).normal(size=(30, 3))
    each = people / np.sqrt(np.maximum(people.sum(axis=1, keepdims=True), 1))
    expected = np.linalg.solve(each.T @ each + 2 * np.eye(12), each.T @ vectors)
    assert reader(csr_matrix(people), vectors, 2.0) == pytest.approx(expected, abs=1e-4)


def test_bpr_adds_the_popularity():
    catalog = checkerboard(people=40)
    asked = [[history_of(0)], np.arange(36)]
    none, whole = (Bpr(BprConfig(dim=4, epochs=1, fame=fame, half_life=0)).fit(catalog, None) for fame in (0.0, 1.0))
    gap = whole.score(*asked)[0] - none.score(*asked)[0]
    assert np.exp(gap) == pytest.approx(np.round(np.exp(gap)), rel=1e-4)  # events of each item, less the hidden ones
    assert (np.exp(gap) <= catalog.interactions.counts()[:36] + 1e-3).all()


@pytest.mark.parametrize("method", [Als, Bpr])
def test_a_seed_decides_everything(method):
    catalog, asked = checkerboard(), [[history_of(0), history_of(1)], np.arange(36)]
    config = method.config_class
    one, same, other = (method(config(epochs=4, seed=seed)).fit(catalog, None).score(*asked) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("method", [Als, Bpr])
def test_without_events_there_is_nothing_to_learn(method):
    with pytest.raises(FitError, match="no events"):
        method().fit(checkerboard().with_interactions(checkerboard().interactions.where(np.zeros(540, bool))), None)

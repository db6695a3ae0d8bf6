import numpy as np
import pytest

from tastemaker.alignment.traits import Traits
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import WorkspaceError

COLOURS, GENRES = ("red", "blue", "green"), ("drama", "comedy")
DIM, N = 8, 240


def world(seed=0, known=200, noise=0.15, n_items=N):
    """Colours are axes 0-2, genres axes 3-4; the last items bring no attributes."""
    chance = np.random.default_rng(seed)
    colour = chance.integers(0, 3, n_items)
    genres = chance.random((n_items, 2)) < 0.4
    matrix = np.zeros((n_items, DIM), np.float32)
    matrix[np.arange(n_items), colour] = 1
    matrix[:, 3:5] = 0.7 * genres
    matrix += noise * chance.normal(size=matrix.shape).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    items = []
    for n in range(n_items):
        told = {"colour": COLOURS[colour[n]], "genres": tuple(np.array(GENRES)[genres[n]].tolist()) or ("none",)}
        items.append(Item(f"i{n}", department="shop", attributes=told if n < known else {}))
    return Catalog.from_items(items), matrix.astype(np.float32), colour, genres


CATALOG, MATRIX, COLOUR, GENRE = world()
TRAITS = Traits().fit(MATRIX, CATALOG)
UNKNOWN = np.arange(200, N)


def test_known_values_count_one_or_zero():
    scores = TRAITS.score("colour", "red", np.arange(200), CATALOG, MATRIX)
    assert scores.tolist() == (COLOUR[:200] == 0).astype(float).tolist()
    scores = TRAITS.score("genres", "comedy", np.arange(200), CATALOG, MATRIX)
    assert scores.tolist() == GENRE[:200, 1].astype(float).tolist()


def test_unknown_values_are_predicted_from_the_vector():
    chances = np.stack([TRAITS.score("colour", c, UNKNOWN, CATALOG, MATRIX) for c in COLOURS])
    np.testing.assert_allclose(chances.sum(axis=0), 1.0, rtol=1e-5)
    assert (chances.argmax(axis=0) == COLOUR[200:]).mean() > 0.95
    drama = TRAITS.score("genres", "drama", UNKNOWN, CATALOG, MATRIX) > 0.5
    assert (drama == GENRE[200:, 0]).mean() > 0.9


def test_probabilities_are_as_sure_as_they_are_right():
    """Under heavy noise the mean of the highest probability is near the share of right answers."""
    catalog, matrix, colour, _ = world(seed=3, known=400, noise=0.6, n_items=1400)
    rows = np.arange(400, 1400)
    traits = Traits().fit(matrix, catalog)
    guesses = traits.likely("colour", matrix[rows])
    right = np.mean([value == COLOURS[colour[row]] for (value, _), row in zip(guesses, rows, strict=True)])
    sure = np.mean([chance for _, chance in guesses])
    assert right > 0.5
    assert abs(sure - right) < 0.05


def test_capitals_do_not_matter_and_unheard_values_score_nothing():
    rows = np.array([0, 230])
    np.testing.assert_array_equal(
        TRAITS.score("colour", "RED", rows, CATALOG, MATRIX), TRAITS.score("colour", "red", rows, CATALOG, MATRIX)
    )
    assert TRAITS.score("colour", "mauve", rows, CATALOG, MATRIX).tolist() == [0.0, 0.0]
    assert TRAITS.score("texture", "red", rows, CATALOG, MATRIX).tolist() == [0.0, 0.0]


def test_a_row_without_a_vector_gets_the_usual_share():
    matrix = MATRIX.copy()
    matrix[230] = 0
    [score] = TRAITS.score("colour", "red", np.array([230]), CATALOG, matrix)
    assert score == pytest.approx((COLOUR[:200] == 0).mean())


def test_items_added_later_are_predicted():
    grown = Catalog.from_items(
        [*(CATALOG.item(row) for row in range(N)), Item("new"), Item("told", attributes={"colour": "Red"})]
    )
    matrix = np.concatenate([MATRIX, np.eye(DIM, dtype=np.float32)[[0, 1]]])
    scores = TRAITS.score("colour", "red", np.array([N, N + 1]), grown, matrix)
    assert scores[0] > 0.9
    assert scores[1] == 1.0  # said red, looks blue: what is said counts


def test_other_views_are_learned_too():
    """Pictures alone lie elsewhere: mirrored. Only who has seen them knows them."""
    mirrored = np.ascontiguousarray(MATRIX[:, ::-1])
    rows = np.arange(200)
    plain = TRAITS.score("colour", "red", UNKNOWN, CATALOG, mirrored)
    seen = Traits().fit(MATRIX, CATALOG, [(rows, mirrored[rows])]).score("colour", "red", UNKNOWN, CATALOG, mirrored)
    truth = COLOUR[200:] == 0
    assert ((seen > 0.5) == truth).mean() > 0.9 > ((plain > 0.5) == truth).mean()


def test_stored_and_taken_back_it_scores_the_same():
    again = Traits.restore(TRAITS.settings(), TRAITS.tensors())
    for name, value in (("colour", "green"), ("genres", "drama"), ("colour", "mauve")):
        np.testing.assert_array_equal(
            again.score(name, value, UNKNOWN, CATALOG, MATRIX), TRAITS.score(name, value, UNKNOWN, CATALOG, MATRIX)
        )
    with pytest.raises(WorkspaceError):
        Traits.restore(TRAITS.settings(), {})


def test_fitted_twice_is_fitted_once_and_forgets():
    traits = Traits().fit(MATRIX, CATALOG)
    assert traits.fit(MATRIX, CATALOG).settings() == TRAITS.settings()
    few = Catalog.from_items([Item("a", attributes={"colour": "red"}), Item("b")])
    assert traits.fit(MATRIX[:2], few).names == []
    assert traits.score("colour", "red", np.array([0, 1]), few, MATRIX[:2]).tolist() == [1.0, 1.0]  # all known are red


def test_without_items_or_vectors_nothing_is_learned():
    assert Traits().fit(np.zeros((0, DIM), np.float32), Catalog.from_items([])).names == []
    assert Traits().fit(np.zeros_like(MATRIX), CATALOG).names == []

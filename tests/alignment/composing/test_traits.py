import numpy as np
import pytest

from tastemaker.alignment.composing.traits import Traits
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


def chance(traits, name, value, vectors=MATRIX[UNKNOWN]):
    """How likely each vector has one value."""
    values, chances = traits.chances(name, vectors)
    return chances[:, values.index(value)]


def test_unknown_values_are_predicted_from_the_vector():
    chances = np.stack([chance(TRAITS, "colour", colour) for colour in COLOURS])
    np.testing.assert_allclose(chances.sum(axis=0), 1.0, rtol=1e-5)
    assert (chances.argmax(axis=0) == COLOUR[200:]).mean() > 0.95
    assert ((chance(TRAITS, "genres", "drama") > 0.5) == GENRE[200:, 0]).mean() > 0.9


def test_probabilities_are_as_sure_as_they_are_right():
    """Under heavy noise the mean of the highest probability is near the share of right answers."""
    catalog, matrix, colour, _ = world(seed=3, known=400, noise=0.6, n_items=1400)
    rows = np.arange(400, 1400)
    traits = Traits().fit(matrix, catalog)
    values, chances = traits.chances("colour", matrix[rows])
    right = np.mean(np.array(values)[chances.argmax(axis=1)] == np.array(COLOURS)[colour[rows]])
    sure = chances.max(axis=1).mean()
    assert right > 0.5
    assert abs(sure - right) < 0.05


def test_an_attribute_never_learned_has_no_values_and_shares_are_those_of_the_known():
    values, chances = TRAITS.chances("texture", MATRIX[:2])
    assert (values, chances.shape) == ((), (2, 0))
    assert TRAITS.usual("colour")["red"] == pytest.approx((COLOUR[:200] == 0).mean())
    assert TRAITS.usual("texture") == {}


def test_other_views_are_learned_too():
    """Pictures alone lie elsewhere: mirrored. Only who has seen them knows them."""
    mirrored = np.ascontiguousarray(MATRIX[:, ::-1])
    rows = np.arange(200)
    plain = chance(TRAITS, "colour", "red", mirrored[UNKNOWN])
    seen = chance(Traits().fit(MATRIX, CATALOG, [(rows, mirrored[rows])]), "colour", "red", mirrored[UNKNOWN])
    truth = COLOUR[200:] == 0
    assert ((seen > 0.5) == truth).mean() > 0.9 > ((plain > 0.5) == truth).mean()


def test_stored_and_taken_back_it_scores_the_same():
    again = Traits.restore(TRAITS.settings(), TRAITS.tensors())
    for name, value in (("colour", "green"), ("genres", "drama")):
        np.testing.assert_array_equal(chance(again, name, value), chance(TRAITS, name, value))
    assert again.usual("colour") == TRAITS.usual("colour")
    with pytest.raises(WorkspaceError):
        Traits.restore(TRAITS.settings(), {})


def test_fitted_twice_is_fitted_once_and_forgets():
    traits = Traits().fit(MATRIX, CATALOG)
    assert traits.fit(MATRIX, CATALOG).settings() == TRAITS.settings()
    few = Catalog.from_items([Item("a", attributes={"colour": "red"}), Item("b")])
    assert traits.fit(MATRIX[:2], few).names == []
    assert traits.usual("colour") == {"red": 1.0}


def test_without_items_or_vectors_nothing_is_learned():
    assert Traits().fit(np.zeros((0, DIM), np.float32), Catalog.from_items([])).names == []
    assert Traits().fit(np.zeros_like(MATRIX), CATALOG).names == []

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.recommenders import features, modalities
from tastemaker.recommenders.content import Content
from tastemaker.recommenders.content_to_factors import ContentToFactors, ContentToFactorsConfig
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors

EVERY = np.arange(4)


def shop(matrix, **others):
    return Catalog([Item(str(n)) for n in range(4)], features={"sound": np.asarray(matrix, np.float32)} | others)


def silent_checkerboard(**matrices):
    """A checkerboard whose items say nothing in words; what they are stands in the matrices."""
    world = checkerboard()
    items = [Item(world.raw_item(row).id) for row in range(world.size)]
    return Catalog(items, interactions=world.interactions, features=matrices)


def test_rows_are_centred_and_of_length_one_and_zero_where_there_is_nothing():
    catalog = shop([[101, 0], [99, 0], [100, 7], [np.nan, 3]])
    read = modalities.learn(catalog, None).read(catalog, None, EVERY)["features/sound"]
    mean = 7 / 3
    assert read[0] == pytest.approx(np.array([1, -mean]) / np.hypot(1, mean))
    assert read[2].tolist() == pytest.approx([0, 1])
    assert read[3].tolist() == [0, 0]


def test_what_the_space_says_is_taken_as_it_is():
    vectors = ItemVectors(np.eye(4, 3, dtype=np.float32), {})
    catalog = Catalog([Item(str(n)) for n in range(4)])
    read = modalities.learn(catalog, vectors).read(catalog, vectors, EVERY)
    assert list(read) == ["space"]
    assert np.array_equal(read["space"], vectors.matrix)


def test_a_modality_that_is_gone_is_zero_and_one_that_came_later_is_not_read():
    before = shop([[1, 0], [0, 1], [3, 0], [0, 5]])
    learned = modalities.learn(before, None)
    other = Catalog([Item(str(n)) for n in range(4)], features={"smell": np.ones((4, 2), np.float32)})
    for now in (other, shop(np.ones((4, 3)))):  # another name; another length
        read = learned.read(now, None, EVERY)
        assert list(read) == ["features/sound"]
        assert not read["features/sound"].any()
        assert read["features/sound"].shape == (4, 2)


def test_a_matrix_that_ends_early_says_nothing_of_later_rows():
    catalog = shop([[1, 0], [0, 1]])
    read = modalities.learn(catalog, None).read(catalog, None, EVERY)["features/sound"]
    assert read[:2].any(axis=1).all()
    assert not read[2:].any()


def test_restored_is_what_was_stored():
    catalog = shop([[1, 0], [0, 1], [3, 0], [0, 5]], light=np.ones((4, 1), np.float32))
    vectors = ItemVectors(np.eye(4, 3, dtype=np.float32), {})
    learned = modalities.learn(catalog, vectors)
    again = modalities.restore(learned.tensors("m."), "m.")
    one, two = (each.read(catalog, vectors, EVERY) for each in (learned, again))
    assert list(one) == list(two)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_a_digest_changes_with_a_matrix():
    one, other = (features.digests(shop([[1, 0], [0, 1], [0, n], [0, 5]]), None) for n in (1, 2))
    assert (one == other).tolist() == [True, True, False, True]


@pytest.mark.parametrize("method", [Content, ContentToFactors])
def test_matrices_alone_tell_what_a_cold_item_is(method):
    catalog = silent_checkerboard(parity=1000 + 50 * parity_vectors(checkerboard()))
    model = method().fit(catalog, None)
    got = model.score([history_of(1)], np.arange(36, 40))[0]
    assert got[1::2].min() > got[0::2].max()
    again = method().restore(model.tensors()).score([history_of(1)], np.arange(40))
    assert np.array_equal(again, model.score([history_of(1)], np.arange(40)))


@pytest.mark.parametrize("method", [Content, ContentToFactors])
def test_any_matrix_may_be_missing_for_some_items(method):
    world = checkerboard()
    one, two = parity_vectors(world), parity_vectors(world, seed=1)
    one[0::3], two[1::3] = np.nan, np.nan  # every item keeps at least one
    model = method().fit(silent_checkerboard(one=one, two=two), None)
    got = model.score([history_of(0)], np.arange(36, 40))[0]
    assert np.isfinite(got).all()
    assert got[0::2].min() > got[1::2].max()


def test_every_weight_is_settled_and_one_that_was_given_stays():
    world = checkerboard(items=80, people=80)
    catalog = Catalog(
        [Item(world.raw_item(row).id) for row in range(world.size)],
        interactions=world.interactions,
        features={"noise": np.random.default_rng(0).standard_normal((80, 8)), "parity": parity_vectors(world)},
    )
    chosen = ContentToFactors(ContentToFactorsConfig(features={"noise": 0.5}, ridge=7.0)).fit(catalog, None).settled
    assert chosen.features["noise"] == 0.5
    assert chosen.features["parity"] > 0
    assert chosen.ridge == 7.0
    assert chosen.pairs is not None
    assert chosen.fame is not None

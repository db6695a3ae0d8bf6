"""Graphs of likeness: who is near whom, one modality at a time, whatever is missing."""

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.recommenders import modalities
from tastemaker.recommenders.neighbours import Neighbours, nearest

ANGLES = np.deg2rad([0, 10, 40, 85, 200])
AROUND = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)


def catalog(**features):
    size = len(next(iter(features.values())))
    return Catalog([Item(id=str(row)) for row in range(size)], features=features)


def test_nearest_are_those_of_the_smallest_angle_and_lines_sum_to_one():
    graph = nearest(AROUND, AROUND, 2, np.arange(5)).toarray()
    assert np.flatnonzero(graph[0]).tolist() == [1, 2]
    assert graph[0, 1] / graph[0, 2] == pytest.approx(np.cos(ANGLES[1]) / np.cos(ANGLES[2]), rel=1e-5)
    assert graph.sum(axis=1)[:4] == pytest.approx(1.0)
    assert np.flatnonzero(graph[4]).tolist() == []  # nobody lies within a right angle of it


def test_an_item_without_the_modality_has_no_neighbours_and_is_nobodys():
    holey = AROUND.copy()
    holey[1] = 0.0
    graph = nearest(holey, holey, 3, np.arange(5)).toarray()
    assert not graph[1].any()
    assert not graph[:, 1].any()


def test_every_column_of_given_features_speaks_alike_and_the_space_stays_as_it_is():
    rng = np.random.default_rng(0)
    given = (rng.normal(size=(200, 3)) * [1000.0, 1.0, 1.0] + 5.0).astype(np.float32)
    shop = catalog(sound=given)
    there = np.ones(200, np.bool_)
    space = ItemVectors(AROUND[rng.integers(0, 5, 200)], {"text": there, "picture": there})
    likeness = modalities.standardise(shop, space)
    read = likeness.vectors(shop, space, np.arange(200))
    assert np.abs(read["features/sound"][:, 0]).mean() < 0.6  # it would be 1: nothing but the loud column
    assert read["space"] == pytest.approx(space.matrix, abs=1e-6)


def test_a_modality_that_is_gone_leaves_empty_graphs_and_the_others_alone():
    features = {"sound": AROUND + 1, "picture": AROUND[::-1] + 1}
    shop, rows = catalog(**features), np.arange(4)
    near = Neighbours(modalities.standardise(shop, None), rows, 2)
    near.refresh(shop, None)
    whole = {name: graph.toarray() for name, graph in near.graphs.items()}
    near.refresh(catalog(sound=features["sound"], picture=np.full((5, 2), np.nan, np.float32)), None)
    assert near.graphs["features/picture"].nnz == 0
    assert near.graphs["features/sound"].toarray() == pytest.approx(whole["features/sound"])


def test_an_item_that_comes_later_finds_its_neighbours_as_if_it_had_been_there():
    features = (AROUND + 1).astype(np.float32)
    rows = np.arange(4)
    small = catalog(sound=features[:4])
    grown = catalog(sound=features)
    near = Neighbours(modalities.standardise(small, None), rows, 2)
    near.refresh(small, None)
    before = near.graphs["features/sound"].toarray()
    near.refresh(grown, None)
    assert near.graphs["features/sound"].toarray()[:4] == pytest.approx(before)
    again = Neighbours(near.likeness, rows, 2)
    again.refresh(grown, None)
    assert near.graphs["features/sound"].toarray() == pytest.approx(again.graphs["features/sound"].toarray())
    assert near.reached.tolist() == again.reached.tolist()


def test_storage():
    shop = catalog(sound=AROUND + 1)
    near = Neighbours(modalities.standardise(shop, None), np.arange(3), 2)
    near.refresh(shop, None)
    found = Neighbours.restore(near.tensors("near."), "near.")
    assert found.graphs["features/sound"].toarray() == pytest.approx(near.graphs["features/sound"].toarray())
    assert found.size == near.size
    assert found.k == 2

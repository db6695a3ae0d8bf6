import numpy as np
import pytest
import torch

from tastemaker.alignment.composing.combiner import Combiner, choose
from tastemaker.alignment.composing.triplets import mine
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item

COLOURS, KINDS = ("red", "blue", "green"), ("vase", "lamp", "plate")
DIM = 16


def world(seed=0, each=12):
    """Every kind in every colour; a vector is the kind's plus the colour's, and "in blue" lies somewhere else."""
    rng = np.random.default_rng(seed)
    base = {name: rng.normal(size=DIM) for name in (*COLOURS, *KINDS)}
    items, vectors = [], []
    for kind in KINDS:
        for colour in COLOURS:
            for copy in range(each):
                items.append(Item(f"{kind} {colour} {copy}", attributes={"kind": kind, "colour": colour}))
                vectors.append(base[kind] + base[colour] + rng.normal(scale=0.2, size=DIM))
    matrix = np.array(vectors, np.float32)
    return Catalog.from_items(items), matrix / np.linalg.norm(matrix, axis=1, keepdims=True), rng


def test_triplets_differ_in_just_what_the_words_name():
    catalog, _, _ = world()
    triplets = mine(catalog, np.arange(catalog.size), 60)
    assert len(triplets.changes) == 60
    for reference, target, change in zip(triplets.references, triplets.targets, triplets.changes, strict=True):
        mine_, theirs = catalog.item(int(reference)).attributes, catalog.item(int(target)).attributes
        [changed] = [name for name in mine_ if mine_[name] != theirs[name]]
        assert str(theirs[changed]) in change


def test_before_it_learns_it_is_the_weighted_sum():
    picture, words = np.eye(DIM, dtype=np.float32)[:2]
    want = 0.4 * picture + 0.6 * words
    np.testing.assert_allclose(Combiner(DIM).combine(picture, words), want / np.linalg.norm(want), rtol=1e-5, atol=1e-7)


def test_it_learns_what_the_sum_cannot_know_and_is_stored():
    """The words lie in directions that no item has: only who has learned them can answer."""
    catalog, matrix, rng = world()
    triplets = mine(catalog, np.arange(catalog.size), 2000)
    spoken = {name: rng.normal(size=DIM) for name in (*COLOURS, *KINDS)}
    told = [next(name for name in spoken if change.split(" instead")[0].endswith(name)) for change in triplets.changes]
    words = np.stack([spoken[name] / np.linalg.norm(spoken[name]) for name in told]).astype(np.float32)
    chosen = choose(triplets, matrix[triplets.references], words, matrix)
    assert chosen.learned > chosen.arithmetic
    assert chosen.combiner is not None
    again = Combiner.restore(chosen.combiner.settings(), chosen.combiner.tensors())
    np.testing.assert_array_equal(again.combine(matrix[0], words[0]), chosen.combiner.combine(matrix[0], words[0]))


def test_a_catalog_without_attributes_gives_no_triplets():
    assert not mine(Catalog.from_items([Item("a"), Item("b")]), np.arange(2), 10).changes


def test_learning_leaves_the_global_generator_alone():
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    vectors = np.eye(DIM, dtype=np.float32)
    Combiner(DIM).learn(vectors, vectors, vectors, np.arange(DIM), epochs=1)
    assert torch.equal(before, torch.random.get_rng_state())
    assert pytest.approx(1.0, abs=1e-5) == np.linalg.norm(Combiner(DIM).combine(vectors[0], vectors[1]))

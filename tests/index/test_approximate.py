"""Codes and lists propose rows; on a world of clusters the right ones are known."""

import numpy as np
import pytest

from tastemaker.core.errors import WorkspaceError
from tastemaker.index.approximate import Approximate

CLUSTERS, EACH, DIM = 20, 50, 32


@pytest.fixture(scope="module")
def world():
    """Twenty tight clusters of fifty rows; rows of cluster c are c * 50 ... c * 50 + 49."""
    rng = np.random.default_rng(0)
    centres = np.repeat(np.linalg.qr(rng.normal(size=(DIM, CLUSTERS)))[0].T, EACH, axis=0)
    rows = centres + 0.02 * rng.normal(size=centres.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def made(world):
    present = np.ones(len(world), bool)
    present[:10] = False
    return Approximate.make(world, present)


@pytest.mark.parametrize("cluster", [3, 11])
def test_both_propose_the_cluster_of_the_question(made, world, cluster):
    own = set(range(cluster * EACH, (cluster + 1) * EACH))
    question = world[cluster * EACH]
    assert set(made.scan(question, EACH).tolist()) == own
    assert set(made.probe(question, EACH, made.lists).tolist()) == own


@pytest.mark.parametrize("times", [0.125, 4])
def test_a_question_need_not_be_a_unit_vector(made, world, times):
    question = world[60] + 0.3 * world[700]
    assert made.probe(times * question, 20, 8).tolist() == made.probe(question, 20, 8).tolist()
    assert made.scan(times * question, 20).tolist() == made.scan(question, 20).tolist()


def test_the_scan_keeps_to_the_mask_and_gives_fewer_when_there_are_fewer(made, world):
    kept = np.zeros(len(world), bool)
    kept[[70, 500, 900]] = True
    assert sorted(made.scan(world[60], 10, kept).tolist()) == [70, 500, 900]
    assert made.scan(world[60], 1, kept).tolist() == [70]
    assert made.scan(world[60], 10, np.zeros(len(world), bool)).shape == (0,)


def test_rows_that_were_not_present_are_in_no_list(made, world):
    found = made.probe(world[0], len(world), made.lists)
    assert sorted(found.tolist()) == list(range(10, len(world)))


def test_lists_keep_to_the_mask_and_tell_all_their_rows(made, world):
    kept = np.zeros(len(world), bool)
    kept[[62, 70, 900]] = True
    assert set(made.probe(world[60], 10, made.lists, kept).tolist()) == {62, 70, 900}
    assert set(made.probe(world[60], 2, made.lists, kept).tolist()) == {62, 70}
    assert sorted(made.around(world[60], made.lists).tolist()) == list(range(10, len(world)))
    assert set(made.around(world[60], 1).tolist()) == set(made.probe(world[60], len(world), 1).tolist())


def test_fewer_lists_find_a_part_of_what_more_lists_find(made, world):
    one, all_of_them = (set(made.probe(world[60], len(world), n).tolist()) for n in (1, made.lists))
    assert one < all_of_them
    assert 60 in one


def test_what_is_stored_answers_alike(made, world):
    again = Approximate.restore(made.tensors())
    for vector in world[::200]:
        assert again.scan(vector, 30).tolist() == made.scan(vector, 30).tolist()
        assert again.probe(vector, 30, 4).tolist() == made.probe(vector, 30, 4).tolist()
    assert (len(again), again.lists, again.row_bytes) == (len(made), made.lists, 32)  # 256 bits a row, at the least


def test_built_twice_is_built_once(made, world):
    present = np.arange(len(world)) >= 10
    for name, tensor in Approximate.make(world, present).tensors().items():
        np.testing.assert_array_equal(tensor, made.tensors()[name])


def test_a_single_row_is_enough():
    one = Approximate.make(np.eye(1, 3, dtype=np.float32), np.ones(1, bool))
    assert one.scan(np.ones(3, np.float32), 5).tolist() == one.probe(np.ones(3, np.float32), 5, 9).tolist() == [0]


@pytest.mark.parametrize("change", [{"lists": np.zeros(40, np.uint8)}, {"codes": None}])
def test_what_cannot_be_read_is_an_error(made, change):
    tensors = {name: tensor for name, tensor in {**made.tensors(), **change}.items() if tensor is not None}
    with pytest.raises(WorkspaceError, match="the index cannot be read"):
        Approximate.restore(tensors)

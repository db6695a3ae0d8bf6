import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.core.errors import FilterError, InputError, WorkspaceError
from tastemaker.scale.table import VectorTable, publish, write


def vectors(rows):
    matrix = np.asarray(rows, np.float32)
    return ItemVectors(matrix, {"picture": matrix[:, 0] > 0, "text": np.ones(len(matrix), np.bool_)})


def fragments(out, ids, rows):
    return write(out, ids, np.arange(len(ids), dtype=np.uint64), vectors(rows))


def ids_of(table):
    return [id for ids, _ in table.batches() for id in ids]


PART, OTHER = [[1, 0], [0, 1], [0, 0]], [[0.6, 0.8], [-1, 0]]


def test_nothing_is_seen_before_it_is_published(tmp_path):
    made, _ = fragments(tmp_path, ["a", "b", "c"], PART)
    with pytest.raises(WorkspaceError, match="holds no vectors"):
        VectorTable(tmp_path)
    publish(tmp_path, 2, made)
    assert len(VectorTable(tmp_path)) == 3


def test_what_was_written_is_read_back_in_order(tmp_path):
    made = fragments(tmp_path, ["a", "b", "c"], PART)[0] + fragments(tmp_path, ["d", "e"], OTHER)[0]
    publish(tmp_path, 2, made)
    table = VectorTable(tmp_path)
    batches = list(table.batches(rows=2))
    assert max(len(ids) for ids, _ in batches) == 2
    assert ids_of(table) == ["a", "b", "c", "d", "e"]
    np.testing.assert_array_equal(np.concatenate([part for _, part in batches]), np.float32([*PART, *OTHER]))
    assert table.dim == 2


def test_publishing_twice_is_publishing_once(tmp_path):
    made, _ = fragments(tmp_path, ["a", "b", "c"], PART)
    publish(tmp_path, 2, made)
    before = VectorTable(tmp_path).version
    publish(tmp_path, 2, made)
    assert VectorTable(tmp_path).version == before
    assert len(VectorTable(tmp_path)) == 3


def test_a_version_is_what_was_named_and_nothing_else(tmp_path):
    kept, changed = fragments(tmp_path, ["a", "b", "c"], PART), fragments(tmp_path, ["d", "e"], OTHER)
    publish(tmp_path, 2, kept[0] + changed[0])
    reader = VectorTable(tmp_path)
    anew = fragments(tmp_path, ["d"], [[0, -1]])
    orphan = fragments(tmp_path, ["x", "y"], OTHER)[1][0]
    publish(tmp_path, 2, kept[0] + anew[0])
    assert ids_of(VectorTable(tmp_path)) == ["a", "b", "c", "d"]
    assert ids_of(reader) == ["a", "b", "c", "d", "e"]  # who had opened it reads on
    assert not (tmp_path / "vectors.lance" / "data" / orphan).exists()


def test_the_nearest_come_first_and_the_unknown_never(tmp_path):
    publish(tmp_path, 2, fragments(tmp_path, ["a", "b", "c"], PART)[0] + fragments(tmp_path, ["d", "e"], OTHER)[0])
    ids, scores = VectorTable(tmp_path).search(np.float32([1, 0]), 10)
    assert ids == ["a", "d", "b", "e"]
    np.testing.assert_allclose(scores, [1, 0.6, 0, -1], atol=1e-6)


def test_a_condition_is_met_before_the_nearest_are_looked_for(tmp_path):
    publish(tmp_path, 2, fragments(tmp_path, ["d", "e", "b"], [[0.6, 0.8], [-1, 0], [0, 1]])[0])
    assert VectorTable(tmp_path).search(np.float32([0, 1]), 1, where="has_picture")[0] == ["d"]


@pytest.mark.parametrize("where", ["price < 3", "has_picture and", "id = 3 or"])
def test_a_condition_that_cannot_be_met_is_refused(tmp_path, where):
    publish(tmp_path, 2, fragments(tmp_path, ["a", "b", "c"], PART)[0])
    with pytest.raises(FilterError, match="no condition"):
        VectorTable(tmp_path).search(np.float32([1, 0]), 3, where=where)


@pytest.mark.parametrize(("vector", "k"), [([1, 0], 0), ([1, 0, 0], 3), ([np.nan, 0], 3)])
def test_what_cannot_be_asked_is_refused(tmp_path, vector, k):
    publish(tmp_path, 2, fragments(tmp_path, ["a", "b", "c"], PART)[0])
    with pytest.raises(InputError):
        VectorTable(tmp_path).search(np.float32(vector), k)


def test_an_index_finds_what_comparing_every_row_finds(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(600, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    publish(tmp_path, 16, fragments(tmp_path, [str(row) for row in range(600)], rows)[0])
    table = VectorTable(tmp_path)
    assert not table.is_indexed
    exact = [table.search(row, 5)[0] for row in rows[:20]]
    table.build_index(lists=4)
    assert table.is_indexed
    assert VectorTable(tmp_path).is_indexed
    found = [table.search(row, 5)[0] for row in rows[:20]]
    assert [ids[0] for ids in found] == [str(row) for row in range(20)]
    shared = np.mean([len(set(one) & set(other)) / 5 for one, other in zip(exact, found, strict=True)])
    assert shared > 0.9
    assert [table.search(row, 5, exact=True)[0] for row in rows[:20]] == exact

import numpy as np
import pytest

from tastemaker.alignment.contrast.hard_batches import groups_of, hard_batches


def families(n=6, members=4, seed=0):
    """Items of families: near each other inside one, far from the others."""
    rng = np.random.default_rng(seed)
    centre = np.repeat(np.eye(n, 16), members, axis=0)
    vectors = centre + 0.05 * rng.normal(size=centre.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_group_is_a_family():
    groups = groups_of(families(seed=1), families(seed=2), 4, np.random.default_rng(0))
    assert groups.shape == (6, 4)
    assert sorted(groups.ravel().tolist()) == list(range(24))
    assert {len(set((group // 4).tolist())) for group in groups} == {1}


def test_words_are_compared_with_pictures_and_not_with_words():
    """Texts of item 2i say what the picture of item 2i + 1 shows, and the other way round."""
    pictures = np.eye(8, dtype=np.float32)
    texts = pictures[[1, 0, 3, 2, 5, 4, 7, 6]]
    groups = groups_of(texts, pictures, 2, np.random.default_rng(3))
    assert sorted(sorted(group) for group in groups.tolist()) == [[0, 1], [2, 3], [4, 5], [6, 7]]


@pytest.mark.parametrize(("size", "lengths"), [(8, [8, 8, 8]), (9, [8, 8, 8]), (16, [16]), (3, [4] * 6)])
def test_batches_hold_whole_groups_and_none_twice(size, lengths):
    groups = np.arange(24).reshape(6, 4)
    made = list(hard_batches(groups, size, np.random.default_rng(0)))
    assert [len(batch) for batch in made] == lengths
    seen = np.concatenate(made)
    assert len(set(seen.tolist())) == len(seen)
    for batch in made:
        assert set(np.bincount(batch // 4)) <= {0, 4}


def test_other_chance_other_batches_same_chance_same_batches():
    groups = np.arange(80).reshape(20, 4)
    first, again, other = (next(hard_batches(groups, 16, np.random.default_rng(seed))) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()

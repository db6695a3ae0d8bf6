import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.index.fusion import blend


def hits(rows, scores):
    return np.array(rows), np.array(scores, np.float32)


def test_weight_zero_silences_a_list():
    rows, _ = blend([hits([4], [1.0]), hits([7, 8], [1.0, 0.5])], [1, 0])
    assert rows.tolist() == [4]


def test_nothing_in_nothing_out():
    assert len(blend([hits([], [])], [1])[0]) == 0


def test_blend_by_hand():
    words, vectors = hits([1, 2], [10, 5]), hits([2, 3, 4], [0.9, 0.7, 0.5])
    rows, scores = blend([words, vectors], [0.25, 0.75], floors=[0.0, None])
    # words: 1 -> 1, 2 -> 1/2; vectors: 2 -> 1, 3 -> 1/2, 4 -> 0
    assert rows.tolist() == [2, 3, 1, 4]
    np.testing.assert_allclose(scores, [0.875, 0.375, 0.25, 0.0], atol=1e-6)


def test_a_door_that_cannot_speak_of_an_item_is_left_out_of_its_average():
    words, vectors = hits([1], [10]), hits([3, 1], [0.9, 0.5])
    speaks = [np.array([True, True, True, False]), None]
    rows, scores = blend([words, vectors], [0.5, 0.5], floors=[0.0, 0.0], speaks=speaks)
    # 3 has no words: its vector alone, 1; item 1: half of 1 and half of 5/9
    assert rows.tolist() == [3, 1]
    np.testing.assert_allclose(scores, [1.0, 0.5 + 0.5 * 5 / 9], rtol=1e-6)


def test_rows_beyond_an_older_mask_are_not_spoken_of():
    rows, scores = blend([hits([0], [1]), hits([5, 0], [1.0, 0.5])], [1, 1], speaks=[np.array([True]), None])
    assert dict(zip(rows.tolist(), scores.tolist(), strict=True)) == {5: 1.0, 0: 0.5}


def test_equal_scores_all_count_fully():
    _, scores = blend([hits([4, 2], [0.3, 0.3])], [1])
    assert scores.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("weights", [[1], [1, -1], [1, float("nan")]])
def test_bad_weights_are_refused(weights):
    with pytest.raises(InputError):
        blend([hits([1], [1]), hits([2], [1])], weights)

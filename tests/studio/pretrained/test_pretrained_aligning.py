"""What was moved, scaled and tinted is put back; what shows another scene is not believed."""

import cv2
import numpy as np
import pytest

from tastemaker.studio.pretrained.aligning import alike, put_in_place


def scene(seed=0, height=240, width=180):
    """Soft patches of colour, as photos have them."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3)).astype(np.float32)
    soft = sum(cv2.GaussianBlur(noise, (0, 0), sigma) * sigma for sigma in (2, 6, 16))
    return np.clip(120 + 45 * soft, 0, 255).astype(np.uint8)


PHOTO = scene()
FREE = np.zeros(PHOTO.shape[:2], np.bool_)
FREE[80:180, 50:130] = True


def drawn(matrix, gain=1.0, offset=0.0):
    """The photo as a pipeline might draw it anew: moved and tinted, something else in the region."""
    other = np.where(FREE[..., None], scene(7), PHOTO)
    moved = cv2.warpAffine(other, np.asarray(matrix, np.float64), PHOTO.shape[1::-1], borderMode=cv2.BORDER_REFLECT)
    return np.clip(moved * gain + offset, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 0, 0], [0, 1, 0]],
        [[1, 0, 6.5], [0, 1, -4]],
        [[1.03, 0.01, -4], [-0.01, 1.03, 5]],
    ],
)
def test_a_moved_scene_is_put_back(matrix):
    placed, sure = put_in_place(PHOTO, drawn(matrix), FREE)
    inner = np.zeros_like(FREE)
    inner[16:-16, 16:-16] = True
    error = np.abs(placed.astype(int) - PHOTO)[inner & ~FREE]
    assert error.mean() < 2
    assert sure > 0.95
    own = np.abs(placed.astype(int) - scene(7))[90:170, 60:120]
    assert own.mean() < 3


def test_a_tint_is_taken_out():
    placed, sure = put_in_place(PHOTO, drawn([[1, 0, 2], [0, 1, 0]], gain=0.8, offset=30), FREE)
    assert np.abs(placed.astype(int) - PHOTO)[8:-8, 8:-8][~FREE[8:-8, 8:-8]].mean() < 3
    assert sure > 0.9


def test_another_scene_is_told():
    assert put_in_place(PHOTO, scene(3), FREE)[1] < 0.5
    assert put_in_place(PHOTO, np.full_like(PHOTO, 128), FREE)[1] < 0.5


def test_two_plain_walls_are_alike_and_a_pattern_on_one_is_not():
    wall = np.full((64, 64, 3), 200, np.uint8)
    everywhere = np.ones((64, 64), np.bool_)
    assert alike(wall, wall - 30, everywhere) == 1
    assert alike(wall, scene(1, 64, 64), everywhere) < 0.5


def test_without_a_rest_nothing_is_moved():
    whole = np.ones_like(FREE)
    placed, sure = put_in_place(PHOTO, scene(3), whole)
    assert np.array_equal(placed, scene(3))
    assert sure == 1

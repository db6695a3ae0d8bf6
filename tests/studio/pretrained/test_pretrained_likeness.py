"""The product is found in what was drawn a little elsewhere; another colour, another print and noise are not it."""

import cv2
import numpy as np
import pytest

from tastemaker.studio.fidelity import failing, judge
from tastemaker.studio.pretrained.likeness import followed, judged_by
from tastemaker.studio.request import Candidate

PHOTO = np.full((200, 200, 3), (205, 200, 190), np.uint8)
OUTLINE = np.zeros((200, 200), np.bool_)
OUTLINE[50:150, 60:140] = True
MASK = cv2.dilate(OUTLINE.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0


def print_of(colour=(170, 40, 40), seed=0):
    """A printed cloth: light blots on a colour."""
    noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(200, 200)).astype(np.float32), (0, 0), 2)
    cloth = np.full((200, 200, 3), colour, np.uint8)
    cloth[noise > 0.1] = (240, 235, 220)
    return cv2.GaussianBlur(cloth, (0, 0), 0.7)


def draft():
    alpha = cv2.GaussianBlur(OUTLINE.astype(np.float32), (0, 0), 0.7)
    picture = (PHOTO + (print_of().astype(np.float32) - PHOTO) * alpha[..., None]).astype(np.uint8)
    return Candidate(picture, MASK, print_of(), alpha, OUTLINE)


def bent(picture, by):
    """A picture whose pixels have moved smoothly by up to so many."""
    rows, columns = np.mgrid[:200, :200].astype(np.float32)
    wave = by * np.sin(2 * np.pi * rows / 120)
    return cv2.remap(picture, columns + wave, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def axes(cloth):
    """How a cloth is judged that a pipeline has painted into the mask."""
    picture = np.where((draft().product > 0.5)[..., None], cloth, PHOTO)
    return judge(PHOTO, judged_by(draft(), picture, PHOTO, MASK))


def test_the_product_itself_passes():
    found = axes(print_of())
    assert not failing(found)
    assert found["colour"] > 0.95
    assert found["silhouette"] > 0.95


def test_a_print_drawn_a_little_elsewhere_passes():
    stiff = draft()
    moved = bent(print_of(), 4.0)
    picture = np.where((stiff.product > 0.5)[..., None], moved, PHOTO)
    before = judge(PHOTO, Candidate(picture, MASK, stiff.meant, stiff.product, OUTLINE))
    assert failing(before)
    assert not failing(axes(moved))


@pytest.mark.parametrize(
    ("cloth", "axis"),
    [
        (print_of(colour=(40, 60, 170)), "colour"),
        (print_of(colour=(40, 60, 170)), "silhouette"),
        (print_of(seed=5), "texture"),
        (np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8), "colour"),
        (PHOTO, "colour"),
    ],
)
def test_another_product_is_told(cloth, axis):
    assert axis in failing(axes(cloth))


def test_a_product_larger_than_meant_is_told():
    wide = np.where(cv2.dilate(OUTLINE.astype(np.uint8), np.ones((61, 61), np.uint8))[..., None] > 0, print_of(), PHOTO)
    made = judged_by(draft(), wide, PHOTO, np.ones_like(MASK))
    assert "silhouette" in failing(judge(PHOTO, made))


def test_nothing_moves_far():
    far = np.roll(print_of(), 30, 1)
    moved, alpha = followed(print_of(), draft().product, far)
    assert moved.shape == far.shape
    rows, columns = np.nonzero(alpha > 0.5)
    assert abs(columns.mean() - 99.5) <= 4.5
    assert abs(rows.mean() - 99.5) <= 4.5

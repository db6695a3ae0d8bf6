import math

import numpy as np
import pytest

from tastemaker.alignment.fusion.precedents import LOOKS, WORDS, Precedents

EVEN = 64
"""Items of the world: tokens 2 and 3 for the parity, token 4 for all; even ones are bright, odd ones dark."""


def world(n=EVEN, seed=0):
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 40, (n, 2, 1, 3)).astype(np.uint8)
    frames[::2] += 180
    tokens = np.zeros((n, 3), np.int32)
    tokens[:, 0], tokens[:, 1] = 2 + np.arange(n) % 2, 4
    return frames, tokens


@pytest.fixture(scope="module")
def precedents():
    return Precedents.fit(*world(), 6)


def test_words_speak_for_pictures_that_look_like_the_items_of_those_words(precedents):
    looks = precedents.looks(world(20, seed=1)[0])
    even, odd = precedents.of_words([2], looks), precedents.of_words([3], looks)
    right = np.arange(20) % 2 == 0
    assert np.mean((even > odd) == right) > 0.8
    assert even[right].mean() > even[~right].mean() + 1


def test_a_picture_speaks_for_words_of_the_items_that_look_like_it(precedents):
    looks = precedents.looks(world(20, seed=1)[0])
    texts = np.array([[2, 0, 0], [3, 0, 0]], np.int32)
    said = [precedents.of_picture(look, texts).argmax() for look in looks]
    assert np.mean(said == np.arange(20) % 2) > 0.8


def test_evidence_is_the_formula():
    """Two items whose words have no token in common: rarity log 2 + 1 for both, likeness 1 and 0."""
    frames = world(2)[0]
    known = Precedents.fit(frames, np.array([[2], [3]], np.int32), 4)
    looks = known.looks(frames).astype(np.float32)
    alike = looks @ looks.T
    want = [math.log(math.exp(1 / WORDS + alike[0, j] / LOOKS) + math.exp(alike[1, j] / LOOKS)) for j in (0, 1)]
    np.testing.assert_allclose(known.of_words([2], known.looks(frames)), want, rtol=1e-3)


def test_rare_words_count_more(precedents):
    """The word that all items have says next to nothing beside one that half of them have."""
    frames, _ = world(2, seed=2)
    looks = precedents.looks(frames)
    gap = np.ptp(precedents.of_words([4], looks))
    assert gap < np.ptp(precedents.of_words([2, 4], looks)) < np.ptp(precedents.of_words([2], looks)) + 1e-3


def test_no_words_at_all_are_no_error(precedents):
    assert np.isfinite(precedents.of_words([], precedents.looks(world(3)[0]))).all()


def test_whitened_pixels_have_no_ruling_direction(precedents):
    """Brightness is most of what differs between the pictures, and yet one direction of many."""
    looks = precedents.looks(world()[0]).astype(np.float32)
    np.testing.assert_allclose(np.linalg.norm(looks, axis=1), 1, atol=1e-2)
    spread = np.linalg.eigvalsh(looks.T @ looks)
    assert spread[-1] < 5 * np.median(spread)


def test_come_back_from_storage(precedents):
    again = Precedents(precedents.tensors())
    looks = precedents.looks(world(5)[0])
    np.testing.assert_allclose(again.of_words([2, 4], looks), precedents.of_words([2, 4], looks), rtol=1e-4)

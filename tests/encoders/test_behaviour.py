import numpy as np

from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.testing.worlds import checkerboard


def test_items_that_the_same_people_chose_lie_near_each_other():
    world = checkerboard(cold=4)
    vectors = taste_vectors(world.interactions, 8)
    warm = np.arange(world.size - 4)
    near = vectors[warm] @ vectors[warm].T
    alike = warm[:, None] % 2 == warm % 2
    assert np.abs(near[~alike]).max() < 1e-5  # nobody chose an even and an odd one
    assert near[alike].mean() > 0.2
    assert not vectors[-4:].any()  # nobody chose them


def test_no_events_no_taste():
    world = checkerboard()
    assert not taste_vectors(world.interactions.where(np.zeros(len(world.interactions.row), bool))).any()


def test_again_the_same():
    events = checkerboard().interactions
    np.testing.assert_array_equal(taste_vectors(events, 6), taste_vectors(events, 6))

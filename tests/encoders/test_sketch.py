import numpy as np
import pytest

from tastemaker.encoders.sketch import CELL, DIRECTIONS, both_ways, read_sketches, sketch_shape, sketches
from tastemaker.testing.worlds import COLOURS, drawn_shop


def edges(frames):
    """The first part, back in cells."""
    n, height, width, _ = frames.shape
    shape = (n, height // CELL, width // CELL, DIRECTIONS)
    return sketches(frames)[:, : np.prod(shape[1:])].reshape(shape)


def test_an_edge_is_seen_in_its_cell_and_its_direction():
    frames = np.zeros((2, 24, 24, 3), np.uint8)
    frames[0, :, 12:] = 200  # upright: brightness changes across
    frames[1, 12:, :] = 200  # lying: it changes downwards
    found = edges(frames)
    assert found[0, 1, 1].argmax() == 0
    assert found[1, 1, 1].argmax() in (DIRECTIONS // 2, DIRECTIONS // 2 + 1)
    assert not found[0, :, 0].any()
    assert not found[0, :, 2].any()
    assert not found[1, 0].any()


def test_strength_does_not_count_against_its_own_surroundings():
    weak, strong = (np.zeros((1, 24, 24, 3), np.uint8) for _ in range(2))
    weak[:, :, 12:], strong[:, :, 12:] = 100, 200
    np.testing.assert_allclose(edges(weak)[0, 1, 1, 0], edges(strong)[0, 1, 1, 0], rtol=0.1)


def test_colours_are_counted():
    frames = np.zeros((1, 8, 8, 3), np.uint8)
    frames[0, :4] = (255, 0, 0)
    colours = sketches(frames)[0, -216:] / 6
    assert np.flatnonzero(colours).tolist() == [0, 5 * 36]
    np.testing.assert_allclose(colours[[0, 180]] ** 2, 0.5, atol=1e-6)


def test_the_other_way_is_the_mirror_image():
    frames = np.random.default_rng(0).integers(0, 255, (2, 16, 24, 3)).astype(np.uint8)
    both, mirrored = both_ways(frames), both_ways(frames[:, :, ::-1])
    np.testing.assert_array_equal(both[:, 0], mirrored[:, 1])
    assert not np.array_equal(both[:, 0], both[:, 1])


@pytest.mark.parametrize(("shape", "read"), [((32, 24), (64, 48)), ((48, 48), (64, 64)), ((20, 40), (32, 64))])
def test_frames_are_whole_cells_of_about_the_same_aspect(shape, read):
    assert sketch_shape(shape) == read


def test_pictures_of_a_catalog_are_read_by_name():
    shop = drawn_shop(1)
    numbers = read_sketches(shop.pictures, [shop.main_picture(0), "", shop.main_picture(11)], (32, 32))
    assert numbers.shape == (3, 2, 4 * 4 * 9 + 8 * 8 * 3 + 216)
    assert len(COLOURS) == 4
    assert not np.array_equal(numbers[0], numbers[2])
    assert read_sketches(shop.pictures, [], (32, 32)).shape == (0, 2, 4 * 4 * 9 + 8 * 8 * 3 + 216)

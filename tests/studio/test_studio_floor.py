"""The camera of a room: what is projected has the size and the vanishing lines of the true camera."""

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.studio.floor import EYE, from_floor, guess
from tests.studio.scenes import camera

FLOOR = np.array([[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]], float)
CHANCE = np.random.default_rng(3)
CAMERAS = [
    camera(
        focal=CHANCE.uniform(380, 900),
        place=(CHANCE.uniform(-1.5, 4.5), -CHANCE.uniform(1.5, 4), CHANCE.uniform(1.0, 2.2)),
        look=(CHANCE.uniform(0.8, 2.2), 2, CHANCE.uniform(0, 0.9)),
    )
    for _ in range(40)
]


def angle(one, other):
    """Degrees between two points at or near infinity, as seen through a usual lens."""
    lens = np.linalg.inv(np.array([[560, 0, 320], [0, 560, 240], [0, 0, 1.0]]))
    one, other = lens @ one, lens @ other
    cosine = abs(one @ other) / np.linalg.norm(one) / np.linalg.norm(other)
    return np.degrees(np.arccos(min(cosine, 1)))


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_sizes_are_within_three_per_cent_and_vanishing_directions_within_two_degrees(noise):
    sizes, angles = [], []
    for number, true in enumerate(CAMERAS):
        shaken = true.project(FLOOR) + np.random.default_rng(number).normal(0, noise, (4, 2))
        found = from_floor(shaken, (3, 4), (480, 640))
        for x, y, high in ((0.7, 0.9, 0.8), (2.2, 2.0, 1.9), (1.5, 3.4, 0.5)):
            foot_and_top = np.array([[x, y, 0], [x, y, high]])
            seen, meant = (np.linalg.norm(np.diff(each.project(foot_and_top), axis=0)) for each in (found, true))
            sizes.append(abs(seen / meant - 1))
        angles += [angle(found.vanishing(way), true.vanishing(way)) for way in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    assert np.percentile(sizes, 95 if noise else 100) < 0.03
    assert np.percentile(angles, 95 if noise else 100) < 2


def test_a_metre_further_back_shrinks_as_distance_says():
    found = from_floor(CAMERAS[0].project(FLOOR), (3, 4), (480, 640))
    for x in (0.5, 2.5):
        heights = []
        for y in (1.0, 2.0, 3.0):
            foot_and_top = found.project(np.array([[x, y, 0], [x, y, 0.01]]))
            depth = CAMERAS[0].matrix[2] @ [x, y, 0, 1]
            heights.append(np.linalg.norm(np.diff(foot_and_top, axis=0)) * depth)
        assert heights[0] > 0
        shrink = [found.matrix[2] @ [x, y, 0, 1] for y in (1.0, 2.0, 3.0)]
        assert shrink[0] < shrink[1] < shrink[2]
        true = [CAMERAS[0].matrix[2] @ [x, y, 0, 1] for y in (1.0, 2.0, 3.0)]
        assert np.allclose(np.array(shrink) / shrink[0], np.array(true) / true[0], rtol=1e-6)


def test_the_order_of_the_corners_may_go_either_way_round():
    seen = CAMERAS[1].project(FLOOR)
    there, back = from_floor(seen, (3, 4), (480, 640)), from_floor(seen[[1, 0, 3, 2]], (3, 4), (480, 640))
    for each in (there, back):
        assert each.centre[2] > 0.5
        foot_and_top = each.project(np.array([[1.5, 2, 0], [1.5, 2, 1.0]]))
        assert foot_and_top[1, 1] < foot_and_top[0, 1]


def test_a_pixel_leads_back_to_its_place_on_the_floor():
    for true in CAMERAS[:5]:
        pixel = true.project(np.array([[1.2, 2.3, 0.0]]))[0]
        assert np.allclose(true.on_floor(tuple(pixel)), (1.2, 2.3))


@pytest.mark.parametrize(
    ("corners", "size"),
    [
        ([[0, 0], [10, 10], [10, 0], [0, 10]], (3, 4)),
        ([[5, 5], [5, 5], [5, 5], [5, 5]], (3, 4)),
        ([[10, 400], [600, 400], [500, 250], [120, 250]], (0, 4)),
    ],
)
def test_what_is_no_floor_is_refused(corners, size):
    with pytest.raises(InputError) as caught:
        from_floor(np.array(corners, float), size, (480, 640))
    assert caught.value.hint


def test_without_a_word_the_camera_is_held_level_at_eye_height():
    found = guess(np.full((480, 640, 3), 200, np.uint8))
    assert found.source == "usual"
    assert found.centre[2] == pytest.approx(EYE)
    horizon = found.project(np.array([[0, 1e6, 0], [0, 3, EYE]]))
    assert horizon[0, 1] == pytest.approx(horizon[1, 1], abs=0.01)


def test_boards_that_run_into_the_room_give_the_horizon():
    import cv2

    true = camera(look=(1.5, 2.0, 1.0))
    room = np.full((480, 640, 3), 210, np.uint8)
    for x in np.linspace(-4, 7, 24):
        ends = true.project(np.array([[x, -0.5, 0], [x, 9, 0]]))
        cv2.line(room, *[tuple(int(v) for v in end) for end in ends], (120, 90, 60), 2)
    for high in (2.4, 1.9):
        for x in (-1.5, 4.5):
            ends = true.project(np.array([[x, -1.0, high], [x, 9, high]]))
            cv2.line(room, *[tuple(int(v) for v in end) for end in ends], (60, 60, 60), 2)
    found = guess(room)
    assert found.source == "lines"
    meant = true.vanishing((0, 1, 0))
    assert found.project(np.array([[0, 1e6, 0]]))[0, 1] == pytest.approx(meant[1] / meant[2], abs=20)

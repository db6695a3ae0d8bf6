"""Rooms without and with a piece of furniture, and the camera that sees them."""

import numpy as np
import pytest

from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.rooms import Camera, placed_pairs
from tastemaker.demoshop.rooms.pairs import corners_of, furniture, size_of
from tastemaker.demoshop.rooms.placing import Spot, placed

SMALL = DemoConfig(items=160)
HEIGHT = 120
LEVEL = Camera(focal=200.0, height=150.0, tilt=0.0, yaw=0.0, centre=(100.0, 75.0))


@pytest.fixture(scope="module")
def pairs():
    return list(placed_pairs(SMALL, 6, height=HEIGHT))


def test_a_level_camera_shows_heights_as_focal_times_height_over_distance():
    foot, head = LEVEL.project(np.array([[30.0, 0.0, -400.0], [30.0, 100.0, -400.0]]))
    assert foot[1] - head[1] == pytest.approx(200 * 100 / 400)
    assert foot[0] == head[0] == pytest.approx(100 + 200 * 30 / 400)
    assert foot[1] == pytest.approx(75 + 200 * 150 / 400)


def test_a_metre_further_back_it_is_smaller_as_it_must():
    near, far = (LEVEL.project(np.array([[0.0, 0, -z], [0, 80.0, -z]])) for z in (300.0, 400.0))
    assert (far[0, 1] - far[1, 1]) / (near[0, 1] - near[1, 1]) == pytest.approx(3 / 4)


def test_parallels_meet_where_the_camera_says():
    camera = Camera(focal=180.0, height=140.0, tilt=11.0, yaw=7.0, centre=(100.0, 75.0))
    direction = np.array([0.6, 0.0, -1.0])
    far = camera.project(np.array([[20.0, 0, -200.0]]) + direction * 1e7)
    assert far[0] == pytest.approx(camera.vanishing(direction), abs=0.01)


def test_rays_lead_back_to_the_points_that_are_seen():
    camera = Camera(focal=180.0, height=140.0, tilt=11.0, yaw=7.0, centre=(100.0, 75.0))
    points = np.array([[20.0, 0.0, -300.0], [-50.0, 90.0, -420.0]])
    rays = camera.rays(camera.project(points))
    assert camera.eye + rays * camera.depth(points)[:, None] == pytest.approx(points)


def test_the_same_number_is_the_same_pair(pairs):
    again = next(placed_pairs(SMALL, 1, height=HEIGHT, first=2))
    assert again.truth.tobytes() == pairs[2].truth.tobytes()
    assert again.context.tobytes() == pairs[2].context.tobytes()
    assert (again.item, again.camera, again.spot) == (pairs[2].item, pairs[2].camera, pairs[2].spot)


def test_no_piece_is_of_both_parts():
    train, test = ({piece.id for piece in furniture(DemoConfig(), part)} for part in ("train", "test"))
    assert not train & test
    assert 0.1 < len(test) / len(train | test) < 0.3


@pytest.mark.parametrize("kind", ["sideboard", "desk", "shelf", "nightstand", "sofa"])
def test_a_piece_is_as_large_as_its_camera_says(kind):
    camera = Camera(focal=250.0, height=140.0, tilt=10.0, yaw=3.0, centre=(150.0, 112.5))
    pieces = [p for p in furniture(DemoConfig(), "train") if p["kind"] == kind and p["form"] != "corner"]
    piece, spot = pieces[0], Spot(-20.0, -420.0, 20.0)
    _, alpha, feet = placed(piece, spot, camera, 320, 1)
    seen = camera.project(spot.world(corners_of(size_of(piece)))) * 320 * 1.5 / 300
    rows, columns = np.nonzero(alpha > 0.5)
    size = np.ptp(seen, axis=0)
    assert np.ptp(columns) == pytest.approx(size[0], rel=0.05)
    assert np.ptp(rows) == pytest.approx(size[1], rel=0.05)
    assert columns.mean() == pytest.approx(seen[:, 0].mean(), abs=0.06 * size[0])
    assert rows.max() == pytest.approx(seen[:, 1].max(), abs=0.05 * size[1])
    assert len(feet) > 0


def test_the_truth_differs_from_the_context_in_the_piece_and_its_shadow(pairs):
    for pair in pairs:
        without, with_it = (np.asarray(picture, np.int64) for picture in (pair.context, pair.truth))
        differs = np.abs(without - with_it).max(2) > 0
        assert not (differs & ~(pair.mask | pair.shadow)).any()
        assert pair.mask.any()
        assert not (pair.mask & pair.shadow).any()


def test_the_floor_rectangle_has_the_size_that_is_told(pairs):
    """Two corners of the floor go back through the camera to points so far apart."""
    for pair in pairs:
        rays = pair.camera.rays(pair.floor)
        ground = pair.camera.eye + rays * (-pair.camera.height / rays[:, 1:2])
        wide, deep = (100 * metres for metres in pair.floor_size)
        assert np.linalg.norm(ground[1] - ground[0]) == pytest.approx(wide, rel=1e-6)
        assert np.linalg.norm(ground[2] - ground[1]) == pytest.approx(deep, rel=1e-6)
        assert ground[:, 1] == pytest.approx(np.zeros(4), abs=1e-6)

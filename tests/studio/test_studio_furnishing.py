"""Things that stand, lie and hang: each where a camera of known place would see it."""

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.studio.engines import Refusal
from tastemaker.studio.furnishing import furnish
from tastemaker.studio.request import Region, VisualRequest
from tastemaker.studio.sizes import Size
from tests.studio.scenes import box, camera

CAMERA = camera()
CORNERS = CAMERA.project(np.array([[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]], float))
ROOM = np.full((480, 640, 3), (205, 200, 190), np.uint8)


def placed(title, size, **region):
    region = Region(floor=CORNERS, floor_size=(3, 4), **region)
    made = furnish(VisualRequest("place", Item("x", title=title), box()[0], ROOM, size=size, region=region), 0)
    there = made.product > 0.5
    return np.flatnonzero(there.any(0)), np.flatnonzero(there.any(1)), made


@pytest.mark.parametrize("place", [(0.8, 1.0), (1.5, 2.0), (2.0, 3.3)])
def test_a_thing_stands_where_it_is_put_in_its_size(place):
    at = CAMERA.project(np.array([[*place, 0.0]]))[0]
    columns, _, made = placed("Cabinet", Size(1.0, 0.0, 0.6), at=tuple(at))
    rows = np.flatnonzero(made.product[:, round(at[0])] > 0.5)
    right = CAMERA.facing(np.array(place))
    ends = CAMERA.project(np.array([[*(np.array(place) + way * 0.5 * right), 0.0] for way in (-1, 1)]))
    top = CAMERA.project(np.array([[*place, 0.6]]))[0]
    assert np.ptp(columns) + 1 == pytest.approx(ends[1, 0] - ends[0, 0], rel=0.03)
    assert np.ptp(rows) + 1 == pytest.approx(at[1] - top[1], rel=0.04)
    assert rows[-1] == pytest.approx(at[1], abs=3)


def test_moved_back_by_a_metre_it_shrinks_as_it_must():
    widths = []
    for y in (1.0, 2.0, 3.0):
        at = CAMERA.project(np.array([[1.5, y, 0.0]]))[0]
        widths.append(np.ptp(placed("Cabinet", Size(1.0, 0.0, 0.6), at=tuple(at))[0]) + 1)
    depth = [float(CAMERA.matrix[2] @ [1.5, y, 0, 1]) for y in (1.0, 2.0, 3.0)]
    assert widths[1] / widths[0] == pytest.approx(depth[0] / depth[1], rel=0.03)
    assert widths[2] / widths[1] == pytest.approx(depth[1] / depth[2], rel=0.03)


def test_a_rug_lies_on_the_floor():
    columns, rows, _ = placed("Rug", Size(2.0, 1.0, 0.01))
    corners = CAMERA.project(np.array([[0.5, 1.5, 0], [2.5, 1.5, 0], [2.5, 2.5, 0], [0.5, 2.5, 0]]))
    assert columns[0] == pytest.approx(corners[:, 0].min(), abs=3)
    assert columns[-1] == pytest.approx(corners[:, 0].max(), abs=3)
    assert rows[0] == pytest.approx(corners[:, 1].min(), abs=3)
    assert rows[-1] == pytest.approx(corners[:, 1].max(), abs=3)


def test_a_mirror_hangs_on_the_wall_behind_the_floor():
    columns, rows, _ = placed("Mirror", Size(1.0, 0.0, 0.6))
    middle = CAMERA.project(np.array([[1.5, 4.0, 1.5]]))[0]
    assert columns.mean() == pytest.approx(middle[0], abs=3)
    assert rows.mean() == pytest.approx(middle[1], abs=4)


def test_a_pendant_hangs_from_the_ceiling_and_throws_no_shadow():
    _, rows, made = placed("Pendant", Size(1.0, 0.0, 0.6))
    top = CAMERA.project(np.array([[1.5, 2.0, 2.45]]))[0]
    assert rows[0] == pytest.approx(max(top[1], 0), abs=4)
    assert not (made.mask & (made.product == 0)).any()


def test_a_brush_limits_it():
    brush = np.zeros(ROOM.shape[:2], np.bool_)
    brush[:, :320] = True
    assert not placed("Cabinet", Size(1.0, 0.0, 0.6), brush=brush)[2].mask[:, 320:].any()


def test_what_is_behind_the_camera_is_refused():
    with pytest.raises(Refusal, match="behind"):
        placed("Cabinet", Size(1.0, 0.0, 0.6), at=(320.0, 5.0))


def test_a_floor_of_no_size_is_guessed_and_said():
    request = VisualRequest("place", Item("x", title="Cabinet"), box()[0], ROOM, size=Size(1.0, 0.4, 0.6))
    made = furnish(
        VisualRequest(
            **{**vars(request), "region": Region(floor=np.array([[60, 470], [580, 470], [430, 330], [210, 330]]))}
        ),
        0,
    )
    assert any("taken to be" in warning for warning in made.warnings)
    with pytest.raises(InputError):
        furnish(VisualRequest(**{**vars(request), "region": Region(floor=np.zeros((4, 2)), floor_size=(3, 4))}), 0)


def test_a_deep_thing_stands_with_its_middle_where_it_is_put():
    at = CAMERA.project(np.array([[1.5, 2.0, 0.0]]))[0]
    _, rows, _ = placed("Cabinet", Size(1.0, 0.3, 0.5), at=tuple(at))
    away = np.array([1.5, 2.0]) - CAMERA.centre[:2]
    front = np.array([1.5, 2.0]) - 0.15 * away / np.linalg.norm(away)
    assert rows[-1] == pytest.approx(CAMERA.project(np.array([[*front, 0.0]]))[0, 1], abs=8)
    assert rows[-1] > at[1] + 3


def test_a_drawn_box_is_filled():
    columns, rows, _ = placed("Cabinet", Size(1.0, 0.0, 0.6), box=(250, 200, 400, 280))
    assert (columns[0], rows[0]) == pytest.approx((250, 200), abs=3)
    assert (columns[-1], rows[-1]) == pytest.approx((399, 279), abs=3)

"""Marks on a body: checked, believed, and given back in the pixels of the photo."""

import cv2
import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, UnknownName
from tastemaker.studio.body import read
from tastemaker.studio.limbs import arm, marks_of
from tastemaker.studio.marks import checked, moved
from tastemaker.studio.request import Region, VisualRequest
from tastemaker.studio.showing import show
from tastemaker.studio.wear import belt_of
from tests.studio.scenes import PERSON, mannequin, tee

ENDS = {"left shoulder": (130.0, 110.0), "right shoulder": (250.0, 114.0)}


def test_two_shoulders_are_believed():
    body = read(mannequin(), checked(ENDS))
    assert (body.axis, body.levels["shoulder"]) == (190, 112)
    assert body.shoulders == pytest.approx(np.hypot(120, 4))
    found = marks_of(body)
    assert found["left shoulder"] == (pytest.approx(190 - body.shoulders / 2), 112)


def test_what_lies_between_two_marks_moves_along():
    levels = {"shoulder": 100.0, "chest": 150.0, "crotch": 300.0, "knee": 350.0, "ankle": 400.0}
    told = moved(levels, {"crotch": (0.0, 320.0)})
    assert told == {"shoulder": 100, "chest": 155, "crotch": 320, "knee": 370, "ankle": 420}
    both = moved(levels, {"crotch": (0.0, 320.0), "ankles": (0.0, 400.0)})
    assert both == {"shoulder": 100, "chest": 155, "crotch": 320, "knee": 360, "ankle": 400}


def test_a_belt_is_believed():
    photo = mannequin()
    assert belt_of(photo, read(photo)) == pytest.approx(256, abs=6)
    assert belt_of(photo, read(photo, checked({"belt": (190, 222)}))) == 222


def test_an_arm_goes_through_its_marks():
    body = read(mannequin(), checked({"left elbow": (110, 190), "left wrist": (60, 150)}))
    limb = arm(body, -1)
    for goal in ((110, 190), (60, 150)):
        assert np.linalg.norm(limb.places - goal, axis=1).min() < 3
    assert 1 not in body.arms


def test_a_person_before_a_busy_ground_is_found_by_the_shoulders():
    photo = mannequin()
    busy = np.random.default_rng(0).integers(0, 256, photo.shape).astype(np.uint8)
    there = read(photo).mask
    photo = np.where(there[..., None], photo, cv2.GaussianBlur(busy, (0, 0), 2))
    body = read(photo, checked({"left shoulder": (140, 98), "right shoulder": (246, 98)}))
    assert body.axis == 193
    assert (body.mask & there).sum() > 0.6 * there.sum()


@pytest.mark.parametrize(
    ("points", "error", "said"),
    [
        ({"nose": (1, 2)}, UnknownName, "nose"),
        ({"belt": (1, 2, 3)}, InputError, "belt"),
        ({"belt": (1, float("nan"))}, InputError, "belt"),
        ({"left shoulder": (1, 2)}, InputError, "without the other"),
        ({"left shoulder": (90, 2), "right shoulder": (10, 2)}, InputError, "wrong way"),
        (ENDS | {"belt": (190, 90)}, InputError, "above to below"),
        ({"belt": (190, 300), "crotch": (190, 250)}, InputError, "above to below"),
    ],
)
def test_what_cannot_be_marked(points, error, said):
    with pytest.raises(error, match=said) as caught:
        checked(points)
    assert caught.value.hint


def asked(**given):
    return VisualRequest("try_on", Item("tee-1"), tee()[0], mannequin(), worn="top", consent=True, badge=False, **given)


def test_marks_come_back_in_the_pixels_of_the_photo():
    large = cv2.resize(mannequin(), None, fx=3, fy=3)
    request = asked(region=Region(points=checked({"belt": (570, 780)})))
    request = VisualRequest(**{**vars(request), "context": large})
    found = show(request).points
    assert found["left shoulder"][1] == pytest.approx(3 * PERSON["shoulder"], abs=30)
    assert found["left shoulder"][0] < 3 * PERSON["axis"] < found["right shoulder"][0]


def test_nothing_changes_beside_the_brush_and_what_it_spares_is_no_fault():
    brush = np.zeros((512, 384), np.bool_)
    brush[:, :200] = True
    result = show(asked(region=Region(brush=brush)))
    assert result.refused is None
    photo, picture = mannequin(), np.asarray(result.picture)
    assert (picture == photo)[~brush].all()
    assert (picture != photo)[brush].any()


def test_words_are_refused_by_engines_that_do_not_follow_them():
    with pytest.raises(InputError, match="compositor does not follow words") as caught:
        show(asked(instruction="sleeves rolled up"))
    assert "pretrained" in caught.value.hint
    with pytest.raises(InputError, match="does not follow words"):
        show(asked(instruction="sleeves rolled up"), engine="compositor")

"""Things come apart from their ground, and say when they do not."""

import cv2
import numpy as np
import pytest

from tastemaker.studio.cutout import box_of, cut, shrunk, without_fringe
from tests.studio.scenes import box, mannequin, tee, trousers, wall


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("drawn", [tee, trousers, box])
def test_on_white_the_outline_is_exact(drawn):
    photo, mask = drawn()
    found = cut(photo)
    assert overlap(found.mask, mask) > 0.96
    assert found.sure > 0.8
    assert found.flat


@pytest.mark.parametrize("vignette", [0.0, 12.0])
def test_uneven_light_and_a_soft_shadow_are_ground(vignette):
    photo = wall(vignette=vignette)
    shadow = np.zeros(photo.shape[:2], np.float32)
    cv2.ellipse(shadow, (200, 330), (90, 30), 0, 0, 360, 1.0, -1)
    photo = (photo * (1 - 0.12 * cv2.GaussianBlur(shadow, (0, 0), 16))[..., None]).astype(np.uint8)
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.circle(mask, (190, 230), 80, 1, -1)
    photo[mask > 0] = (40, 110, 90)
    assert overlap(cut(photo).mask, mask > 0) > 0.93


def test_white_on_nearly_white():
    photo = np.full((300, 300, 3), 246, np.uint8)
    photo[80:220, 90:210] = 251
    photo[120:150, 120:180] = (30, 30, 30)
    found = cut(photo)
    assert overlap(found.mask, np.pad(np.ones((140, 120), bool), ((80, 80), (90, 90)))) > 0.9


def test_holes_only_where_they_are_wanted():
    photo, _ = box()
    photo[70:130, 120:200] = 255
    assert cut(photo).mask[100, 160]
    assert not cut(photo, holes=True).mask[100, 160]


def test_edges_carry_the_colour_of_the_thing():
    photo, _ = box(colour=(150, 90, 60))
    found = cut(photo)
    left = box_of(found.mask)[0]
    assert np.abs(found.picture[100, left].astype(int) - (150, 90, 60)).max() < 12


def test_a_busy_ground_is_not_believed():
    rng = np.random.default_rng(0)
    photo = cv2.resize(rng.integers(0, 255, (40, 40, 3), np.uint8), (320, 320), interpolation=cv2.INTER_NEAREST)
    found = cut(photo)
    assert not found.flat
    assert found.sure < 0.5


def test_an_empty_photo_has_nothing_in_it():
    found = cut(np.full((100, 100, 3), 200, np.uint8))
    assert found.sure == 0
    with pytest.raises(ValueError, match="empty"):
        found.cropped()


def test_a_person_between_arms_and_body():
    found = cut(mannequin(), holes=True)
    assert found.sure > 0.7
    assert found.mask[170, 192]
    assert found.mask[200, 250]
    assert not found.mask[215, 240]
    assert not found.mask[100, 20]


def furniture_on_a_floor(colour, floor=(200, 180, 150)):
    """A top on two legs over a hard shadow. Shapes: (300, 400, 3), (300, 400)."""
    photo, mask = np.zeros((300, 400, 3), np.uint8) + np.array(floor, np.uint8), np.zeros((300, 400), np.bool_)
    photo += np.random.default_rng(0).integers(0, 2, (300, 400, 1), np.uint8)
    mask[60:180, 80:320] = mask[180:250, 90:105] = mask[180:250, 295:310] = True
    photo[230:262, 84:330] = photo[230:262, 84:330] * 0.6
    photo[mask] = colour
    return photo, mask


def test_the_shadow_under_furniture_is_not_part_of_it():
    photo, mask = furniture_on_a_floor((60, 90, 150))
    assert overlap(cut(photo, holes=True).mask, mask) > 0.95


def test_what_has_the_colour_of_a_shadow_and_is_everywhere_stays():
    photo, mask = furniture_on_a_floor((120, 108, 90))
    assert cut(photo, holes=True).mask[mask].mean() > 0.95


def test_a_fringe_of_shadow_is_taken_off_a_dark_thing_and_a_pale_one_keeps_its_edge():
    ground = np.full((200, 200, 3), 230, np.uint8)
    thing, taken = np.zeros((200, 200), np.bool_), np.zeros((200, 200), np.bool_)
    thing[60:140, 60:140] = taken[60:142, 60:140] = True
    photo = ground.copy()
    photo[taken], photo[thing] = 190, (40, 40, 90)
    assert np.array_equal(without_fringe(photo, taken, ground), thing)
    photo[taken] = 215
    assert np.array_equal(without_fringe(photo, taken, ground), taken)


def test_a_picture_of_one_line_keeps_a_line_when_it_shrinks():
    assert shrunk(np.zeros((1, 4000, 3), np.uint8), 0.3).shape == (1, 1200, 3)

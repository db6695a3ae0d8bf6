"""Points of garments laid flat, against where they were drawn."""

import numpy as np
import pytest

from tastemaker.studio import garment
from tests.studio.scenes import tee, trousers


def test_a_tee():
    flat = garment.upper(tee()[1])
    assert flat.points["armpit-1"] == pytest.approx((102, 160), abs=22)
    assert flat.points["armpit+1"] == pytest.approx((258, 160), abs=22)
    assert flat.points["hem-1"] == pytest.approx((104, 330), abs=12)
    assert flat.points["hem"] == pytest.approx((180, 339), abs=3)
    assert flat.points["collar-1"][0] < 180 < flat.points["collar+1"][0]
    assert set(flat.sleeves) == {-1, 1}
    for side, sleeve in flat.sleeves.items():
        assert (sleeve.cuff[0] - 180) * side > 100
        assert not sleeve.mask[250, 180]


def test_the_same_tee_mirrored_has_mirrored_points():
    mask = tee()[1]
    one, other = garment.upper(mask), garment.upper(mask[:, ::-1])
    for name in ("armpit", "hem", "shoulder"):
        assert one.points[f"{name}-1"][0] == pytest.approx(359 - other.points[f"{name}+1"][0], abs=3)


def test_a_vest_has_no_sleeves():
    mask = np.zeros((300, 200), np.bool_)
    mask[40:260, 60:140] = True
    mask[40:70, 85:115] = False
    assert garment.upper(mask).sleeves == {}


def test_trousers_part_at_the_crotch_and_a_skirt_does_not():
    flat = garment.lower(trousers()[1])
    assert flat.points["crotch"] == pytest.approx((120, 140), abs=10)
    assert flat.points["hem-inner-1"][0] == pytest.approx(100, abs=6)
    skirt = np.zeros((200, 200), np.bool_)
    for row in range(20, 180):
        skirt[row, 100 - 30 - row // 5 : 100 + 30 + row // 5] = True
    assert "crotch" not in garment.lower(skirt).points


def test_long_sleeves_do_not_lengthen_a_short_trunk():
    mask = np.zeros((400, 360), np.bool_)
    mask[60:220, 110:250] = True
    for column in range(60):
        mask[70 + column : 110 + 4 * column, 110 - column] = mask[70 + column : 110 + 4 * column, 249 + column] = True
    flat = garment.upper(mask)
    assert flat.points["hem"][1] == 219
    assert flat.points["hem-1"][1] < 220


def test_the_shoulder_of_a_vest_is_its_strap():
    mask = np.zeros((400, 300), np.bool_)
    mask[150:380, 60:240] = True
    mask[40:150, 100:125] = mask[40:150, 175:200] = True
    flat = garment.upper(mask)
    assert flat.points["shoulder-1"] == pytest.approx((100, 40), abs=8)
    assert flat.points["shoulder+1"] == pytest.approx((199, 40), abs=8)

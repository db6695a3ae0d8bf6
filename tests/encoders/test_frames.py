import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.pictures import Pictures
from tastemaker.encoders.frames import frame, frame_shape, read_frames, sample_aspects


@pytest.mark.parametrize(
    ("aspects", "shape"),
    [([0.75], (64, 48)), ([1.0], (64, 64)), ([1.5, 1.5, 0.6], (44, 64)), ([], (64, 64)), ([9.0], (32, 64))],
)
def test_the_frame_has_the_usual_aspect(aspects, shape):
    assert frame_shape(aspects, 64) == shape


def test_a_near_aspect_fills_the_frame():
    assert (frame(Image.new("RGB", (60, 80), "red"), (64, 48)) == [255, 0, 0]).all()


def test_another_aspect_is_set_on_its_own_border_colour():
    wide = Image.new("RGB", (100, 20), "white")
    wide.paste("red", (30, 5, 70, 15))
    framed = frame(wide, (64, 48))
    assert (framed[0] == 255).all()
    assert (framed[-1] == 255).all()
    red = (framed[..., 0] > 200) & (framed[..., 1] < 80)
    height, width = np.ptp(np.flatnonzero(red.any(1))) + 1, np.ptp(np.flatnonzero(red.any(0))) + 1
    assert width / height == pytest.approx(4, rel=0.35)  # not squeezed into the frame


def test_missing_and_damaged_pictures_are_said(tmp_path):
    Image.new("RGB", (30, 40), "blue").save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    frames, good = read_frames(Pictures(tmp_path), ["a.png", "", "b.png", "c.png"], (32, 24))
    assert good.tolist() == [True, False, False, False]
    assert frames.shape == (4, 32, 24, 3)
    assert (frames[0] == [0, 0, 255]).all()
    assert sample_aspects(Pictures(tmp_path), ["a.png", "", "b.png", "c.png"]) == [0.75]


def test_one_pixel_is_a_picture():
    assert frame(Image.new("RGB", (1, 1), "green"), (64, 48)).shape == (64, 48, 3)

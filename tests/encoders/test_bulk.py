"""Encoding in bulk: order, broken pictures, memory, and nothing encoded twice."""

import threading
import time

import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.catalog.pictures import Pictures
from tastemaker.core.types import Floats
from tastemaker.encoders.ahead import ahead
from tastemaker.encoders.bulk import Bulk
from tastemaker.encoders.kept import Kept, key_of
from tastemaker.encoders.pixels import PlainEye
from tastemaker.encoders.pretrained import Pretrained


class Means(Pretrained):
    """A model whose vector of a picture is its mean colour, of a text its length and its vowels; it counts its work."""

    name, dim = "means", 3
    eye = PlainEye((4, 4), None, 2, (1 / 255,) * 3, (0.0,) * 3)

    def __init__(self):
        self.module = torch.nn.Linear(3, 3)
        self.looked, self.said = 0, 0

    def read(self, texts):
        return {"counts": torch.tensor([[len(t), sum(map(t.count, "aeiou")), 1.0] for t in texts])}

    def say(self, read):
        self.said += len(read["counts"])
        return read["counts"]

    def look(self, pixels):
        self.looked += len(pixels)
        return pixels.mean((2, 3)) + 0.01

    def save(self, folder):
        raise NotImplementedError


COLOURS = [(250, 10, 10), (10, 250, 10), (10, 10, 250), (200, 200, 10), (90, 90, 90)]


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number, colour in enumerate(COLOURS):
        Image.new("RGB", (9, 7), colour).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes((folder / "0.png").read_bytes()[:40])
    return Pictures(folder)


def unit(rows) -> Floats:
    rows = np.asarray(rows, np.float32) / 255 + 0.01
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_pictures_come_out_in_order_and_broken_ones_count_as_missing(pictures):
    names = ["3.png", "broken.png", "0.png", "", "4.png", "nowhere.png", "1.png", "3.png"]
    done = []
    vectors, seen = Bulk(Means(), Kept(None, ""), batch_size=2).pictures(pictures, names, done.append)
    assert seen.tolist() == [True, False, True, False, True, False, True, True]
    np.testing.assert_allclose(vectors[seen], unit([COLOURS[n] for n in (3, 0, 4, 1, 3)]), atol=1e-5)
    assert not vectors[~seen].any()
    assert sum(done) == len(names)


def test_a_second_fit_encodes_what_changed(pictures, tmp_path):
    path = tmp_path / "state" / "vectors.db"
    names, texts = [f"{n}.png" for n in range(5)], ["red shirt", "", "blue sofa"]
    first = Means()
    bulk = Bulk(first, Kept(path, "one"))
    vectors, _ = bulk.pictures(pictures, names, abs)
    said = bulk.texts(texts)
    assert (first.looked, first.said) == (5, 3)

    Image.new("RGB", (9, 7), (10, 120, 120)).save(tmp_path / "images" / "2.png")  # the name stays, the content does not
    second = Means()
    bulk = Bulk(second, Kept(path, "one"))
    again, _ = bulk.pictures(pictures, names, abs)
    assert np.array_equal(bulk.texts([*texts, "new"])[:3], said)
    assert (second.looked, second.said) == (1, 1)
    same = [0, 1, 3, 4]
    assert np.array_equal(again[same], vectors[same])
    np.testing.assert_allclose(again[[2]], unit([(10, 120, 120)]), atol=1e-5)


def test_another_model_forgets_what_the_old_one_said(tmp_path):
    path = tmp_path / "vectors.db"
    key = key_of("text", b"red")
    Kept(path, "one").put([key], np.ones((1, 3), np.float32))
    assert key in Kept(path, "one")
    assert np.array_equal(Kept(path, "one").get([key], 3), np.ones((1, 3)))
    assert key not in Kept(path, "two")
    assert key not in Kept(path, "one")
    assert key_of("text", b"red") != key_of("picture", b"red")


def test_a_damaged_file_is_made_anew(tmp_path):
    path = tmp_path / "vectors.db"
    path.write_bytes(b"no database at all" * 100)
    kept = Kept(path, "one")
    kept.put([b"k"], np.ones((1, 2), np.float32))
    assert b"k" in Kept(path, "one")


def test_ahead_keeps_the_order_and_never_has_more_than_it_may():
    lock, begun, taken, most = threading.Lock(), 0, 0, 0

    def work(number):
        nonlocal begun, most
        with lock:
            begun += 1
            most = max(most, begun - taken)
        time.sleep(0.001 * (number % 3))
        return number * number

    out = []
    for value in ahead(work, range(50), threads=3, waiting=5):
        out.append(value)
        taken += 1
    assert out == [number * number for number in range(50)]
    assert most <= 6  # five waiting, one in the hands of whoever takes them


def test_what_goes_wrong_in_the_background_comes_out_in_its_place():
    def work(number):
        return 1 / (number - 3)

    found = ahead(work, range(9), waiting=4)
    assert [next(found) for _ in range(3)] == [1 / -3, 1 / -2, 1 / -1]
    with pytest.raises(ZeroDivisionError):
        next(found)

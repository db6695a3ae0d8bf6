"""Lessons: of exact pairs and of cut-outs, made in chunks that are kept."""

import numpy as np
import pytest

from tastemaker.core.errors import Cancelled, FitError
from tastemaker.core.progress import Advanced
from tastemaker.studio.own import lessons as kept
from tastemaker.studio.own.composing import Product, composed, given_scene, sources
from tastemaker.studio.own.crops import Layers
from tastemaker.studio.own.lessons import CHOOSE, CHUNK, LEARN, SCORE, Source, drawn, gathered, joined, use_of
from tests.studio.own.worlds import TINY, square_lessons
from tests.studio.scenes import tee, wall

TEES = [Product("tee-1", lambda: tee()[0])]
WALL = given_scene([wall])


def made_of(source, folder):
    return gathered([source], folder)


class Counted:
    """A source that says which chunks it was asked for."""

    def __init__(self):
        self.asked = []

    def source(self, n):
        def make(first, many):
            self.asked.append((first, many))
            return square_lessons(many, first)

        return Source("squares", "1", n, make)


def test_products_are_held_back_as_a_whole():
    uses = [use_of(f"item {number}") for number in range(2000)]
    assert set(uses) == {LEARN, CHOOSE, SCORE}
    assert uses.count(CHOOSE) / 2000 == pytest.approx(0.05, abs=0.02)
    assert use_of("item 7") == uses[7]


def test_chunks_are_made_once_and_a_damaged_one_again(tmp_path):
    counted = Counted()
    first = made_of(counted.source(CHUNK + 5), tmp_path)
    assert counted.asked == [(0, CHUNK), (CHUNK, 5)]
    again = made_of(counted.source(CHUNK + 5), tmp_path)
    assert len(counted.asked) == 2
    assert np.array_equal(first.told, again.told)
    next(tmp_path.glob(f"*-{CHUNK}-5.*")).write_bytes(b"broken")
    assert np.array_equal(made_of(counted.source(CHUNK + 5), tmp_path).truth, first.truth)
    assert counted.asked[2:] == [(CHUNK, 5)]


def test_what_was_made_stays_when_the_making_is_cut(tmp_path):
    counted = Counted()

    def stop(event):
        if isinstance(event, Advanced):
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        gathered([counted.source(3 * CHUNK)], tmp_path, stop)
    made_of(counted.source(3 * CHUNK), tmp_path)
    assert counted.asked == [(0, CHUNK), (CHUNK, CHUNK), (2 * CHUNK, CHUNK)]


def test_without_a_lesson_there_is_nothing_to_learn(tmp_path):
    source = Source("none", "1", 4, lambda first, many: joined([]))
    with pytest.raises(FitError, match="nothing to learn"):
        made_of(source, tmp_path)


def test_a_cut_out_is_laid_disturbed_and_to_be_undone():
    source = composed("try_on", TEES, WALL, TINY, 12, "")
    made = source.make(0, 12)
    assert len(made.use) == 12
    assert set(made.task.tolist()) == {0}
    for row in range(12):
        layers = Layers.read(made.told[row])
        assert (layers.composed() - made.truth[row]).any()
        there = made.cover[row] > 250
        assert 0.03 < there.mean() < 0.9
        red = made.truth[row][there].astype(int)
        assert np.median(red[:, 0] - red[:, 2]) > 30  # the tee's own colour, whatever the guess's


def test_a_lesson_depends_on_its_number_alone():
    source = composed("try_on", TEES, WALL, TINY, 4, "")
    together, alone = source.make(0, 4), source.make(2, 1)
    for name, array in alone.arrays.items():
        assert np.array_equal(array[0], together.arrays[name][2]), name


def test_a_product_that_cannot_be_cut_out_gives_no_lesson():
    noise = np.random.default_rng(0).integers(0, 255, (80, 60, 3)).astype(np.uint8)
    assert not len(composed("place", [Product("n", lambda: noise)], WALL, TINY, 2, "").make(0, 2).use)


def test_drawn_pairs_have_the_compositor_as_first_guess():
    made = drawn("place", TINY, 2, SCORE).make(0, 2)
    assert made.use.tolist() == [SCORE] * len(made.use)
    assert len(made.use)
    layers = Layers.read(made.told[0])
    first, truth = (
        np.abs(each - layers.photo).max(2) > 20 for each in (layers.composed(), made.truth[0].astype(float))
    )
    assert (first & truth).sum() > 0.3 * (first | truth).sum()


def test_the_score_always_comes_from_exact_pairs():
    products, scenes = {"try_on": TEES, "place": []}, {"try_on": WALL, "place": WALL}
    found = {
        how: [source.name for source in sources(TINY.model_copy(update={"lessons": how}), products, scenes, "")]
        for how in ("composed", "drawn", "both")
    }
    assert found["drawn"] == ["drawn-try_on", "drawn-place"]
    assert found["composed"] == found["both"] == ["composed-try_on", "drawn-try_on", "drawn-place"]
    assert kept.HELD > 2

"""The judge learns what coloured shapes look like, and says so of pictures that it has not seen."""

import json
from functools import cache

import numpy as np
import pytest

from tastemaker.core.errors import Cancelled, FitError, NotFitted
from tastemaker.core.progress import Advanced
from tastemaker.evaluation.drawn_judge import AttributeJudge, JudgeConfig, accuracy
from tastemaker.generators.material import Material
from tastemaker.testing.contract import through_storage
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import drawn_shop

SMALL = JudgeConfig(widths=(8, 16), dim=8, epochs=25, batch_size=16, learning_rate=1e-2)


@cache
def world(seed=0):
    return Material.read(drawn_shop(8, size=16, seed=seed), FixedSpace(), 16)


@cache
def learned():
    return AttributeJudge(SMALL).learn(world())


def test_reads_colours_and_shapes_of_new_drawings():
    other = world(seed=50)
    found = learned().accuracy(other.frames, other.codes)
    assert found["colour"] > 0.9
    assert found["shape"] > 0.9


def test_what_was_never_there_is_as_good_as_chance():
    noise = np.random.default_rng(0).integers(0, 256, world().frames.shape).astype(np.uint8)
    assert learned().accuracy(noise, world().codes)["colour"] < 0.6


def test_features_and_codes_come_one_a_picture_and_the_same_in_any_company():
    frames = world().frames[:5]
    features = learned().features(frames)
    assert features.shape == (5, 8)
    assert features.dtype == np.float32
    np.testing.assert_allclose(learned().features(frames[2:3]), features[2:3], atol=0.05 * np.abs(features).max())
    assert learned().codes(frames).shape == (5, 2)
    assert learned().features(frames[:0]).shape == (0, 8)
    assert learned().codes(frames[:0]).shape == (0, 2)


def test_accuracy_counts_what_was_asked_only():
    said, asked = np.array([[1, 2], [1, 2], [3, 2]]), np.array([[1, 0], [2, 0], [3, 0]])
    assert accuracy(said, asked, ("kind", "colour")) == {"kind": pytest.approx(2 / 3)}


def test_held_back_photos_are_not_learned_from():
    material = world()
    held = material.where("picture", held=True)
    spoiled = material.frames.copy()
    spoiled[held] = 0
    other = Material(
        material.layout, material.rows, spoiled, material.codes, material.vectors, material.has, material.held
    )
    short = JudgeConfig(widths=(8,), dim=4, epochs=1, batch_size=16)
    one, two = (AttributeJudge(short).learn(seen).tensors() for seen in (material, other))
    assert len(held) > 0
    assert all(np.array_equal(value, two[name]) for name, value in one.items())


def test_comes_back_from_storage():
    settings = json.loads(json.dumps(learned().settings()))
    again = AttributeJudge.restore(settings, through_storage(learned().tensors()))
    np.testing.assert_allclose(again.features(world().frames), learned().features(world().frames), atol=1e-2)
    assert again.layout == learned().layout


def test_a_cancelled_training_goes_on(tmp_path):
    short = JudgeConfig(widths=(8,), dim=4, epochs=3, batch_size=16)

    def stop(event):
        if isinstance(event, Advanced) and event.done == 7:  # an epoch has five steps
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        AttributeJudge(short, checkpoint=tmp_path / "judge").learn(world(), stop)
    resumed = AttributeJudge(short, checkpoint=tmp_path / "judge").learn(world()).tensors()
    unbroken = AttributeJudge(short).learn(world()).tensors()
    assert all(np.array_equal(value, unbroken[name]) for name, value in resumed.items())


def test_says_what_is_missing():
    with pytest.raises(NotFitted):
        AttributeJudge().features(world().frames)
    catalog = drawn_shop()
    bare = catalog.without_modality("attributes", np.arange(catalog.size))
    with pytest.raises(FitError, match="no photos with attributes"):
        AttributeJudge(SMALL).learn(Material.read(bare, FixedSpace(), 16))

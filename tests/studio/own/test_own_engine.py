"""The engine: asked when it was found better, or by name; it changes nothing outside its mask."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tastemaker.core.errors import InputError
from tastemaker.core.storage import Artefacts
from tastemaker.studio.engines import Means, route
from tastemaker.studio.own.engine import Own
from tastemaker.studio.own.model import Held, OwnModel
from tastemaker.studio.showing import show
from tests.studio.own.test_own_crops import REQUEST
from tests.studio.own.worlds import TINY, square_lessons

BETTER, WORSE = Held(5.0, 6.0, 40), Held(7.0, 6.0, 40)


@pytest.fixture(scope="module")
def model():
    return OwnModel.new(TINY.model_copy(update={"steps": 20})).learn(square_lessons())


@pytest.fixture
def means(model, tmp_path):
    def made(held):
        model.held = {"try_on": held}
        kept = Artefacts(tmp_path).write("studio", config=model.settings(), tensors=model.tensors(), manifest={})
        return Means(learned={"own": kept})

    return made


def names(found):
    return [engine.name for engine in found]


def test_it_is_asked_first_only_where_it_was_better(means):
    assert names(route(REQUEST)) == ["compositor"]
    assert names(route(REQUEST, means=means(BETTER))) == ["own", "compositor"]
    assert names(route(REQUEST, means=means(WORSE))) == ["compositor"]
    assert names(route(REQUEST, "own", means(WORSE))) == ["own"]
    assert names(route(replace(REQUEST, task="place"), means=means(BETTER))) == ["compositor"]


def test_without_a_fit_its_name_is_answered_with_what_to_do():
    with pytest.raises(InputError, match="fit SHOP --parts studio"):
        show(REQUEST, engine="own")


def test_it_shows_and_changes_nothing_outside(means):
    result = show(REQUEST, engine="own", means=means(BETTER))
    assert result.engine == "own"
    assert result.refused is None
    assert result.provenance["engine"] == "own"
    shown, mask = (np.asarray(Image.open(io.BytesIO(data))) for data in (result.shown[0].png, result.shown[0].mask))
    assert np.array_equal(shown[mask == 0], REQUEST.context[mask == 0])
    assert not np.array_equal(shown, REQUEST.context)


def test_other_seeds_give_other_candidates(means):
    engine = Own(means(BETTER))
    made = [engine.propose(REQUEST, seed) for seed in (0, 1, 1)]
    assert not np.array_equal(made[0].picture, made[1].picture)
    assert np.array_equal(made[1].picture, made[2].picture)
    for one in made:
        assert np.array_equal(one.picture[~one.mask], REQUEST.context[~one.mask])

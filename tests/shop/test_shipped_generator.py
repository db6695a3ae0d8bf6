"""The generator that the demo shop ships: it is published whole, and draws what it is asked for."""

from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.storage import Artefacts
from tastemaker.generators.base import Condition
from tastemaker.shop import opening
from tastemaker.shop.painter import Painter, restore


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    artefacts = Artefacts(tmp_path_factory.mktemp("state"))
    opening._give_generator(artefacts)
    assert artefacts.verify() == {"generators": True}
    return restore(artefacts.published()["generators"])


def mean_colour(painter: Painter, **asked: str) -> np.ndarray:
    drawn = painter.generator.sample(Condition(asked), 4)
    return np.mean([each.picture[20:44, 16:32] for each in drawn], axis=(0, 1, 2))


def test_it_draws_the_colour_it_is_asked_for(painter: Painter):
    red, blue = (mean_colour(painter, kind="t-shirt", colour=colour) for colour in ("red", "blue"))
    assert red[0] > red[2] + 60
    assert blue[2] > blue[0] + 40


def test_it_knows_tastes_and_no_space(painter: Painter):
    assert painter.space == ""
    assert painter.tastes.any(1).mean() > 0.9
    assert painter.generator.layout.dims["text"] == 0


def test_it_is_small():
    assert sum(path.stat().st_size for path in Path(opening.GENERATOR).iterdir()) < 12e6

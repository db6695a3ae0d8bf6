"""Personalised design on the small shop: people like one colour each, so a design for them is of that colour."""

import json
import shutil
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.generators.base import ANYTHING, Condition
from tastemaker.shop import Shop, designing, painter

GAN = """
[imagine]
generator = "gan-conditional"
longer = 16
steps = 150
batch_size = 8
latent = 8
"""


@pytest.fixture(scope="module")
def designer(fitted_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("designing") / "shop"
    shutil.copytree(fitted_folder, folder)
    settings = (folder / "tastemaker.toml").read_text(encoding="utf-8")
    (folder / "tastemaker.toml").write_text(settings.partition("[imagine]")[0] + GAN, encoding="utf-8")
    with Shop(folder) as shop:
        yield shop.fit(parts=["generators"])


def colour(found) -> np.ndarray:
    return np.mean([np.asarray(design.picture, np.float32).mean((0, 1)) for design in found.designs], axis=0)


def told(design) -> dict:
    return json.loads(design.picture.info["Tastemaker"])


def test_designs_for_two_people_differ_as_their_tastes_do(designer: Shop):
    """u0 likes red, u2 likes blue."""
    red, blue = (colour(designer.imagine(user=user, n=2, design=True)) for user in ("u0", "u2"))
    assert red[0] - red[2] > blue[0] - blue[2] + 10


def test_a_finished_training_leaves_no_checkpoint(designer: Shop):
    left = designer.workspace.state / "training" / "generator-gan"
    left.write_bytes(b"of another generator, begun before")
    painter.forget_checkpoints(designer.workspace)
    assert not list(left.parent.glob("generator-*"))


def test_designs_start_from_what_fits_the_words(designer: Shop):
    view = designer.view
    wish = designing._wish(view, view.fitted.space, designer._history("u0", view).liked.rows)
    asked = Condition({"kind": "vase"})
    starts = designing._starts(view, view.fitted.painter, asked, "a vase", wish)
    assert starts[0].attributes == {"colour": "red", "kind": "vase"}
    assert {start.attributes["kind"] for start in starts} == {"vase"}


def test_a_gan_that_reads_nothing_is_searched_all_the_same(designer: Shop):
    view = designer.view
    blind = replace(view.fitted.painter, generator=copy(view.fitted.painter.generator))
    blind.generator.modalities_in = frozenset()
    assert designing._starts(view, blind, ANYTHING, "", np.ones(view.fitted.space.dim)) == [ANYTHING]


def test_words_hold_in_every_design(designer: Shop):
    found = designer.imagine("a vase", user="u0", n=2, design=True)
    assert [facet.label for facet in found.understood] == ["kind: vase"]
    assert [told(design)["attributes"]["kind"] for design in found.designs] == ["vase", "vase"]


def test_a_design_tells_of_nobody(designer: Shop):
    one, other = (told(designer.imagine(user=user, n=1, design=True).designs[0]) for user in ("u0", "u2"))
    assert one["vectors"] == other["vectors"]
    assert "u0" not in json.dumps(one)


def test_a_design_is_the_same_alone_and_in_company(designer: Shop):
    both = designer.imagine(user="u1", n=2, seed=3, design=True)
    assert both.designs[0].name == designer.imagine(user="u1", n=1, seed=3, design=True).designs[0].name


def test_a_design_is_for_somebody_who_chose_something(designer: Shop):
    for user in (None, "nobody-yet"):
        with pytest.raises(InputError, match="choices are known"):
            designer.imagine("a vase", user=user, design=True)


def test_only_a_gan_can_be_searched(fitted_folder: Path, tmp_path: Path):
    folder = tmp_path / "shop"
    shutil.copytree(fitted_folder, folder)
    with Shop(folder) as shop:
        shop.fit(parts=["generators"])
        with pytest.raises(InputError, match="'mean-picture' cannot be searched") as caught:
            shop.imagine(user="u0", design=True)
    assert "diffusion-conditional" in caught.value.hint

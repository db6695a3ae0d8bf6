"""What VAEs learn of the drawn shop: coloured shapes whose pictures, words and attributes agree."""

from functools import cache

import numpy as np
import pytest

from tastemaker.core.errors import FitError
from tastemaker.generators.base import Condition
from tastemaker.generators.material import Material
from tastemaker.generators.vae.contrastive import ContrastiveVae, ContrastiveVaeConfig
from tastemaker.generators.vae.multimodal import MultimodalVaeConfig, MultimodalVaeGenerator
from tastemaker.generators.vae.standard import Vae, VaeConfig
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import COLOURS, SHAPES, drawn_shop

SMALL = {
    "longer": 16, "steps": 200, "batch_size": 24, "dim": 12, "width": 6, "components": 12, "learning_rate": 0.005,
}  # fmt: skip
KINDS = [{"colour": colour, "shape": shape} for colour in COLOURS for shape in SHAPES]


@cache
def shop():
    return Material.read(drawn_shop(6), FixedSpace(), 16)


@cache
def standard():
    return Vae(VaeConfig(**SMALL)).learn(shop())


@cache
def multimodal():
    return MultimodalVaeGenerator(MultimodalVaeConfig(**SMALL, hidden=32)).learn(shop())


@cache
def contrastive():
    return ContrastiveVae(ContrastiveVaeConfig(**SMALL, hidden=32)).learn(shop())


def nearest_colour(picture):
    """The colour whose cells the picture's darkest cells are."""
    ground = np.abs(picture.astype(float) - 235).sum(2)
    ink = picture[ground >= np.quantile(ground, 0.8)].mean(0)
    return min(COLOURS, key=lambda name: float(np.abs(ink - np.array(COLOURS[name])).sum()))


def error(pictures, others):
    return float(np.abs(pictures.astype(float) - others).mean())


@pytest.mark.parametrize("made", [standard, multimodal])
def test_pictures_come_back(made):
    frames = shop().frames
    plain = error(np.broadcast_to(frames.mean(0), frames.shape), frames)
    assert error(made().reconstruct(frames[::5]), frames[::5]) < 0.7 * plain


def test_it_draws_things_of_the_shop():
    frames = shop().frames.astype(float)
    drawn = np.stack([each.picture for each in standard().sample(n=40)]).astype(float)
    gap = np.abs(drawn[:, None] - frames[None]).mean((2, 3, 4)).min(1)
    among_real = np.abs(frames[:, None] - frames[None]).mean((2, 3, 4))
    assert gap.mean() < 0.6 * np.median(among_real)
    assert len({nearest_colour(each) for each in drawn}) >= 3


def test_attributes_give_pictures_of_that_colour():
    right = [
        nearest_colour(drawn.picture) == kind["colour"]
        for kind in KINDS
        for drawn in multimodal().sample(Condition({"colour": kind["colour"]}), 3)
    ]
    assert np.mean(right) > 0.7


def test_what_is_drawn_agrees_with_itself():
    drawn = multimodal().sample(n=40, seed=2)
    assert np.mean([nearest_colour(each.picture) == each.attributes["colour"] for each in drawn]) > 0.5


@pytest.mark.parametrize("made", [multimodal, contrastive])
@pytest.mark.parametrize("given", ["pixels", "text", "picture"])
def test_one_modality_tells_the_attributes(made, given):
    material = shop()
    right = []
    for place in range(0, len(material.rows), 5):
        if given == "pixels":
            condition = Condition(picture=material.frames[place])
        else:
            condition = Condition(vectors={given: material.vectors[given][place]})
        told = made().sample(condition)[0].attributes
        right.append(told["colour"] == material.layout.values(material.codes[place])["colour"])
    assert np.mean(right) > 0.75


def test_words_are_surer_the_more_is_known():
    kind = {"colour": "red", "shape": "circle"}
    place = next(at for at in range(len(shop().rows)) if shop().layout.values(shop().codes[at]) == kind)
    known = (Condition(), Condition({"colour": "red"}), Condition(kind, picture=shop().frames[place]))
    nothing, colour, both = (multimodal().sample(each)[0].spread["text"] for each in known)
    assert nothing > colour > both > 0


def test_without_pictures_nothing_can_be_squeezed():
    catalog = drawn_shop(1)
    with pytest.raises(FitError, match="picture"):
        Vae(VaeConfig(**SMALL)).fit(catalog.without_modality("picture", np.arange(catalog.size)), None)

"""The diffusion variants, small, in shops of drawn shapes: what only they promise beside the contract of all."""

import numpy as np
import pytest
import torch

from tastemaker.core.errors import ConfigError, InputError
from tastemaker.generators.base import Condition
from tastemaker.generators.diffusion.coding import Coding, decoded, encoded, standardised
from tastemaker.generators.diffusion.conditional import ConditionalConfig, ConditionalDiffusion, hidden
from tastemaker.generators.diffusion.inpainting import InpaintingDiffusion, holes
from tastemaker.generators.diffusion.joint import JointConfig, JointDiffusion
from tastemaker.generators.diffusion.latent import LatentConfig, LatentDiffusion
from tastemaker.generators.diffusion.pixels import PixelConfig, PixelDiffusion
from tastemaker.generators.material import Material
from tastemaker.nn.autoencoder import Autoencoder, PatchCritic
from tastemaker.nn.training import Plan, train
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import COLOURS, drawn_shop

QUICK = {
    "size": "small",
    "longer": 16,
    "steps": 200,
    "batch_size": 32,
    "learning_rate": 3e-3,
    "sample_steps": 8,
    "autoencoder_width": 32,
    "channels": 4,
}


@pytest.fixture(scope="module")
def shop():
    return Material.read(drawn_shop(8, size=16), FixedSpace(), 16)


@pytest.fixture(scope="module")
def coder(shop):
    """An autoencoder of the shop's pictures, once for all tests."""
    torch.manual_seed(0)
    made = Autoencoder(4, 32)
    train(Coding(made, PatchCritic(16), shop, 350), Plan(epochs=7, learning_rate=4e-3))
    standardised(made, shop)
    return made


def colour_of(picture):
    """The named colour nearest to that of what is not ground."""
    thing = picture.reshape(-1, 3).astype(float)
    strength = thing.max(1) - thing.min(1)
    mean = thing[strength >= np.quantile(strength, 0.8)].mean(0)
    return min(COLOURS, key=lambda name: float(np.abs(mean - COLOURS[name]).sum()))


def test_the_autoencoder_draws_unseen_pictures_again(shop, coder):
    unseen = shop.frames[shop.where("picture", held=True)]
    again = decoded(coder, encoded(coder, unseen))
    assert np.abs(again.astype(float) - unseen).mean() < 12  # of 255; the noise on them is 6
    assert [colour_of(picture) for picture in again] == [colour_of(picture) for picture in unseen]


def test_latents_of_mirror_images_are_those_of_mirrored_pictures(shop, coder):
    some = shop.frames[:3]
    torch.testing.assert_close(
        encoded(coder, some, mirrored=True), encoded(coder, np.ascontiguousarray(some[:, :, ::-1])), atol=1e-2, rtol=0
    )


def test_it_draws_the_colour_that_is_asked_for(shop, coder):
    config = ConditionalConfig.read(QUICK)
    made = ConditionalDiffusion(config, autoencoder=coder).learn(shop)
    right = [
        colour_of(drawn.picture) == colour
        for colour in COLOURS
        for drawn in made.sample(Condition({"colour": colour}), 5)
    ]
    assert np.mean(right) >= 0.8  # a quarter by chance


def test_a_given_autoencoder_is_kept_as_it_is(shop, coder):
    config = LatentConfig.read({**QUICK, "steps": 2})
    made = LatentDiffusion(config, autoencoder=coder).learn(shop)
    for name, value in coder.state_dict().items():
        assert torch.equal(made.autoencoder.state_dict()[name], value)
    assert made.autoencoder is not coder
    with pytest.raises(InputError, match="4 channels"):
        LatentDiffusion(LatentConfig.read({**QUICK, "channels": 5}), autoencoder=coder)


@pytest.mark.parametrize("settings", [{"objective": "epsilon", "sampler": "ddpm", "sample_steps": 20}, {}])
def test_pixels_have_the_ground_of_the_shop_with_each_objective(shop, settings):
    plain = {name: value for name, value in QUICK.items() if name in PixelConfig.model_fields}
    made = PixelDiffusion(PixelConfig.read({**plain, "steps": 130, **settings})).learn(shop)
    drawn = np.stack([each.picture for each in made.sample(n=16)]).astype(float)
    assert drawn[:, [0, -1]].mean() > 170  # the ground of most pictures is 235; noise alone has 127


def test_euler_walks_along_the_flow_alone(shop, coder):
    drawn = {}
    for sampler in ("euler", "ddim"):
        config = LatentConfig.read({**QUICK, "steps": 2, "sampler": sampler})
        drawn[sampler] = LatentDiffusion(config, autoencoder=coder).learn(shop).sample(n=2)[0].picture
    np.testing.assert_allclose(drawn["euler"].astype(float), drawn["ddim"].astype(float), atol=2)
    with pytest.raises(ConfigError, match="walks along the flow"):
        LatentConfig.read({"objective": "epsilon", "sampler": "euler"})


def test_hiding_leaves_every_subset_and_nothing_new(shop):
    rng = np.random.default_rng(0)
    known = shop.known(np.repeat(np.arange(12), 500))
    left = hidden(known, rng)
    assert ((left.codes == known.codes) | (left.codes == 0)).all()
    assert not (left.has["text"] & ~known.has["text"]).any()
    assert not left.has["behaviour"].any()  # nobody has met anything
    kinds = {
        (bool(code.any()), bool(words), bool(seen))
        for code, words, seen in zip(left.codes, left.has["text"], left.has["picture"], strict=True)
    }
    assert len(kinds) == 8


def test_joint_words_and_pictures_agree(shop, coder):
    """Words of a colour draw that colour, and a picture's words are nearest to those of its own colour."""
    made = JointDiffusion(JointConfig.read({**QUICK, "steps": 350}), autoencoder=coder).learn(shop)
    catalog_colours = [list(COLOURS)[row // (len(shop.rows) // len(COLOURS))] for row in shop.rows]
    words, colours = shop.vectors["text"], np.array(catalog_colours)
    painted, told = [], []
    for place in range(0, len(words), 12):
        drawn = made.sample(Condition(vectors={"text": words[place]}), 2)
        painted += [colour_of(each.picture) == colours[place] for each in drawn]
        np.testing.assert_allclose(drawn[0].vectors["text"], words[place], atol=1e-3)
        said = made.sample(Condition(picture=shop.frames[place]), 1)[0].vectors["text"]
        told.append(colours[int(np.argmax(words @ said))] == colours[place])
    assert np.mean(painted) >= 0.7
    assert np.mean(told) >= 0.7


def test_a_hole_is_filled_and_nothing_else_is_touched(shop, coder):
    made = InpaintingDiffusion(ConditionalConfig.read({**QUICK, "guidance": 1}), autoencoder=coder).learn(shop)
    pictures = shop.frames[::5]
    missing = np.zeros(pictures.shape[:3], bool)
    missing[:, 4:12, 8:] = True
    filled = made.fill(pictures, missing)
    assert np.array_equal(filled[~missing], pictures[~missing])
    wrong = np.abs(filled[missing].astype(float) - pictures[missing]).mean()
    fair = pictures.astype(float)
    mean = (fair * ~missing[..., None]).sum((1, 2)) / (~missing).sum((1, 2))[:, None]
    plain = np.abs((fair - mean[:, None, None])[missing]).mean()
    assert wrong < 0.6 * plain
    with pytest.raises(InputError, match="holes have the shape"):
        made.fill(pictures, missing[:, :5])


def test_holes_are_rectangles_or_everything():
    found = holes(500, (16, 12), np.random.default_rng(0))[:, 0]
    assert found.shape == (500, 16, 12)
    for hole in found:
        rows, columns = hole.any(1), hole.any(0)
        assert np.array_equal(hole, np.outer(rows, columns))
        assert rows.sum() >= 4
    assert 0.1 < np.mean(found.all((1, 2))) < 0.3

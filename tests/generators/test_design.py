from functools import cache

import numpy as np
import pytest
import torch

from tastemaker.core import registry
from tastemaker.core.errors import InputError, UnknownName
from tastemaker.generators.base import ANYTHING, Condition, Noise
from tastemaker.generators.design import Search, design, ordinary
from tastemaker.generators.gan.conditional import ConditionalGan, ConditionalGanConfig
from tastemaker.generators.material import Material
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import drawn_shop

CONDITIONS = (Condition({"colour": "red"}), Condition({"colour": "blue"}), ANYTHING)
SEARCH = Search(candidates=24, rounds=4, guard=0.25)


@cache
def made():
    config = ConditionalGanConfig(longer=16, steps=4, batch_size=8, latent=8)
    return ConditionalGan(config).learn(Material.read(drawn_shop(), FixedSpace(), 16))


@cache
def diffusion(name):
    method = registry.find("generator", name)
    config = method.config_class(
        longer=16, steps=3, batch_size=8, size="small", autoencoder_width=8, channels=2, sample_steps=2
    )
    return method(config).learn(Material.read(drawn_shop(), FixedSpace(), 16))


def redness(pictures):
    return pictures[..., 0].mean((1, 2), dtype=np.float32) - pictures[..., 2].mean((1, 2), dtype=np.float32)


def test_a_design_is_preferred_to_anything_drawn_by_chance():
    found = design(made(), redness, 2, conditions=CONDITIONS, search=SEARCH)
    chance = np.stack([each.picture for condition in CONDITIONS for each in made().sample(condition, 24)])
    for each in found:
        assert each.preference > redness(chance).max()
        assert each.preference == pytest.approx(redness(each.picture[None])[0])
        assert each.condition in CONDITIONS


def test_more_rounds_never_make_a_design_worse():
    """The guard is one and the same, and a round keeps the best of the one before."""
    least = [design(made(), redness, search=Search(24, rounds, 0.25))[0].preference for rounds in (1, 2, 4)]
    assert least == sorted(least)
    assert least[0] < least[2]


def test_designs_are_as_real_as_the_guard_asks():
    least = ordinary(made(), CONDITIONS, 0, SEARCH)
    for each in design(made(), redness, 3, conditions=CONDITIONS, search=SEARCH):
        assert each.realism >= least
        assert made().realism(each.picture[None], [ANYTHING])[0] == pytest.approx(each.realism, abs=1e-3)


def test_a_stricter_guard_asks_for_more():
    least = [ordinary(made(), CONDITIONS, 0, Search(24, 1, guard)) for guard in (0.0, 0.5, 1.0)]
    assert least[0] < least[1] < least[2]


def test_a_design_is_the_same_however_many_are_asked_for():
    alone, together = design(made(), redness, 1, search=SEARCH), design(made(), redness, 2, search=SEARCH)
    assert np.array_equal(alone[0].picture, together[0].picture)
    assert not np.array_equal(together[0].picture, together[1].picture)
    assert not np.array_equal(design(made(), redness, 1, 7, search=SEARCH)[0].picture, alone[0].picture)


def test_neighbours_stay_where_the_generator_was_trained():
    """Turning keeps a normal distribution: what a step makes of it has its mean and its variance."""
    chance = torch.Generator().manual_seed(0)
    latent, step = (torch.randn(20_000, generator=chance) for _ in range(2))
    for angle in (0.25, 1.0):
        turned = latent * np.cos(angle) + step * np.sin(angle)
        assert turned.mean().item() == pytest.approx(0, abs=0.03)
        assert turned.var().item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("name", ["diffusion-conditional", "diffusion-inpainting", "diffusion-joint"])
def test_a_diffusion_on_latents_can_be_searched(name):
    made, search = diffusion(name), Search(candidates=12, rounds=3)
    alone, again = design(made, redness, 1, search=search), design(made, redness, 2, search=search)
    assert np.array_equal(alone[0].picture, again[0].picture)
    assert alone[0].preference > np.mean([redness(each.picture[None])[0] for each in made.sample(n=12)])
    assert alone[0].preference == pytest.approx(redness(alone[0].picture[None])[0])
    assert alone[0].picture.shape == (*made.layout.shape, 3)


def test_noise_that_is_given_draws_what_it_draws_by_itself():
    made = diffusion("diffusion-conditional")
    red = Condition({"colour": "red"})
    drawn = made.sample(red, 2, 5)
    noise = Noise(5, range(2)).normal("start", *made.latent)
    assert np.array_equal(np.stack([each.picture for each in drawn]), made.pictures(noise, [red] * 2, fine=True))


def test_says_what_cannot_be_designed():
    with pytest.raises(InputError, match="no condition"):
        design(made(), redness, conditions=())
    with pytest.raises(UnknownName, match="octarine"):
        design(made(), redness, conditions=(Condition({"colour": "octarine"}),))

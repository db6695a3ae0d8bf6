"""Whose turn it is, and what learning brings in the drawn shop."""

import numpy as np
import pytest
import torch

from tastemaker.core.errors import FitError
from tastemaker.core.seeds import generator
from tastemaker.generators.base import Condition
from tastemaker.generators.gan.conditional import ConditionalGan, ConditionalGanConfig
from tastemaker.generators.gan.game import Components, GanConfig, Playing
from tastemaker.generators.gan.multimodal import MultimodalGan
from tastemaker.generators.gan.standard import StandardGan
from tastemaker.generators.material import Material
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import COLOURS, drawn_shop, lacking

TINY = {"longer": 16, "steps": 2, "batch_size": 8, "latent": 8}


def material():
    return Material.read(lacking(drawn_shop(), 5), FixedSpace(), 16)


def built(kind, config):
    made = kind(config)
    world = material()
    made._layout = world.layout
    torch.manual_seed(0)
    made.build(world.layout)
    made.components = Components(torch.randn(30, 48), 8)
    return made, world


@pytest.mark.parametrize("kind", [StandardGan, ConditionalGan, MultimodalGan])
def test_each_turn_teaches_one_side_alone(kind):
    made, world = built(kind, kind.config_class(**TINY))
    turns = Playing(made, world).loss(world.where("picture")[:8], 0.5, generator(0, "turns"))
    for teaches in ("discriminator", "generator"):
        loss = next(turns)
        for network in made.networks().values():
            network.zero_grad(set_to_none=True)
        loss.backward()
        for name, network in made.networks().items():
            moved = [weights.grad is not None for weights in network.parameters()]
            learns = (name == "discriminator") == (teaches == "discriminator")
            assert any(moved) == learns, (name, teaches)
    assert list(turns) == []
    assert all(weights.requires_grad for weights in made.discriminator.parameters())


def test_the_guide_fades_after_a_third():
    made, world = built(ConditionalGan, ConditionalGanConfig(**TINY, guide=1000.0))
    losses = []
    for share in (0.0, 0.2, 0.5):
        turns = Playing(made, world).loss(world.where("picture")[:8], share, generator(0, "turns"))
        losses.append([turn.item() for turn in turns][1])
    assert losses[0] > losses[1] + 50 > losses[2] + 100


def test_it_draws_the_colour_that_was_asked_for():
    config = ConditionalGanConfig(longer=16, steps=50, batch_size=8, latent=8, attributes=("colour",))
    made = ConditionalGan(config).fit(drawn_shop(), None)
    middle = {
        colour: np.mean(
            [drawn.picture[4:12, 4:12].mean((0, 1)) for drawn in made.sample(Condition({"colour": colour}), 8)], 0
        )
        for colour in COLOURS
    }
    assert middle["red"][0] - middle["red"][2] > middle["blue"][0] - middle["blue"][2] + 40
    assert middle["yellow"][:2].mean() - middle["yellow"][2] > 40


@pytest.mark.parametrize("loss", ["non-saturating", "hinge"])
def test_other_games_can_be_played(loss):
    made = StandardGan(GanConfig(**TINY, loss=loss, augment=("colour",))).learn(material())
    assert np.ptp(made.sample(n=2)[0].picture) > 0


def test_facts_that_a_thing_lacks_are_shown_of_no_drawing_beside_it():
    made, world = built(MultimodalGan, GanConfig(**TINY))
    bare = np.flatnonzero(~world.has["attributes"] & ~world.has["text"])
    full = np.flatnonzero(world.has["attributes"] & world.has["text"])
    places = np.array([bare[0], full[0]])
    told = made.told(world.known(places), generator(0, "facts"))
    _, said = made.drawn(torch.randn(2, 8), told)
    for known in (told, said):
        assert known.vectors["facts"][0].abs().sum() == 0
        words = made.layout.dims["text"]
        assert known.vectors["facts"][1][:words].norm().item() == pytest.approx(1, abs=1e-3)
        assert known.vectors["facts"][1][words:].sum().item() == pytest.approx(len(made.layout.sizes), abs=1e-3)


def test_gradients_reach_the_facts_through_their_agreement_with_the_picture():
    made, world = built(MultimodalGan, GanConfig(**TINY))
    told = made.told(world.known(np.array([0, 20])), generator(0, "facts"))
    pictures, said = made.drawn(torch.randn(2, 8), told)
    made.discriminator(pictures, said).sum().backward()
    assert made.facts.say.weight.grad.abs().sum() > 0


def test_pictures_alone_have_no_facts():
    catalog = drawn_shop()
    rows = np.arange(catalog.size)
    with pytest.raises(FitError, match="neither words nor attributes"):
        MultimodalGan(GanConfig(**TINY)).fit(catalog.without_modality("attributes", rows), None)


def test_components_have_size_one_and_forget_nothing_that_varies():
    """Three directions of different sizes in ten dimensions: three components, white, and the rows follow from them."""
    chance = torch.Generator().manual_seed(0)
    rows = torch.randn(500, 3, generator=chance) * torch.tensor([5.0, 1.0, 0.1]) @ torch.randn(3, 10, generator=chance)
    found = Components(rows, 8)
    codes = found(rows)
    assert codes.shape == (500, 3)
    torch.testing.assert_close(codes.T @ codes / 500, torch.eye(3), atol=1e-3, rtol=0)
    again = codes @ torch.linalg.lstsq(codes, rows - rows.mean(0)).solution
    torch.testing.assert_close(again, rows - rows.mean(0), atol=1e-2, rtol=0)

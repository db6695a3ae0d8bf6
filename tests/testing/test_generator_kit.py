"""Every registered generator keeps its contract; the kit catches the usual ways to break it."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from tastemaker.core.errors import FitError
from tastemaker.core.registry import find, names
from tastemaker.generators.base import Drawn, Generator, GeneratorConfig, as_pictures, as_values
from tastemaker.generators.learning import Batches, plan_of
from tastemaker.nn.conditioning import Conditioner
from tastemaker.nn.training import train
from tastemaker.testing import generators
from tastemaker.testing.contract import ContractBroken
from tastemaker.testing.generators import check_generator

SMALL = {"longer": 16, "steps": 4, "batch_size": 8}
SMALLER = {"sample_steps": 2, "width": 8, "autoencoder_width": 16, "hidden": 32}
"""Of the settings that a variant has, those that make it draw and learn in a moment."""


def factory_of(method):
    fields = method.config_class.model_fields
    own = {name: value for name, value in SMALLER.items() if name in fields}
    config = method.config_class.read({**SMALL, **own})
    return lambda checkpoint=None: method(config, checkpoint=checkpoint)


@cache
def fitted(name):
    return generators.fitted(factory_of(find("generator", name)))


@pytest.mark.parametrize("name", names("generator"))
@pytest.mark.parametrize("clause", generators.CLAUSES, ids=lambda clause: clause.__name__)
def test_fitted_generators(name, clause):
    clause(fitted(name))


@pytest.mark.parametrize("name", names("generator"))
@pytest.mark.parametrize("clause", generators.TRAINING_CLAUSES, ids=lambda clause: clause.__name__)
def test_trainings_of_generators(name, clause):
    clause(factory_of(find("generator", name)))


class Blot(Generator[GeneratorConfig]):
    """Paints what one linear map makes of noise and of what is known: no art, but a whole generator."""

    name = "blot"
    figure = "-"
    source = "the shortest generator that keeps the contract"
    config_class = GeneratorConfig
    modalities_in = frozenset({"picture", "text", "attributes"})
    modalities_out = frozenset({"picture", "text", "attributes"})
    noise = 8

    def build(self, layout):
        if not layout.shape[0]:
            raise FitError("a blot needs pictures")
        dims = {name: layout.dims[name] for name in ("text", "picture")}
        self.known_by = Conditioner(layout.sizes, dims, 8)
        self.look = nn.Linear(3, self.noise)
        self.paint = nn.Linear(8 + self.noise, 3 * layout.shape[0] * layout.shape[1] + layout.dims["text"])

    def networks(self):
        return {"known": self.known_by, "look": self.look, "paint": self.paint}

    def forward(self, known, z):
        out = self.paint(torch.cat([self.known_by(known).sum(1), z], 1))
        height, width = self.layout.shape
        pixels, words = out.split([3 * height * width, self.layout.dims["text"]], 1)
        return pixels.view(-1, 3, height, width), words

    def train(self, material, observer):
        train(Painting(self, material), plan_of(self, material, self.config.steps, average=0.5), observer)

    def draw(self, conditions, noise):
        z = noise.normal("z", self.noise)
        for at, condition in enumerate(conditions):
            if condition.picture is not None:
                z[at] += 9 * self.look(as_values(condition.picture[None]).mean((2, 3)))[0]
        pixels, words = self.forward(self.known(conditions), z)
        return [
            Drawn(number, picture, {"text": said}, {"text": 0.5}, self.told(condition))
            for number, picture, said, condition in zip(
                noise.numbers, as_pictures(pixels), words.numpy(), conditions, strict=True
            )
        ]

    def told(self, condition):
        return {name: condition.attributes.get(name, values[0]) for name, values in self.layout.attributes.items()}


class Painting(Batches):
    def __init__(self, blot, material):
        places = material.where("picture")
        if len(places) < 2:
            raise FitError("a blot needs two pictures")
        config = blot.config
        super().__init__("blot", nn.ModuleDict(blot.networks()), places, config.batch_size, config.steps)
        self.blot, self.material = blot, material

    def loss(self, places, share, rng):
        known = self.material.known(places).dropped(0.3, 0.2, rng)
        real = as_values(self.material.frames[places])
        z = torch.from_numpy(rng.normal(size=(len(places), 8)).astype(np.float32)) + self.blot.look(real.mean((2, 3)))
        pixels, words = self.blot.forward(known, z)
        return (pixels - real).square().mean() + (words - self.material.known(places).vectors["text"]).square().mean()


def test_a_whole_generator_passes():
    check_generator(factory_of(Blot))


class Nameless(Blot):
    source = ""


class Boaster(Blot):
    modalities_out = Blot.modalities_out | {"behaviour"}


class Silent(Blot):
    """Draws a vector and does not say so."""

    modalities_out = frozenset({"picture", "attributes"})


class Precise(Blot):
    def draw(self, conditions, noise):
        return [
            Drawn(d.number, d.picture, {"text": d.vectors["text"].astype(np.float64)}, {}, d.attributes)
            for d in super().draw(conditions, noise)
        ]


class Crowded(Blot):
    """Norms of a batch, as a network left in training does."""

    def forward(self, known, z):
        pixels, words = super().forward(known, z)
        return pixels - pixels.mean(0, keepdim=True), words


class Unseeded(Blot):
    """Takes chance from elsewhere."""

    def draw(self, conditions, noise):
        self.calls = getattr(self, "calls", 0) + 1
        noise = type(noise)(noise.seed + self.calls, noise.numbers)
        return super().draw(conditions, noise)


class Stuck(Blot):
    """Draws the same whatever the chance."""

    def draw(self, conditions, noise):
        return super().draw(conditions, type(noise)(0, [0] * len(conditions)))


class Deaf(Blot):
    """Does not heed what it reads."""

    def known(self, conditions):
        return super().known(conditions).forgotten()


class Greedy(Blot):
    """Reads whatever it is given."""

    def check(self, condition):
        self.layout.check({}, {})


class Forgetful(Blot):
    def networks(self):
        return {name: network for name, network in super().networks().items() if name != "look"}


class Sticky(Blot):
    """Goes on from what an earlier fit left."""

    def build(self, layout):
        if not hasattr(self, "paint"):
            super().build(layout)


class Lavish(Blot):
    """Keeps no checkpoint."""

    def train(self, material, observer):
        self.checkpoint = None
        super().train(material, observer)


class Mute(Blot):
    def train(self, material, observer):
        super().train(material, lambda event: None)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Nameless, "name the paper"),
        (Boaster, "promised are"),
        (Silent, "promised are"),
        (Precise, "float64, not float32"),
        (Crowded, "differs"),
        (Stuck, "numbers of three drawings"),
        (Unseeded, "a drawing alone differs"),
        (Deaf, "changes nothing"),
        (Greedy, "not in modalities_in"),
        (Forgetful, "differ after restoring"),
        (Sticky, "fitting twice gives other weights"),
        (Lavish, "the checkpoint is not used"),
        (Mute, "no task is reported"),
    ],
)
def test_broken_generators_are_caught(broken, says):
    with pytest.raises(ContractBroken, match=says):
        check_generator(factory_of(broken))

"""What every generator has from its base: chance of its own for each drawing, pictures to values and back, checks."""

import numpy as np
import pytest
import torch

from tastemaker.core.errors import InputError, NotFitted
from tastemaker.generators.base import (
    ANYTHING,
    Condition,
    Drawn,
    Generator,
    GeneratorConfig,
    Noise,
    as_pictures,
    as_values,
)
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.generators import material, shop


class Number(Generator[GeneratorConfig]):
    """Draws a grey as light as its chance, and remembers what it was asked."""

    name = "number"
    figure = "-"
    source = "a test"
    config_class = GeneratorConfig
    modalities_in = frozenset({"attributes", "text"})
    modalities_out = frozenset({"picture"})
    reconstructs = False

    def build(self, layout):
        self.network = torch.nn.Linear(2, 2)

    def networks(self):
        return {"only": self.network}

    def train(self, material, observer):
        self.trained = material

    def draw(self, conditions, noise):
        assert torch.is_inference_mode_enabled()
        greys = (128 + 40 * noise.normal("grey", 1)[:, 0]).clamp(0, 255)
        return [
            Drawn(number, np.full((*self.layout.shape, 3), int(grey), np.uint8))
            for number, grey in zip(noise.numbers, greys.tolist(), strict=True)
        ]


class Looker(Number):
    """Gives back what it is shown, turned around."""

    modalities_in = frozenset({"picture"})
    reconstructs = True

    def draw(self, conditions, noise):
        return [Drawn(n, condition.picture[::-1]) for n, condition in zip(noise.numbers, conditions, strict=True)]


@pytest.fixture
def number():
    return Number(GeneratorConfig(longer=16)).fit(shop(), FixedSpace())


def test_chance_belongs_to_the_number_of_a_drawing():
    together = Noise(3, range(5)).normal("z", 2, 3)
    assert together.shape == (5, 2, 3)
    assert torch.equal(Noise(3, [4, 1]).normal("z", 2, 3), together[[4, 1]])
    assert not torch.equal(Noise(3, [4]).normal("other", 2, 3), together[[4]])
    assert not torch.equal(Noise(4, [4]).normal("z", 2, 3), together[[4]])


def test_chance_is_standard_normal_and_leaves_the_global_one_alone():
    before = torch.random.get_rng_state()
    values = Noise(0, range(400)).normal("z", 50)
    assert values.mean().abs() < 0.02
    assert abs(values.std() - 1) < 0.02
    assert torch.equal(before, torch.random.get_rng_state())


def test_every_value_of_a_pixel_survives_the_way_to_a_network_and_back():
    pictures = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, 3)
    values = as_values(pictures)
    assert values.shape == (1, 3, 16, 16)
    assert (values.min(), values.max()) == (-1, 1)
    assert values.is_contiguous(memory_format=torch.channels_last)
    assert np.array_equal(as_pictures(values), pictures)


def test_colours_stay_where_they_are_and_what_is_too_much_is_cut():
    pictures = np.zeros((1, 8, 8, 3), np.uint8)
    pictures[0, 2, 5] = (255, 10, 100)
    assert as_values(pictures)[0, :, 2, 5].tolist() == pytest.approx([1, -1 + 20 / 255, -1 + 200 / 255])
    assert as_pictures(torch.tensor([-7.0, 0.0, 7.0]).view(1, 3, 1, 1)).tolist() == [[[[0, 128, 255]]]]


def test_drawings_are_numbered_from_the_first(number):
    drawn = number.sample(n=3, seed=9)
    assert [each.number for each in drawn] == [0, 1, 2]
    later = number.sample(n=2, seed=9, first=2)
    assert [each.number for each in later] == [2, 3]
    assert np.array_equal(later[0].picture, drawn[2].picture)


def test_weights_begin_by_the_seed_and_the_name(number):
    def weights(seed, kind=Number):
        made = kind(GeneratorConfig(longer=16, seed=seed)).learn(material())
        return made.tensors()["only.weight"]

    class Other(Number):
        name = "other"

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    assert np.array_equal(weights(0), number.tensors()["only.weight"])
    assert not np.array_equal(weights(1), weights(0))
    assert not np.array_equal(weights(0, Other), weights(0))
    assert torch.equal(before, torch.random.get_rng_state())


def test_known_says_what_a_condition_holds(number):
    words = np.arange(32, dtype=np.float32)
    known = number.known([ANYTHING, Condition({"colour": "red"}, {"text": words})])
    red = number.layout.attributes["colour"].index("red") + 1
    assert known.codes.tolist() == [[0, 0], [red, 0]]
    assert known.has["text"].tolist() == [False, True]
    assert not known.has["behaviour"].any()
    assert known.vectors["text"][1].tolist() == words.tolist()
    assert known.vectors["text"].dtype == torch.float32


def test_what_it_cannot_read_is_said_with_what_it_can(number):
    with pytest.raises(InputError, match=r"'number' cannot draw from \['behaviour', 'picture'\]") as error:
        number.sample(Condition({"colour": "red"}, {"behaviour": np.ones(3)}, np.zeros((16, 16, 3), np.uint8)))
    assert error.value.hint == "it reads attributes, text"
    with pytest.raises(InputError, match="draws and cannot look"):
        number.reconstruct(material().frames[:1])


def test_pictures_of_another_size_are_refused_before_the_network_sees_them():
    looker = Looker(GeneratorConfig(longer=16)).learn(material())
    frames = material().frames[:3]
    assert np.array_equal(looker.reconstruct(frames), frames[:, ::-1])
    with pytest.raises(InputError, match=r"\(16, 8, 3\)") as error:
        looker.reconstruct(frames[:, :, :8])
    assert "16 x 16" in error.value.hint
    with pytest.raises(InputError, match=r"\(4, 16, 3\)"):
        looker.sample(Condition(picture=frames[0, :4]))


def test_nothing_is_known_before_it_has_learned():
    for call in (lambda: Number().layout, lambda: Number().sample(), lambda: Looker().reconstruct(material().frames)):
        with pytest.raises(NotFitted, match="has learned nothing yet"):
            call()


def test_stored_weights_are_those_of_every_network_by_its_name(number):
    assert set(number.tensors()) == {"only.weight", "only.bias"}
    again = Number.restore(number.settings(), number.tensors())
    assert again.config == number.config
    assert again.layout == number.layout
    assert not again.networks()["only"].training

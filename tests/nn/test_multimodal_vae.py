import math

import numpy as np
import pytest
import torch

from tastemaker.nn.gaussians import Gaussian
from tastemaker.nn.multimodal_vae import CodesCoder, MultimodalVae, PictureCoder, VectorCoder, kept_by_chance
from tastemaker.nn.picture_coders import PictureDecoder, PictureEncoder, likeness
from tastemaker.nn.training import Learning, Plan, train

LENGTHS = {"a": 6, "b": 4}


@pytest.fixture(autouse=True)
def chance():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def world(n=512, seed=0):
    """Two vectors made linearly of the same two numbers, and a little noise."""
    rng = torch.Generator().manual_seed(seed)
    cause = torch.randn(n, 2, generator=rng)
    made = {
        name: torch.randn(2, length, generator=torch.Generator().manual_seed(7)) for name, length in LENGTHS.items()
    }
    return {name: cause @ by + 0.1 * torch.randn(n, by.shape[1], generator=rng) for name, by in made.items()}


class Drill(Learning):
    name = "drill"

    def __init__(self, model, inputs, has, bound, steps=100, batch=256):
        self.model, self.inputs, self.has, self.bound, self.steps, self.batch = model, inputs, has, bound, steps, batch

    def losses(self, share, rng):
        for _ in range(self.steps):
            at = torch.from_numpy(rng.choice(self.has.shape[1], self.batch))
            yield -self.bound({name: x[at] for name, x in self.inputs.items()}, self.has[:, at]).mean()


def learned(model, inputs, bound, epochs=6, rate=0.02, has=None):
    has = torch.ones(len(inputs), len(next(iter(inputs.values()))), dtype=torch.bool) if has is None else has
    train(Drill(model, inputs, has, bound), Plan(epochs=epochs, learning_rate=rate, weight_decay=0.0, average=0.98))
    return model


def test_a_linear_vae_is_probabilistic_pca():
    """Tipping and Bishop 1999: noise is the mean of the left-out eigenvalues, W W' = U (L - s I) U'."""
    n, length, dim = 2000, 5, 2
    rng = torch.Generator().manual_seed(1)
    turn = torch.linalg.qr(torch.randn(length, length, generator=rng))[0]
    x = torch.randn(n, length, generator=rng) * torch.tensor([3.0, 2.0, 0.5, 0.5, 0.5]) @ turn.T
    x = x - x.mean(0)
    values, vectors = torch.linalg.eigh(x.T @ x / n)
    noise = values[:3].mean().item()
    wanted = (vectors[:, 3:] * (values[3:] - noise)) @ vectors[:, 3:].T

    model = MultimodalVae({"x": VectorCoder(length, 0, dim)}, dim, "product")
    learned(model, {"x": x}, lambda inputs, has: model.bound(inputs, has, has, 1.0, 0.0), epochs=12)
    weight = model.coder("x").decoder[0].weight.detach()
    assert torch.allclose(weight @ weight.T, wanted, atol=0.05 * wanted.norm().item())
    assert model.coder("x").noise.item() == pytest.approx(noise, rel=0.1)


@pytest.mark.parametrize("joint", ["product", "mixture", "mixture-of-products"])
def test_one_modality_is_foretold_from_the_other(joint):
    inputs = world()
    model = MultimodalVae({name: VectorCoder(length, 0, 3) for name, length in LENGTHS.items()}, 3, joint)
    learned(model, inputs, lambda x, has: model.bound(x, has, kept_by_chance(has, 0.5), 1.0, 1.0))
    fresh = world(200, seed=5)
    for given, asked in (("a", "b"), ("b", "a")):
        there = torch.zeros(2, 200, dtype=torch.bool)
        there[model.names.index(given)] = True
        with torch.no_grad():
            found = model.decode(asked, model.posterior(fresh, there).mean)
        assert (found - fresh[asked]).square().mean() < 0.1 * fresh[asked].square().mean()


def test_what_is_not_there_is_not_read():
    model = MultimodalVae({name: VectorCoder(length, 8, 3) for name, length in LENGTHS.items()}, 3, "product")
    inputs, there = world(10), torch.ones(2, 10, dtype=torch.bool)
    there[1, :5] = False
    spoiled = {"a": inputs["a"], "b": inputs["b"].clone()}
    spoiled["b"][:5] = float("nan")
    first, second = model.posterior(inputs, there), model.posterior(spoiled, there)
    assert torch.equal(first.mean, second.mean)
    alone = model.posterior(inputs, torch.tensor([True, False])[:, None].expand(2, 10))
    assert torch.allclose(first.mean[:5], alone.mean[:5], atol=1e-6)
    assert (first.variance[5:] < alone.variance[5:]).all()


def test_more_modalities_are_surer_and_nothing_is_the_prior():
    model = MultimodalVae({name: VectorCoder(length, 8, 3) for name, length in LENGTHS.items()}, 3, "product")
    nothing = model.posterior(world(4), torch.zeros(2, 4, dtype=torch.bool))
    assert torch.equal(nothing.mean, torch.zeros(4, 3))
    assert torch.equal(nothing.variance, torch.ones(4, 3))


def test_the_taught_term_counts_only_what_was_hidden():
    model = MultimodalVae({name: VectorCoder(length, 0, 3) for name, length in LENGTHS.items()}, 3, "product").eval()
    inputs, has = world(6), torch.ones(2, 6, dtype=torch.bool)
    kept = has.clone()
    kept[0, 3:] = False
    bounds = []
    for teach in (0.0, 1.0):
        torch.manual_seed(3)
        bounds.append(model.bound(inputs, has, kept, 1.0, teach))
    lost = bounds[0] - bounds[1]
    whole, part = model.posterior(inputs, has), model.posterior(inputs, kept)
    assert torch.equal(lost[:3], torch.zeros(3))
    assert torch.allclose(lost[3:], whole.divergence(part).sum(1)[3:], rtol=1e-3)


def test_pixels_are_not_asked_of_a_latent_that_has_not_seen_them():
    coders = {"picture": PictureCoder((16, 8), 4, 3, 0.5), "a": VectorCoder(6, 0, 3)}
    model = MultimodalVae(coders, 3, "product")
    inputs = {"picture": torch.zeros(4, 3, 16, 8), "a": world(4)["a"]}
    has = torch.ones(2, 4, dtype=torch.bool)
    for seen, reached in ((has, True), (torch.tensor([[False], [True]]).expand(2, 4), False)):
        model.zero_grad()
        model.bound(inputs, has, seen, 1.0, 0.0).sum().backward()
        touched = any(p.grad is not None for p in model.coder("picture").decoder.parameters())
        assert touched == reached


def test_codes_by_hand():
    coder = CodesCoder((3, 2), 4, 2, forget=0.0)
    logits = torch.log(torch.tensor([[0.9, 0.3, 0.6, 0.7, 5.0]]))  # a third and two thirds; one value alone
    assert coder.fit(logits, torch.tensor([[2, 1]])).item() == pytest.approx(math.log(2 / 3))
    assert coder.fit(logits, torch.tensor([[0, 0]])).item() == 0
    assert [part.argmax(1).item() for part in coder.split(logits)] == [2, 1]


def test_vector_likelihood_is_that_of_the_best_noise():
    x, drawn = torch.tensor([[1.0, 0.0], [0.0, 3.0]]), torch.zeros(2, 2)
    noise = (0.5 + 4.5) / 2
    wanted = [-0.5 * (2 * math.log(noise) + square / noise) + 1 for square in (1.0, 9.0)]
    assert VectorCoder(2, 0, 1).fit(drawn, x).tolist() == pytest.approx(wanted)


def test_likeness_by_hand():
    real = torch.zeros(2, 3, 8, 8)
    drawn = torch.stack([torch.full((3, 8, 8), 0.1), torch.full((3, 8, 8), 0.3)])
    wanted = [-3 * 64 * (e / 0.2 - 1 + math.log(0.2)) for e in (0.1, 0.3)]  # flat pictures: the same at every scale
    assert likeness(drawn, real).tolist() == pytest.approx(wanted, rel=1e-5)


def test_every_item_keeps_something():
    has = torch.tensor(np.random.default_rng(0).random((4, 400)) < 0.4)
    kept = kept_by_chance(has, 0.9)
    assert not (kept & ~has).any()
    assert torch.equal(kept.any(0), has.any(0))
    assert 0.3 < (kept == has).all(0).float().mean() < 0.9


def test_contrast_lays_latents_on_each_other():
    inputs = world()
    model = MultimodalVae({name: VectorCoder(length, 0, 3) for name, length in LENGTHS.items()}, 3, "product")

    def bound(x, has):
        fit, contrast = model.contrast(x, has, 1.0, 2.0)
        return fit - 5 * contrast

    learned(model, inputs, bound)
    fresh = world(100, seed=9)
    with torch.no_grad():
        said = model.opinions(fresh, torch.ones(2, 100, dtype=torch.bool))
        place = torch.cdist(said.mean[0], said.mean[1]).argmin(1)
        assert (place == torch.arange(100)).float().mean() > 0.3
        alone = torch.zeros(2, 100, dtype=torch.bool)
        alone[0] = True
        found = model.decode("b", model.posterior(fresh, alone).mean)
    assert (found - fresh["b"]).square().mean() < 0.5 * fresh["b"].square().mean()


def test_contrast_of_indistinguishable_latents_is_the_logarithm_of_the_batch():
    model = MultimodalVae({name: VectorCoder(length, 0, 3) for name, length in LENGTHS.items()}, 3, "product")
    has = torch.ones(2, 8, dtype=torch.bool)
    _, contrast = model.contrast(world(8), has, 1.0, 1e9)
    assert contrast.item() == pytest.approx(math.log(8), abs=1e-3)


def test_pictures_keep_their_size():
    for shape in ((16, 8), (64, 48)):
        x = torch.randn(2, 3, *shape)
        vector = PictureEncoder(shape, 4, 10)(x)
        assert vector.shape == (2, 10)
        assert PictureDecoder(shape, 4, 10)(vector).shape == x.shape


def test_a_gaussian_of_a_modality_is_as_wide_as_the_prior_where_it_says_nothing():
    model = MultimodalVae({"a": VectorCoder(6, 0, 3)}, 3, "mixture")
    found = model.posterior(world(3), torch.tensor([[True, True, False]]), torch.tensor([0.1, 0.9, 0.5]))
    assert isinstance(found, Gaussian)
    assert found.variance[2].tolist() == [1, 1, 1]
    assert (found.variance[:2] < 1).all()

"""The denoiser: patches there and back, silence at first, what it heeds, and that it learns."""

import numpy as np
import pytest
import torch

from tastemaker.nn.conditioning import Known
from tastemaker.nn.denoiser import Denoiser, Size, folded, unfolded, waves
from tastemaker.nn.diffusion import Straight, denoising_loss, spread_times
from tastemaker.nn.samplers import ddim, times_down, walk

SMALL = Size(width=32, depth=2, heads=2)


def known(codes):
    codes = torch.tensor(codes)[:, None]
    return Known(codes, {"text": torch.ones(len(codes), 3)}, {"text": torch.zeros(len(codes), dtype=torch.bool)})


def awakened(network):
    """Zeros replaced by chance, so that everything reaches the answer."""
    torch.manual_seed(1)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return network


def test_patches_come_back():
    grid = torch.randn(2, 3, 4, 6)
    assert folded(grid, 2).shape == (2, 6, 12)
    assert torch.equal(unfolded(folded(grid, 2), (2, 3), 2), grid)


def test_it_starts_with_silence():
    torch.manual_seed(0)
    network = Denoiser(3, (4, 6), SMALL, noisy={"text": 5})
    grid, vectors = network.both(
        torch.randn(2, 3, 4, 6), torch.rand(2), {"text": torch.randn(2, 5)}, {"text": torch.rand(2)}, None
    )
    assert grid.shape == (2, 3, 4, 6)
    assert vectors["text"].shape == (2, 5)
    assert not grid.any()
    assert not vectors["text"].any()


def test_it_heeds_time_condition_place_and_vectors():
    network = awakened(Denoiser(3, (4, 4), SMALL, (3,), {"text": 3}, noisy={"words": 5}))
    x, t, words, late = torch.randn(1, 3, 4, 4), torch.tensor([0.4]), torch.randn(1, 5), torch.tensor([0.9])

    def answer(x=x, t=t, words=words, clock=t, code=1):
        return network.both(x, t, {"words": words}, {"words": clock}, known([code]))

    plain = answer()
    for other in (answer(t=late), answer(clock=late), answer(code=2), answer(words=-words), answer(x=x.roll(2, 2))):
        assert not torch.allclose(other[0], plain[0], atol=1e-4)
        assert not torch.allclose(other[1]["words"], plain[1]["words"], atol=1e-4)
    moved = answer(x=x.roll(2, 2))[0].roll(-2, 2)
    assert not torch.allclose(moved, plain[0], atol=1e-4)  # a patch knows where it lies


def test_it_may_be_asked_for_fewer_channels_than_it_sees():
    assert Denoiser(9, (4, 4), SMALL, out=4)(torch.randn(1, 9, 4, 4), torch.rand(1)).shape == (1, 4, 4, 4)


def test_codes_of_times_differ_where_times_do():
    codes = waves(torch.linspace(0, 1, 200))
    near = torch.cdist(codes, codes) + 100 * torch.eye(200)
    assert near.min().item() > 0.1


def test_it_learns_which_code_is_bright_and_which_dark():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    network, path = Denoiser(1, (4, 4), SMALL, (3,)), Straight()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    for _ in range(120):
        codes = torch.from_numpy(rng.integers(1, 3, 64))
        x = (codes * 2.0 - 3)[:, None, None, None] + 0.1 * torch.randn(64, 1, 4, 4)  # code 1: about -1, code 2: about 1
        told = Known(codes[:, None], {}, {})
        loss = denoising_loss(
            path, lambda x_t, t, told=told: network(x_t, t, told), x, torch.randn_like(x), spread_times(path, 64)
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    told = Known(torch.tensor([1] * 20 + [2] * 20)[:, None], {}, {})
    with torch.no_grad():
        found = walk(
            path,
            lambda x, t: network(x, t, told),
            torch.randn(40, 1, 4, 4),
            times_down(20),
            ddim,
            lambda _: torch.zeros(40, 1, 4, 4),
        )
    assert found[:20].mean().item() == pytest.approx(-1, abs=0.2)
    assert found[20:].mean().item() == pytest.approx(1, abs=0.2)

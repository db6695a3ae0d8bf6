"""Samplers against each other and against Gaussian data, whose best denoiser is known in closed form."""

from functools import partial

import pytest
import torch

from tastemaker.nn.diffusion import Cosine, Guess, Linear, Straight, StraightToData
from tastemaker.nn.samplers import STEPS, ddim, ddpm, times_down, walk

MEAN, DEVIATION = 2.0, 0.5


def best(path):
    """The answer of the best denoiser for data from N(MEAN, DEVIATION^2)."""

    def predict(x_t, t):
        signal, spread = path.signal(t)[:, None], path.spread(t)[:, None]
        gap = x_t - signal * MEAN
        whole = signal**2 * DEVIATION**2 + spread**2
        return path.target(MEAN + signal * DEVIATION**2 / whole * gap, spread / whole * gap)

    return predict


def random_step(seed=0):
    chance = torch.Generator().manual_seed(seed)
    x_t, data, z = (torch.randn(50, 4, generator=chance) for _ in range(3))
    return x_t, data, z


@pytest.mark.parametrize("path", [Cosine(), Linear(), Straight()], ids=["cosine", "linear", "straight"])
def test_ddim_with_eta_one_is_ddpm(path):
    x_t, data, z = random_step()
    for t, u in ((1.0, 0.8), (0.7, 0.3), (0.2, 0.0)):
        t, u = torch.tensor(t), torch.tensor(u)
        guess = Guess(data, (x_t - path.signal(t) * data) / path.spread(t))
        torch.testing.assert_close(
            ddim(path, guess, x_t, t, u, z, eta=1.0), ddpm(path, guess, x_t, t, u, z), atol=2e-5, rtol=1e-4
        )


def test_ddpm_is_the_posterior_as_published():
    """Equations 6 and 7 of Ho et al. with two steps whose variances are 0.1 and 0.3."""
    path = Linear()
    t, u = torch.tensor(0.6), torch.tensor(0.4)
    bar_t, bar_u = path.signal(t) ** 2, path.signal(u) ** 2
    alpha = bar_t / bar_u
    x_t, data, z = random_step()
    mean = bar_u.sqrt() * (1 - alpha) / (1 - bar_t) * data + alpha.sqrt() * (1 - bar_u) / (1 - bar_t) * x_t
    variance = (1 - bar_u) / (1 - bar_t) * (1 - alpha)
    found = ddpm(path, Guess(data, data), x_t, t, u, z)
    torch.testing.assert_close(found, mean + variance.sqrt() * z)


def test_on_the_straight_path_ddim_is_euler():
    path = Straight()
    x_t, data, z = random_step()
    t, u = torch.tensor(0.7), torch.tensor(0.4)
    guess = path.guess(x_t, data, t)
    torch.testing.assert_close(
        ddim(path, guess, x_t, t, u, z), STEPS["euler"](path, guess, x_t, t, u, z), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("path", "step", "steps"),
    [
        (Cosine(), ddpm, 200),
        (Linear(), ddpm, 200),
        (Cosine(), ddim, 100),
        (Straight(), STEPS["euler"], 100),
        (StraightToData(least=0.001), STEPS["euler"], 100),
        (Straight(), ddpm, 200),
        (Cosine(), partial(ddim, eta=0.5), 200),
    ],
    ids=["ddpm cosine", "ddpm linear", "ddim", "euler", "euler to data", "ddpm straight", "ddim half"],
)
def test_the_best_denoiser_draws_the_data(path, step, steps):
    chance = torch.Generator().manual_seed(1)
    start = torch.randn(20_000, 1, generator=chance)
    found = walk(path, best(path), start, times_down(steps), step, lambda _: torch.randn(start.shape, generator=chance))
    assert found.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert found.std().item() == pytest.approx(DEVIATION, abs=0.02)


def test_one_certain_point_is_drawn_in_four_steps():
    """Where all data is one point, the guess is exact at once, and every sampler ends there."""
    for path in (Cosine(), Straight()):
        point = torch.full((5, 3), 1.5)

        def predict(x_t, t, path=path, point=point):
            noise = (x_t - path.signal(t)[:, None] * point) / path.spread(t)[:, None]
            return path.target(point, noise)

        for step in (ddpm, ddim):
            found = walk(path, predict, torch.randn(5, 3), times_down(4), step, lambda _: torch.randn(5, 3))
            torch.testing.assert_close(found, point, atol=1e-4, rtol=0)


def test_times_fall_from_one_to_nought_and_a_shift_keeps_them_near_the_noise():
    assert times_down(4).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert times_down(2, shift=3.0).tolist() == [1.0, 0.75, 0.0]

"""Paths, objectives and guidance against what is known in closed form."""

import math

import pytest
import torch

from tastemaker.nn.diffusion import Cosine, Linear, Straight, StraightToData, denoising_loss, guided, spread_times

PATHS = (Cosine(), Linear(), Straight(), StraightToData())
ids = [type(path).__name__ for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=ids)
def test_a_path_leads_from_data_to_noise(path):
    t = torch.tensor([0.0, 1.0])
    assert path.signal(t)[0] == pytest.approx(1, abs=1e-6)
    assert path.spread(t)[0] == pytest.approx(0, abs=1e-3)
    assert path.signal(t)[1] == pytest.approx(0, abs=0.011)
    assert path.spread(t)[1] == pytest.approx(1, abs=1e-3)
    along = path.signal(torch.linspace(0, 1, 50))
    assert (along.diff() <= 0).all()


@pytest.mark.parametrize("path", PATHS[:2], ids=ids[:2])
def test_a_schedule_keeps_the_variance(path):
    t = torch.rand(100)
    torch.testing.assert_close(path.signal(t) ** 2 + path.spread(t) ** 2, torch.ones(100))


def test_the_cosine_at_its_middle():
    assert float(Cosine(offset=0.0).signal(torch.tensor(0.5))) == pytest.approx(math.sqrt(0.5))


def test_linear_is_the_limit_of_a_thousand_small_steps():
    betas = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    product = (1 - betas).cumprod(0).sqrt()
    t = torch.arange(1, 1001) / 1000
    torch.testing.assert_close(Linear().signal(t).double(), product, atol=2e-3, rtol=0)


@pytest.mark.parametrize("path", PATHS, ids=ids)
def test_the_exact_answer_gives_back_both_ends_and_no_loss(path):
    x, noise, t = torch.randn(20, 3), torch.randn(20, 3), torch.rand(20) * 0.9 + 0.05
    x_t = path.noised(x, noise, t)
    guess = path.guess(x_t, path.target(x, noise), t[:, None])
    torch.testing.assert_close(guess.data, x, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(guess.noise, noise, atol=1e-4, rtol=1e-3)
    assert denoising_loss(path, lambda *_: path.target(x, noise), x, noise, t) == 0


def test_the_loss_of_silence_is_the_mean_square_of_the_target():
    x, noise, t = torch.full((4, 2), 3.0), torch.full((4, 2), 1.0), torch.full((4,), 0.5)
    assert denoising_loss(Cosine(), lambda x_t, _: torch.zeros_like(x_t), x, noise, t) == 1
    assert denoising_loss(Straight(), lambda x_t, _: torch.zeros_like(x_t), x, noise, t) == 4


def test_an_error_of_the_data_counts_as_that_of_the_velocity_it_stands_for():
    x, noise, t = torch.randn(30, 3), torch.randn(30, 3), torch.rand(30) * 0.9 + 0.06
    wrong = torch.randn(30, 3)
    data = denoising_loss(StraightToData(), lambda *_: x + wrong, x, noise, t)
    velocity = denoising_loss(Straight(), lambda *_: noise - x - wrong / t[:, None], x, noise, t)
    torch.testing.assert_close(data, velocity)


def test_guidance_of_one_is_the_conditional_answer_and_of_nought_the_other():
    without, given = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 0.0])
    assert guided(without, given, 1.0).tolist() == [2.0, 0.0]
    assert guided(without, given, 0.0).tolist() == [1.0, 2.0]
    assert guided(without, given, 3.0).tolist() == [4.0, -4.0]


def test_times_of_a_batch_cover_the_whole_and_follow_the_bell():
    torch.manual_seed(0)
    times = spread_times(Cosine(), 8).sort().values
    assert ((times * 8).long() == torch.arange(8)).all()  # one from each eighth
    bell = spread_times(Straight(), 10_000).logit()
    assert bell.mean().item() == pytest.approx(0, abs=0.01)
    assert bell.std().item() == pytest.approx(1, abs=0.01)

import math
from functools import partial

import pytest
import torch

from tastemaker.nn.adversarial import GAMES, slope_penalty, value

REAL, FAKE = torch.tensor([2.0, 0.5]), torch.tensor([-3.0, 0.5])


def test_the_value_at_the_optimum_is_minus_log_four():
    """Drawings like the data: the best discriminator says one half of everything."""
    assert value(torch.zeros(5), torch.zeros(7)).item() == pytest.approx(-math.log(4))


def test_any_other_discriminator_is_worse_where_drawings_are_like_the_data():
    scores = torch.randn(100, generator=torch.Generator().manual_seed(0))
    assert value(scores, scores) < -math.log(4)


def test_the_value_of_the_best_discriminator_is_a_jensen_shannon_divergence():
    """Two outcomes, p = (.8, .2) and q = (.4, .6): D* = p / (p + q) gives V = 2 JS(p, q) - log 4."""
    p, q = torch.tensor([0.8, 0.2]), torch.tensor([0.4, 0.6])
    score = (p / q).log()  # the logit of D*
    counts = 5  # 4 of 5 real things are the first, 2 of 5 drawings are
    real, fake = score[[0, 0, 0, 0, 1]], score[[0, 0, 1, 1, 1]]
    assert len(real) == len(fake) == counts
    middle = (p + q) / 2
    divergence = ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum()) / 2
    assert value(real, fake).item() == pytest.approx(2 * divergence.item() - math.log(4), rel=1e-5)


def test_min_max_is_one_value_with_two_signs():
    game = GAMES["original"]
    fixed = torch.nn.functional.logsigmoid(REAL).mean()  # the part that the generator cannot change
    torch.testing.assert_close(game.discriminator(REAL, FAKE), -value(REAL, FAKE))
    torch.testing.assert_close(game.generator(REAL, FAKE) + fixed, value(REAL, FAKE))


def test_only_the_non_saturating_generator_learns_from_a_lost_game():
    """At a score of -20, log(1 - D) is flat and -log D has the slope -1."""
    slopes = {}
    for name in ("original", "non-saturating"):
        lost = torch.tensor([-20.0], requires_grad=True)
        GAMES[name].generator(torch.zeros(1), lost).backward()
        slopes[name] = lost.grad.item()
    assert slopes["original"] == pytest.approx(0.0, abs=1e-8)
    assert slopes["non-saturating"] == pytest.approx(-1.0, abs=1e-6)


def test_hinge_by_hand():
    """Real: max(0, 1 - 2) = 0 and 1 - .5 = .5; drawn: max(0, 1 - 3) = 0 and 1 + .5 = 1.5; means .25 and .75."""
    assert GAMES["hinge"].discriminator(REAL, FAKE).item() == pytest.approx(1.0)
    assert GAMES["hinge"].generator(REAL, FAKE).item() == pytest.approx(1.25)


def test_relativistic_by_hand():
    """Gaps 5 and 0: (log(1 + e^-5) + log 2) / 2, and with the signs turned (log(1 + e^5) + log 2) / 2."""
    sure, open_ = math.log1p(math.exp(-5)), math.log(2)
    assert GAMES["relativistic"].discriminator(REAL, FAKE).item() == pytest.approx((sure + open_) / 2, rel=1e-5)
    assert GAMES["relativistic"].generator(REAL, FAKE).item() == pytest.approx((sure + 5 + open_) / 2, rel=1e-5)


@pytest.mark.parametrize("name", list(GAMES))
def test_the_sides_want_opposite_things(name):
    """The discriminator's loss falls when drawings score lower, the generator's when they score higher."""
    fake = torch.tensor([0.1, -0.2], requires_grad=True)
    (down,) = torch.autograd.grad(GAMES[name].discriminator(REAL, fake), fake)
    (up,) = torch.autograd.grad(GAMES[name].generator(REAL, fake), fake)
    assert (down > 0).all()
    assert (up < 0).all()


def test_the_slope_of_a_linear_discriminator_is_its_weights():
    weights = torch.tensor([3.0, -4.0])
    points = torch.randn(6, 2, generator=torch.Generator().manual_seed(0))
    assert slope_penalty(lambda x: x @ weights + 7, points).item() == pytest.approx(25 / 2)


def test_the_slope_of_a_square_by_hand():
    """D(x) = |x|^2 has the slope 2x: 1/2 E |2x|^2 at (1, 0) and (0, 2) is 1/2 (4 + 16) / 2 = 5."""
    points = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    assert slope_penalty(lambda x: x.square().sum(1), points).item() == pytest.approx(5.0)


def test_the_penalty_teaches_the_weights():
    weights = torch.tensor([3.0, -4.0], requires_grad=True)
    slope_penalty(lambda x: x @ weights, torch.zeros(2, 2)).backward()
    torch.testing.assert_close(weights.grad, weights.detach())


@pytest.mark.parametrize(("weight", "settles"), [(0.0, False), (1.0, True)])
def test_the_game_of_two_points_settles_with_the_penalty_alone(weight, settles):
    """The Dirac GAN of Mescheder et al. 2018: data at 0, a drawing at theta, D(x) = psi x; it circles without R1."""
    theta, psi = torch.tensor([[1.0]], requires_grad=True), torch.tensor(1.0, requires_grad=True)
    game, data = GAMES["non-saturating"], torch.zeros(1, 1)
    for _ in range(400):
        loss = game.discriminator(psi * data[:, 0], psi * theta.detach()[:, 0])
        loss = loss + weight * slope_penalty(partial(_product, psi), data)
        (push,) = torch.autograd.grad(loss, psi)
        (pull,) = torch.autograd.grad(game.generator(data[:, 0], psi * theta[:, 0]), theta)
        with torch.no_grad():
            psi -= 0.1 * push
            theta -= 0.1 * pull
    assert (theta.abs().item() < 0.01) == settles


def _product(psi, x):
    return psi * x[:, 0]

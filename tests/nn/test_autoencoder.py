"""The autoencoder: shapes, standard latents, losses in closed form, and that it learns."""

import pytest
import torch

from tastemaker.nn.autoencoder import Autoencoder, PatchCritic, prior_loss, sharp_loss


def squares(n, seed=0):
    """A bright square somewhere on a dark ground."""
    chance = torch.Generator().manual_seed(seed)
    pictures = torch.full((n, 3, 16, 24), -0.8)
    for picture in pictures:
        top, left = (int(torch.randint(0, 9, (), generator=chance)) for _ in range(2))
        picture[:, top : top + 7, left : left + 9] = 0.9
    return pictures


def test_latents_are_a_quarter_a_side_and_come_back():
    coder = Autoencoder(5, 16, 2)
    latents = coder.encode(squares(2))
    assert latents.shape == (2, 5, 4, 6)
    assert coder.decode(latents).shape == (2, 3, 16, 24)
    assert PatchCritic(8)(squares(2)).shape == (2, 1, 4, 6)


def test_standardised_latents_have_mean_nought_and_deviation_one():
    torch.manual_seed(0)
    coder, pictures = Autoencoder(3, 16, 2), squares(20)
    before = coder.decode(coder.encode(pictures))
    coder.standardise(pictures)
    latents = coder.encode(pictures)
    torch.testing.assert_close(latents.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(coder.decode(latents), before, atol=1e-4, rtol=0)


def test_the_sharp_loss_of_a_shift_and_of_a_lost_edge():
    real = torch.zeros(1, 1, 4, 4)
    real[..., 2:] = 1.0
    assert sharp_loss(real, real).item() == 0
    assert sharp_loss(real + 1, real).item() == 1 + 2  # edges are right, each pixel and the colour of the place are not
    flat = torch.full_like(real, 0.5)
    assert sharp_loss(flat, real).item() == pytest.approx(0.5 + 1 / 3)  # one edge in three is lost, the colour is right


def test_the_prior_is_half_the_mean_square():
    assert prior_loss(torch.tensor([1.0, 3.0])).item() == 2.5


def test_it_learns_to_draw_squares_it_has_not_seen():
    torch.manual_seed(0)
    coder = Autoencoder(4, 16, 2)
    optimiser = torch.optim.AdamW(coder.parameters(), 5e-3)
    for step in range(150):
        real = squares(16, seed=step)
        made, latents = coder(real)
        loss = sharp_loss(made, real) + 1e-3 * prior_loss(latents)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    unseen = squares(16, seed=10_000)
    with torch.no_grad():
        wrong = (coder.decode(coder.encode(unseen)) - unseen).abs().mean().item()
    flat = (unseen.mean((1, 2, 3), keepdim=True) - unseen).abs().mean().item()
    assert wrong < 0.4 * flat

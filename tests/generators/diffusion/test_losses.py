"""The losses of the joint and of the inpainting diffusion, in closed form: nothing for the right answer, else its size.

Everything has one value ``v``. On the straight path the answer asked for is ``e - v = (x_t - v) / t``; whoever always
says 0 has the loss ``E (e - v)^2 = 1 + v^2``.
"""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tastemaker.generators.diffusion.conditional import ConditionalConfig
from tastemaker.generators.diffusion.inpainting import Filling
from tastemaker.generators.diffusion.joint import GIVEN, WORDS, JointConfig, Rejoining
from tastemaker.generators.material import Material
from tastemaker.nn.autoencoder import Autoencoder
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.worlds import drawn_shop

N, PICTURE, SAID = 4_000, 2.0, 3.0


class Answering(nn.Module):
    """Says what is right, or 0."""

    def __init__(self, *, right: bool) -> None:
        super().__init__()
        self.right = right

    def velocity(self, x_t: Tensor, t: Tensor, value: float) -> Tensor:
        t = t.reshape(-1, *[1] * (x_t.ndim - 1)).clamp(min=1e-6)
        return (x_t - value) / t if self.right else torch.zeros_like(x_t)

    def both(self, latents, latents_time, words, words_time, known):
        assert known is None
        said = self.velocity(words["text"], words_time["text"], SAID)
        return self.velocity(latents, latents_time, PICTURE), {"text": said}

    def forward(self, x: Tensor, t: Tensor, known) -> Tensor:
        channels = (x.shape[1] - 1) // 2
        return self.velocity(x[:, :channels], t, PICTURE)


@pytest.mark.parametrize(
    ("right", "loss"), [(True, 0.0), (False, (1 - GIVEN) * (1 + PICTURE**2 + WORDS * (1 + SAID**2)))]
)
def test_the_joint_loss_is_asked_of_both_and_not_of_what_is_given(right, loss):
    latents, words = torch.full((N, 2, 1, 2, 2), PICTURE), torch.full((N, 4), SAID)
    task = Rejoining(Answering(right=right), JointConfig(), latents, words, np.arange(N))
    torch.manual_seed(0)
    assert float(task.loss(np.arange(N), 0.0, np.random.default_rng(0))) == pytest.approx(loss, rel=0.03, abs=1e-3)


@pytest.mark.parametrize(("right", "loss"), [(True, 0.0), (False, 1 + PICTURE**2)])
def test_the_inpainting_loss_is_that_of_the_whole_picture(right, loss):
    shop = Material.read(drawn_shop(8, size=16), FixedSpace(), 16)
    coder = Autoencoder(4, 32)
    grid = coder.encode(torch.zeros(1, 3, *shop.layout.shape)).shape[1:]
    latents = torch.full((len(shop.rows), 2, *grid), PICTURE)
    task = Filling(Answering(right=right), coder, shop, latents, ConditionalConfig(channels=4, autoencoder_width=32))
    places = np.repeat(shop.where("picture"), 4)
    torch.manual_seed(0)
    assert float(task.loss(places, 0.0, np.random.default_rng(0))) == pytest.approx(loss, rel=0.05, abs=1e-3)

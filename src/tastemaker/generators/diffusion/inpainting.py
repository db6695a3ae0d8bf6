"""Inpainting: the conditional diffusion that also sees a picture with a hole, and draws what is missing.

The denoiser reads, beside the noisy latents, where the hole is and the latents of the picture without it: twice the
channels of the latents and one, thirteen for the six of the default (nine for Rombach's four). Some holes are the whole
picture, so that it draws from nothing as well.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.errors import InputError
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import ANYTHING, Condition, Noise, as_values, mirrored
from tastemaker.generators.diffusion.coding import decoded
from tastemaker.generators.diffusion.conditional import ConditionalConfig, ConditionalDiffusion, hidden
from tastemaker.generators.diffusion.denoising import SIZES, Answer, drawn, guiding
from tastemaker.generators.learning import Batches
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.augment import rectangles
from tastemaker.nn.autoencoder import FOLD, Autoencoder
from tastemaker.nn.conditioning import Known
from tastemaker.nn.denoiser import Denoiser
from tastemaker.nn.diffusion import Predict, denoising_loss, spread_times
from tastemaker.nn.precision import fast

WHOLE = 0.2
"""Share of the holes that are the whole picture."""
SIDES = (0.25, 0.9)
"""Least and largest side of the others, of the picture's."""


class InpaintingDiffusion(ConditionalDiffusion):
    """Pictures, whole or in part, of what is asked for: ``v(z_t, m, encode((1 - m) x), t, c)``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
        autoencoder: one that was trained on the same pictures.

    Source: Rombach et al., CVPR 2022, section 4.5: the condition by concatenation.
    """

    name: ClassVar[str] = "diffusion-inpainting"
    source: ClassVar[str] = "Rombach et al., High-resolution image synthesis with latent diffusion, CVPR 2022, sec. 4.5"

    @override
    def made(self, layout: Layout) -> Denoiser:
        """With channels for the hole and for what surrounds it."""
        channels, *shape = self.grid
        dims = {str(name): dim for name, dim in layout.dims.items()}
        return Denoiser(
            2 * channels + 1, (shape[0], shape[1]), SIZES[self.config.size], layout.sizes, dims, out=channels
        )

    @override
    def task(self, material: Material, latents: Tensor) -> Batches:
        """To take noise away, told what surrounds a hole and a part of what is known."""
        return Filling(self.denoiser, self.autoencoder, material, latents, self.config)

    def fill(
        self, pictures: Frames, holes: Bools, condition: Condition = ANYTHING, seed: int = 0, *, first: int = 0
    ) -> Frames:
        """Draw what is missing; every pixel outside a hole is the picture's own.

        Shapes: pictures (n, h, w, 3), holes (n, h, w) -> (n, h, w, 3).

        Args:
            pictures: in the generator's frame.
            holes: True where something is to be drawn.
            condition: what should be there; its pixels are not looked at.
            seed: of the drawings.
            first: number of the first of them within the seed.

        Raises:
            NotFitted: it was not fitted.
            InputError: the shapes do not fit, or the condition holds what this generator cannot read.
        """
        self.check(condition)
        self._check_frame(pictures)
        if holes.shape != pictures.shape[:3] or holes.dtype != np.bool_:
            hint = f"give True or False, of the shape {pictures.shape[:3]}"
            raise InputError(f"holes have the shape {holes.shape} and hold {holes.dtype}", hint=hint)
        n, missing = len(pictures), torch.from_numpy(holes[:, None]).float()
        noise = Noise(seed, range(first, first + n))
        with torch.inference_mode():
            answer = self._beside(as_values(pictures), missing, [condition] * n)
            made = decoded(self.autoencoder, drawn(self.config, answer, noise, self.grid))
        return np.where(holes[..., None], made, pictures)

    @override
    def predicts(self, conditions: Sequence[Condition]) -> Predict:
        """The guided answer where all is hole."""
        n, shape = len(conditions), self.layout.shape
        return self._beside(torch.zeros(n, 3, *shape), torch.ones(n, 1, *shape), conditions)

    def _beside(self, values: Tensor, missing: Tensor, conditions: Sequence[Condition]) -> Predict:
        around = surrounded(self.autoencoder, values, missing)
        return guiding(told(self.denoiser, around), self.known(conditions), self.config.guidance)


class Filling(Batches):
    """To take noise away beside what surrounds a hole.

    Args:
        denoiser: trained in place.
        autoencoder: sees what surrounds the hole.
        material: gives pictures and what is known.
        latents: of pictures and of their mirror images.
        config: batch, steps and path.

    Shapes: latents (items, 2, channels, h, w).
    """

    def __init__(
        self,
        denoiser: Denoiser,
        autoencoder: Autoencoder,
        material: Material,
        latents: Tensor,
        config: ConditionalConfig,
    ) -> None:
        super().__init__("denoiser", denoiser, material.where("picture"), config.batch_size, config.steps)
        self.denoiser, self.autoencoder, self.path = denoiser, autoencoder, config.path
        self.material, self.latents = material, latents

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """The denoising loss, of the whole picture."""
        del share
        n, side = len(places), rng.integers(0, 2, len(places))
        x, values = self.latents[places, side], mirrored(as_values(self.material.frames[places]), side == 1)
        with torch.no_grad():
            around = surrounded(self.autoencoder, values, torch.from_numpy(holes(n, values.shape[2:], rng)))
        known = hidden(self.material.known(places), rng)
        answer = told(self.denoiser, around)
        with fast():
            return denoising_loss(
                self.path, lambda x_t, t: answer(x_t, t, known), x, torch.randn_like(x), spread_times(self.path, n)
            )


def told(denoiser: Denoiser, around: Tensor) -> Answer:
    """The denoiser, beside what surrounds the holes. Shapes: around (n, channels + 1, h, w)."""

    def answer(x: Tensor, t: Tensor, known: Known) -> Tensor:
        made: Tensor = denoiser(torch.cat([x, around.repeat(len(x) // len(around), 1, 1, 1)], 1), t, known)
        return made

    return answer


def surrounded(autoencoder: Autoencoder, values: Tensor, missing: Tensor) -> Tensor:
    """Where the holes are, and the latents of the pictures without them.

    Shapes: values (n, 3, h, w), missing (n, 1, h, w), 1 inside -> (n, channels + 1, h / 4, w / 4).
    """
    with fast():
        latents = autoencoder.encode(values * (1 - missing))
    return torch.cat([functional.max_pool2d(missing, FOLD), latents], 1)


def holes(n: int, shape: Sequence[int], rng: np.random.Generator) -> Floats:
    """Rectangles, some of them the whole picture. Shapes: -> (n, 1, h, w), 1 inside."""
    whole = (rng.random(n) < WHOLE)[:, None, None]
    return np.asarray((whole | rectangles(n, shape, SIDES, rng))[:, None], np.float32)

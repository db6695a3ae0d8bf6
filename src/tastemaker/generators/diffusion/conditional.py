"""Conditional latent diffusion: attributes, words, a picture's vector, a person's taste, any of them or none.

In training parts of what is known are hidden by chance, so that one network knows every subset; the difference that the
whole makes is drawn out by guidance.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from typing_extensions import override

from tastemaker.core.types import Modality
from tastemaker.generators.base import Condition
from tastemaker.generators.diffusion.denoising import SIZES, Denoising, guiding
from tastemaker.generators.diffusion.latent import LatentConfig, OnLatents, either
from tastemaker.generators.learning import Batches
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.conditioning import Known
from tastemaker.nn.denoiser import Denoiser
from tastemaker.nn.diffusion import Predict

NOTHING = 0.1
"""Share of the items of which the denoiser is told nothing."""
ATTRIBUTES, EACH = 0.75, 0.85
"""Share of which it is told attributes at all, and then each of them."""
VECTORS = 0.4
"""Share of which it is told each vector: a vector nearly tells the picture, and attributes must speak too."""


class ConditionalConfig(LatentConfig):
    """Settings of a conditional diffusion."""

    steps: int = Field(default=5000, ge=1)
    """Batches from which the denoiser learns."""
    autoencoder_steps: float = Field(default=0.6, gt=0, le=10)
    """Batches from which the autoencoder learns, for each one of the denoiser's."""
    shift: float = Field(default=1.0, gt=0, le=100)
    """Above 1 more of a drawing's steps lie near the noise; who is told what to draw has less to decide there."""
    guidance: float = Field(default=4.0, ge=0, le=20)
    """How much more than what the condition says by itself: 1 is the condition, 0 ignores it; above about 6 drawings
    become alike."""


class ConditionalDiffusion(OnLatents[ConditionalConfig]):
    """Pictures of what is asked for. ``v = v(z_t, t) + w (v(z_t, t, c) - v(z_t, t))``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
        autoencoder: one that was trained on the same pictures.

    Source: Rombach et al., CVPR 2022, equation 3; Ho and Salimans 2022 (arXiv 2207.12598), equation 6.
    Differs: the condition reaches the network through its norms (DiT) and not by cross-attention: it is a handful of
        vectors, not a sentence.
    """

    name: ClassVar[str] = "diffusion-conditional"
    figure: ClassVar[str] = "4"
    source: ClassVar[str] = "Ho and Salimans, Classifier-free diffusion guidance, 2022, eq. 6"
    config_class: ClassVar[type[ConditionalConfig]] = ConditionalConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset({"attributes", "text", "picture", "behaviour"})
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})

    @override
    def made(self, layout: Layout) -> Denoiser:
        """With a token for each attribute and vector."""
        dims = {str(name): dim for name, dim in layout.dims.items()}
        return Denoiser(self.grid[0], self.grid[1:], SIZES[self.config.size], layout.sizes, dims)

    @override
    def task(self, material: Material, latents: Tensor) -> Batches:
        """To take noise away, told a part of what is known."""
        places, config = material.where("picture"), self.config
        return Denoising(
            self.denoiser, places, config, either(latents), lambda places, rng: hidden(material.known(places), rng)
        )

    @override
    def predicts(self, conditions: Sequence[Condition]) -> Predict:
        """The guided answer."""
        return guiding(self.denoiser, self.known(conditions), self.config.guidance)


def hidden(known: Known, rng: np.random.Generator) -> Known:
    """A part of what is known, whole modalities and single attributes left out by chance."""
    n = len(known.codes)

    def chance(share: float, *shape: int) -> Tensor:
        return torch.from_numpy(rng.random((n, *shape)) < share)

    told = chance(1 - NOTHING)
    codes = known.codes * (told & chance(ATTRIBUTES))[:, None] * chance(EACH, known.codes.shape[1])
    has = {name: has & told & chance(VECTORS) for name, has in known.has.items()}
    return Known(codes, known.vectors, has)

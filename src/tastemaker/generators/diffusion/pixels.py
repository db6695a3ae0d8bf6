"""The standard diffusion: noise on the pixels themselves, no autoencoder.

The same transformer as the latent one, on patches of eight pixels a side, as many as the other has patches of latents.
As it tells the data, its patches may be large: with patches of four, a step takes three times as long and drawings stay
parts of things (measured). Noise, where it is asked for that, is more than a token can hold of a large patch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.core.progress import Observer
from tastemaker.core.types import Ints, Modality
from tastemaker.generators.base import Condition, Drawn, Generator, Noise, as_pictures, as_values, mirrored
from tastemaker.generators.diffusion.denoising import SIZES, Denoising, DiffusionConfig, Objective, drawn
from tastemaker.generators.learning import plan_of
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.denoiser import Denoiser
from tastemaker.nn.diffusion import Cosine, Path, StraightToData
from tastemaker.nn.training import train

PATCHES: Mapping[Objective, int] = {"flow": 8, "epsilon": 4}
"""Pixels a side of a patch."""


class PixelConfig(DiffusionConfig):
    """Settings of a diffusion on pixels."""

    steps: int = Field(default=4000, ge=1)
    """Batches from which the denoiser learns; pixels have more to tell than latents."""
    shift: float = Field(default=6.0, gt=0, le=100)
    """Above 1 more of a drawing's steps lie near the noise: what many pixels share shows through much of it."""

    @property
    @override
    def path(self) -> Path:
        """The straight path, told by its data, or the cosine schedule, told by its noise."""
        return StraightToData() if self.objective == "flow" else Cosine()


class PixelDiffusion(Generator[PixelConfig]):
    """Pictures of the shop's own kind, from noise: ``min E |e(x_t, t) - e|^2``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.

    Source: Ho et al. 2020 (arXiv 2006.11239), equation 14.
    Differs: a transformer instead of a UNet, which tells the data and not the noise unless asked to.
    See also: :class:`~tastemaker.generators.diffusion.latent.LatentDiffusion`, as good in less training.
    """

    name: ClassVar[str] = "diffusion"
    figure: ClassVar[str] = "4"
    source: ClassVar[str] = "Ho et al., Denoising diffusion probabilistic models, NeurIPS 2020, eq. 14"
    config_class: ClassVar[type[PixelConfig]] = PixelConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset()
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})
    reconstructs: ClassVar[bool] = False

    @override
    def build(self, layout: Layout) -> None:
        """The denoiser."""
        size = replace(SIZES[self.config.size], patch=PATCHES[self.config.objective])
        self.denoiser = Denoiser(3, layout.shape, size)

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """The denoiser."""
        return {"denoiser": self.denoiser}

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """Take noise from pictures and from their mirror images.

        Raises:
            FitError: no item has a picture.
        """

        def grids(places: Ints, rng: np.random.Generator) -> Tensor:
            return mirrored(as_values(material.frames[places]), rng.random(len(places)) < 0.5)

        task = Denoising(self.denoiser, material.pictured(), self.config, grids)
        train(task, plan_of(self, material, self.config.steps), observer)

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """From noise."""
        values = drawn(self.config, lambda x, t: self.denoiser(x, t), noise, (3, *self.layout.shape))
        return [Drawn(number, picture) for number, picture in zip(noise.numbers, as_pictures(values), strict=True)]

"""Latent diffusion: an autoencoder makes pictures small, a denoiser draws in the small. Unconditional.

Source: Rombach et al., High-resolution image synthesis with latent diffusion models, CVPR 2022, equations 1 and 2.
Differs: the denoiser is a transformer and tells the velocity of a straight path, unless asked for the noise.
"""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer
from tastemaker.core.types import Modality
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import Condition, Drawn, Generator, Noise
from tastemaker.generators.diffusion.coding import Coding, decoded, encoded, standardised
from tastemaker.generators.diffusion.denoising import SIZES, Denoising, DiffusionConfig, Grids, cleared, drawn
from tastemaker.generators.learning import Batches, plan_of
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.autoencoder import FOLD, Autoencoder, PatchCritic
from tastemaker.nn.denoiser import Denoiser
from tastemaker.nn.diffusion import Predict
from tastemaker.nn.training import train


class LatentConfig(DiffusionConfig):
    """Settings of a diffusion on latents."""

    steps: int = Field(default=2500, ge=1)
    """Batches from which the denoiser learns; fewer than with conditions, of which there is more to learn."""
    channels: int = Field(default=6, ge=1, le=64)
    """Of the latents, which are a quarter of the picture a side."""
    shift: float = Field(default=4.0, gt=0, le=100)
    """Above 1 more of a drawing's steps lie near the noise, where it is decided what a thing will be."""
    autoencoder_width: int = Field(default=64, ge=8)
    """Channels of the autoencoder's blocks."""
    autoencoder_steps: float = Field(default=1.0, gt=0, le=10)
    """Batches from which the autoencoder learns, for each one of the denoiser's."""
    autoencoder_share: float = Field(default=0.2, gt=0, lt=1)
    """Of the minutes."""


QUICK = 8
"""Steps of a drawing that is only one candidate of many."""
L = TypeVar("L", bound=LatentConfig, covariant=True)


class OnLatents(Generator[L]):
    """A diffusion on latents: its two stages of training, its two halves of drawing.

    Args:
        config: settings of the variant; its defaults when None.
        checkpoint: a file that training writes now and then and resumes from, one for each stage.
        autoencoder: one that was trained on the same pictures, for instance by another variant; the first stage is left
            out then.

    Raises:
        InputError: that autoencoder has other sizes than the config says.
    """

    denoiser: Denoiser
    autoencoder: Autoencoder

    def __init__(
        self, config: L | None = None, *, checkpoint: Path | None = None, autoencoder: Autoencoder | None = None
    ) -> None:
        super().__init__(config, checkpoint=checkpoint)
        self._given = autoencoder
        wanted = (self.config.channels, self.config.autoencoder_width)
        if autoencoder is not None and (autoencoder.channels, autoencoder.width) != wanted:
            raise InputError(
                f"an autoencoder of {autoencoder.channels} channels and width {autoencoder.width} is given",
                hint=f"the config says {wanted[0]} and {wanted[1]}",
            )

    @property
    def grid(self) -> tuple[int, int, int]:
        """Shape of the latents of a picture: channels, height, width."""
        height, width = self.layout.shape
        return self.config.channels, height // FOLD, width // FOLD

    @override
    def build(self, layout: Layout) -> None:
        """An autoencoder, unless one was given, and a denoiser."""
        made = self._given or Autoencoder(self.config.channels, self.config.autoencoder_width)
        self.autoencoder = copy.deepcopy(made).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._critic = PatchCritic().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.denoiser = self.made(layout)

    def made(self, layout: Layout) -> Denoiser:
        """The denoiser, untrained."""
        del layout
        return Denoiser(self.grid[0], self.grid[1:], SIZES[self.config.size])

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """Both."""
        return {"autoencoder": self.autoencoder, "denoiser": self.denoiser}

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """The autoencoder, then the denoiser on its latents.

        Raises:
            FitError: no item has a picture.
        """
        material.pictured()
        share = 0.0 if self._given else self.config.autoencoder_share
        if share:
            self._code(material, share, observer)
        latents = [encoded(self.autoencoder, material.frames, mirrored=mirrored) for mirrored in (False, True)]
        task = self.task(material, torch.stack(latents, 1))
        given = [weight.numpy() for weight in self._given.state_dict().values()] if self._given else []
        plan = plan_of(self, material, self.config.steps, stage="denoiser", share=1 - share, given=given)
        train(task, plan, observer)

    def _code(self, material: Material, share: float, observer: Observer) -> None:
        steps = max(1, round(self.config.autoencoder_steps * self.config.steps))
        plan = plan_of(self, material, steps, stage="autoencoder", share=share, average=0.99, learning_rate=2e-3)
        train(Coding(self.autoencoder, self._critic, material, steps), plan, observer)
        standardised(self.autoencoder, material)

    def task(self, material: Material, latents: Tensor) -> Batches:
        """What the denoiser learns. Shapes: latents (items, 2, channels, h, w), pictures and their mirror images."""
        return Denoising(self.denoiser, material.where("picture"), self.config, either(latents))

    def predicts(self, conditions: Sequence[Condition]) -> Predict:
        """The denoiser's answer under conditions."""
        del conditions
        return lambda x, t: self.denoiser(x, t)

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """From noise; where a picture is given, that picture once more."""
        shown = {at: each.picture for at, each in enumerate(conditions) if each.picture is not None}
        if len(shown) < len(conditions):
            latents = self.imagined(conditions, noise)
        else:
            latents = torch.zeros(len(conditions), *self.grid)
        if shown:
            latents[list(shown)] = encoded(self.autoencoder, np.stack(list(shown.values())))
        return [
            Drawn(number, picture)
            for number, picture in zip(noise.numbers, decoded(self.autoencoder, latents), strict=True)
        ]

    def imagined(self, conditions: Sequence[Condition], noise: Noise) -> Tensor:
        """Latents from noise. Shapes: -> (n, channels, h / 4, w / 4)."""
        return drawn(self.config, self.predicts(conditions), noise, self.grid)

    @property
    def latent(self) -> tuple[int, ...]:
        """Shape of the noise of a drawing."""
        return self.grid

    def pictures(self, latents: Tensor, conditions: Sequence[Condition], *, fine: bool = True) -> Frames:
        """What becomes of noise, without chance on the way. Shapes: (n, *latent) -> (n, h, w, 3)."""
        steps = self.config.sample_steps if fine else min(QUICK, self.config.sample_steps)
        with torch.inference_mode():
            return decoded(self.autoencoder, self.cleared(latents, conditions, steps))

    def cleared(self, latents: Tensor, conditions: Sequence[Condition], steps: int) -> Tensor:
        """Latents of pictures, of noise. Shapes: (n, *latent) -> (n, channels, h / 4, w / 4)."""
        return cleared(self.config, self.predicts(conditions), latents, steps)


def either(latents: Tensor) -> Grids:
    """The picture or its mirror image, by chance. Shapes: latents (items, 2, channels, h, w)."""
    return lambda places, rng: latents[places, rng.integers(0, 2, len(places))]


class LatentDiffusion(OnLatents[LatentConfig]):
    """Pictures of the shop's own kind, from noise.

    ``min E |v(z_t, t) - (e - z)|^2`` with ``z = encode(x)``, ``z_t = (1 - t) z + t e``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
        autoencoder: one that was trained on the same pictures.

    Source: Rombach et al., CVPR 2022, equation 2; Liu et al. 2022 (arXiv 2209.03003), equation 1.
    Differs: the denoiser is a transformer (DiT), the path straight.
    See also: :class:`~tastemaker.generators.diffusion.conditional.ConditionalDiffusion`, which can be told what to
        draw.
    """

    name: ClassVar[str] = "diffusion-latent"
    figure: ClassVar[str] = "4"
    source: ClassVar[str] = "Rombach et al., High-resolution image synthesis with latent diffusion, CVPR 2022, eq. 2"
    config_class: ClassVar[type[LatentConfig]] = LatentConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset()
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})

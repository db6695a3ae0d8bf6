"""The standard VAE: a picture becomes a few numbers, the numbers a picture.

Well known, and small enough for a processor: a convolutional encoder and decoder, a latent of one vector, Laplace noise
on the pixels. Two things make its drawings things rather than fogs: the pixels' noise is estimated and not set, and
after training a mixture of Gaussians is fitted to the latents and drawn from, see :mod:`tastemaker.nn.latent_prior`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer
from tastemaker.core.types import Ints, Modality
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import Condition, Drawn, Generator, GeneratorConfig, Noise, as_pictures, as_values
from tastemaker.generators.learning import Batches, plan_of
from tastemaker.generators.material import Layout, Material
from tastemaker.generators.vae.joint import WIDER, uniform
from tastemaker.nn.gaussians import Gaussian
from tastemaker.nn.latent_prior import LatentPrior
from tastemaker.nn.picture_coders import PictureDecoder, PictureEncoder, likeness
from tastemaker.nn.precision import fast
from tastemaker.nn.training import train

READ = 256
"""Pictures that are encoded at once."""


class VaeConfig(GeneratorConfig):
    """Settings of the standard VAE."""

    dim: int = Field(default=128, ge=1, le=1024)
    """Numbers that a picture is squeezed into."""

    size: Literal["cpu", "gpu"] = "cpu"
    """Of the networks: three times as many channels for a graphics card."""

    width: int = Field(default=32, ge=4, le=512)
    """Channels of the finest grid; coarser ones have two and four times as many."""

    beta: float = Field(default=4.0, ge=0)
    """Weight of the divergence from the prior: larger gives smoother latents and softer pictures."""

    components: int = Field(default=64, ge=1, le=1000)
    """Gaussians that are fitted to the latents after training, at most."""


class PictureVae(nn.Module):
    """Encoder and decoder.

    Args:
        shape: of pictures.
        width: see :class:`VaeConfig`.
        dim: of the latent.
    """

    def __init__(self, shape: tuple[int, int], width: int, dim: int) -> None:
        super().__init__()
        self.encoder = PictureEncoder(shape, width, 2 * dim)
        self.decoder = PictureDecoder(shape, width, dim)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, pictures: Tensor) -> Gaussian:
        """Where the latents lie. Shapes: (n, 3, h, w) -> (n, dim)."""
        with fast():
            return Gaussian.told(self.encoder(pictures))

    def decode(self, latents: Tensor) -> Tensor:
        """Shapes: (n, dim) -> (n, 3, h, w)."""
        with fast():
            drawn: Tensor = self.decoder(latents)
        return drawn


class Vae(Generator[VaeConfig]):
    """``max E_q(z | x) log p(x | z) - beta KL(q(z | x) || N(0, I))``.

    Source: Kingma and Welling, equation 3; beta of Higgins et al. 2017 (ICLR).
    Differs: the noise of the pixels is Laplace, at three scales, estimated in closed form; drawings come from a mixture
        fitted to the latents.
    """

    name: ClassVar[str] = "vae"
    figure: ClassVar[str] = "3"
    source: ClassVar[str] = "Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, eq. 3"
    config_class: ClassVar[type[GeneratorConfig]] = VaeConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset()
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})

    @override
    def build(self, layout: Layout) -> None:
        """An encoder, a decoder and a prior.

        Raises:
            FitError: the items have no pictures.
        """
        config = self.config
        if not all(layout.shape):
            raise FitError("no item has a picture", hint="give items pictures")
        self._model = PictureVae(layout.shape, WIDER[config.size] * config.width, config.dim)
        self._prior = LatentPrior(config.dim, config.components)

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """The coder and the prior."""
        return {"model": self._model, "prior": self._prior}

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """Train, then fit the prior.

        Raises:
            FitError: fewer than two items have a picture.
        """
        places = material.where("picture")
        if len(places) < 2:
            raise FitError(f"{len(places)} items have a picture to learn from", hint="give items pictures")
        train(_Redrawing(self, self._model, material, places), plan_of(self, material, self.config.steps), observer)
        self._prior.fit(latents(self._model, material.frames[places]), self.config.seed)

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """From the mixture; where a picture is to be reconstructed, from what it says of the latent."""
        dim, pictures = self.config.dim, [condition.picture for condition in conditions]
        told = Gaussian.standard(len(conditions), dim)
        for at, picture in enumerate(pictures):
            if picture is not None:
                q = self._model.encode(as_values(picture[None]))
                told.mean[at], told.log_variance[at] = q.mean[0], q.log_variance[0]
        by_chance = noise.normal("latent", dim)
        z = self._prior.drawn(Gaussian.standard(len(conditions), dim), uniform(noise, "component"), by_chance)
        seen = torch.tensor([picture is not None for picture in pictures])
        drawn = self._model.decode(torch.where(seen[:, None], told.drawn(by_chance), z))
        return [Drawn(number, each) for number, each in zip(noise.numbers, as_pictures(drawn), strict=True)]


class _Redrawing(Batches):
    """Pictures, squeezed and drawn again."""

    def __init__(self, owner: Vae, model: PictureVae, material: Material, places: Ints) -> None:
        super().__init__(owner.name, model, places, owner.config.batch_size, owner.config.steps)
        self.owner, self.material = owner, material

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """The bound, a number a pixel."""
        model = self.owner._model
        real = as_values(self.material.frames[places])
        q = model.encode(real)
        drawn = model.decode(q.drawn(torch.randn_like(q.mean)))
        bound = likeness(drawn, real) - self.owner.config.beta * q.divergence().sum(1)
        return -bound.mean() / real[0].numel()


def latents(model: PictureVae, frames: Frames) -> Gaussian:
    """Posteriors of many pictures. Shapes: (n, h, w, 3) -> (n, dim)."""
    with torch.inference_mode():
        found = [model.encode(as_values(frames[low : low + READ])) for low in range(0, len(frames), READ)]
    return Gaussian(torch.cat([q.mean for q in found]), torch.cat([q.log_variance for q in found]))

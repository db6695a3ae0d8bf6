"""Joint diffusion: a picture and its words become noise at times of their own; one network gives back both.

What is given stays at time 0, what is not wanted at time 1, and so the same network draws a picture from words, words
from a picture, both, and a picture alone. Words are a vector of the shop's space. A picture's vector may be given in
place of words, each standardised by its own: in a space they mean the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer
from tastemaker.core.types import Ints, Modality
from tastemaker.generators.base import Condition, Drawn, Noise
from tastemaker.generators.diffusion.coding import decoded, encoded
from tastemaker.generators.diffusion.denoising import SIZES, cleared, drawn
from tastemaker.generators.diffusion.latent import LatentConfig, OnLatents
from tastemaker.generators.learning import Batches
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.denoiser import Denoiser
from tastemaker.nn.diffusion import Predict, beside, guided, spread_times
from tastemaker.nn.precision import fast

GIVEN, UNWANTED = 0.2, 0.1
"""Shares of the items whose words, or picture, are whole, and of those where they are noise alone."""
WORDS = 0.25
"""Weight of the words' loss beside the picture's, which has more parts."""


class JointConfig(LatentConfig):
    """Settings of a joint diffusion."""

    steps: int = Field(default=4000, ge=1)
    """Batches from which the denoiser learns."""
    autoencoder_steps: float = Field(default=0.6, gt=0, le=10)
    """Batches from which the autoencoder learns, for each one of the denoiser's."""
    guidance: float = Field(default=4.0, ge=0, le=20)
    """How much more than what is given says by itself: 1 is the condition, 0 ignores it."""


class Scales(nn.Module):
    """Means and deviations of the vectors of words and of pictures, part by part.

    Args:
        dim: of the vectors.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        for name in ("text", "picture"):
            self.register_buffer(f"{name}_mean", torch.zeros(dim))
            self.register_buffer(f"{name}_deviation", torch.ones(dim))

    def measure(self, name: str, vectors: Tensor) -> None:
        """Learn them. Shapes: vectors (n, dim)."""
        self.get_buffer(f"{name}_mean").copy_(vectors.mean(0))
        self.get_buffer(f"{name}_deviation").copy_(vectors.std(0, correction=0).clamp(min=1e-4))

    def scaled(self, name: str, vectors: Tensor) -> Tensor:
        """As the network reads them. Shapes: (n, dim) -> the same."""
        return (vectors - self.get_buffer(f"{name}_mean")) / self.get_buffer(f"{name}_deviation")

    def unit(self, words: Tensor) -> Tensor:
        """What the network drew, as vectors of the space. Shapes: (n, dim) -> the same."""
        return functional.normalize(words * self.get_buffer("text_deviation") + self.get_buffer("text_mean"), dim=1)


@dataclass(frozen=True)
class Both:
    """Latents and words, each noisy at its time. Shapes: latents (n, channels, h, w), words (n, dim), times (n,)."""

    latents: Tensor
    words: Tensor
    latents_time: Tensor
    words_time: Tensor


@dataclass(frozen=True)
class Given:
    """What is known of some drawings. Shapes: latents (n, channels, h, w), words (n, dim); seen, told (n,) bool.

    Attributes:
        latents, words: zeros where they are not known.
        seen, told: where the latents, and where the words are known.
    """

    latents: Tensor
    words: Tensor
    seen: Tensor
    told: Tensor

    @property
    def parts(self) -> int:
        """Length of both in one row."""
        return self.latents[0].numel() + self.words.shape[1]

    def among(self, x: Tensor, t: Tensor) -> Both:
        """What is given whole, the rest from x at time t. Shapes: x (n, parts), t (n,)."""
        return self._where(x, t, self.latents, self.words, torch.zeros_like(t))

    def hidden(self, x: Tensor, t: Tensor, noise: Tensor) -> Both:
        """Noise where something is given, the rest from x at time t. Shapes: x, noise (n, parts), t (n,)."""
        return self._where(x, t, *self._parted(noise), torch.ones_like(t))

    def _where(self, x: Tensor, t: Tensor, latents: Tensor, words: Tensor, time: Tensor) -> Both:
        other_latents, other_words = self._parted(x)
        return Both(
            torch.where(beside(self.seen, latents), latents, other_latents),
            torch.where(self.told[:, None], words, other_words),
            torch.where(self.seen, time, t),
            torch.where(self.told, time, t),
        )

    def _parted(self, x: Tensor) -> tuple[Tensor, Tensor]:
        cells = self.latents[0].numel()
        return x[:, :cells].reshape(self.latents.shape), x[:, cells:]


class JointDiffusion(OnLatents[JointConfig]):
    """Pictures and words from noise, each from the other, or both.

    ``min E |v_p(z_s, w_t, s, t) - (e_p - z)|^2 + |v_w(z_s, w_t, s, t) - (e_w - w)|^2``, s and t independent.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
        autoencoder: one that was trained on the same pictures.

    Source: Bao et al. 2023 (arXiv 2303.06555), equations 5 to 7.
    Differs: the straight path; the ends of the times, at which it is used, come more often than by chance.
    """

    name: ClassVar[str] = "diffusion-joint"
    figure: ClassVar[str] = "4"
    source: ClassVar[str] = "Bao et al., One transformer fits all distributions (UniDiffuser), ICML 2023, eq. 5"
    config_class: ClassVar[type[JointConfig]] = JointConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset({"text", "picture"})
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture", "text"})

    @override
    def build(self, layout: Layout) -> None:
        """Autoencoder, denoiser and scales."""
        super().build(layout)
        self.scales = Scales(layout.dims["text"])

    @override
    def made(self, layout: Layout) -> Denoiser:
        """With a noisy vector of words."""
        words = {"text": layout.dims["text"]} if layout.dims["text"] else None
        return Denoiser(self.grid[0], self.grid[1:], SIZES[self.config.size], noisy=words)

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """All three."""
        return {**super().networks(), "scales": self.scales}

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """The autoencoder, then the denoiser.

        Raises:
            FitError: no item has both a picture and words.
        """
        if not len(places_of(material)):
            raise FitError("no item has a picture and words", hint="a joint diffusion needs both, and a fitted space")
        super().train(material, observer)

    @override
    def task(self, material: Material, latents: Tensor) -> Batches:
        """To take noise from both."""
        for name in ("text", "picture"):
            self.scales.measure(name, torch.from_numpy(material.vectors[name][places_of(material)]))
        words = self.scales.scaled("text", torch.from_numpy(material.vectors["text"]))
        return Rejoining(self.denoiser, self.config, latents, words, places_of(material))

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """What is not given from noise; what is given comes back."""
        given = self._given_by(conditions)
        answer = self._answering(given, noise.normal("hidden", given.parts))
        both = given.among(drawn(self.config, answer, noise, (given.parts,)), torch.zeros(len(conditions)))
        pictures, vectors = decoded(self.autoencoder, both.latents), self.scales.unit(both.words).numpy()
        return [
            Drawn(number, picture, {"text": vector})
            for number, picture, vector in zip(noise.numbers, pictures, vectors, strict=True)
        ]

    @property
    @override
    def latent(self) -> tuple[int]:
        """Shape of the noise of a drawing and its words."""
        return (math.prod(self.grid) + self.layout.dims["text"],)

    @override
    def cleared(self, latents: Tensor, conditions: Sequence[Condition], steps: int) -> Tensor:
        """Latents of pictures, of the noise of both."""
        given = self._given_by(conditions)
        answer = self._answering(given, Noise(0, range(len(latents))).normal("hidden", given.parts))
        return given.among(cleared(self.config, answer, latents, steps), torch.zeros(len(latents))).latents

    def _answering(self, given: Given, nothing: Tensor) -> Predict:
        weight = self.config.guidance

        def predict(x: Tensor, t: Tensor) -> Tensor:
            answer = flat(self.denoiser, given.among(x, t))
            return answer if weight == 1 else guided(flat(self.denoiser, given.hidden(x, t, nothing)), answer, weight)

        return predict

    def _given_by(self, conditions: Sequence[Condition]) -> Given:
        n, known = len(conditions), self.known(conditions)
        latents = torch.zeros(n, *self.grid)
        shown = {at: each.picture for at, each in enumerate(conditions) if each.picture is not None}
        if shown:
            latents[list(shown)] = encoded(self.autoencoder, np.stack(list(shown.values())))
        own = known.has["text"]
        words = torch.where(
            own[:, None],
            self.scales.scaled("text", known.vectors["text"]),
            self.scales.scaled("picture", known.vectors["picture"]),
        )
        seen = torch.tensor([at in shown for at in range(n)])
        return Given(latents, words, seen, own | known.has["picture"])


class Rejoining(Batches):
    """To take noise from latents and from words, each at its own time.

    Args:
        denoiser: trained in place.
        config: batch, steps and path.
        latents: of pictures and of their mirror images.
        words: standardised.
        places: of the items to learn from.

    Shapes: latents (items, 2, channels, h, w), words (items, dim).
    """

    def __init__(self, denoiser: Denoiser, config: JointConfig, latents: Tensor, words: Tensor, places: Ints) -> None:
        super().__init__("denoiser", denoiser, places, config.batch_size, config.steps)
        self.denoiser, self.path, self.latents, self.words = denoiser, config.path, latents, words

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """Of both; nothing is asked of what is given whole."""
        del share
        path, n = self.path, len(places)
        x = self.latents[places, rng.integers(0, 2, n)], self.words[places]
        noise = torch.randn_like(x[0]), torch.randn_like(x[1])
        times = ends(spread_times(path, n), rng), ends(spread_times(path, n), rng)
        latents, words = (path.noised(one, other, t) for one, other, t in zip(x, noise, times, strict=True))
        with fast():
            grid, vectors = answers(self.denoiser, Both(latents, words, *times))
        losses = [
            ((answer - path.target(one, other)).square().flatten(1).mean(1) * (t > 0)).mean()
            for answer, one, other, t in zip((grid, vectors), x, noise, times, strict=True)
        ]
        return losses[0] + WORDS * losses[1]


def places_of(material: Material) -> Ints:
    """Of the items that have a picture and words. Shapes: -> (n,)."""
    return np.intersect1d(material.where("picture"), material.where("text"))


def ends(times: Tensor, rng: np.random.Generator) -> Tensor:
    """Some of the times moved to 0 and to 1. Shapes: (n,) -> (n,)."""
    chance = torch.from_numpy(rng.random(len(times)))
    times = times.masked_fill(chance < GIVEN, 0.0)
    return times.masked_fill(chance > 1 - UNWANTED, 1.0)


def answers(denoiser: Denoiser, both: Both) -> tuple[Tensor, Tensor]:
    """What the network says of latents and of words. Shapes: -> (n, channels, h, w), (n, dim)."""
    grid, vectors = denoiser.both(
        both.latents, both.latents_time, {"text": both.words}, {"text": both.words_time}, None
    )
    return grid, vectors["text"]


def flat(denoiser: Denoiser, both: Both) -> Tensor:
    """:func:`answers` in one row. Shapes: -> (n, parts)."""
    grid, words = answers(denoiser, both)
    return torch.cat([grid.flatten(1), words], 1)

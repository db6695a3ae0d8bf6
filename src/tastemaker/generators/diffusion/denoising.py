"""What every diffusion here shares: how it learns to take noise away, and how it then draws.

Nothing depends on what the noise lies on: latents of an autoencoder or pixels, with a condition or without.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor
from typing_extensions import override

from tastemaker.core.types import Ints
from tastemaker.generators.base import GeneratorConfig, Noise
from tastemaker.generators.learning import Batches
from tastemaker.nn.conditioning import Known
from tastemaker.nn.denoiser import Denoiser, Size
from tastemaker.nn.diffusion import Cosine, Path, Predict, Straight, denoising_loss, guided, spread_times
from tastemaker.nn.precision import fast
from tastemaker.nn.samplers import STEPS, times_down, walk

Grids = Callable[[Ints, np.random.Generator], Tensor]
"""What some items look like, as the network sees it; chance may mirror. Shapes: (n,) -> (n, channels, h, w)."""
Knows = Callable[[Ints, np.random.Generator], Known]
"""What is known of some items, after chance has hidden parts of it. Shapes: (n,)."""
Answer = Callable[[Tensor, Tensor, Known], Tensor]
"""What a denoiser says of noisy things at their times, under a condition."""
Objective = Literal["flow", "epsilon"]
SIZES = {"small": Size(96, 3, 3), "medium": Size(192, 6, 3), "cpu": Size(256, 7, 4), "gpu": Size(768, 12, 12)}
"""Of the denoiser."""


class DiffusionConfig(GeneratorConfig):
    """What every diffusion can be told."""

    steps: int = Field(default=5000, ge=1)
    """Batches from which the denoiser learns."""
    size: Literal["small", "medium", "cpu", "gpu"] = "cpu"
    """Of the denoiser: half a million weights for a trial, 4 or 9 million, or 130 million for a machine with a GPU."""
    objective: Objective = "flow"
    """What the denoiser tells: the velocity on the straight path, or the noise on a cosine schedule."""
    sampler: Literal["ddim", "ddpm", "euler"] = "ddim"
    """How it draws: without chance on the way, with it, or by Euler's steps along the flow (on the straight path these
    are DDIM's)."""
    sample_steps: int = Field(default=30, ge=1, le=1000)
    """Steps from noise to a drawing; 4 to 30 are usual."""
    shift: float = Field(default=1.0, gt=0, le=100)
    """Above 1 more of these steps lie near the noise, where it is decided what a thing will be."""

    @field_validator("sampler")
    @classmethod
    def _walks_its_path(cls, sampler: str, others: ValidationInfo) -> str:
        if sampler == "euler" and others.data.get("objective") != "flow":
            raise ValueError('it walks along the flow: set objective = "flow", or sampler = "ddim"')
        return sampler

    @property
    def path(self) -> Path:
        """The path of the objective."""
        return Straight() if self.objective == "flow" else Cosine()


class Denoising(Batches):
    """To take noise away.

    Args:
        denoiser: trained in place.
        places: of the items to learn from.
        config: batch, steps and objective.
        grids: gives a batch.
        knows: gives its condition; None for none.
    """

    def __init__(
        self, denoiser: Denoiser, places: Ints, config: DiffusionConfig, grids: Grids, knows: Knows | None = None
    ) -> None:
        super().__init__("denoiser", denoiser, places, config.batch_size, config.steps)
        self.denoiser, self.path, self.grids, self.knows = denoiser, config.path, grids, knows

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """The denoising loss."""
        del share
        x = self.grids(places, rng)
        known = self.knows(places, rng) if self.knows is not None else None
        with fast():
            return denoising_loss(
                self.path,
                lambda x_t, t: self.denoiser(x_t, t, known),
                x,
                torch.randn_like(x),
                spread_times(self.path, len(x)),
            )


def guiding(answer: Answer, known: Known, weight: float) -> Predict:
    """A denoiser's guided answer; both answers in one pass, or the conditional one alone where that is all."""
    if weight == 1:
        return lambda x, t: answer(x, t, known)
    both = _joined(known, known.forgotten())

    def predict(x: Tensor, t: Tensor) -> Tensor:
        given, without = answer(torch.cat([x, x]), torch.cat([t, t]), both).chunk(2)
        return guided(without, given, weight)

    return predict


def _joined(one: Known, other: Known) -> Known:
    """What is known of two batches, one behind the other."""
    vectors = {name: torch.cat([vector, other.vectors[name]]) for name, vector in one.vectors.items()}
    has = {name: torch.cat([known, other.has[name]]) for name, known in one.has.items()}
    return Known(torch.cat([one.codes, other.codes]), vectors, has)


def drawn(config: DiffusionConfig, predict: Predict, noise: Noise, shape: tuple[int, ...]) -> Tensor:
    """Noise taken away step by step. Shapes: -> (drawings, *shape)."""
    with fast():
        return walk(
            config.path,
            predict,
            noise.normal("start", *shape),
            times_down(config.sample_steps, config.shift),
            STEPS[config.sampler],
            lambda step: noise.normal(f"step {step}", *shape),
        )


def cleared(config: DiffusionConfig, predict: Predict, start: Tensor, steps: int) -> Tensor:
    """Given noise taken away without chance on the way. Shapes: (n, ...) -> the same."""
    with fast():
        times = times_down(steps, config.shift)
        return walk(config.path, predict, start, times, STEPS["ddim"], lambda _: torch.zeros_like(start))

"""What the picture GANs share: settings, the game as training, drawing and judging.

A batch has two turns. The discriminator learns from real pictures and from drawings; then the generator learns from
what the discriminator, now one step wiser, says of the same drawings.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, TypeVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import (
    Condition,
    Drawn,
    Generator,
    GeneratorConfig,
    Noise,
    as_pictures,
    as_values,
)
from tastemaker.generators.learning import Batches, plan_of
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.adversarial import GAMES, slope_penalty
from tastemaker.nn.conditioning import Known
from tastemaker.nn.diff_augment import Change, augment
from tastemaker.nn.gan_networks import Discriminator, PictureGenerator
from tastemaker.nn.precision import fast
from tastemaker.nn.training import train

SELDOM = 16
"""Slopes are looked at once in so many batches, and count as much more then."""
BETAS = (0.0, 0.99)
UNCLIPPED = 1e3
"""Gradients of a game differ much in size, and Adam does not mind: they are clipped only when something went wrong."""
SIZES: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "cpu": ((32, 192), (32, 256)),
    "gpu": ((128, 512), (96, 512)),
}
"""Channels of the finest level and at most: of the generator, of the discriminator."""


class GanConfig(GeneratorConfig):
    """What a GAN can be told."""

    steps: int = Field(default=6000, ge=1)
    """Batches to learn from."""
    batch_size: int = Field(default=16, ge=2)
    """Items a batch."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Learning rate at its highest."""
    size: Literal["cpu", "gpu"] = "cpu"
    """How large the networks are."""
    latent: int = Field(default=128, ge=2)
    """Length of the latent."""
    loss: Literal["relativistic", "non-saturating", "hinge"] = "relativistic"
    """Which game is played."""
    gamma: float = Field(default=0.1, ge=0)
    """Weight of the discriminator's slope (R1 and R2)."""
    augment: tuple[Change, ...] = ("translation", "cutout")
    """How real pictures and drawings are changed before they are judged; "colour" suits where colour says nothing."""


C = TypeVar("C", bound=GanConfig, covariant=True)


class Gan(Generator[C]):
    """Base of the GANs that draw pictures alone."""

    reconstructs: ClassVar[bool] = False
    generator: PictureGenerator
    discriminator: Discriminator

    def build(self, layout: Layout) -> None:
        """Both networks."""
        if not min(layout.shape):
            raise FitError(f"{self.name!r} learns from pictures, and no item has one", hint="give items pictures")
        self.generator, self.discriminator = self.made(layout)
        for network in (self.generator, self.discriminator):
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @abstractmethod
    def made(self, layout: Layout) -> tuple[PictureGenerator, Discriminator]:
        """Make the networks."""

    def networks(self) -> Mapping[str, nn.Module]:
        """The discriminator is kept as well: it judges designs."""
        return {"generator": self.generator, "discriminator": self.discriminator}

    def told(self, known: Known, rng: np.random.Generator) -> Known | None:
        """What both networks are told of a batch in training."""
        del known, rng
        return None

    def disagreement(self, features: Tensor, known: Known | None) -> Tensor:
        """What the pictures of these features lack of what is known; nothing by default."""
        del features, known
        return torch.zeros(())

    def train(self, material: Material, observer: Observer) -> None:
        """Play the game."""
        plan = plan_of(self, material, self.config.steps, weight_decay=0.0, betas=BETAS, clip=UNCLIPPED)
        train(_Playing(self, material), plan, observer)

    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """A picture for each."""
        pictures = as_pictures(self.shown(noise.normal("latent", self.config.latent), conditions))
        return [Drawn(number, picture) for number, picture in zip(noise.numbers, pictures, strict=True)]

    def shown(self, latents: Tensor, conditions: Sequence[Condition]) -> Tensor:
        """Pictures of latents. Shapes: (n, latent) -> (n, 3, h, w), about -1 to 1."""
        with torch.inference_mode():
            out: Tensor = self.generator(latents, self.asked(conditions))
        return out

    def realism(self, pictures: Frames, conditions: Sequence[Condition]) -> Floats:
        """The discriminator's scores; only their order means something. Shapes: (n, h, w, 3) -> (n,)."""
        with torch.inference_mode():
            scores: Tensor = self.discriminator(as_values(pictures), self.asked(conditions))
        return np.asarray(scores.numpy(), np.float32)

    def asked(self, conditions: Sequence[Condition]) -> Known | None:
        """Conditions as the networks read them."""
        del conditions
        return None


class _Playing(Batches):
    """The game, batch by batch."""

    turns = 2

    def __init__(self, gan: Gan[GanConfig], material: Material) -> None:
        config = gan.config
        model = nn.ModuleDict(gan.networks())
        super().__init__(gan.name, model, material.where("picture"), config.batch_size, config.steps)
        self.gan, self.material, self.game = gan, material, GAMES[config.loss]

    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """The discriminator's turn, then the generator's."""
        del share
        gan = self.gan
        real, known = as_values(self.material.frames[places]), self.material.known(places)
        told = gan.told(known, rng)
        chance = torch.Generator().manual_seed(derive(int(rng.integers(2**62)), "latents"))
        with fast():
            fake = gan.generator(torch.randn(len(places), gan.config.latent, generator=chance), told).float()
        real_score, loss = self._telling(real, fake.detach(), told, known, rng)
        yield loss
        gan.discriminator.requires_grad_(False)  # noqa: FBT003
        with fast():
            features = gan.discriminator.features(augment(fake, gan.config.augment, rng))
            score = gan.discriminator.score(features, told)
            yield_loss = self.game.generator(real_score, score) + gan.disagreement(features, told)
        yield yield_loss
        gan.discriminator.requires_grad_(True)  # noqa: FBT003

    def _telling(
        self, real: Tensor, fake: Tensor, told: Known | None, known: Known, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """Scores of the real ones, and the discriminator's loss."""
        network, config = self.gan.discriminator, self.gan.config
        real, fake = augment(real, config.augment, rng), augment(fake, config.augment, rng)
        with fast():
            seen, drawn = network.features(torch.cat([real, fake])).chunk(2)
            real_score, fake_score = network.score(seen, told), network.score(drawn, told)
            loss = self.game.discriminator(real_score, fake_score) + self.gan.disagreement(seen, known)
        if config.gamma and rng.random() < 1 / SELDOM:  # in full precision: slopes of slopes are small
            slopes = [slope_penalty(lambda x: network(x, told), pictures) for pictures in (real, fake)]
            loss = loss + config.gamma * SELDOM * torch.stack(slopes).sum()
        return real_score.detach(), loss

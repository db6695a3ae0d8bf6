"""What the picture GANs share: settings, the game as training, drawing and judging.

A batch has two turns. The discriminator learns from real pictures and from drawings; then the generator learns from
what the discriminator, now one step wiser, says of the same drawings. Unusual: half the latents of a batch say what
real pictures look like from afar (their principal components, of size one, as latents drawn by chance are), and in the
first third of the training the generator is drawn, less and less, towards those pictures (as in Isola et al. 2017,
arXiv 1611.07004, equation 4). So it starts the game with rough shapes and colours instead of noise, and with latents
that mean something: a generator that is told what to draw would otherwise learn one picture for each telling.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar, Literal, TypeVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer
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

AFAR = 24
"""Longer side of what is seen from afar, in pixels; its components cost the sixth power."""
AT_ONCE = 1_000
"""Pictures seen from afar at once."""
SELDOM = 16
"""Slopes are looked at once in so many batches, and count as much more then."""
BETAS = (0.0, 0.99)
GUIDED = 1 / 3
"""Share of the training in which drawings are compared with pictures, less and less."""
UNCLIPPED = 1e3
"""Gradients of a game differ much in size, and Adam does not mind: they are clipped only when something went wrong."""
SIZES: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "cpu": ((24, 192), (24, 192)),
    "gpu": ((128, 512), (96, 512)),
}
"""Channels of the finest level and at most: of the generator, of the discriminator."""


class GanConfig(GeneratorConfig):
    """What a GAN can be told."""

    steps: int = Field(default=6000, ge=1)
    """Batches to learn from."""
    batch_size: int = Field(default=32, ge=2)
    """Items a batch."""
    learning_rate: float = Field(default=0.01, gt=0, le=1)
    """Learning rate at its highest; weights are of size one."""
    size: Literal["cpu", "gpu"] = "cpu"
    """How large the networks are."""
    latent: int = Field(default=128, ge=2)
    """Length of the latent."""
    loss: Literal["relativistic", "non-saturating", "hinge"] = "relativistic"
    """Which game is played."""
    gamma: float = Field(default=0.1, ge=0)
    """Weight of the discriminator's slope (R1 and R2)."""
    guide: float = Field(default=10.0, ge=0)
    """Weight, at the start, of being like the real picture that a latent tells of; zero after a third of the
    training."""
    augment: tuple[Change, ...] = ("translation", "cutout")
    """How real pictures and drawings are changed before they are judged; "colour" suits where colour says nothing."""


Judged = tuple[Tensor, Known | None]
"""Pictures, and what they are said to be."""
C = TypeVar("C", bound=GanConfig, covariant=True)


class Gan(Generator[C]):
    """Base of the GANs that draw pictures alone."""

    reconstructs: ClassVar[bool] = False
    mismatches: ClassVar[bool] = False
    """Does the discriminator also learn that a real picture is not what is known of another one?"""
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

    def drawn(self, latents: Tensor, told: Known | None) -> tuple[Tensor, Known | None]:
        """A batch of drawings in training, and what they are said to be."""
        return self.generator(latents, told).float(), told

    def latents(self, real: Tensor, chance: torch.Generator) -> tuple[Tensor, int]:
        """Latents of a batch in training, and how many of them, from the first on, tell of the real picture.

        Shapes: real (n, 3, h, w) -> (n, latent).
        """
        latents, half = torch.randn(len(real), self.config.latent, generator=chance), len(real) // 2
        codes = self.components(from_afar(real[:half]))
        latents[:half, : codes.shape[1]] = codes
        return latents, half

    def disagreement(self, features: Tensor, known: Known | None) -> Tensor:
        """What the pictures of these features lack of what is known; nothing by default."""
        del features, known
        return torch.zeros(())

    def train(self, material: Material, observer: Observer) -> None:
        """Learn what pictures look like from afar, then play the game."""
        frames = material.frames[material.pictured()]
        afar = [from_afar(as_values(frames[low : low + AT_ONCE])) for low in range(0, len(frames), AT_ONCE)]
        self.components = Components(torch.cat(afar), self.config.latent)
        plan = plan_of(self, material, self.config.steps, weight_decay=0.0, betas=BETAS, clip=UNCLIPPED)
        train(Playing(self, material), plan, observer)

    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """A picture for each."""
        pictures = self.pictures(noise.normal("latent", *self.latent), conditions)
        return [Drawn(number, picture) for number, picture in zip(noise.numbers, pictures, strict=True)]

    @property
    def latent(self) -> tuple[int]:
        """Shape of a latent."""
        return (self.config.latent,)

    def pictures(self, latents: Tensor, conditions: Sequence[Condition], *, fine: bool = True) -> Frames:
        """Pictures of latents, each in one pass. Shapes: (n, latent) -> (n, h, w, 3)."""
        del fine
        with torch.inference_mode():
            return as_pictures(self.generator(latents, self.asked(conditions)))

    def realism(self, pictures: Frames, conditions: Sequence[Condition]) -> Floats:
        """The discriminator's scores; only their order means something. Shapes: (n, h, w, 3) -> (n,)."""
        with torch.inference_mode():
            scores: Tensor = self.discriminator(as_values(pictures), self.asked(conditions))
        return np.asarray(scores.numpy(), np.float32)

    def asked(self, conditions: Sequence[Condition]) -> Known | None:
        """Conditions as the networks read them."""
        del conditions
        return None


class Playing(Batches):
    """The game, batch by batch."""

    turns = 2

    def __init__(self, gan: Gan[GanConfig], material: Material) -> None:
        config = gan.config
        model = nn.ModuleDict(gan.networks())
        super().__init__(gan.name, model, material.where("picture"), config.batch_size, config.steps)
        self.gan, self.material, self.game = gan, material, GAMES[config.loss]

    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """The discriminator's turn, then the generator's."""
        gan, guide = self.gan, self.gan.config.guide * max(0.0, 1 - share / GUIDED)
        real, known = as_values(self.material.frames[places]), self.material.known(places)
        told = gan.told(known, rng)
        chance = torch.Generator().manual_seed(int(rng.integers(2**62)))
        latents, guided = gan.latents(real, chance)
        with fast():
            fake, said = gan.drawn(latents, told)
        real_score, loss = self._telling((real, told), (fake.detach(), _still(said)), known, rng)
        yield loss
        gan.discriminator.requires_grad_(False)  # noqa: FBT003
        with fast():
            features = gan.discriminator.features(augment(fake, gan.config.augment, rng))
            score = gan.discriminator.score(features, said)
            loss = self.game.generator(real_score, score) + gan.disagreement(features, told)
        yield loss + guide * (fake - real)[:guided].abs().mean() if guide and guided else loss
        gan.discriminator.requires_grad_(True)  # noqa: FBT003

    def _telling(self, real: Judged, fake: Judged, known: Known, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Scores of the real ones, and the discriminator's loss."""
        network, config = self.gan.discriminator, self.gan.config
        (real_pictures, told), (fake_pictures, said) = (
            (augment(pictures, config.augment, rng), facts) for pictures, facts in (real, fake)
        )
        with fast():
            seen, drawn = network.features(torch.cat([real_pictures, fake_pictures])).chunk(2)
            real_score = network.score(seen, told)
            loss = self.game.discriminator(real_score, network.score(drawn, said))
            if self.gan.mismatches and told is not None:
                wrong = self.game.discriminator(real_score, network.score(seen, _turned(told)))
                loss = (loss + wrong) / 2
            loss = loss + self.gan.disagreement(seen, known)
        if config.gamma and rng.random() < 1 / SELDOM:  # in full precision: slopes of slopes are small
            slopes = (
                slope_penalty(partial(network, known=told), real_pictures),
                slope_penalty(partial(network, known=said), fake_pictures),
            )
            loss = loss + config.gamma * SELDOM * (slopes[0] + slopes[1])
        return real_score.detach(), loss


def _still(known: Known | None) -> Known | None:
    """The same, through which no gradient flows."""
    if known is None:
        return None
    return Known(known.codes, {name: vector.detach() for name, vector in known.vectors.items()}, known.has)


def _turned(known: Known) -> Known:
    """To each thing what is known of the one before it."""
    vectors, has = ({name: each.roll(1, 0) for name, each in part.items()} for part in (known.vectors, known.has))
    return Known(known.codes.roll(1, 0), vectors, has)


class Components:
    """Principal components, scaled to size one.

    Args:
        rows: to learn from.
        most: components at most; those that hold next to nothing are left out.

    Shapes: rows (n, width); called with (m, width) -> (m, components).
    """

    def __init__(self, rows: Tensor, most: int) -> None:
        self.mean = rows.mean(0)
        sizes, directions = torch.linalg.eigh((rows - self.mean).T @ (rows - self.mean) / len(rows))
        keep = torch.arange(len(sizes)) >= len(sizes) - most
        keep &= sizes > sizes[-1] * 1e-6
        self.directions = directions[:, keep] * sizes[keep].rsqrt()

    def __call__(self, rows: Tensor) -> Tensor:
        """How much of each component."""
        out: Tensor = (rows - self.mean) @ self.directions
        return out


def from_afar(pictures: Tensor) -> Tensor:
    """Pictures at a quarter of their sides or less, :data:`AFAR` at most, flat. Shapes: (n, 3, h, w) -> (n, few)."""
    side = max(4, -(-max(pictures.shape[2:]) // AFAR))
    return functional.avg_pool2d(pictures, side).flatten(1)

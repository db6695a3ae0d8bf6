"""``gan-conditional``: a picture of what was asked for: attributes, words, a person's taste, any of them or none.

What is known is dropped by chance in training, so that one network draws from any subset. Asking with a taste vector is
personalised design; :mod:`tastemaker.generators.design` goes further and searches for what a person prefers.

Source: Mirza and Osindero 2014 (arXiv 1411.1784); Miyato and Koyama 2018 (arXiv 1802.05637), equation 3; Kang et al.
2017 (DVBPR, arXiv 1711.02231). The game is that of :mod:`tastemaker.generators.gan.standard`.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field
from torch import Tensor

from tastemaker.core.types import Modality
from tastemaker.generators.base import Condition
from tastemaker.generators.gan.game import SIZES, Gan, GanConfig
from tastemaker.generators.gan.standard import FEATURES
from tastemaker.generators.material import Layout
from tastemaker.nn.conditioning import Conditioner, Known
from tastemaker.nn.gan_networks import TOKEN, ConditionalDiscriminator, Discriminator, PictureGenerator

TOLD: tuple[Modality, ...] = ("text", "behaviour")
"""Vectors that can be asked with."""


class ConditionalGanConfig(GanConfig):
    """What the conditional GAN can be told."""

    forget: float = Field(default=0.3, ge=0, le=1)
    """Share of single facts that training hides."""
    forget_all: float = Field(default=0.1, ge=0, le=1)
    """Share of pictures of which training tells nothing."""
    agreement: float = Field(default=0.5, ge=0)
    """Weight of telling from a picture what is known of it, on both sides of the game."""


class ConditionalGan(Gan[ConditionalGanConfig]):
    """The conditional GAN."""

    name = "gan-conditional"
    figure = "2"
    source = "Miyato and Koyama 2018, arXiv 1802.05637, equation 3; Kang et al. 2017, arXiv 1711.02231"
    config_class = ConditionalGanConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset({"attributes", *TOLD})
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})
    discriminator: ConditionalDiscriminator

    def made(self, layout: Layout) -> tuple[PictureGenerator, Discriminator]:
        """Networks that are told what is known."""
        ours, theirs = SIZES[self.config.size]
        dims: dict[str, int] = {name: layout.dims[name] for name in TOLD}
        conditioner = Conditioner(layout.sizes, dims, TOKEN)
        generator = PictureGenerator(layout.shape, self.config.latent, *ours, conditioner)
        return generator, ConditionalDiscriminator(layout.shape, *theirs, FEATURES, sizes=layout.sizes, dims=dims)

    def told(self, known: Known, rng: np.random.Generator) -> Known:
        """What is known, less what is hidden by chance."""
        return _short(known.dropped(self.config.forget, self.config.forget_all, rng))

    def asked(self, conditions: Sequence[Condition]) -> Known:
        """All that the conditions say."""
        return _short(self.known(conditions))

    def disagreement(self, features: Tensor, known: Known | None) -> Tensor:
        """How badly the discriminator's features tell what is known."""
        lost = super().disagreement(features, known)
        if known is None or not self.config.agreement:
            return lost
        return lost + self.config.agreement * self.discriminator.disagreement(features, known)


def _short(known: Known) -> Known:
    """Vectors as short as codes are: fast learning would shake what comes of long ones."""
    vectors = {name: vector * max(vector.shape[1], 1) ** -0.5 for name, vector in known.vectors.items()}
    return Known(known.codes, vectors, known.has)

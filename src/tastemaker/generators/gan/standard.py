"""``gan``: pictures of what the shop might sell, out of nothing but chance.

Source: Goodfellow et al. 2014 (arXiv 1406.2661); networks after Karras et al. 2020 (StyleGAN2, arXiv 1912.04958), game
and penalties after Huang et al. 2024 (R3GAN, arXiv 2501.05441), equation 2 and section 3, made cheap by looking at
slopes once in sixteen batches; augmentation of Zhao et al. 2020 (arXiv 2006.10738).
"""

from typing import ClassVar

from tastemaker.core.types import Modality
from tastemaker.generators.gan.game import SIZES, Gan, GanConfig
from tastemaker.generators.material import Layout
from tastemaker.nn.gan_networks import Discriminator, PictureGenerator

FEATURES = 256
"""Length of what the discriminator judges by."""


class StandardGan(Gan[GanConfig]):
    """The unconditional GAN."""

    name = "gan"
    figure = "2"
    source = "Goodfellow et al. 2014, arXiv 1406.2661, equation 1; Huang et al. 2024, arXiv 2501.05441, equation 2"
    config_class = GanConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset()
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})

    def made(self, layout: Layout) -> tuple[PictureGenerator, Discriminator]:
        """Networks that are told nothing."""
        ours, theirs = SIZES[self.config.size]
        generator = PictureGenerator(layout.shape, self.config.latent, *ours)
        return generator, Discriminator(layout.shape, *theirs, FEATURES)

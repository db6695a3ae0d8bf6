"""``gan``: pictures of what the shop might sell, out of nothing but chance.

Source: Goodfellow et al. 2014 (arXiv 1406.2661); networks after Karras et al. 2020 (StyleGAN2, arXiv 1912.04958), game
and penalties after Huang et al. 2024 (R3GAN, arXiv 2501.05441), equation 2 and section 3, made cheap by looking at
slopes once in sixteen batches; augmentation of Zhao et al. 2020 (arXiv 2006.10738). Unusual: half the latents of a
batch say, at the start of the training, what real pictures look like from afar (their principal components, of size
one, as latents drawn by chance are), and the generator is drawn towards those pictures.
"""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from tastemaker.core.progress import Observer
from tastemaker.core.types import Modality
from tastemaker.generators.base import as_values
from tastemaker.generators.gan.game import SIZES, Gan, GanConfig
from tastemaker.generators.material import Layout, Material
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

    def train(self, material: Material, observer: Observer) -> None:
        """Learn what pictures look like from afar, then play the game."""
        places = material.where("picture")
        self.components = Components(_afar(as_values(material.frames[places])), self.config.latent)
        super().train(material, observer)

    def latents(self, real: Tensor, chance: torch.Generator) -> tuple[Tensor, int]:
        """Half of them by chance, half from what the pictures are like."""
        latents, half = torch.randn(len(real), self.config.latent, generator=chance), len(real) // 2
        codes = self.components(_afar(real[:half]))
        latents[:half, : codes.shape[1]] = codes
        return latents, half

    def made(self, layout: Layout) -> tuple[PictureGenerator, Discriminator]:
        """Networks that are told nothing."""
        ours, theirs = SIZES[self.config.size]
        generator = PictureGenerator(layout.shape, self.config.latent, *ours)
        return generator, Discriminator(layout.shape, *theirs, FEATURES)


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


def _afar(pictures: Tensor) -> Tensor:
    """Pictures at a quarter of their sides, flat. Shapes: (n, 3, h, w) -> (n, 3 h w / 16)."""
    return functional.avg_pool2d(pictures, 4).flatten(1)

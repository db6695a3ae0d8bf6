"""A small convolutional autoencoder: a picture to a grid of latents a quarter of its size a side, and back, sharp.

Pixels are folded into channels at once, so that nearly all of the work is done on the small grid (folding as in Shi et
al. 2016, arXiv 1609.05158). Blocks have no norms, which blur (Lim et al. 2017, arXiv 1707.02921). The latents are a
Gaussian of one fixed spread around what the encoder says: a decoder that learned from worn latents forgives what a
diffusion gets slightly wrong. Latents are standardised by what was measured on the training pictures.
Source: latent diffusion, Rombach et al. 2022 (arXiv 2112.10752), section 3.1: reconstruction, a small KL term and a
patch critic.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

FOLD = 4
"""Pixels a side that one place of the latents stands for."""
SEAM = 8
"""Channels on the grid of the pixels."""


class Wide(nn.Module):
    """Two 3x3 convolutions beside a skip, without norms; starts as the skip alone. Shapes: (n, width, h, w) -> same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.second = nn.Conv2d(width, width, 3, 1, 1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """One step."""
        y: Tensor = self.second(functional.silu(self.first(functional.silu(x))))
        return x + y


class Autoencoder(nn.Module):
    """Picture -> latents -> picture.

    Args:
        channels: of the latents.
        width: channels of the blocks on the small grid; half as many on the grid twice its size.
        blocks: of the decoder on the small grid; the encoder has half, the larger grid two.
        spread: standard deviation of the noise that latents wear in training.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, channels: int, width: int = 96, blocks: int = 4, spread: float = 0.1) -> None:
        super().__init__()
        self.channels, self.width, self.spread = channels, width, spread
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(FOLD),
            nn.Conv2d(3 * FOLD**2, width, 3, 1, 1),
            *(Wide(width) for _ in range(blocks // 2)),
            nn.SiLU(),
            nn.Conv2d(width, channels, 1),
        )
        half = width // 2
        self.decoder = nn.Sequential(
            nn.Conv2d(channels, width, 3, 1, 1),
            *(Wide(width) for _ in range(blocks)),
            nn.Conv2d(width, 4 * half, 1),
            nn.PixelShuffle(2),
            Wide(half),
            Wide(half),
            nn.SiLU(),
            nn.Conv2d(half, 4 * SEAM, 3, 1, 1),
            nn.PixelShuffle(2),
            nn.SiLU(),
            nn.Conv2d(SEAM, 3, 3, 1, 1),  # over the seams of what was unfolded, which would show as a grid
        )
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("deviation", torch.ones(channels))

    def forward(self, pictures: Tensor, *, fixed: bool = False) -> tuple[Tensor, Tensor]:
        """In training: the worn reconstruction and the latents that it comes from.

        Shapes: (n, 3, h, w), -1 to 1 -> (n, 3, h, w), (n, channels, h / 4, w / 4).

        Args:
            pictures: real ones.
            fixed: the encoder learns nothing.
        """
        with torch.set_grad_enabled(torch.is_grad_enabled() and not fixed):
            latents: Tensor = self.encoder(pictures)
        made: Tensor = self.decoder(latents + self.spread * torch.randn_like(latents))
        return made.float(), latents.float()

    def encode(self, pictures: Tensor) -> Tensor:
        """Standardised latents. Shapes: (n, 3, h, w), -1 to 1 -> (n, channels, h / 4, w / 4)."""
        latents: Tensor = self.encoder(pictures).float()
        return (latents - self.mean[:, None, None]) / self.deviation[:, None, None]

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures of standardised latents. Shapes: (n, channels, h / 4, w / 4) -> (n, 3, h, w)."""
        raw = latents * self.deviation[:, None, None] + self.mean[:, None, None]
        made: Tensor = self.decoder(raw.contiguous(memory_format=torch.channels_last))
        return made.float()

    @torch.no_grad()
    def standardise(self, pictures: Tensor) -> None:
        """Measure mean and deviation of the latents, a pair for each channel. Shapes: pictures (n, 3, h, w)."""
        latents = self.encoder(pictures).float()
        self.mean.copy_(latents.mean((0, 2, 3)))
        self.deviation.copy_(latents.std((0, 2, 3)).clamp(min=1e-4))


class PatchCritic(nn.Module):
    """Real or made? asked of every patch. Shapes: (n, 3, h, w) -> (n, 1, h / 4, w / 4).

    Args:
        width: channels of its deepest layers.
    """

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, width // 2, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width // 2, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 1, 3, 1, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Evidence that a patch is real."""
        out: Tensor = self.layers(pictures).float()
        return out


def sharp_loss(made: Tensor, real: Tensor) -> Tensor:
    """``mean |d| + mean |edges of d| + 2 mean |d over the pixels of a latent|``, d the difference of the pictures.

    The second term asks for edges where the first is content with their mean; edges are differences of neighbours. The
    third asks for the right colour of every place: four channels trained without it gave red back as orange, six
    trained with it did not; the two changes were not tried apart.

    Shapes: (n, 3, h, w) each -> ().
    """
    wrong = made - real
    edges = wrong.diff(dim=2).abs().mean() + wrong.diff(dim=3).abs().mean()
    return wrong.abs().mean() + edges + 2 * functional.avg_pool2d(wrong, FOLD).abs().mean()


def prior_loss(latents: Tensor) -> Tensor:
    """What is left of the KL divergence from a standard normal where the spread is fixed: ``mean z^2 / 2``."""
    return latents.square().mean() / 2

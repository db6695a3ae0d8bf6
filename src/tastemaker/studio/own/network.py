"""The denoiser of corrections: it sees the photo, the compositor's layers and the product, and tells four channels.

Convolutions on three grids, each half the one before, with skips across (U-Net, as in Rombach et al. 2022); on the
coarsest, tokens of the crop and tokens of the product's picture stand side by side in a transformer under the command
of time and task (DiT, Peebles and Xie 2023). What it tells is the data, not the noise (Li and He 2025, arXiv
2511.13720), as an addition to a first guess; the last layer starts at zero, so that an untrained network repeats the
compositor. What is noisy comes in as the best linear guess at it, ``a / (a^2 + s^2) x_t`` (Karras et al. 2022, arXiv
2206.00364, table 1): of noise alone that is nothing, and the answer is then the same whatever the noise.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.autoencoder import Wide
from tastemaker.nn.denoiser import WAVES, Layer, places, waves

TOLD, MADE = 10, 4
"""Channels that it is told (photo, front, shade, cover, region, kept), and that it makes (cover, colours)."""
FOLD = 4
"""Pixels a side of a place of the finest grid."""
COARSE = 4 * FOLD
"""Pixels a side of a token of the crop."""
PRODUCT = 8
"""Pixels a side of a token of the product's picture."""
TASKS = 2
"""Of which one command tells."""


class Told(nn.Module):
    """Blocks of a grid, each told by the command what to look out for.

    Shapes: x (n, width, h, w), command (n, told) -> (n, width, h, w).
    """

    def __init__(self, width: int, told: int, count: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Wide(width) for _ in range(count))
        self.tell = nn.ModuleList(nn.Linear(told, width) for _ in range(count))

    def forward(self, x: Tensor, command: Tensor) -> Tensor:
        """One after the other."""
        for block, tell in zip(self.blocks, self.tell, strict=True):
            x = block(x + tell(command)[:, :, None, None])
        return x


class Mender(nn.Module):
    """Noisy corrections, a crop and a product -> the corrections without noise.

    Args:
        side: of the crop in pixels, a multiple of 16.
        product_side: of the product's picture, a multiple of 8.
        local: channels on the finest grid, twice as many on the next.
        width: of the tokens.
        depth: layers of the transformer.
    """

    def __init__(self, side: int, product_side: int, local: int, width: int, depth: int) -> None:
        super().__init__()
        tokens, small, middle = side // COARSE, product_side // PRODUCT, 2 * local
        self.time = nn.Sequential(nn.Linear(WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.task = nn.Embedding(TASKS, width)
        self.product = nn.Linear(3 * PRODUCT**2, width)
        self.look = nn.Linear(width, width)
        self.stem = nn.Conv2d((TOLD + MADE) * FOLD**2, local, 3, 1, 1)
        self.fine = Told(local, width, 2)
        self.down = nn.Conv2d(4 * local, middle, 1)
        self.coarse = Told(middle, width, 3)
        self.down_again = nn.Linear(4 * middle, width)
        self.places = nn.Parameter(places((tokens, tokens), width))
        self.product_places = nn.Parameter(places((small, small), width))
        self.layers = nn.ModuleList(Layer(width, max(1, width // 32)) for _ in range(depth))
        self.up = nn.Linear(width, 4 * middle)
        self.coarse_again = Told(middle, width, 3)
        self.up_again = nn.Conv2d(middle, 4 * local, 1)
        self.fine_again = Told(local, width, 2)
        self.last = nn.Conv2d(local, MADE * FOLD**2, 3, 1, 1)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, noisy: Tensor, t: Tensor, told: Tensor, product: Tensor, task: Tensor) -> Tensor:
        """The corrections, as an addition to a first guess.

        Shapes: noisy (n, 4, side, side), t (n,), told (n, 10, side, side), product (n, 3, product_side, product_side),
            task (n,) -> (n, 4, side, side).
        """
        signal = (1 - t)[:, None, None, None]
        guess = signal / (signal.square() + (1 - signal).square()) * noisy
        seen = self.product(functional.pixel_unshuffle(product, PRODUCT).flatten(2).transpose(1, 2))
        command = functional.silu(self.time(waves(t)) + self.task(task) + self.look(seen.mean(1)))
        grid = functional.pixel_unshuffle(torch.cat([guess, told], 1), FOLD)
        fine = self.fine(self.stem(_fast(grid)), command)
        coarse = self.coarse(self.down(_fast(functional.pixel_unshuffle(fine, 2))), command)
        coarse = self.coarse_again(coarse + self._thought(coarse, seen, command), command)
        fine = fine + functional.pixel_shuffle(self.up_again(coarse), 2)
        made: Tensor = self.last(functional.silu(self.fine_again(_fast(fine), command)))
        return functional.pixel_shuffle(made.float(), FOLD)

    def _thought(self, coarse: Tensor, seen: Tensor, command: Tensor) -> Tensor:
        """What crop and product have to say to each other. Shapes: coarse (n, c, h, w), seen (n, m, w) -> as coarse."""
        folded = functional.pixel_unshuffle(coarse, 2)
        x = self.down_again(folded.flatten(2).transpose(1, 2)) + self.places
        count = x.shape[1]
        x = torch.cat([x, seen + self.product_places], 1)  # (n, tokens of the crop and of the product, width)
        for layer in self.layers:
            x = layer(x, command)
        back = self.up(x[:, :count]).transpose(1, 2).reshape(len(x), -1, *folded.shape[2:])
        return _fast(functional.pixel_shuffle(back, 2))


def _fast(x: Tensor) -> Tensor:
    """In the order in which convolutions are fast."""
    return x.contiguous(memory_format=torch.channels_last)

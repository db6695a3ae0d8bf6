"""The denoiser of corrections: it sees the photo, the compositor's layers and the product, and tells four channels.

Tokens of the crop and tokens of the product's picture stand side by side in one transformer under the command of the
time and the task (DiT, Peebles and Xie 2023, with conditions concatenated as in Rombach et al. 2022, section 4.5).
Convolutions on a finer grid before and after, with a skip between them, keep contours to the pixel (U-ViT, Bao et al.
2023, arXiv 2209.12152). What it tells is the data, not the noise (Li and He 2025, arXiv 2511.13720), as an addition to
a first guess; the last layer starts at zero, so that an untrained network repeats the compositor.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.autoencoder import Wide
from tastemaker.nn.denoiser import WAVES, Layer, places, waves

TOLD, MADE = 10, 4
"""Channels that it is told (photo, front, shade, coverage, region, kept), and that it makes (coverage, colours)."""
FOLD = 4
"""Pixels a side of a place of the finer grid."""
PATCH = 2
"""Places of the finer grid a side of a token."""
COARSE = FOLD * PATCH
"""Pixels a side of a token."""
TASKS = ("try_on", "place")


class Mender(nn.Module):
    """Noisy corrections, a crop and a product -> the corrections without noise.

    Args:
        side: of the crop in pixels, a multiple of 8.
        product_side: of the product's picture, too.
        width: of the tokens.
        depth: layers.
        heads: of the attention.
        local: channels of the convolutions.
    """

    def __init__(self, side: int, product_side: int, width: int, depth: int, heads: int, local: int) -> None:
        super().__init__()
        tokens, small = side // COARSE, product_side // COARSE
        self.stem = nn.Conv2d((TOLD + MADE) * FOLD**2, local, 3, 1, 1)
        self.before = nn.ModuleList(Wide(local) for _ in range(2))
        self.down = nn.Linear(local * PATCH**2, width)
        self.product = nn.Linear(3 * COARSE**2, width)
        self.places = nn.Parameter(places((tokens, tokens), width))
        self.product_places = nn.Parameter(places((small, small), width))
        self.kind = nn.Parameter(0.02 * torch.randn(width))
        self.time = nn.Sequential(nn.Linear(WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.task = nn.Embedding(len(TASKS), width)
        self.look = nn.Linear(width, width)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(depth))
        self.up = nn.Linear(width, local * PATCH**2)
        self.after = nn.ModuleList(Wide(local) for _ in range(2))
        self.last = nn.Conv2d(local, MADE * FOLD**2, 3, 1, 1)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, noisy: Tensor, t: Tensor, told: Tensor, product: Tensor, task: Tensor) -> Tensor:
        """The corrections, as an addition to a first guess.

        Shapes: noisy (n, 4, side, side), t (n,), told (n, 10, side, side), product (n, 3, product_side, product_side),
            task (n,) -> (n, 4, side, side).
        """
        grid = functional.pixel_unshuffle(torch.cat([noisy, told], 1), FOLD)
        fine = self.stem(grid.contiguous(memory_format=torch.channels_last))
        for block in self.before:
            fine = block(fine)
        folded = functional.pixel_unshuffle(fine, PATCH)
        rows, columns = folded.shape[2:]
        x = self.down(folded.flatten(2).transpose(1, 2)) + self.places
        seen = self.product(functional.pixel_unshuffle(product, COARSE).flatten(2).transpose(1, 2))
        command = functional.silu(self.time(waves(t)) + self.task(task) + self.look(seen.mean(1)))
        count = x.shape[1]
        x = torch.cat([x, seen + self.product_places + self.kind], 1)  # (n, tokens of the crop and of the product, w)
        for layer in self.layers:
            x = layer(x, command)
        back = self.up(x[:, :count]).transpose(1, 2).reshape(len(x), -1, rows, columns)
        fine = fine + functional.pixel_shuffle(back, PATCH).contiguous(memory_format=torch.channels_last)
        for block in self.after:
            fine = block(fine)
        made: Tensor = self.last(functional.silu(fine))
        return functional.pixel_shuffle(made.float(), FOLD)

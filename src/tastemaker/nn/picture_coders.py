"""Picture -> vector -> picture: a small convolutional encoder and a decoder that is told the vector at every grid.

Plain 3x3 convolutions on the three coarsest grids; the finest pixels come out of a pixel shuffle (Shi et al. 2016,
arXiv 1609.05158) that starts as a plain enlargement: a step costs tenths of a second on one core. No norm looks at
other pictures, so a picture is drawn the same in any company; residual blocks start as their skip alone. The decoder
scales and shifts the channels of each block by the vector (Perez et al. 2018, FiLM, arXiv 1709.07871): what a vector
says is heard at every grid.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

EDGE = 8
"""The coarsest grid has a cell for so many pixels a side."""
SCALES = 4
"""At which pictures are compared."""


class PictureEncoder(nn.Module):
    """Pictures -> vectors.

    Shapes: (n, 3, h, w), -1 to 1 -> (n, out).

    Args:
        shape: height and width, multiples of 8.
        width: channels of the finest grid of the decoder; the others have twice and four times as many.
        out: numbers that are read off a picture.
    """

    def __init__(self, shape: tuple[int, int], width: int, out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4), nn.Conv2d(48, 2 * width, 3, 1, 1), Block(2 * width),
            nn.Conv2d(2 * width, 4 * width, 3, 2, 1), Block(4 * width), nn.SiLU(),
        )  # fmt: skip
        self.read = nn.Linear(4 * width * (shape[0] // EDGE) * (shape[1] // EDGE), out)

    def forward(self, pictures: Tensor) -> Tensor:
        """Read."""
        found: Tensor = self.read(self.layers(pictures).flatten(1))
        return found


class PictureDecoder(nn.Module):
    """Vectors -> pictures.

    Shapes: (n, dim) -> (n, 3, h, w), about -1 to 1.

    Args:
        shape: height and width, multiples of 8.
        width: channels of the finest grid; the others have twice and four times as many.
        dim: of the vectors.
    """

    def __init__(self, shape: tuple[int, int], width: int, dim: int) -> None:
        super().__init__()
        self.grid = (4 * width, shape[0] // EDGE, shape[1] // EDGE)
        self.open = nn.Linear(dim, self.grid[0] * self.grid[1] * self.grid[2])
        self.coarse = nn.ModuleList([Block(4 * width, dim), Block(4 * width, dim)])
        self.grow = nn.Conv2d(4 * width, 2 * width, 1)
        self.middle = nn.ModuleList([Block(2 * width, dim), Block(2 * width, dim)])
        self.grow_again = nn.Conv2d(2 * width, width, 1)
        self.fine = nn.ModuleList([Block(width, dim)])
        self.paint = nn.Conv2d(width, 12, 3, 1, 1)
        with torch.no_grad():
            self.paint.weight.copy_(self.paint.weight[::4].repeat_interleave(4, 0))

    def forward(self, vectors: Tensor) -> Tensor:
        """Draw."""
        x = self.open(vectors).view(-1, *self.grid).contiguous(memory_format=torch.channels_last)
        for block in self.coarse:
            x = block(x, vectors)
        x = functional.interpolate(self.grow(x), scale_factor=2.0)
        for block in self.middle:
            x = block(x, vectors)
        x = functional.interpolate(self.grow_again(x), scale_factor=2.0)
        for block in self.fine:
            x = block(x, vectors)
        return functional.pixel_shuffle(self.paint(functional.silu(x)), 2).float()


class Block(nn.Module):
    """Two convolutions beside a skip; the second sees its channels scaled and shifted by a vector, where there is one.

    Shapes: x (n, width, h, w), vectors (n, dim) -> (n, width, h, w).
    """

    def __init__(self, width: int, dim: int = 0) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.second = nn.Conv2d(width, width, 3, 1, 1)
        nn.init.zeros_(self.second.weight)
        self.told = nn.Linear(dim, 2 * width) if dim else None

    def forward(self, x: Tensor, vectors: Tensor | None = None) -> Tensor:
        """One step."""
        y = self.first(functional.silu(x))
        if self.told is not None:
            scale, shift = self.told(vectors)[:, :, None, None].chunk(2, 1)
            y = y * (1 + scale) + shift
        moved: Tensor = x + self.second(functional.silu(y))
        return moved


def likeness(drawn: Tensor, real: Tensor) -> Tensor:
    """Logarithm of the likelihood of pictures under Laplace noise of the scale that suits the batch best.

    ``-D mean_s [log mean |x_s - y_s|]`` over the pixels and what is left after halving once, twice and three times: an
    edge counts where it is sharp, a colour where pixels are few.

    Shapes: drawn, real (n, 3, h, w) -> (n,).

    Source: the scale in closed form is Rybkin et al. 2021 (arXiv 2006.13202), section 3.2; pictures at several scales
    as in Bojanowski et al. 2018 (arXiv 1707.05776), section 3.2.
    """
    total, pixels = torch.zeros(len(real)), real[0].numel()
    for halved in range(SCALES):
        if halved:
            drawn, real = functional.avg_pool2d(drawn, 2), functional.avg_pool2d(real, 2)
        error = (drawn - real).abs().mean((1, 2, 3))
        scale = error.detach().mean().clamp(min=1e-4)
        total = total - pixels / SCALES * (error / scale - 1 + scale.log())
    return total

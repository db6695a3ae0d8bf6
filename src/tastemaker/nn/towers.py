"""The two towers of a contrastive space: pictures -> vectors, token sequences -> vectors.

The text tower adds a bag of tokens to a transformer's mean: names of products are lists of words more than sentences,
the bag learns them at once, the transformer adds what order says ("print on the back", "without sleeves"). Alone each
was worse (validation R@10 after three short epochs on fashion: bag .530, transformer .542, both .559).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.blocks import Residual, TransformerLayer

PAD = 0
"""Token that fills a shorter sequence up."""


class PictureTower(nn.Module):
    """A small residual network: one stage a width, each half as large as the one before.

    Shapes: (n, 3, h, w), values 0 to 1 -> (n, dim), not normalised.

    Args:
        widths: channels of each stage.
        dim: length of the vectors.
        patch: the first convolution reads squares of this many pixels.
        dropout: share of the pooled features dropped in training.
    """

    def __init__(self, widths: Sequence[int], dim: int, *, patch: int = 4, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], patch, patch, bias=False)
        self.stem_norm = nn.BatchNorm2d(widths[0])
        before = [widths[0], *widths[:-1]]
        self.stages = nn.ModuleList(
            Residual(a, b, stride=1 if place == 0 else 2)
            for place, (a, b) in enumerate(zip(before, widths, strict=True))
        )
        self.norm = nn.LayerNorm(widths[-1])
        self.dropout = dropout
        self.project = nn.Linear(widths[-1], dim)

    def forward(self, pictures: Tensor) -> Tensor:
        """Vectors of pictures."""
        x = (pictures - 0.7) / 0.3
        x = torch.relu(self.stem_norm(self.stem(x)))
        for stage in self.stages:
            x = stage(x)
        pooled = self.norm(x.float().mean((2, 3)))
        out: Tensor = self.project(functional.dropout(pooled, self.dropout, self.training))
        return out


class FeatureTower(nn.Module):
    """Numbers that somebody else computed -> vectors: a linear map and what a hidden layer adds to it.

    Shapes: (n, width_in) -> (n, dim), not normalised.

    Args:
        width_in: numbers of an item.
        dim: length of the vectors.
        hidden: width of the hidden layer.
        dropout: share of it dropped in training.
    """

    def __init__(self, width_in: int, dim: int, *, hidden: int = 512, dropout: float = 0.1) -> None:
        super().__init__()
        self.straight = nn.Linear(width_in, dim)
        self.bend = nn.Sequential(
            nn.Linear(width_in, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, dim)
        )  # fmt: skip

    def forward(self, numbers: Tensor) -> Tensor:
        """Vectors of numbers."""
        out: Tensor = self.straight(numbers) + self.bend(numbers)
        return out


class TextTower(nn.Module):
    """A bag of tokens plus the mean of a small transformer.

    Shapes: (n, length) token ids, 0 fills up -> (n, dim), not normalised.

    Args:
        vocabulary: number of tokens.
        dim: length of the vectors.
        width: width of the transformer.
        layers: number of its layers; 0 leaves the bag alone.
        length: longest sequence; what is beyond is not read.
        dropout: share dropped in training.
    """

    def __init__(
        self, vocabulary: int, dim: int, *, width: int = 192, layers: int = 1, length: int = 64, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.length = length
        self.dropout = dropout
        self.bag = nn.Embedding(vocabulary, dim, padding_idx=PAD)
        self.mix = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.tokens = nn.Embedding(vocabulary, width, padding_idx=PAD)
        self.places = nn.Embedding(length, width)
        self.layers = nn.ModuleList(TransformerLayer(width, max(1, width // 32), dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, dim)
        for table, scale in ((self.bag, 0.05), (self.tokens, 0.02), (self.places, 0.02)):
            nn.init.normal_(table.weight, std=scale)
        with torch.no_grad():
            self.bag.weight[PAD] = 0
            self.tokens.weight[PAD] = 0

    def forward(self, tokens: Tensor) -> Tensor:
        """Vectors of token sequences; an empty one gives the vector of no words."""
        tokens = tokens[:, : self.length]
        return self.read(self.bag(tokens), self.tokens(tokens), tokens != PAD)

    def read(self, bags: Tensor, words: Tensor, keep: Tensor) -> Tensor:
        """Vectors of sequences that are given as the embeddings of their tokens; zero where nothing is to be kept.

        Shapes: bags (n, length, dim), words (n, length, width), keep (n, length) -> (n, dim).
        """
        count = keep.sum(1, keepdim=True).clamp(min=1)
        bag = bags.sum(1) / count.sqrt()
        out: Tensor = bag + self.mix(bag)
        if len(self.layers):
            x = functional.dropout(words + self.places.weight[: words.shape[1]], self.dropout, self.training)
            attended = keep | ~keep.any(1, keepdim=True)  # an empty row attends to its padding: no NaN
            for layer in self.layers:
                x = layer(x, attended)
            mean = (self.norm(x).float() * keep[..., None]).sum(1) / count
            out = out + self.project(mean)
        return out

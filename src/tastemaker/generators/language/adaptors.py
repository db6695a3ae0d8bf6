"""Between encoders, backbone and generators: one adaptor a modality, of two kinds.

An MLP makes a few tokens of one vector; a query resampler has a few learned questions and reads any number of vectors
with them (patches of a picture, the items of a history). On the way out hidden states become vectors of the shop's
space: where an item is looked for, and what a picture should be like.
Source: Liu et al. 2023 (LLaVA 1.5, arXiv 2310.03744), section 3; Alayrac et al. 2022 (Flamingo, arXiv 2204.14198),
section 3.1; Koh et al. 2023 (GILL, arXiv 2305.17216), section 3.2, for signal tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.types import Floats
from tastemaker.nn.losses import HOTTEST
from tastemaker.nn.whitening import whitening

PATCH = 8
"""Side of a patch of pixels."""
TOKENS: Mapping[str, int] = {"text": 3, "picture": 4, "pixels": 6, "thing": 4, "history": 4, "taste": 1}
"""Tokens that each input becomes."""
MOST = 12
"""Items of a history that are read, the latest."""
RIDGE = 0.01
"""Added to the variance of every direction of the space before it is whitened, in mean variances."""


class Even(nn.Module):
    """Vectors of the space without correlation, so that the directions that tell two things apart are heard.

    Args:
        dims: lengths of the vectors of "text" and "picture".
    """

    def __init__(self, dims: Mapping[str, int]) -> None:
        super().__init__()
        for name, dim in dims.items():
            self.register_buffer(f"{name}_mean", torch.zeros(dim))
            self.register_buffer(f"{name}_matrix", torch.eye(dim) * dim**0.5)

    def learn(self, name: str, vectors: Floats) -> None:
        """From the vectors that there are. Shapes: (n, dim)."""
        if np.any(vectors):
            for part, values in zip(("mean", "matrix"), whitening(vectors, RIDGE), strict=True):
                self.get_buffer(f"{name}_{part}").copy_(torch.from_numpy(values))

    def forward(self, name: str, x: Tensor) -> Tensor:
        """Zero stays zero. Shapes: (..., dim) -> (..., dim)."""
        found = (x - self.get_buffer(f"{name}_mean")) @ self.get_buffer(f"{name}_matrix")
        return found * (x != 0).any(-1, keepdim=True)

    def both(self, x: Tensor) -> Tensor:
        """Of words and pictures side by side. Shapes: (..., text + picture) -> the same."""
        words = len(self.get_buffer("text_mean"))
        return torch.cat([self("text", x[..., :words]), self("picture", x[..., words:])], -1)


class Mlp(nn.Module):
    """One vector -> tokens.

    Shapes: (n, dim) -> (n, tokens, width).

    Args:
        dim: of the vector, its parts of about one.
        tokens: how many.
        width: of the backbone.
    """

    def __init__(self, dim: int, tokens: int, width: int) -> None:
        super().__init__()
        self.tokens = tokens
        self.layers = nn.Sequential(nn.Linear(dim, width), nn.GELU(), nn.Linear(width, tokens * width))

    def forward(self, x: Tensor) -> Tensor:
        """One step."""
        found: Tensor = self.layers(x)
        return found.view(len(x), self.tokens, -1)


class Resampler(nn.Module):
    """Learned questions to any number of vectors.

    Shapes: x (n, m, dim), keep (n, m) bool -> (n, tokens, width).

    Args:
        dim: of the vectors, their parts of about one.
        most: vectors at most; each place has a direction of its own.
        tokens: how many questions.
        width: of the backbone.
    """

    def __init__(self, dim: int, most: int, tokens: int, width: int) -> None:
        super().__init__()
        self.project, self.places = nn.Linear(dim, width), nn.Parameter(torch.randn(most, width) * 0.1)
        self.queries = nn.Parameter(torch.randn(tokens, width) * width**-0.5)
        self.settle, self.key, self.value = nn.LayerNorm(width), nn.Linear(width, width), nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        """One step."""
        seen = self.settle(self.project(x) + self.places[: x.shape[1]])
        asked = self.queries.expand(len(x), -1, -1)
        read = functional.scaled_dot_product_attention(
            asked, self.key(seen), self.value(seen), attn_mask=keep[:, None, :]
        )
        found: Tensor = read + self.feed(read)
        return found


class Inputs(nn.ModuleDict):
    """The input adaptors by name; inputs that the shop does not have are left out.

    Args:
        dims: lengths of the vectors of "text", "picture" and "behaviour".
        shape: height and width of pictures; (0, 0) for none.
        width: of the backbone.
    """

    def __init__(self, dims: Mapping[str, int], shape: tuple[int, int], width: int) -> None:
        super().__init__()
        both = dims["text"] + dims["picture"]
        for name, dim in (("text", dims["text"]), ("picture", dims["picture"]), ("thing", both)):
            self._add(name, dim, Mlp(dim, TOKENS[name], width) if dim else None)
        taste = dims["behaviour"]
        self._add("taste", taste, Mlp(taste, TOKENS["taste"], width) if taste else None)
        self._add("history", both, Resampler(both, MOST, TOKENS["history"], width) if both else None)
        patches = (shape[0] // PATCH) * (shape[1] // PATCH)
        many = Resampler(3 * PATCH**2, patches, TOKENS["pixels"], width) if patches else None
        self._add("pixels", patches, many)

    def _add(self, name: str, dim: int, made: nn.Module | None) -> None:
        if dim and made is not None:
            self[name] = made


def patches(values: Tensor) -> Tensor:
    """Pixels in squares. Shapes: (n, 3, h, w) -> (n, h / PATCH * w / PATCH, 3 PATCH PATCH)."""
    return functional.unfold(values, PATCH, stride=PATCH).transpose(1, 2)


@dataclass(frozen=True)
class Signals:
    """What the signal tokens ask for, vectors of length one and values, of which the first is none.

    Shapes: vectors[name] (n, dim); codes, per attribute (n, values + 1).
    """

    vectors: Mapping[str, Tensor]
    codes: Sequence[Tensor]


class Outputs(nn.Module):
    """The output adaptors.

    Args:
        dims: lengths of the vectors of "text" and "picture".
        sizes: codes of each attribute, "not known" included.
        width: of the backbone.
        signals: tokens that ask for a picture.
        dim: in which items are looked for.
    """

    def __init__(self, dims: Mapping[str, int], sizes: Sequence[int], width: int, signals: int, dim: int = 128) -> None:
        super().__init__()
        self.sizes = list(sizes)
        self.dims = {name: dims[name] for name in ("text", "picture") if dims[name]}
        self.seek = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, dim))
        self.stand = nn.Linear(sum(self.dims.values()), dim)
        self.heat = nn.Parameter(torch.tensor(2.5))
        out = sum(self.dims.values()) + sum(self.sizes)
        self.sign = nn.Sequential(nn.Linear(signals * width, width), nn.GELU(), nn.Linear(width, out))

    def sought(self, hidden: Tensor) -> Tensor:
        """Where an item is looked for, with the heat in its length. Shapes: (n, width) -> (n, dim)."""
        heat = self.heat.exp().clamp(max=HOTTEST)
        return heat * functional.normalize(self.seek(hidden).float(), dim=1)

    def standing(self, things: Tensor) -> Tensor:
        """Where items stand, of vectors made even. Shapes: (m, text + picture) -> (m, dim), unit rows."""
        return functional.normalize(self.stand(things).float(), dim=1)

    def signed(self, hidden: Tensor) -> Signals:
        """What is to be drawn. Shapes: hidden (n, signals, width)."""
        out = self.sign(hidden.flatten(1)).float()
        *vectors, codes = out.split([*self.dims.values(), sum(self.sizes)], 1)
        unit = {name: functional.normalize(part, dim=1) for name, part in zip(self.dims, vectors, strict=True)}
        return Signals(unit, codes.split(self.sizes, 1) if self.sizes else ())

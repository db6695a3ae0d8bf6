"""What is known of a thing, as tokens: a code for each attribute, a vector for each modality, any of them missing.

A token that is missing is a learned one, so that a network trained with tokens dropped by chance can draw with all of
them, some of them or none; the difference of the two is guidance.
Source: classifier-free guidance, Ho and Salimans 2022 (arXiv 2207.12598).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Known:
    """What is known of each thing of a batch.

    Attributes:
        codes: of attributes; 0 is "not known".
        vectors: by name.
        has: which of the vectors are known.

    Shapes: codes (n, attributes); vectors[name] (n, dim); has[name] (n,) bool.
    """

    codes: Tensor
    vectors: Mapping[str, Tensor]
    has: Mapping[str, Tensor]

    def dropped(self, share: float, all_of_it: float, rng: np.random.Generator) -> "Known":
        """Some of it forgotten by chance.

        Args:
            share: of single codes and vectors.
            all_of_it: share of things of which nothing stays known.
            rng: where chance comes from.
        """
        n = len(self.codes)
        whole = torch.from_numpy(rng.random(n) >= all_of_it)
        codes = self.codes * torch.from_numpy(rng.random(self.codes.shape) >= share) * whole[:, None]
        has = {name: has & whole & torch.from_numpy(rng.random(n) >= share) for name, has in self.has.items()}
        return Known(codes, self.vectors, has)

    def forgotten(self) -> "Known":
        """Nothing is known."""
        return Known(
            torch.zeros_like(self.codes), self.vectors, {name: torch.zeros_like(has) for name, has in self.has.items()}
        )


class Conditioner(nn.Module):
    """Codes and vectors -> tokens.

    Shapes: Known of n things -> (n, attributes + vectors, width).

    Args:
        sizes: codes of each attribute, "not known" included.
        dims: length of each vector by name; those of length 0 are left out.
        width: of the tokens.
    """

    def __init__(self, sizes: Sequence[int], dims: Mapping[str, int], width: int) -> None:
        super().__init__()
        embeddings = [nn.Embedding(size, width) for size in sizes]
        for embedding in embeddings:
            nn.init.normal_(embedding.weight, std=0.5)
        self.codes = nn.ModuleList(embeddings)
        self.vectors = nn.ModuleDict({name: nn.Linear(dim, width) for name, dim in dims.items() if dim})
        self.absent = nn.ParameterDict({name: nn.Parameter(torch.zeros(width)) for name, dim in dims.items() if dim})
        self.dims = {name: dim for name, dim in dims.items() if dim}
        self.tokens = len(self.codes) + len(self.vectors)

    def forward(self, known: Known) -> Tensor:
        """One token each, known or not."""
        tokens = [embed(known.codes[:, at]) for at, embed in enumerate(self.codes)]
        for name, project in self.vectors.items():
            scaled = known.vectors[name] * self.dims[name] ** 0.5  # unit vectors -> parts of about one
            tokens.append(torch.where(known.has[name][:, None], project(scaled), self.absent[name]))
        return torch.stack(tokens, 1)

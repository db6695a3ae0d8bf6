"""What items bring besides their number, as a table for a network: a wide sparse part and a narrow dense one.

Thousands of labels of which an item has a few are multiplied as a sum of the labels' vectors, not as a matrix product.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.types import Floats


@dataclass(frozen=True)
class Known:
    """What is known of some items.

    Attributes:
        dense: columns that most items have.
        columns, values, starts: the sparse part, as in a CSR matrix.
        sparse_width: its columns.

    Shapes: dense (n, width), columns and values (entries,), starts (n + 1,).
    """

    dense: Tensor
    columns: Tensor
    values: Tensor
    starts: Tensor
    sparse_width: int

    @classmethod
    def of(cls, dense: Floats, sparse: csr_matrix) -> "Known":
        """Of two tables with the same rows."""
        columns, starts = (torch.from_numpy(part.astype(np.int64)) for part in (sparse.indices, sparse.indptr))
        values = torch.from_numpy(sparse.data.astype(np.float32))
        return cls(torch.from_numpy(np.array(dense, np.float32)), columns, values, starts, sparse.shape[1])

    def __len__(self) -> int:
        return len(self.dense)

    @property
    def width(self) -> int:
        """Columns of both parts."""
        return self.dense.shape[1] + self.sparse_width

    @property
    def digest(self) -> str:
        """A name of these very numbers."""
        parts = (self.dense, self.columns, self.values, self.starts)
        return hashlib.sha256(b"".join(part.numpy().tobytes() for part in parts)).hexdigest()


class Content(nn.Module):
    """One linear map of what is known; nothing known gives zero.

    Shapes: forward: n items -> (n, dim).
    """

    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width, dim))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, known: Known) -> Tensor:
        """The map: dense columns first."""
        own = known.dense.shape[1]
        narrow, wide = self.weight[:own], self.weight[own:]
        out: Tensor = known.dense @ narrow
        if len(known.columns):
            out = out + functional.embedding_bag(
                known.columns, wide, known.starts[:-1], mode="sum", per_sample_weights=known.values
            )
        return out

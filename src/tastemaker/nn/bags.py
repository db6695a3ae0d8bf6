"""Bags of vectors: a sparse line picks some vectors and weighs them."""

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor
from torch.nn import functional


def unit_sums(bags: csr_matrix, vectors: Tensor) -> Tensor:
    """``bags @ vectors``, each line of ``bags`` taken at length one, with a gradient for the vectors.

    Shapes: (n, m), (m, dim) -> (n, dim).
    """
    length = np.sqrt(np.asarray(bags.multiply(bags).sum(axis=1), np.float32)).ravel()
    owner = np.repeat(np.arange(len(length)), np.diff(bags.indptr))
    weight = torch.from_numpy(np.asarray(bags.data / np.maximum(length[owner], 1e-9), np.float32))
    index = torch.from_numpy(bags.indices.astype(np.int64))
    offsets = torch.from_numpy(bags.indptr[:-1].astype(np.int64))
    return functional.embedding_bag(index, vectors, offsets, mode="sum", per_sample_weights=weight)

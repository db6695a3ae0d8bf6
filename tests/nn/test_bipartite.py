"""Graphs between two kinds of nodes: against dense matrices written out."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from tastemaker.nn.bipartite import edges, product, scales, spread

GRAPH = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]], np.float32)


def test_scales_are_one_by_the_roots_of_the_degrees_and_one_where_there_is_none():
    lines, columns = scales(csr_matrix(GRAPH))
    assert lines == pytest.approx([2**-0.5, 2**-0.5, 1])
    assert columns == pytest.approx([1, 2**-0.5, 2**-0.5, 1])
    assert lines.dtype == np.float32


def test_edges_are_divided_by_the_roots_of_both_degrees():
    there, back = edges(csr_matrix(GRAPH))
    expected = GRAPH / np.sqrt(np.outer(GRAPH.sum(1), np.maximum(GRAPH.sum(0), 1)))
    assert there.toarray() == pytest.approx(expected)
    assert back.toarray() == pytest.approx(expected.T)


def test_the_product_has_the_gradient_of_the_dense_one():
    matrix = edges(csr_matrix(GRAPH))[0]
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    product(matrix, x).square().sum().backward()
    ours = x.grad.clone()
    x.grad = None
    (torch.from_numpy(matrix.toarray()) @ x).square().sum().backward()
    assert ours.numpy() == pytest.approx(x.grad.numpy(), abs=1e-5)


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_spreading_is_a_sum_of_powers(layers):
    there, back = edges(csr_matrix(GRAPH))
    x = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    step = (back @ there).toarray()
    expected = sum(np.linalg.matrix_power(step, power) for power in range(layers + 1)) @ x
    lines, columns = spread(torch.from_numpy(x), there, back, layers)
    assert columns.numpy() == pytest.approx(expected, abs=1e-5)
    assert lines.numpy() == pytest.approx(there.toarray() @ expected, abs=1e-5)

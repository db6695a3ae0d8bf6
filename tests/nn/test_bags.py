import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from tastemaker.nn.bags import unit_sums


def test_a_line_is_taken_at_length_one_and_an_empty_one_gives_zeros():
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]], requires_grad=True)
    found = unit_sums(csr_matrix(np.array([[3, 4, 0], [0, 0, 0], [0, 0, 7]], np.float32)), vectors)
    assert found.detach().numpy() == pytest.approx(np.array([[0.6, 0.8], [0, 0], [5, 5]]))
    found.sum().backward()
    assert vectors.grad.numpy() == pytest.approx(np.array([[0.6, 0.6], [0.8, 0.8], [1, 1]]))

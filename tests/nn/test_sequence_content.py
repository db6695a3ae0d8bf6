import numpy as np
import torch
from scipy.sparse import csr_matrix

from tastemaker.nn.sequence_content import Content, Known


def tables(n=5):
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(n, 3)).astype(np.float32)
    sparse = np.where(rng.random((n, 7)) < 0.3, rng.normal(size=(n, 7)), 0.0).astype(np.float32)
    sparse[1] = 0.0
    return dense, sparse


def test_equals_the_product_of_the_whole_table_and_so_does_its_gradient():
    dense, sparse = tables()
    known, content = Known.of(dense, csr_matrix(sparse)), Content(10, 4)
    whole = torch.from_numpy(np.hstack([dense, sparse]))
    assert known.width == 10
    torch.testing.assert_close(content(known), whole @ content.weight)
    ours = torch.autograd.grad(content(known).square().sum(), content.weight)[0]
    plain = torch.autograd.grad((whole @ content.weight).square().sum(), content.weight)[0]
    torch.testing.assert_close(ours, plain)


def test_nothing_known_gives_zero():
    known = Known.of(np.zeros((2, 3), np.float32), csr_matrix((2, 7), dtype=np.float32))
    assert not Content(10, 4)(known).any()


def test_a_digest_names_the_numbers():
    dense, sparse = tables()
    known = Known.of(dense, csr_matrix(sparse))
    assert known.digest == Known.of(dense.copy(), csr_matrix(sparse)).digest
    dense[0, 0] += 1
    assert known.digest != Known.of(dense, csr_matrix(sparse)).digest

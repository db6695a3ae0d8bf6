import torch
from torch import nn

from tastemaker.nn.gradient_cache import in_chunks
from tastemaker.nn.losses import info_nce


def gradients(tower, other, left, right, size):
    """Gradients of a contrast over the whole batch, encoded in chunks of a size."""
    both = nn.ModuleList([tower, other])
    both.zero_grad()
    a, b = in_chunks(tower, left, size), in_chunks(other, right, size)
    loss = info_nce(a @ b.T)
    loss.backward()
    return loss.item(), [weight.grad.clone() for weight in both.parameters()]


def test_the_gradient_is_that_of_the_large_batch():
    torch.manual_seed(0)
    tower, other = (nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3)).double() for _ in range(2))
    left, right = torch.randn(11, 5).double(), torch.randn(11, 5).double()
    loss, plain = gradients(tower, other, left, right, 0)
    again, cached = gradients(tower, other, left, right, 4)
    assert abs(loss - again) < 1e-12
    for want, got in zip(plain, cached, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-12)
    small = gradients(tower, other, left[:4], right[:4], 0)[1]
    assert max((a - b).abs().max() for a, b in zip(plain, small, strict=True)) > 1e-3  # a small batch is another one


def test_no_more_than_a_chunk_is_encoded_at_a_time():
    seen = []

    def encode(x):
        seen.append(len(x))
        return x * x

    inputs = torch.ones(10, 1, requires_grad=True)
    in_chunks(encode, inputs, 4).sum().backward()
    assert sorted(seen) == [2, 2, 4, 4, 4, 4]  # forwards, and once more backwards
    assert torch.equal(inputs.grad, torch.full((10, 1), 2.0))


def test_dropout_is_the_same_both_times():
    torch.manual_seed(1)
    drop = nn.Dropout(0.5)
    inputs = torch.ones(8, 50, requires_grad=True)
    out = in_chunks(drop, inputs, 3)
    out.sum().backward()
    assert torch.equal(inputs.grad, out.detach())

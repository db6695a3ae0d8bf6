"""What is known as tokens: what is forgotten leaves no trace, what is known is told."""

import numpy as np
import pytest
import torch

from tastemaker.nn.conditioning import Conditioner, Known

N, DIM = 2000, 4


def known(n=N):
    """Everything is known of everybody, but words of every second one."""
    words = torch.randn(n, DIM, generator=torch.Generator().manual_seed(0))
    odd = torch.arange(n) % 2 == 1
    return Known(torch.full((n, 3), 2), {"text": words, "taste": words + 1}, {"text": odd, "taste": odd | ~odd})


def conditioner(dims=None):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Conditioner([4, 5, 6], {"text": DIM, "taste": DIM} if dims is None else dims, 8)


def test_each_attribute_and_each_vector_is_a_token():
    tokens = conditioner()
    assert tokens.tokens == 5
    assert tokens(known(7)).shape == (7, 5, 8)


def test_vectors_that_the_shop_has_not_are_no_tokens():
    tokens = conditioner({"text": DIM, "taste": 0})
    assert tokens.tokens == 4
    assert tokens(known(7)).shape == (7, 4, 8)


def test_a_vector_that_is_not_known_leaves_no_trace():
    one = known(2)
    other = Known(one.codes, {name: vectors + 5 for name, vectors in one.vectors.items()}, one.has)
    a, b = conditioner()(one), conditioner()(other)
    torch.testing.assert_close(a[0, 3], b[0, 3])  # words of the first are not known
    assert not torch.allclose(a[1, 3], b[1, 3])
    assert not torch.allclose(a[0, 4], b[0, 4])


def test_unit_vectors_are_scaled_to_parts_of_about_one():
    tokens = conditioner()
    unit = torch.nn.functional.normalize(known().vectors["text"], dim=1)
    all_known = torch.ones(N, dtype=torch.bool)
    made = tokens(Known(torch.zeros(N, 3, dtype=torch.long), {"text": unit, "taste": unit},
                        {"text": all_known, "taste": all_known}))  # fmt: skip
    expected = tokens.vectors["text"](unit * 2)  # root of four
    torch.testing.assert_close(made[:, 3], expected)


def test_forgotten_is_the_same_for_everything():
    made = conditioner()(known(5).forgotten())
    torch.testing.assert_close(made, made[:1].expand_as(made))


def test_dropping_nothing_and_everything():
    rng = np.random.default_rng(0)
    same = known().dropped(0, 0, rng)
    assert torch.equal(same.codes, known().codes)
    assert all(torch.equal(same.has[name], has) for name, has in known().has.items())
    for share, all_of_it in ((1, 0), (0, 1)):
        none = known().dropped(share, all_of_it, rng)
        assert not none.codes.any()
        assert not any(has.any() for has in none.has.values())


def test_the_shares_of_what_is_dropped():
    found = known().dropped(0.25, 0.2, np.random.default_rng(0))
    kept = found.codes > 0
    assert kept.float().mean() == pytest.approx(0.8 * 0.75, abs=0.03)
    blank = ~kept.any(1) & ~found.has["taste"]
    assert blank.float().mean() == pytest.approx(0.2 + 0.8 * 0.25**4, abs=0.03)
    both = kept[:, 0] & kept[:, 1]
    assert both.float().mean() == pytest.approx(0.8 * 0.75**2, abs=0.03)  # single ones independently
    assert found.has["text"].float().mean() == pytest.approx(0.5 * 0.8 * 0.75, abs=0.03)


def test_dropping_changes_nothing_of_what_was_given():
    given = known(50)
    given.dropped(0.5, 0.5, np.random.default_rng(0))
    given.forgotten()
    assert torch.equal(given.codes, known(50).codes)
    assert all(torch.equal(given.has[name], has) for name, has in known(50).has.items())

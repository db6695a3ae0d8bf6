import math

import pytest
import torch
from torch.nn import functional

from tastemaker.alignment.contrast.objective import Objective
from tastemaker.nn.losses import info_nce, sigmoid_loss

HEAT = torch.tensor(math.log(5.0))
NONE = torch.zeros(4, 4, dtype=torch.bool)


def views(n=4, dim=6, seed=0):
    made = torch.randn(2, n, dim, generator=torch.Generator().manual_seed(seed))
    return functional.normalize(made, dim=2).unbind()


def keys(*numbers):
    return torch.tensor([[number, number] for number in numbers])


def test_without_memory_it_is_the_plain_loss():
    words, pictures = views()
    logits = words @ pictures.T * 5
    got = Objective("infonce", 4, 6)(3 * words, 2 * pictures, HEAT, NONE, NONE)
    torch.testing.assert_close(got, info_nce(logits))
    got = Objective("sigmoid", 4, 6)(words, pictures, HEAT, NONE, NONE)
    torch.testing.assert_close(got, sigmoid_loss(logits, torch.tensor(-math.log(4))))


def test_an_empty_memory_changes_nothing():
    words, pictures = views()
    for loss in ("infonce", "sigmoid"):
        plain = Objective(loss, 4, 6)(words, pictures, HEAT, NONE, NONE)
        kept = Objective(loss, 4, 6, memory=8)(words, pictures, HEAT, NONE, NONE, keys(1, 2, 3, 4))
        if loss == "infonce":
            torch.testing.assert_close(kept, plain)
        else:  # the sigmoid loss counts pairs once a side, halved: the same
            torch.testing.assert_close(kept, plain)


def test_a_small_batch_with_memory_has_the_negatives_of_a_large_one():
    """The second half after the first one: each row sees all eight columns, by the definition of the cross-entropy."""
    words, pictures = views(8)
    objective = Objective("infonce", 4, 6, memory=4)
    objective(words[:4], pictures[:4], HEAT, NONE, NONE, keys(0, 1, 2, 3))
    got = objective(words[4:], pictures[4:], HEAT, NONE, NONE, keys(4, 5, 6, 7))
    target = torch.arange(4, 8)
    ways = (words[4:] @ pictures.T * 5, pictures[4:] @ words.T * 5)
    want = torch.stack([functional.cross_entropy(way, target) for way in ways]).mean()
    torch.testing.assert_close(got, want)


def test_what_is_remembered_of_the_same_product_is_no_negative():
    words, pictures = views()
    objective = Objective("infonce", 4, 6, memory=4)
    objective(words, pictures, HEAT, NONE, NONE, keys(0, 1, 2, 3))
    again = objective(words, pictures, HEAT, NONE, NONE, keys(0, 1, 2, 3))
    away = info_nce(words @ pictures.T * 5)
    assert again > away  # the three others are there twice
    every = torch.cat([words @ pictures.T * 5] * 2, 1).masked_fill(
        torch.cat([NONE, torch.eye(4, dtype=torch.bool)], 1), -1e9
    )
    assert functional.cross_entropy(every, torch.arange(4)).item() == pytest.approx(
        torch.logsumexp(every, 1).sub(every.diagonal()).mean().item()
    )


def test_positives_win_over_same():
    """Items 0 and 1 are variants: the best answer spreads over both, and ignoring the pair is another loss."""
    words, pictures = views()
    same = NONE.clone()
    same[0, 1] = same[1, 0] = True
    objective = Objective("infonce", 4, 6)
    both = objective(words, pictures, HEAT, same, same)
    assert both.item() != pytest.approx(objective(words, pictures, HEAT, same, NONE).item())
    log_p = functional.log_softmax(words @ pictures.T * 5, 1)
    rows = torch.stack([(log_p[0, 0] + log_p[0, 1]) / 2, (log_p[1, 0] + log_p[1, 1]) / 2, log_p[2, 2], log_p[3, 3]])
    log_q = functional.log_softmax(pictures @ words.T * 5, 1)
    columns = torch.stack([(log_q[0, 0] + log_q[0, 1]) / 2, (log_q[1, 0] + log_q[1, 1]) / 2, log_q[2, 2], log_q[3, 3]])
    torch.testing.assert_close(both, -(rows.mean() + columns.mean()) / 2)

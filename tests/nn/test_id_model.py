import math

import numpy as np
import pytest
import torch

from tastemaker.nn.id_model import IdModel, IdShape


def model(decoder, sizes=(4, 3), n_items=5, forget=0.0):
    torch.manual_seed(0)
    return IdModel(IdShape(sizes, sizes, n_items, 8, 1, 2, 6, 0.0, forget, decoder)).eval()


CODES = torch.tensor([[0, 1], [3, 2], [1, -1], [-1, -1], [2, 0]])
OWN = torch.tensor([0, 1, -1, 3, -1])


def test_an_item_is_the_sum_of_its_marks_and_of_its_own_vector():
    net = model("items")
    table = net.table(CODES, OWN)
    first, second = net.marks[:4], net.marks[4:7]
    want = [first[0] + second[1] + net.items[0], first[3] + second[2] + net.items[1], first[1], net.items[3]]
    torch.testing.assert_close(table[:4], torch.stack(want))


def test_without_own_vectors_items_are_their_marks():
    net = model("items", n_items=0)
    torch.testing.assert_close(net.table(CODES, OWN)[0], net.marks[0] + net.marks[5])


def test_in_training_own_vectors_are_left_out_now_and_then():
    net = model("items", forget=0.5).train()
    codes, own = torch.zeros(2000, 2, dtype=torch.int64), torch.zeros(2000, dtype=torch.int64)
    alone = net.marks[0] + net.marks[4]
    left_out = (net.table(codes, own) - alone).abs().sum(1) < 1e-6
    assert left_out.float().mean().item() == pytest.approx(0.5, abs=0.05)
    assert not ((net.eval().table(codes, own) - alone).abs().sum(1) < 1e-6).any()


@pytest.mark.parametrize("decoder", ["parallel", "autoregressive"])
def test_codes_of_no_embedding_cost_the_log_of_their_number(decoder):
    net = model(decoder, sizes=(4, 3))
    with torch.no_grad():
        net.codes.zero_()
    hidden = torch.randn(2, 8)
    loss = net.loss(hidden, net.table(CODES, OWN), CODES, torch.tensor([0, 1]))
    assert loss.item() == pytest.approx(math.log(4) + math.log(3), abs=0.02)  # bfloat16 where the processor has it


def test_codes_that_are_missing_are_not_foretold():
    net = model("parallel", sizes=(4, 3))
    with torch.no_grad():
        net.codes.zero_()
    loss = net.loss(torch.randn(2, 8), net.table(CODES, OWN), CODES, torch.tensor([2, 2]))
    assert loss.item() == pytest.approx(math.log(4), abs=0.02)


def test_the_autoregressive_decoder_sees_the_codes_before_and_no_later_one():
    net = model("autoregressive", sizes=(4, 3, 3))
    hidden = torch.randn(1, 8)
    one = net.states(hidden, torch.tensor([[1, 2, 0]]))
    later = net.states(hidden, torch.tensor([[1, 2, 1]]))
    other = net.states(hidden, torch.tensor([[1, 0, 0]]))
    torch.testing.assert_close(one, later)
    torch.testing.assert_close(one[:, :2], other[:, :2])
    assert (one[:, 2] - other[:, 2]).abs().max() > 1e-3


def test_chances_are_log_probabilities_and_last_what_a_missing_code_counts():
    net = model("parallel")
    found = net.chances(torch.randn(3, 8), 0).detach().numpy()
    assert found.shape == (3, 5)
    assert np.exp(found[:, :4]).sum(1) == pytest.approx(np.ones(3), rel=1e-5)
    assert found[:, 4] == pytest.approx((np.exp(found[:, :4]) * found[:, :4]).sum(1), rel=1e-5)


def test_one_column_alone_is_that_column_of_all():
    net = model("autoregressive", sizes=(4, 3, 3))
    for thought in net.think:
        torch.nn.init.normal_(thought.column)
    hidden, wanted = torch.randn(4, 8), torch.tensor([[1, 2, 0], [3, -1, 2], [0, 0, 0], [-1, 1, 1]])
    for column in range(3):
        torch.testing.assert_close(net.state(hidden, wanted[:, :column]), net.states(hidden, wanted)[:, column])

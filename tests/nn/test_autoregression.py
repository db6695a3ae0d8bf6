"""What a language model is taught by, against numbers that can be worked out."""

import math

import pytest
import torch

from tastemaker.nn.autoregression import autoregressive_loss


def told(logits, tokens, answer, reduction="mean"):
    """The loss of logits that are given; "hidden states" are numbers of rows of them."""
    return autoregressive_loss(lambda rows: rows, logits, tokens, answer, reduction=reduction)


def test_uniform_logits_cost_the_log_of_the_vocabulary_a_token():
    tokens = torch.tensor([[3, 1, 4, 1, 5]])
    answer = torch.tensor([[False, False, True, True, True]])
    logits = torch.zeros(1, 5, 7)
    assert told(logits, tokens, answer).item() == pytest.approx(math.log(7))
    assert told(logits, tokens, answer, "sum").item() == pytest.approx(3 * math.log(7))


def test_each_token_is_foretold_from_the_place_before_it():
    tokens = torch.tensor([[0, 1, 0], [1, 1, 1]])
    answer = torch.tensor([[False, True, True], [False, False, True]])
    logits = torch.tensor([[[0.0, 2.0], [1.0, 0.0], [9.0, 9.0]], [[5.0, -5.0], [0.0, 0.5], [7.0, 0.0]]])
    by_hand = [math.log(1 + math.exp(-2)), math.log(1 + math.exp(-1)), math.log(1 + math.exp(-0.5))]
    assert told(logits, tokens, answer, "sum").item() == pytest.approx(sum(by_hand), abs=1e-6)
    assert told(logits, tokens, answer).item() == pytest.approx(sum(by_hand) / 3, abs=1e-6)


def test_it_is_what_transformers_computes():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=11, **sizes)).eval()
    tokens = torch.randint(0, 11, (3, 6))
    labels = tokens.masked_fill(torch.arange(6) < 2, -100)
    hidden = model.model(tokens).last_hidden_state
    ours = autoregressive_loss(model.lm_head, hidden, tokens, labels >= 0)
    assert ours.item() == pytest.approx(model(tokens, labels=labels).loss.item(), abs=1e-6)


def test_without_an_answer_nothing_is_lost_and_nothing_moves():
    logits = torch.randn(2, 3, 4, requires_grad=True)
    loss = told(logits, torch.zeros(2, 3, dtype=torch.long), torch.zeros(2, 3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()

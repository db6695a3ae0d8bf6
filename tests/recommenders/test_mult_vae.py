import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import History
from tastemaker.recommenders.mult_vae import Autoencoder, MultVae, MultVaeConfig, divergence, weight_of_prior
from tastemaker.testing.worlds import checkerboard, history_of


def test_the_weight_of_the_prior_grows_and_stays():
    weights = [weight_of_prior(share, pull=0.2, anneal=0.5) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert weights == pytest.approx([0.0, 0.1, 0.2, 0.2, 0.2])


def test_the_divergence_is_that_of_torch():
    draw = torch.Generator().manual_seed(0)
    mean, log_variance = torch.randn(5, 3, generator=draw), torch.randn(5, 3, generator=draw)
    normal = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum(1)
    assert divergence(mean, log_variance).numpy() == pytest.approx(expected.numpy(), abs=1e-5)
    assert divergence(torch.zeros(1, 4), torch.zeros(1, 4)).item() == 0


def test_the_encoder_reads_a_history_of_length_one():
    model = Autoencoder(4, 6, 2)
    once, twice = (model.encode(csr_matrix(np.array([[0.0, n, 0, n]], np.float32)))[0] for n in (1, 3))
    assert once.detach().numpy() == pytest.approx(twice.detach().numpy())
    by_hand = torch.tanh((model.heard.weight[1] + model.heard.weight[3]) / 2**0.5)
    assert once.detach().numpy()[0] == pytest.approx(model.squeezed(by_hand).detach().numpy()[:2], abs=1e-6)


def test_a_person_of_whom_nothing_is_known_gets_no_answer():
    model = MultVae(MultVaeConfig(epochs=2, dim=4, hidden=8)).fit(checkerboard(), None)
    scores = model.score([History.of([]), History.of([39]), history_of(0)], np.arange(40))
    assert np.isneginf(scores[:2]).all()
    assert np.isneginf(scores[2, 36:]).all()
    assert np.isfinite(scores[2, :36]).all()


def test_reasons_are_the_items_without_which_the_answer_falls():
    model = MultVae(MultVaeConfig(epochs=30, dim=8, hidden=16)).fit(checkerboard(), None)
    reasons = model.because(History.of([0, 2, 4, 1]), 8, n=4)
    assert {row for row, _ in reasons} <= {0, 2, 4}
    assert sum(share for _, share in reasons) == pytest.approx(1)

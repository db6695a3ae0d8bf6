"""DiffRec and DiffMM: how histories wear, how they are mended, what modalities add."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch.nn import functional

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.recommenders.diffmm import DiffMm, DiffMmConfig, Guided
from tastemaker.recommenders.diffrec import DiffRec, DiffRecConfig, Mender, Worn
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors


def mender(items=6, dim=4, levels=3):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = Mender(items, dim, levels)
        torch.nn.init.normal_(made.level.weight)
    return made.eval()


def worn(whole, wear, **settings):
    learning = Worn(DiffRec(DiffRecConfig(**settings)), mender(whole.shape[1]), whole, None)
    return learning._worn(whole, np.full(whole.shape[0], wear), np.random.default_rng(0))


def test_a_history_loses_its_share_and_gains_the_share_of_what_means_nothing():
    whole = csr_matrix(np.ones((50, 200), np.float32))
    lost = worn(whole, 1.0, forgotten=0.6, strange=0.0)
    assert lost.sum() / whole.sum() == pytest.approx(0.4, abs=0.02)
    half = worn(whole, 0.5, forgotten=0.6, strange=0.0)
    assert half.sum() / whole.sum() == pytest.approx(0.7, abs=0.02)
    few = csr_matrix((np.ones(50, np.float32), (np.arange(50), np.zeros(50, int))), shape=(50, 200))
    strange = worn(few, 1.0, forgotten=0.01, strange=1.0)
    assert strange[:, 1:].sum() == pytest.approx(50, abs=20)


def test_one_step_is_the_network_itself():
    model, history = mender(), csr_matrix(np.array([[1, 0, 1, 0, 0, 0]], np.float32))
    heard = (model.heard[0] + model.heard[2]) / np.sqrt(2)
    expected = model.told(torch.tanh(heard + model.level.weight[1]))
    assert model.mended(history, 1)[0] == pytest.approx(expected.detach().numpy(), abs=1e-5)


def test_two_steps_read_the_mean_of_the_history_and_of_what_was_foretold():
    model, history = mender(), csr_matrix(np.array([[0, 1, 0, 0, 0, 0]], np.float32))
    first = model.heard[1]
    foretold = model.told(torch.tanh(first + model.level.weight[2])).softmax(0)
    heard = first / 2 + functional.normalize(foretold, dim=0) @ model.heard / 2
    expected = model.told(torch.tanh(heard + model.level.weight[1]))
    assert model.mended(history, 2)[0] == pytest.approx(expected.detach().numpy(), abs=1e-5)


def test_modalities_fold_into_one_vector_an_item():
    rng = np.random.default_rng(0)
    content = [rng.normal(size=(6, width)).astype(np.float32) for width in (3, 5)]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        guided = Guided(6, DiffMmConfig(dim=4, levels=3), content)
    history = csr_matrix(rng.random((2, 6)).astype(np.float32))
    level = torch.tensor([1, 3])
    folded = guided.folded()
    told = guided(guided.read(history), level).detach().numpy()
    assert folded(folded.read(history), level).detach().numpy() == pytest.approx(told, abs=1e-5)
    assert type(folded) is Mender


def test_guidance_pulls_towards_what_looks_like_the_history():
    """Two items have one picture and are never chosen together: only the picture brings one beside the other."""
    shop = checkerboard(cold=0)
    twins = parity_vectors(shop) * 0.1
    twins[0] = twins[1] = np.eye(8, dtype=np.float32)[7] * 5
    items = [shop.item(row) for row in range(shop.size)]
    seen = Catalog(items, interactions=shop.interactions, features={"picture": twins.astype(np.float32)})
    place = {}
    for name, guidance in (("with", 20.0), ("without", 0.0)):
        model = DiffMm(DiffMmConfig(guidance=guidance, contrast=0.0, epochs=10)).fit(seen, None)
        scores = model.score([History.of([0])], np.arange(1, 40))[0]
        place[name] = int((scores > scores[0]).sum())
    assert place["with"] < place["without"]


@pytest.mark.parametrize("features", [{}, {"picture": "all"}, {"picture": "some", "sound": "all"}])
def test_parity_is_found_whatever_modalities_there_are(features):
    shop = checkerboard(cold=0)
    given = {}
    for seed, (name, who) in enumerate(features.items()):
        given[name] = parity_vectors(shop, seed=seed)
        if who == "some":
            given[name][::3] = np.nan
    seen = Catalog([shop.item(row) for row in range(shop.size)], interactions=shop.interactions, features=given)
    rows = np.setdiff1d(np.arange(40), history_of(1).rows)
    scores = DiffMm().fit(seen, None).score([history_of(1)], rows)[0]
    assert scores[rows % 2 == 1].min() > scores[rows % 2 == 0].max()

"""DreamRec: drawn vectors lie where the next item is, new items are served by where they stand."""

import numpy as np
import pytest
import torch

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.interactions import History
from tastemaker.recommenders.dreamrec import DreamRec, DreamRecConfig
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors, with_new_items

SMALL = DreamRecConfig(dim=16, layers=1, width=64, epochs=60, taste_dim=8)


@pytest.fixture(scope="module")
def world():
    catalog = checkerboard()
    vectors = ItemVectors(parity_vectors(catalog), {})
    return catalog, vectors, DreamRec(SMALL).fit(catalog, vectors)


def test_even_histories_draw_even_vectors(world):
    catalog, _, method = world
    for parity in (0, 1):
        scores = method.score([history_of(parity)], np.arange(catalog.size))[0]
        assert scores[parity::2].min() > scores[1 - parity :: 2].max()


def test_new_items_are_served_by_where_they_stand(world):
    catalog, _, method = world
    grown = with_new_items(catalog, 2)
    method.refresh(grown, ItemVectors(parity_vectors(grown), {}))
    even, odd = method.score([history_of(0)], np.array([catalog.size, catalog.size + 1]))[0]
    assert even > odd


def test_scores_are_cosines_and_nothing_known_is_minus_infinity(world):
    catalog, _, method = world
    scores = method.score([history_of(0), History.of([])], np.arange(catalog.size))
    assert np.abs(scores[0]).max() <= 1 + 1e-5
    assert np.isneginf(scores[1]).all()


def test_a_drawing_follows_from_the_seed(world):
    method = world[2]
    one = DreamRec(SMALL.model_copy(update={"guidance": 1.0, "sample_steps": 1, "dreams": 1}))
    one.restore(method.tensors())
    known = torch.randn(3, 16, generator=torch.Generator().manual_seed(0))
    drawn = one.drawn(one._net, known)
    assert drawn.shape == (3, one._net.vectors)
    assert torch.allclose(drawn.norm(dim=1), torch.ones(3), atol=1e-5)
    assert torch.equal(drawn, one.drawn(one._net, known))


def test_tastes_alone_are_enough():
    catalog = checkerboard()
    method = DreamRec(SMALL).fit(catalog, None)
    scores = method.score([history_of(0)], np.arange(36))[0]
    assert scores[0::2].mean() > scores[1::2].mean()

import numpy as np
import pytest
import torch

from tastemaker.alignment.balance import EXTRA, Balance
from tastemaker.encoders.base import unit


def world(n=400, dim=24, seed=0, noise=0.6):
    """Items with a true place; pictures and texts are noisy looks at it, each shifted its own way (the gap)."""
    rng = np.random.default_rng(seed)
    place = rng.normal(size=(n, dim))
    gap = rng.normal(size=(2, dim)) * 3
    pictures, texts = (unit(place + noise * rng.normal(size=(n, dim)) + shift) for shift in gap)
    return pictures, texts


@pytest.fixture
def fitted():
    pictures, texts = world()
    everyone = np.ones(300, bool)
    return Balance.fit(pictures[:300], texts[:300], everyone, everyone), pictures[300:], texts[300:]


def test_without_balance_words_bury_pictures_and_with_it_they_do_not(fitted):
    """Every other unseen item brings a picture alone, the others words alone; texts ask for the former."""
    balance, pictures, texts = fitted
    bare = np.arange(100) % 2 == 0
    raw = np.where(bare[:, None], pictures, texts)
    balanced = balance.items(pictures, texts, bare, ~bare)
    asked = np.flatnonzero(bare)

    def found(scores):
        return np.mean([np.argmax(scores[place]) == item for place, item in enumerate(asked)])

    assert found(texts[asked] @ raw.T) < 0.2
    assert found(balance.text(texts[asked]) @ balanced.T) > 0.8


@pytest.mark.parametrize("asks", ["text", "picture"])
def test_no_kind_of_item_crowds_out_another(fitted, asks):
    """A third of the items brings both, a third a picture, a third words; each gets its share of the top places."""
    balance, pictures, texts = fitted
    kind = np.arange(100) % 3
    matrix = balance.items(pictures, texts, kind != 1, kind != 2)
    fresh_pictures, fresh_texts = world(seed=5)
    queries = balance.text(fresh_texts) if asks == "text" else balance.picture(fresh_pictures)
    top = np.argsort(-queries @ matrix.T, axis=1)[:, :10]
    shares = np.bincount(kind[top].ravel(), minlength=3) / top.size
    assert shares.min() > 0.1, shares


def test_vectors_are_unit_and_an_item_with_nothing_is_zero(fitted):
    balance, pictures, texts = fitted
    has_picture, has_text = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    matrix = balance.items(pictures[:4], texts[:4], has_picture, has_text)
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), [1, 1, 1, 0], atol=1e-6)


def test_an_item_of_one_modality_is_what_a_query_of_it_is(fitted):
    balance, pictures, texts = fitted
    one, none = np.ones(3, bool), np.zeros(3, bool)
    both_ways = (
        (balance.items(pictures[:3], texts[:3], one, none), balance.picture(pictures[:3])),
        (balance.items(pictures[:3], texts[:3], none, one), balance.text(texts[:3])),
    )
    for item, query in both_ways:
        np.testing.assert_allclose(unit(item[:, :-EXTRA]), unit(query[:, :-EXTRA]), atol=1e-5)


def test_one_modality_alone_can_be_fitted():
    pictures, texts = world(50)
    balance = Balance.fit(pictures * 0, texts, np.zeros(50, bool), np.ones(50, bool))
    np.testing.assert_allclose(np.linalg.norm(balance.text(texts), axis=1), 1, rtol=1e-5)


def test_storage(fitted):
    balance, pictures, _ = fitted
    again = Balance.restore(balance.tensors())
    np.testing.assert_array_equal(again.picture(pictures), balance.picture(pictures))


def test_what_was_stored_before_hubs_were_known_still_opens(fitted):
    balance, pictures, texts = fitted
    old = {name: tensor for name, tensor in balance.tensors().items() if not name.startswith("hubs.")}
    everyone = np.ones(len(pictures), bool)
    opened = Balance.restore(old).items(pictures, texts, everyone, everyone)
    again = Balance.restore(balance.tensors()).items(pictures, texts, everyone, everyone)
    np.testing.assert_array_equal(again, balance.items(pictures, texts, everyone, everyone))
    assert not np.array_equal(opened, again)
    np.testing.assert_allclose(unit(opened[:, :-EXTRA]), unit(again[:, :-EXTRA]), atol=1e-6)


def test_what_is_learned_through_is_what_is_said():
    rng = np.random.default_rng(2)
    pictures, texts = unit(rng.normal(size=(60, 8))), unit(rng.normal(size=(60, 8)) + 1)
    there = np.ones(60, bool)
    balance = Balance.fit(pictures, texts, there, there)
    asked = balance.text_tensor(torch.from_numpy(3 * texts)).numpy()
    np.testing.assert_allclose(asked, balance.text(texts), atol=1e-5)

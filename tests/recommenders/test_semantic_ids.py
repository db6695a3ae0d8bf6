import re

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import FitError, UnknownName
from tastemaker.core.progress import Noted
from tastemaker.recommenders.semantic_codes import Recipe, Streams, learn
from tastemaker.recommenders.semantic_ids import SemanticIds, SemanticIdsConfig
from tastemaker.testing.contract import through_storage
from tastemaker.testing.recommenders import vectors_of
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors, with_new_items

RECIPE = Recipe((), (), "residual", 2, 4, 0)


def given_codes(n, places=(2, 5)):
    """Codes made elsewhere: the parity, and a running number."""
    return np.stack([np.arange(n) % places[0], (np.arange(n) // 2) % places[1]], axis=1).astype(np.float32)


def with_features(catalog, **features):
    items = [catalog.item(row) for row in range(catalog.size)]
    return Catalog(items, interactions=catalog.interactions, features=features)


def quick(**settings):
    return SemanticIds(SemanticIdsConfig(**{"dim": 16, "epochs": 12, "levels": 2, **settings}))


@pytest.mark.parametrize("decoder", ["items", "parallel", "autoregressive"])
def test_a_new_item_is_recommended_without_training(decoder):
    catalog = checkerboard()
    method = quick(decoder=decoder, epochs=25).fit(catalog, vectors_of(catalog))
    weights = {name: value.copy() for name, value in method.tensors().items() if name.startswith("net.")}
    assert np.isneginf(method.score([history_of(0)], np.array([40, 41]))).all()
    grown = with_new_items(catalog)
    method.refresh(grown, vectors_of(grown))
    for parity in (0, 1):
        even, odd = method.score([history_of(parity)], np.array([40, 41]))[0]
        assert (even > odd) == (parity == 0)
    after = method.tensors()
    assert all(np.array_equal(after[name], value) for name, value in weights.items())


def test_given_codes_are_taken_as_they_are_and_beat_no_words():
    catalog = with_features(checkerboard(), ids=given_codes(40))
    method = quick(streams=("ids",), given=("ids",), epochs=20).fit(catalog, None)
    ids = method.tensors()["ids"]
    assert np.array_equal(ids[:, :2], given_codes(40).astype(np.int64))
    scores = method.score([history_of(0), history_of(1)], np.arange(36, 40))
    assert scores[0, 0::2].min() > scores[0, 1::2].max()
    assert scores[1, 1::2].min() > scores[1, 0::2].max()


def test_items_of_the_same_codes_are_told_apart_by_a_last_one():
    catalog = with_features(checkerboard(), ids=given_codes(40, (2, 5)))
    ids = quick(streams=("ids",), given=("ids",), epochs=1).fit(catalog, None).tensors()["ids"]
    assert len(np.unique(ids, axis=0)) == 40
    assert ids[:10, 2].tolist() == [0] * 10
    assert ids[10:20, 2].tolist() == [1] * 10


def test_negative_codes_are_refused():
    catalog = with_features(checkerboard(), ids=given_codes(40) - 1)
    with pytest.raises(FitError, match="hold -1"):
        quick(streams=("ids",), given=("ids",)).fit(catalog, None)


def test_an_unknown_stream_lists_those_there_are():
    catalog = checkerboard()
    with pytest.raises(UnknownName, match="pictures") as caught:
        quick(streams=("pictures",)).fit(catalog, None)
    assert "words" in caught.value.hint


def test_streams_are_apart_and_an_item_may_lack_one():
    catalog = checkerboard()
    one = parity_vectors(catalog)
    two = parity_vectors(catalog, 5, seed=1)
    two[3] = np.nan
    catalog = with_features(catalog, sound=one, picture=two)
    streams = learn(catalog, None, catalog.interactions, RECIPE)
    codes = streams.read(catalog, None, np.arange(40))
    assert list(streams.sizes) == ["sound", "picture", "words"]
    assert codes.shape == (40, 6)
    assert (codes[3] >= 0).tolist() == [True, True, False, False, True, True]
    assert (np.delete(codes, 3, axis=0) >= 0).all()
    alone = learn(with_features(catalog, sound=one), None, catalog.interactions, RECIPE)
    assert np.array_equal(alone.read(catalog, None, np.arange(40))[:, :2], codes[:, :2])


def test_what_lacks_a_stream_is_still_ranked():
    catalog = checkerboard()
    picture = parity_vectors(catalog)
    picture[[36, 37]] = np.nan
    catalog = with_features(catalog, picture=picture)
    for decoder in ("items", "parallel", "autoregressive"):
        method = quick(decoder=decoder, streams=("picture", "words")).fit(catalog, None)
        scores = method.score([history_of(0)], np.arange(34, 40))[0]
        assert np.isfinite(scores).all()
        assert scores[2] > scores[3]


def test_nothing_known_of_items_leaves_who_chose_them():
    catalog = checkerboard()
    bare = Catalog(
        [type(item)(item.id) for item in (catalog.item(row) for row in range(40))], interactions=catalog.interactions
    )
    streams = learn(bare, None, bare.interactions, RECIPE)
    codes = streams.read(bare, None, np.arange(40))
    assert list(streams.sizes) == ["events"]
    assert (codes[:36] >= 0).all()
    assert (codes[36:] == -1).all()
    parities = [set((np.flatnonzero(codes[:36, 0] == code) % 2).tolist()) for code in np.unique(codes[:36, 0])]
    assert all(len(found) == 1 for found in parities)


@pytest.mark.parametrize("kind", ["residual", "product", "rq-vae"])
def test_stored_streams_read_alike(kind):
    catalog = checkerboard()
    vectors = vectors_of(catalog)
    streams = learn(catalog, vectors, catalog.interactions, Recipe((), (), kind, 2, 4, 0))
    again = Streams.restore(through_storage(streams.tensors()), kind)
    grown = with_new_items(catalog)
    rows = np.arange(42)
    codes = again.read(grown, vectors_of(grown), rows)
    assert np.array_equal(codes, streams.read(grown, vectors_of(grown), rows))
    assert (codes >= 0).all()


def test_vectors_of_another_width_are_not_read():
    catalog = checkerboard()
    streams = learn(catalog, vectors_of(catalog), catalog.interactions, RECIPE)
    other = ItemVectors(parity_vectors(catalog, 5), {})
    codes = streams.read(catalog, other, np.arange(40))
    assert (codes[:, :2] == -1).all()
    assert (codes[:, 2:] >= 0).all()


def test_removed_items_have_no_id_until_they_are_back():
    catalog = with_features(checkerboard(cold=0), ids=given_codes(40))
    alive = np.ones(40, bool)
    alive[[38, 39]] = False
    method = quick(streams=("ids",), given=("ids",), epochs=2).fit(catalog.restricted(alive), None)
    assert np.isneginf(method.score([history_of(0)], np.array([38, 39]))).all()
    method.refresh(catalog, None)
    assert np.isfinite(method.score([history_of(0)], np.array([38, 39]))).all()


def test_health_is_said_of_every_stream():
    said = []
    quick(epochs=1).fit(checkerboard(), vectors_of(checkerboard()), said.append)
    told = [event.message for event in said if isinstance(event, Noted) and "purity" in event.message]
    assert [line.split(":")[0] for line in told] == ["space", "words"]
    purity, chance, lost = (float(re.search(rf"{name} ([\d.]+)", told[0])[1]) for name in ("purity", "chance", "lost"))
    assert purity > chance
    assert 0 <= lost < 0.5

import json

import numpy as np
import pytest

from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace, blended
from tastemaker.core.errors import UnknownName
from tastemaker.testing.worlds import COLOURS, SHAPES, drawn_shop

CONFIG = ContrastiveConfig(
    dim=32, epochs=20, picture_size=32, picture_widths=(16, 32), text_width=32, batch_size=48,
    more=("attributes", "sound"),
)  # fmt: skip
KINDS = np.repeat(np.arange(12), 8)


@pytest.fixture(scope="module")
def shop():
    """Every kind has a sound of its own, heard through noise; two items are silent."""
    rng = np.random.default_rng(0)
    sound = (np.eye(12, 20)[KINDS] + 0.1 * rng.normal(size=(96, 20)) + 5).astype(np.float32)
    sound[[3, 50]] = np.nan
    return drawn_shop(8).with_features({"sound": sound})


@pytest.fixture(scope="module")
def space(shop):
    return ContrastiveSpace(CONFIG).fit(shop)


def right(space, matrix):
    """Share of the first three answers to each kind's name that are of the kind."""
    asked = space.embed_texts([f"{colour} {shape}" for colour in COLOURS for shape in SHAPES])
    top = np.argsort(-asked @ matrix.T, axis=1)[:, :3]
    return np.mean(KINDS[top] == np.arange(12)[:, None])


def test_an_item_that_brings_a_sound_alone_is_found_by_words(space, shop):
    everyone = np.arange(shop.size)
    bare = shop
    for modality in ("picture", "text", "attributes"):
        bare = bare.without_modality(modality, everyone)
    vectors = space.embed_items(bare, everyone)
    assert right(space, vectors.matrix) > 0.8
    assert np.flatnonzero(~vectors.present).tolist() == [3, 50]
    np.testing.assert_allclose(np.linalg.norm(vectors.matrix[vectors.present], axis=1), 1, atol=1e-5)


def test_attributes_ask_as_words_do(space, shop):
    asked = space.embed_further("attributes", shop, np.arange(shop.size))
    bare = shop.without_modality("text", np.arange(shop.size)).without_modality("attributes", np.arange(shop.size))
    found = space.embed_items(bare, np.arange(shop.size)).matrix
    assert np.mean(KINDS[(asked @ found.T).argmax(1)] == KINDS) > 0.7
    with pytest.raises(UnknownName, match="behaviour"):
        space.embed_further("behaviour", shop, np.arange(2))


def test_comes_back_from_storage(space, shop):
    again = ContrastiveSpace.restore(json.loads(json.dumps(space.settings())), space.tensors())
    rows = np.array([0, 3, 70])
    np.testing.assert_array_equal(again.embed_items(shop, rows).matrix, space.embed_items(shop, rows).matrix)


def test_a_wrong_name_is_said_before_training(shop):
    with pytest.raises(UnknownName, match="sond"):
        ContrastiveSpace(CONFIG.model_copy(update={"more": ("sond",)})).fit(shop)


def test_behaviour_is_what_it_was_when_the_space_was_fitted(shop):
    from tastemaker.catalog.catalog import Catalog
    from tastemaker.catalog.interactions import Interactions

    person = np.arange(96) // 8  # each kind has its own admirer, and each admirer every item of the kind
    events = Interactions(
        tuple(str(n) for n in range(12)), 96, person, np.arange(96), np.ones(96, np.float32), np.arange(96.0)
    )
    liked = Catalog.from_items([shop.item(row) for row in range(96)], events, shop.pictures)
    space = ContrastiveSpace(CONFIG.model_copy(update={"more": ("behaviour",)})).fit(liked)
    asked = space.embed_further("behaviour", liked, np.arange(96))
    np.testing.assert_array_equal(asked, space.embed_further("behaviour", shop, np.arange(96)))
    np.testing.assert_allclose(asked[:8] @ asked[:8].T, 0.75 + 0.25, atol=1e-4)
    assert (asked[0] @ asked[8:].T).max() < 0.95
    again = ContrastiveSpace.restore(json.loads(json.dumps(space.settings())), space.tensors())
    np.testing.assert_array_equal(again.embed_further("behaviour", shop, np.arange(96)), asked)


def test_blending_by_hand():
    matrix = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0.8, 0.6, 0]], np.float32)
    more = np.array([[0, 0], [0, 3], [1, 0]], np.float32)
    got = blended(matrix, more, 0.5)
    np.testing.assert_allclose(got[0], [1, 0, 0, 0])
    np.testing.assert_allclose(got[1], [0, 1, 0, 0])
    np.testing.assert_allclose(got[2], [0.8 * 0.5**0.5, 0.8 * 0.5**0.5, 0.6, 0], atol=1e-6)

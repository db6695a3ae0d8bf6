import json
from dataclasses import replace

import numpy as np
import pytest

from tastemaker.alignment.contrast.space import ContrastiveConfig
from tastemaker.alignment.fusion.learning import neighbourhoods
from tastemaker.alignment.fusion.matching import Opened
from tastemaker.alignment.fusion.settings import FusionConfig
from tastemaker.alignment.fusion.space import FusionSpace
from tastemaker.core import registry
from tastemaker.core.errors import Cancelled, ConfigError, NotFitted
from tastemaker.core.progress import Advanced
from tastemaker.core.seeds import generator
from tastemaker.testing.contract import through_storage
from tastemaker.testing.spaces import check_space
from tastemaker.testing.worlds import COLOURS, SHAPES, drawing, drawn_shop

CONTRAST = ContrastiveConfig(dim=32, epochs=12, picture_size=32, picture_widths=(16, 32), text_width=32, batch_size=48)
SMALL = FusionConfig(contrast=CONTRAST, epochs=25, learning_rate=2e-3, batch_size=24, memory=64)


@pytest.fixture(scope="module")
def shop():
    return drawn_shop(8)


@pytest.fixture(scope="module")
def space(shop):
    return FusionSpace(SMALL).fit(shop)


@pytest.fixture(scope="module")
def vectors(space, shop):
    return space.embed_items(shop, np.arange(shop.size))


def kinds(catalog):
    facts = [catalog.item(row).attributes for row in range(catalog.size)]
    return np.array([f"{fact['colour']} {fact['shape']}" for fact in facts])


ASKED = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]


def first_kinds(space, vectors, catalog, asked):
    """What stands first when the contrast says nothing: all scores alike, rows in any order."""
    rows = generator(0, "order").permutation(catalog.size)
    again = space.rerank(asked, vectors, rows, np.zeros(catalog.size, np.float32))[0]
    return kinds(catalog)[again[:5]]


def test_words_find_the_pictures_of_their_kind_by_the_second_look_alone(space, shop, vectors):
    right = [first_kinds(space, vectors, shop, asked) == asked for asked in ASKED]
    assert np.mean(right) > 0.6  # by chance 1/12


def test_a_picture_finds_the_words_of_its_kind_by_the_second_look_alone(space, shop, vectors):
    right = [first_kinds(space, vectors, shop, drawing(*asked.split(), seed=50)) == asked for asked in ASKED]
    assert np.mean(right) > 0.6


def test_matching_tells_the_picture_that_the_words_speak_of(space, shop, vectors):
    """The cross-attention alone, without either contrast."""
    items = Opened.among(vectors.more, np.arange(shop.size))
    matcher, tokens = space._fusion.matcher, space._fusion.reading.tokens
    found = [kinds(shop)[matcher.words_to_pictures(tokens.encode([asked])[0], items)[:, 1].argmax()] for asked in ASKED]
    assert np.mean(np.array(found) == ASKED) > 1 / 3  # by chance 1/12; sums in another order move it by a few


def test_only_the_first_are_looked_at_and_scores_keep_their_places(space, shop, vectors):
    few = replace_depth(space, 10)
    rows, scores = np.arange(shop.size), np.linspace(1, 0, shop.size, dtype=np.float32)
    again, kept = few.rerank("blue circle", vectors, rows, scores)
    np.testing.assert_array_equal(again[10:], rows[10:])
    assert sorted(again[:10]) == list(range(10))
    np.testing.assert_array_equal(kept, scores)


def test_what_has_no_picture_keeps_its_place(space, shop):
    bare = shop.without_modality("picture", np.array([3, 5]))
    vectors = space.embed_items(bare, np.arange(20))
    scores = np.linspace(1, 0, 20, dtype=np.float32)
    again, _ = space.rerank("blue circle", vectors, np.arange(20), scores)
    assert again[3] == 3
    assert again[5] == 5


def test_comes_back_from_storage(space, shop, vectors):
    again = FusionSpace.restore(json.loads(json.dumps(space.settings())), through_storage(space.tensors()))
    rows, scores = np.arange(shop.size), np.zeros(shop.size, np.float32)
    for asked in ("red stripes", drawing("red", "stripes")):
        np.testing.assert_array_equal(
            again.rerank(asked, vectors, rows, scores)[0], space.rerank(asked, vectors, rows, scores)[0]
        )


def test_keeps_the_contract_of_a_space():
    check_space(lambda: FusionSpace(SMALL.model_copy(update={"epochs": 1})))


def test_goes_on_where_it_stopped(shop, space, tmp_path):
    """Killed in the middle of the fusion and resumed, the training gives what an unbroken one gives."""
    config = SMALL.model_copy(update={"epochs": 3})
    path = tmp_path / "training"
    whole = FusionSpace.upon(space.contrast, config).learn(shop)
    with pytest.raises(Cancelled):
        FusionSpace.upon(space.contrast, config, checkpoint=path).learn(shop, stop_after(8))
    assert (tmp_path / "training-fusion").exists()
    resumed = FusionSpace.upon(space.contrast, config, checkpoint=path).learn(shop)
    for name, tensor in whole.tensors().items():
        np.testing.assert_allclose(resumed.tensors()[name], tensor, atol=1e-5, err_msg=name)


def test_without_pairs_there_is_no_second_look(shop):
    wordless = drawn_shop(1).without_modality("picture", np.arange(12))
    space = FusionSpace(SMALL.model_copy(update={"epochs": 1})).fit(wordless)
    vectors = space.embed_items(wordless, np.arange(12))
    rows, scores = np.arange(12), np.zeros(12, np.float32)
    np.testing.assert_array_equal(space.rerank("red circle", vectors, rows, scores)[0], rows)
    halves = np.zeros((0, 1), np.float16)
    nothing = Opened(halves[:, None], halves, halves, np.zeros((0, 1), np.int32))
    with pytest.raises(NotFitted):
        space.second_look("red circle", nothing, scores[:0])


def test_settings_of_the_contrast_are_read_and_checked():
    config = FusionConfig.read({"epochs": 2, "contrast": {"dim": 64}})
    assert FusionSpace(config).dim == FusionSpace(config).contrast.dim >= 64
    with pytest.raises(ConfigError):
        FusionConfig.read({"contrast": {"dim": 1}})


def test_is_registered():
    assert registry.find("encoder", "fusion") is FusionSpace


def test_neighbourhoods_hold_neighbours_and_every_item_once():
    """Items on a line: a neighbourhood is a stretch of it."""
    places = np.arange(64, dtype=np.float32)[:, None]
    batches = list(neighbourhoods(places, np.arange(64), 8, 16, np.random.default_rng(0)))
    assert sorted(np.concatenate(batches)) == list(range(64))
    for batch in batches:
        for part in (batch[:8], batch[8:]):
            assert np.ptp(part) == 7


def replace_depth(space, depth):
    other = FusionSpace.upon(space.contrast, space.config.model_copy(update={"depth": depth}))
    other._fusion = replace(space._fusion)
    return other


def stop_after(steps):
    """An observer that cancels the fusion's training after so many steps."""

    def hear(event):
        if isinstance(event, Advanced) and event.task == "learning the fusion" and event.done >= steps:
            raise Cancelled("killed")

    return hear

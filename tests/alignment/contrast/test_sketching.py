import json

import numpy as np
import pytest

from tastemaker.alignment.balance import EXTRA
from tastemaker.alignment.contrast.objective import found_at
from tastemaker.alignment.contrast.sketching import SHARES, Sketching
from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.encoders.base import unit
from tastemaker.nn.towers import FeatureTower
from tastemaker.testing.worlds import COLOURS, SHAPES, drawing, drawn_shop

NAMES = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
CONFIG = ContrastiveConfig(
    dim=32, epochs=3, picture_size=16, picture_widths=(8, 16), text_width=32, batch_size=64, sketch_share=0.9
)


@pytest.fixture(scope="module")
def space():
    return ContrastiveSpace(CONFIG).fit(drawn_shop(18))


def test_sketches_know_what_a_hardly_trained_tower_does_not(space):
    pictures = [drawing(*name.split(), seed=99) for name in NAMES]
    texts = space.embed_texts(NAMES)
    alone = ContrastiveSpace(CONFIG.model_copy(update={"sketch_share": 0.0})).fit(drawn_shop(18))

    def right(model):
        return np.mean((model.embed_texts(NAMES) @ model.embed_pictures(pictures).T).argmax(1) == np.arange(12))

    assert right(space) > 0.7 > right(alone)
    assert texts.shape == (12, 34)


def test_a_picture_asks_as_its_item_answers(space):
    shop = drawn_shop(2)
    everyone = np.arange(shop.size)
    bare = shop.without_modality("text", everyone).without_modality("attributes", everyone)
    items = space.embed_items(bare, everyone).matrix
    asked = space.embed_pictures([shop.pictures.open(shop.main_picture(row)) for row in everyone])
    np.testing.assert_allclose(unit(asked[:, :-EXTRA]), unit(items[:, :-EXTRA]), atol=1e-3)
    assert ((asked @ items.T).argmax(1) // 2 == everyone // 2).all()


def test_comes_back_from_storage(space):
    again = ContrastiveSpace.restore(json.loads(json.dumps(space.settings())), space.tensors())
    picture = [drawing("red", "circle")]
    np.testing.assert_array_equal(again.embed_pictures(picture), space.embed_pictures(picture))
    rows = np.arange(5)
    shop = drawn_shop(2)
    np.testing.assert_array_equal(again.embed_items(shop, rows).matrix, space.embed_items(shop, rows).matrix)


def test_a_share_is_chosen_by_what_it_brings_to_unseen_pairs():
    rng = np.random.default_rng(0)
    texts, noise = (unit(rng.normal(size=(200, 16)).astype(np.float32)) for _ in range(2))
    blurred = unit(texts + 0.8 * noise)
    tower = Sketching(FeatureTower(4, 16), np.zeros(4, np.float32), 1.0, (4, 4))
    assert tower.chosen(noise, texts, texts).share == max(SHARES)
    assert tower.chosen(blurred, noise, texts).share == 0.0


def test_the_rank_of_the_own_line():
    gallery = np.eye(3, dtype=np.float32)
    assert found_at(gallery[[0, 2, 2]], gallery) == pytest.approx((1 + 1 / 2 + 1) / 3)


def test_few_items_are_not_sketched():
    space = ContrastiveSpace(CONFIG.model_copy(update={"epochs": 1})).fit(drawn_shop(2))
    assert not any(name.startswith("sketching.") for name in space.tensors())

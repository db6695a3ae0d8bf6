import json

import numpy as np
import pytest

from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace, auto_epochs
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, ConfigError, FitError, NotFitted
from tastemaker.core.progress import Advanced, Noted
from tastemaker.testing.worlds import COLOURS, SHAPES, drawing, drawn_shop

SMALL = ContrastiveConfig(dim=32, epochs=30, picture_size=32, picture_widths=(16, 32), text_width=32, batch_size=48)


@pytest.fixture(scope="module")
def shop():
    return drawn_shop(8)


@pytest.fixture(scope="module")
def space(shop):
    return ContrastiveSpace(SMALL).fit(shop)


def kinds(catalog):
    facts = [catalog.item(row).attributes for row in range(catalog.size)]
    return [f"{fact['colour']} {fact['shape']}" for fact in facts]


def share_right(space, vectors, catalog, k=3):
    """Share of the first k places that hold the kind asked for, over all twelve kinds."""
    asked = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    top = np.argsort(-space.embed_texts(asked) @ vectors.matrix.T, axis=1)[:, :k]
    names = np.array(kinds(catalog))
    return np.mean(names[top] == np.array(asked)[:, None])


def test_words_find_pictures_that_were_never_seen(space):
    names = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    pictures = [drawing(*name.split(), seed=99) for name in names]
    nearest = (space.embed_texts(names) @ space.embed_pictures(pictures).T).argmax(1)
    assert np.mean(nearest == np.arange(12)) > 0.7


@pytest.mark.parametrize("hidden", ["text", "picture"])
def test_items_that_lack_a_modality_are_not_buried(space, shop, hidden):
    """Half of the items of each kind bring one modality alone; they keep about half of the first places."""
    rows = np.arange(0, shop.size, 2)
    catalog = shop.without_modality(hidden, rows)
    if hidden == "text":
        catalog = catalog.without_modality("attributes", rows)
    vectors = space.embed_items(catalog, np.arange(shop.size))
    assert vectors.has[hidden][rows].sum() == 0
    assert share_right(space, vectors, shop) > 0.8
    asked = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    top = np.argsort(-space.embed_texts(asked) @ vectors.matrix.T, axis=1)[:, :4]
    assert 0.1 < np.mean(top % 2 == 0) < 0.9


def test_a_killed_training_resumes_to_the_same_space(space, shop, tmp_path):
    def die(event):
        if isinstance(event, Advanced) and event.task.startswith("learning") and event.done == 25:
            raise Cancelled("killed")

    seen = []
    with pytest.raises(Cancelled):
        ContrastiveSpace(SMALL, checkpoint=tmp_path / "c").fit(shop, die)
    resumed = ContrastiveSpace(SMALL, checkpoint=tmp_path / "c").fit(shop, seen.append)
    assert any("goes on after epoch" in e.message for e in seen if isinstance(e, Noted))
    np.testing.assert_allclose(resumed.embed_texts(["red circle"]), space.embed_texts(["red circle"]), atol=1e-3)


def test_words_alone_and_pictures_alone_still_give_vectors(shop):
    everyone = np.arange(shop.size)
    words = shop.without_modality("picture", everyone)
    space = ContrastiveSpace(SMALL).fit(words)
    assert share_right(space, space.embed_items(words, everyone), shop) > 0.9
    assert not space.embed_pictures([drawing("red", "circle", seed=1)]).any()  # no picture was ever seen
    pictures = shop.without_modality("text", everyone).without_modality("attributes", everyone)
    space = ContrastiveSpace(SMALL.model_copy(update={"epochs": 10})).fit(pictures)
    vectors = space.embed_items(pictures, everyone)
    near = vectors.matrix @ vectors.matrix.T
    np.fill_diagonal(near, -1)
    names = np.array(kinds(shop))
    assert np.mean(names[near.argmax(1)] == names) > 0.5
    assert not vectors.has["text"].any()
    assert not space.embed_texts(["red circle"]).any()  # no word was ever read


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(FitError, match="no item has a picture or a word"):
        ContrastiveSpace(SMALL).fit(Catalog.from_items([Item("a"), Item("b")]))
    with pytest.raises(FitError):
        ContrastiveSpace(SMALL).fit(Catalog.from_items([]))


def test_one_item_is_enough_to_go_on():
    space = ContrastiveSpace(SMALL).fit(Catalog.from_items([Item("a", "red dress")]))
    assert space.embed_items(Catalog.from_items([Item("a", "red dress")]), np.arange(1)).present.all()


def test_asking_before_learning_is_an_error():
    with pytest.raises(NotFitted):
        ContrastiveSpace(SMALL).embed_texts(["red"])


def test_removed_items_are_not_learned_and_have_no_vector(shop):
    alive = np.ones(shop.size, bool)
    alive[:5] = False
    space = ContrastiveSpace(SMALL.model_copy(update={"epochs": 1})).fit(shop.restricted(alive))
    vectors = space.embed_items(shop.restricted(alive), np.arange(8))
    assert vectors.present.tolist() == [False] * 5 + [True] * 3


def test_comes_back_from_storage(space, shop):
    settings = json.loads(json.dumps(space.settings()))
    again = ContrastiveSpace.restore(settings, space.tensors())
    rows = np.arange(6)
    np.testing.assert_array_equal(again.embed_items(shop, rows).matrix, space.embed_items(shop, rows).matrix)
    assert again.config == SMALL


def test_epochs_fall_with_size():
    assert [auto_epochs(n) for n in (1, 1200, 20_000, 10**5, 10**7)] == [60, 40, 40, 8, 4]


def test_settings_out_of_range_are_named():
    with pytest.raises(ConfigError, match="dim"):
        ContrastiveConfig.read({"dim": 0})
    with pytest.raises(ConfigError, match="epoch"):
        ContrastiveConfig.read({"epoch": 3})


SETTINGS = [
    {"loss": "sigmoid"},
    {"hard_share": 0.5, "hard_group": 4},
    {"memory": 32, "batch_size": 24},
    {"chunk": 16, "batch_size": 96},
    {"product": "shape"},
    {"cover": 0.3, "colours": "turn"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_way_to_learn_finds_colour_and_shape(shop, settings):
    config = SMALL.model_copy(update={"epochs": 14, **settings})
    space = ContrastiveSpace(ContrastiveConfig.read(config.model_dump())).fit(shop)
    asked = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    top = np.argsort(-space.embed_texts(asked) @ space.embed_items(shop, np.arange(shop.size)).matrix.T, axis=1)[:, :3]
    shapes = np.array([name.split()[1] for name in kinds(shop)])
    colours = np.array([name.split()[0] for name in kinds(shop)])
    assert np.mean(shapes[top] == np.tile(SHAPES, len(COLOURS))[:, None]) > 0.6
    if settings.get("colours") != "turn" and "product" not in settings:
        assert np.mean(colours[top] == np.repeat(list(COLOURS), len(SHAPES))[:, None]) > 0.6


def test_coarse_labels_are_enough_where_captions_are_missing(shop):
    """No title, no text: kind and colour as words, which seven others share."""
    bare = shop.without_modality("text", np.arange(shop.size))
    space = ContrastiveSpace(SMALL).fit(bare)
    names = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    pictures = [drawing(*name.split(), seed=99) for name in names]
    assert np.mean((space.embed_texts(names) @ space.embed_pictures(pictures).T).argmax(1) == np.arange(12)) > 0.7


def test_hard_batches_resume_to_the_same_space(shop, tmp_path):
    config = SMALL.model_copy(update={"epochs": 6, "hard_share": 0.7, "hard_group": 4, "memory": 16})

    def die(event):
        if isinstance(event, Advanced) and event.task.startswith("learning") and event.done == 9:
            raise Cancelled("killed")

    with pytest.raises(Cancelled):
        ContrastiveSpace(config, checkpoint=tmp_path / "c").fit(shop, die)
    resumed = ContrastiveSpace(config, checkpoint=tmp_path / "c").fit(shop)
    whole = ContrastiveSpace(config).fit(shop)
    np.testing.assert_allclose(resumed.embed_texts(["red circle"]), whole.embed_texts(["red circle"]), atol=1e-3)


def test_training_goes_on_from_a_fitted_space(space, shop):
    """One gentle epoch leaves the towers near to where they started; one from nothing is somewhere else."""
    once = ContrastiveConfig.read({**SMALL.model_dump(), "epochs": 1, "learning_rate": 1e-4})
    further, fresh = ContrastiveSpace(once, start=space).fit(shop), ContrastiveSpace(once).fit(shop)
    there, near, far = (made.tensors()["towers.text.project.weight"] for made in (space, further, fresh))
    assert 0 < np.abs(near - there).max() < 0.1 * np.abs(far - there).max()
    assert share_right(further, further.embed_items(shop, np.arange(shop.size)), shop) > 0.8
    assert further.settings()["tokens"] == space.settings()["tokens"]


def test_levelling_anew_leaves_the_towers(space, shop):
    again = ContrastiveSpace.restore(space.settings(), space.tensors()).level(shop)
    np.testing.assert_allclose(again.embed_texts(["red circle"]), space.embed_texts(["red circle"]), atol=1e-5)
    bare = shop.without_modality("picture", np.arange(4))
    other = ContrastiveSpace.restore(space.settings(), space.tensors()).level(bare)
    assert np.abs(other.embed_texts(["red circle"]) - space.embed_texts(["red circle"])).max() > 1e-6


def test_a_picture_that_shows_nothing_is_refused():
    with pytest.raises(ConfigError, match=r"'picture_size' is 2: a picture of 2 pixels shows nothing: 0 or 16"):
        ContrastiveConfig.read({"picture_size": 2})
    assert ContrastiveConfig.read({"picture_size": 0}).picture_size == 0

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.core.errors import FitError
from tastemaker.recommenders.content import Content, ContentConfig, mean_of_largest
from tastemaker.testing.worlds import checkerboard, history_of, with_new_items


def bare(vectors):
    """Items that bring nothing but a vector."""
    matrix = np.array(vectors, np.float32)
    items = Catalog.from_items([Item(str(row)) for row in range(len(matrix))])
    return items, ItemVectors(matrix, {"picture": np.any(matrix != 0, axis=1)})


TWO_TASTES = bare([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0], [0.70710678, 0.70710678, 0], [0, 0, 1], [0, 0, 0]])
"""0 and 1 are liked; 2 and 3 are like one of them, 4 lies between them, 5 is like neither, 6 says nothing."""


def scores(config, history):
    return Content(config).fit(*TWO_TASTES).score([history], np.arange(7))[0]


def test_cosine_to_the_mean_by_hand():
    got = scores(ContentConfig(focus=0, described=0, half_life=1), History.of([0, 1]))  # weights 1/2 and 1
    root = 2**-0.5
    assert got[:6].tolist() == pytest.approx([1 / 3, 2 / 3, 1 / 3, 2 / 3, root, 0])
    assert got[6] == -np.inf


def test_several_tastes_are_not_their_average():
    history = History.of([0, 1])
    average = scores(ContentConfig(focus=0, described=0, half_life=0), history)
    focused = scores(ContentConfig(focus=1, nearest=1, described=0, half_life=0), history)
    assert average[4] > average[2]
    assert focused[2] > focused[4]


def test_what_is_like_a_disliked_item_falls():
    history = History(np.array([0, 1]), np.array([1, -1], np.float32), np.full(2, np.nan))
    got = scores(ContentConfig(described=0), history)
    assert got[2] > got[5] > got[3]


def test_without_vectors_words_and_attributes_speak():
    catalog = checkerboard()
    model = Content().fit(catalog, None)
    got = model.score([history_of(0)], np.arange(36, 40))[0]  # cold items
    assert min(got[[0, 2]]) > max(got[[1, 3]])


def test_an_item_added_live_is_read_at_the_next_refresh():
    model = Content().fit(checkerboard(), None)
    assert np.isneginf(model.score([history_of(0)], np.array([40]))).all()
    model.refresh(with_new_items(checkerboard()), None)
    even, odd = model.score([history_of(0)], np.array([40, 41]))[0]
    assert even > odd


def test_a_changed_item_is_read_again():
    model = Content().fit(checkerboard(), None)
    before = model.score([history_of(0)], np.array([39]))[0, 0]
    items = [checkerboard().item(row) for row in range(40)]
    items[39] = Item(items[39].id, "even thing", "a thing with an even number", attributes={"parity": "even"})
    model.refresh(Catalog.from_items(items), None)
    assert model.score([history_of(0)], np.array([39]))[0, 0] > before


def test_because_names_the_nearest():
    model = Content(ContentConfig(described=0)).fit(*TWO_TASTES)
    assert model.because(History.of([0, 1, 5]), 2)[0] == (0, pytest.approx(1.0))
    assert model.because(History.of([0, 1]), 6) == []


def test_items_that_say_nothing_are_an_error():
    with pytest.raises(FitError):
        Content().fit(Catalog.from_items([Item("a"), Item("b")]), None)


@pytest.mark.parametrize("n", [1, 3, 8])
def test_the_mean_of_the_largest_is_that_of_the_sorted(n):
    lines = np.random.default_rng(0).normal(size=(6, 50)).astype(np.float32)
    assert mean_of_largest(lines.copy(), n) == pytest.approx(np.sort(lines, axis=0)[-n:].mean(axis=0), abs=1e-6)


def test_few_items_and_many_people_get_the_scores_that_all_items_and_one_person_get():
    content = Content().fit(checkerboard(), None)
    people = [history_of(n % 2, n) for n in range(20)] + [History.of([])]
    few = np.array([7, 30, 2])
    together = content.score(people, few)
    alone = np.concatenate([content.score([one], np.arange(40))[:, few] for one in people])
    assert together == pytest.approx(alone, abs=1e-5)
    assert content.because_each(people[8], few)[1][0][0] in people[8].rows


def test_many_items_in_few_directions_are_compared_in_these():
    chance = np.random.default_rng(0)
    flat = chance.normal(size=(400, 4)) @ chance.normal(size=(4, 30)) + 0.01 * chance.normal(size=(400, 30))
    shop = bare(flat / np.linalg.norm(flat, axis=1, keepdims=True))
    part, whole = (Content(ContentConfig(described=0, kept=kept)).fit(*shop) for kept in (0.99, 1.0))
    assert part.tensors()["table"].shape == (400, 4)
    history = [History.of([3, 5, 8])]
    assert part.score(history, np.arange(400)) == pytest.approx(whole.score(history, np.arange(400)), abs=0.01)
    few = Content(ContentConfig(described=0, kept=0.99)).fit(*bare(shop[1].matrix[:100]))
    assert few.tensors()["table"].shape == (100, 30)  # too few to tell what new items will need


def test_what_an_earlier_version_has_stored_is_read():
    model = Content(ContentConfig(described=0)).fit(*TWO_TASTES)
    old = Content(ContentConfig(described=0)).restore({k: v for k, v in model.tensors().items() if k != "turn"})
    catalog, vectors = TWO_TASTES
    turned = ItemVectors(vectors.matrix[:, [1, 2, 0]], dict(vectors.has))
    for each in (model, old):
        each.refresh(catalog, turned)  # every item has changed, so all are read by what was restored
    assert np.array_equal(old.score([History.of([0])], np.arange(7)), model.score([History.of([0])], np.arange(7)))

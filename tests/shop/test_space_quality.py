"""The space of a shop is judged on items that its training kept apart, as long as it is known which."""

import numpy as np

from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.items import Item
from tastemaker.shop.fitted import Fitted, item_keys
from tastemaker.shop.live import View
from tastemaker.shop.space_quality import held_out
from tastemaker.testing.worlds import drawn_shop, lacking


class EveryThird(ContrastiveSpace):
    """Keeps every third pair apart."""

    def held_out(self, pairs):
        return pairs[::3]


def viewed(catalog, fit_on):
    """A view of a catalog whose space was fitted on another one."""
    has = {"picture": np.array([bool(fit_on.images(row)) for row in range(fit_on.size)]),
           "text": np.array([bool(fit_on.item(row).title) for row in range(fit_on.size)])}  # fmt: skip
    vectors = ItemVectors(np.ones((fit_on.size, 2), np.float32), has)
    fitted = Fitted(space=EveryThird(), vectors=vectors, keys=item_keys(fit_on))
    return View(catalog, fitted, vectors, item_keys(catalog), 0)


def test_places_among_what_was_there_become_rows():
    catalog = drawn_shop(2)
    alive = np.arange(24) != 1
    whole = lacking(catalog, 3).restricted(alive)  # pairs are rows 0, 2, 6, 7, 8, 9, ...
    assert held_out(viewed(whole, whole))[:3].tolist() == [0, 7, 10]


def test_an_item_that_has_changed_since_is_left_out():
    catalog = drawn_shop(2)
    changed = [catalog.item(row) for row in range(24)]
    changed[3] = Item(changed[3].id, "another thing", images=changed[3].images)
    assert held_out(viewed(catalog, catalog)).tolist() == list(range(0, 24, 3))
    now = type(catalog).from_items(changed, pictures=catalog.pictures)
    assert held_out(viewed(now, catalog)).tolist() == list(range(0, 24, 3))[:1] + list(range(6, 24, 3))


def test_training_keeps_a_share_of_enough_pairs():
    space = ContrastiveSpace(ContrastiveConfig(validation=0.05, seed=3))
    kept = space.held_out(np.arange(400) * 2)
    assert len(set(kept.tolist())) == 20
    assert set(kept.tolist()) <= set(range(0, 800, 2))
    assert space.held_out(np.arange(400) * 2).tolist() == kept.tolist()
    assert len(space.held_out(np.arange(399))) == 0


def test_a_small_shop_says_that_its_figures_flatter(shop):
    told = shop.evaluate_space(seed=1)
    assert told.protocol["held_out"] is False
    assert told.coverage.both == told.coverage.items == 48
    assert {one.attribute for one in told.probes} >= {"colour", "kind"}
    assert told.to_json() == shop.evaluate_space(seed=1).to_json()

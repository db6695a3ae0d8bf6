"""What is wished for lifts; nothing of it filters."""

import numpy as np

from tastemaker.core.ranking import Facet
from tastemaker.shop import Shop
from tastemaker.shop.pulling import KIND, PULL, pulls, taste


def test_known_values_pull_fully_and_others_not(shop: Shop) -> None:
    view = shop.view
    rows = view.catalog.rows(["vase-red-0", "vase-blue-0"])
    red = Facet("colour", "=", "red")
    assert pulls(view, [red], rows).tolist() == [PULL, 0.0]
    assert pulls(view, [Facet("colour", "!=", "red")], rows).tolist() == [-PULL, 0.0]
    assert pulls(view, [Facet("colour", "=", "red", hard=True)], rows).tolist() == [0.0, 0.0]


def test_what_a_thing_is_pulls_more_than_what_it_is_like(shop: Shop) -> None:
    rows = shop.view.catalog.rows(["vase-blue-0", "plate-red-0"])
    assert pulls(shop.view, [Facet("kind", "=", "vase"), Facet("colour", "=", "red")], rows).tolist() == [KIND, PULL]
    assert pulls(shop.view, [Facet("kind", "!=", "vase")], rows).tolist() == [-PULL, 0.0]
    found = [item.id.split("-")[:2] for item in shop.search("a red vase", k=12).items]
    assert found[:4] == [["vase", "red"]] * 4
    assert all(kind == "vase" for kind, _ in found)


def test_a_wish_for_cheaper_ranks_by_price(shop: Shop) -> None:
    rows = shop.view.catalog.rows(["vase-red-0", "vase-red-1", "vase-red-2"])
    lifted = pulls(shop.view, [Facet("price", "less", "expensive")], rows)
    assert lifted.tolist() == [PULL, PULL / 2, 0.0]
    assert pulls(shop.view, [Facet("price", "more", "expensive")], rows).tolist() == [0.0, PULL / 2, PULL]


def test_taste_lies_between_nothing_and_its_most(shop: Shop) -> None:
    view = shop.view
    rows = np.flatnonzero(view.catalog.alive)
    lifted = taste(view, shop.store.history("u0"), rows)
    assert lifted.min() == 0
    assert np.isclose(lifted.max(), 0.15)
    assert not taste(view, None, rows).any()

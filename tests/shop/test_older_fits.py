"""What older code has fitted: it is said that it must be fitted again, and fitting again mends it."""

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import WorkspaceError
from tastemaker.core.storage import Artefacts
from tastemaker.shop import Shop
from tastemaker.shop.fitted import load, write_recommender
from tests.shop.parity import SETTINGS, write_parity


@pytest.fixture
def folder(tmp_path):
    root = write_parity(tmp_path / "shop", SETTINGS.replace('"ease", "popularity"', '"content", "popularity"'))
    with Shop(root) as shop:
        shop.fit()
    return root


def age(folder):
    """The published recommender, as a version would have written it that knew fewer things of an item."""
    artefacts = Artefacts(folder / ".tastemaker")
    hybrid = load(artefacts).recommender
    content = hybrid.sources["content"]
    content._take(np.ascontiguousarray(content._table[:, :-1]))
    artefacts.publish({"recommender": write_recommender(artefacts, hybrid, {})})


def test_an_older_recommender_is_to_be_fitted_again(folder):
    with Shop(folder) as shop:
        shop.add([Item("new", department="home", price=3.0)])
    age(folder)
    with Shop(folder) as shop:
        with pytest.raises(WorkspaceError, match="another version") as caught:
            shop.recommend("u4")
        assert "tastemaker fit" in caught.value.hint
        shop.fit(["recommender"])
        assert shop.recommend("u4", k=3).ids


def test_a_running_shop_keeps_what_it_serves(folder):
    with Shop(folder) as shop:
        shop.swap_aside = True
        shop.add([Item("new", department="home", price=3.0)])
        before = shop.recommend("u4", k=3).ids
        age(folder)
        with pytest.raises(WorkspaceError, match="another version"):
            shop.swap()
        assert not shop.swap(), "the same is not tried again"
        assert shop.recommend("u4", k=3).ids == before

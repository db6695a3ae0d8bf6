"""What is missing is missing for the share that was asked for, and nothing else changes."""

import numpy as np
import pytest

from tastemaker.core.errors import InputError, UnknownName
from tastemaker.evaluation.missing import without
from tastemaker.testing.worlds import checkerboard, drawn_shop

HAS = {
    "picture": lambda catalog, row: bool(catalog.images(row)),
    "text": lambda catalog, row: bool(catalog.item(row).title or catalog.item(row).text),
    "attributes": lambda catalog, row: bool(catalog.item(row).attributes),
}


def having(catalog, what):
    return {row for row in range(catalog.size) if HAS[what](catalog, row)}


@pytest.mark.parametrize("what", sorted(HAS))
def test_a_share_of_the_items_loses_one_modality(what):
    shop = drawn_shop()
    for share in (0, 0.25, 1):
        found = without(shop, what, share)
        assert len(having(found, what)) == shop.size - round(share * shop.size)
        for other in HAS.keys() - {what}:
            assert len(having(found, other)) == shop.size
    assert len(having(shop, what)) == shop.size


def test_more_is_missing_with_every_step():
    shop = drawn_shop()
    less, more, other = (
        having(without(shop, "picture", share, seed=s), "picture") for share, s in ((0.2, 1), (0.6, 1), (0.2, 2))
    )
    assert more < less
    assert other != less


def test_a_named_feature_is_missing():
    board = checkerboard()
    board = board.with_features({"sound": np.ones((40, 3), np.float32), "light": np.ones((40, 2), np.float32)})
    found = without(board, "sound", 0.5)
    assert np.isnan(found.features["sound"]).all(axis=1).sum() == 20
    assert np.isfinite(found.features["sound"]).all(axis=1).sum() == 20
    assert np.isfinite(found.features["light"]).all()
    assert np.isfinite(board.features["sound"]).all()
    assert found.interactions is board.interactions


def test_used_wrongly():
    with pytest.raises(UnknownName, match="unknown modality 'pictures'") as caught:
        without(drawn_shop(), "pictures", 0.5)
    assert "'picture'" in caught.value.hint
    with pytest.raises(InputError, match="missing share"):
        without(drawn_shop(), "picture", 1.5)

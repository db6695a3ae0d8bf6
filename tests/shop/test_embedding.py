import sys

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, MissingExtra, NotFitted
from tastemaker.core.types import ItemId
from tastemaker.scale.cluster import lacking
from tastemaker.scale.table import VectorTable
from tastemaker.shop import Shop


def read(out):
    batches = list(VectorTable(out).batches())
    return [id for ids, _ in batches for id in ids], np.concatenate([part for _, part in batches])


def test_the_table_is_what_the_shop_itself_would_say(shop, tmp_path):
    done = shop.embed(tmp_path / "out", rows=20)
    assert (done.items, done.shards) == (48, 3)
    ids, matrix = read(tmp_path / "out")
    assert ids == shop.catalog.ids
    np.testing.assert_allclose(matrix, shop.view.vectors.matrix, atol=1e-5)


def test_items_that_come_later_are_embedded_without_a_new_fit(shop, tmp_path):
    shop.embed(tmp_path / "out", rows=20)
    shop.add([Item(ItemId("new"), title="Red plate")])
    shop.remove(["vase-red-0"])
    done = shop.embed(tmp_path / "out", rows=20)
    assert (done.items, done.done) == (48, 2)  # the first shard lost one, the last got one
    ids, matrix = read(tmp_path / "out")
    assert "new" in ids
    assert "vase-red-0" not in ids
    rows = shop.catalog.rows(ids)
    np.testing.assert_allclose(matrix, shop.view.vectors.matrix[rows], atol=1e-5)


def test_a_price_moves_no_vector(shop, tmp_path):
    shop.embed(tmp_path / "out")
    (tmp_path / "prices.csv").write_text("id,price\nvase-red-0,3\n")
    shop.add(tmp_path / "prices.csv")
    assert shop.embed(tmp_path / "out").done == 0


def test_another_catalog_borrows_the_space(shop, fitted_folder, tmp_path):
    other = tmp_path / "big"
    other.mkdir()
    (other / "items.csv").write_text("id,title\na,Red plate\nb,Blue lamp\n")
    with Shop(other) as big:
        with pytest.raises(NotFitted, match="no space"):
            big.embed(tmp_path / "out")
        assert big.embed(tmp_path / "out", space=fitted_folder).items == 2
    assert VectorTable(tmp_path / "out").search(shop.space.embed_texts(["a blue lamp"])[0], 1)[0] == ["b"]


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"rows": 0}, {"workers": True}])
def test_numbers_that_make_no_sense_are_refused(shop, tmp_path, wrong):
    with pytest.raises(InputError, match="whole number"):
        shop.embed(tmp_path / "out", **wrong)


@pytest.mark.parametrize(("module", "ray"), [("lance", False), ("ray", True)])
def test_without_the_extra_it_says_what_to_install(shop, tmp_path, monkeypatch, module, ray):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as found:
        shop.embed(tmp_path / "out", ray=ray)
    assert found.value.hint == "pip install 'tastemaker[scale]'"


def test_doctor_tells_what_the_extra_lacks(shop, monkeypatch):
    assert shop.doctor()["scale"] == lacking() == ""
    monkeypatch.setattr("tastemaker.scale.cluster.PACKAGES", {"pylance": "no_such_module", "ray": "ray"})
    assert shop.doctor()["scale"] == "pylance not installed: pip install 'tastemaker[scale]'"

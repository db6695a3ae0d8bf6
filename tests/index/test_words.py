import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store
from tastemaker.core.errors import InputError
from tastemaker.index.words import Words

ITEMS = [
    Item("a", "Linen shirt", "cool in summer"),
    Item("b", "Wool coat", "over a linen shirt"),
    Item("c", "Lamp", "", attributes={"material": "linen"}),
    Item("d", "Chair", "oak"),
]


@pytest.fixture
def index(tmp_path):
    store = Store(tmp_path / "shop.db")
    store.put_items(ITEMS)
    yield Words(store)
    store.close()


def test_titles_count_most_and_items_without_a_word_are_not_found(index):
    rows, scores = index.search("linen shirt", 10)
    assert rows[0] == 0
    assert sorted(rows.tolist()) == [0, 1, 2]
    assert (np.diff(scores) <= 0).all()
    assert (scores > 0).all()


def test_a_mask_keeps_rows_and_k_cuts(index):
    assert index.search("linen", 10, np.array([False, False, True, True]))[0].tolist() == [2]
    assert len(index.search("linen", 1)[0]) == 1


@pytest.mark.parametrize("text", ["", "   ", '"', "title:linen OR NOT *", "'; drop table items; --", "été ☃ مرحبا"])
def test_any_text_is_only_words(index, text):
    rows, scores = index.search(text, 5)
    assert len(rows) == len(scores)
    assert index.search("oak", 5)[0].tolist() == [3]


def test_k_below_one_is_refused(index):
    with pytest.raises(InputError):
        index.search("linen", 0)

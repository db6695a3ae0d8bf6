import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store
from tastemaker.index.fusion import USUAL_SHARE, learn_weights
from tastemaker.index.words import Words

N = 60
ITEMS = [Item(f"i{n}", title=f"thing{n} of{n} glass{n}", text=f"made{n} by{n} hand{n} in{n} town{n}") for n in range(N)]
VECTORS = ItemVectors(np.eye(N, dtype=np.float32), {"text": np.ones(N, bool)})


class NumberSpace:
    """Reads the number in the first word; ``clear`` says whether it gives that item's vector or another's."""

    def __init__(self, clear):
        self.clear = clear

    def embed_texts(self, texts):
        numbers = [int("".join(c for c in text.split()[0] if c.isdigit())) for text in texts]
        return np.eye(N, dtype=np.float32)[[n if self.clear else (n + 7) % N for n in numbers]]


class Silent:
    def search_words(self, text, k, rows=None):
        return np.empty(0, np.int64), np.empty(0, np.float32)


class Wrong:
    """Words that always find the next item first."""

    def search_words(self, text, k, rows=None):
        row = int("".join(c for c in text.split()[0] if c.isdigit()))
        return np.array([(row + 1) % N, row]), np.array([2.0, 1.0], np.float32)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "shop.db")
    store.put_items(ITEMS)
    yield store
    store.close()


def test_blind_vectors_leave_it_to_the_words(store):
    assert learn_weights(store.snapshot(), NumberSpace(clear=False), VECTORS, Words(store)) > 0.5


def test_misleading_words_leave_it_to_the_vectors(store):
    share = learn_weights(store.snapshot(), NumberSpace(clear=True), VECTORS, Words(Wrong()))
    assert share <= 0.5
    assert share < learn_weights(store.snapshot(), NumberSpace(clear=False), VECTORS, Words(store))


def test_where_both_are_right_the_usual_share_stays(store):
    assert learn_weights(store.snapshot(), NumberSpace(clear=True), VECTORS, Words(store)) == USUAL_SHARE


def test_the_same_seed_learns_the_same(store):
    found = {learn_weights(store.snapshot(), NumberSpace(clear=False), VECTORS, Words(store), seed=4) for _ in range(2)}
    assert len(found) == 1


def test_items_without_words_teach_nothing():
    bare = Catalog.from_items([Item("a"), Item("b")])
    assert learn_weights(bare, NumberSpace(clear=True), VECTORS, Words(Silent())) == USUAL_SHARE

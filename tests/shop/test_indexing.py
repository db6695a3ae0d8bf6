"""A shop of 2,400 items that is told to grow out of exact search at 1,000: built, found, mended, thrown away."""

import csv
import shutil
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core import registry
from tastemaker.core.storage import Artefacts
from tastemaker.index.exact import ExactIndex
from tastemaker.index.planned import PlannedIndex
from tastemaker.shop import Shop, indexing

ITEMS = 2_400
SETTINGS = '[space]\nname = "fixed"\ndim = 64\n[index]\nexact_rows = 1000\n'


@pytest.fixture(scope="module", autouse=True)
def fixed_space_is_known():
    """The fixed space as a plug-in would bring it."""
    known = registry._points("encoder")
    known["fixed"] = EntryPoint("fixed", "tastemaker.testing.fixed_space:FixedSpace", "tastemaker.encoders")
    yield
    del known["fixed"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Items are of thirty kinds and have two of sixty words besides; one in ten is cheap."""
    root = tmp_path_factory.mktemp("large") / "shop"
    root.mkdir()
    (root / "tastemaker.toml").write_text(SETTINGS, encoding="utf-8")
    rng = np.random.default_rng(0)
    with (root / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "title", "price"])
        for row in range(ITEMS):
            kind, (first, second) = rng.integers(30), rng.permutation(60)[:2]
            title = " ".join([f"kind{kind}"] * 3 + [f"word{first}", f"word{second}"])
            writer.writerow([f"i{row}", title, 5 if row % 10 == 0 else 50])
    with Shop(root) as shop:
        shop.fit()
    return root


@pytest.fixture
def shop(folder, tmp_path):
    root = tmp_path / "shop"
    shutil.copytree(folder, root)
    with Shop(root) as opened:
        yield opened


def damage(shop):
    """Change one byte in the middle of what was built."""
    weights = next((shop.path / ".tastemaker" / "artefacts").glob("index-*")) / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)


def test_it_finds_what_the_exact_index_finds_in_every_verb(shop):
    view = shop.view
    assert isinstance(view.index, PlannedIndex)
    assert view.index.plan(ITEMS, 10).method != "exact" == view.index.plan(20, 10).method
    exact = ExactIndex(view.vectors.matrix, view.vectors.present)
    for where in ("", "price < 10"):
        found = []
        for row in range(0, 600, 30):
            id = view.catalog.ids[row]
            mask = view.catalog.alive & (np.arange(ITEMS) != row)
            if where:
                mask &= np.arange(ITEMS) % 10 == 0
            _, true = exact.search(view.vectors.matrix[row], 10, mask)
            ranked = [item.score for item in shop.similar(id, k=10, where=where)]
            found.append(np.mean(np.array(ranked) >= true[-1] - 1e-6))
        assert np.mean(found) >= 0.98
    title = view.catalog.item(77).title
    assert shop.search(title, k=1).ids[0] in [
        id for id in view.catalog.ids if view.catalog.item(view.catalog.row(id)).title == title
    ]


def test_what_is_added_and_removed_counts_at_once(shop):
    shop.add([Item(id="new", title="word1 word2 unheard")])
    shop.remove(["i5"])
    title = shop.catalog.item(6).title
    shop.add([Item(id="i6", title="entirely different")])
    assert isinstance(shop.view.index, PlannedIndex)
    assert shop.view.index.stale == 2
    assert shop.similar("new", k=3).ids
    assert shop.search("word1 word2 unheard", k=1).ids == ["new"]
    assert shop.search("entirely different", k=1).ids == ["i6"]
    near = shop.view.index.search(shop.space.embed_texts([title])[0], 20)[0].tolist()
    assert {5, 6}.isdisjoint(near)


def test_a_damaged_one_is_never_used_and_is_made_anew(shop):
    before = shop.similar("i9", k=10).ids
    damage(shop)
    with Shop(shop.path) as again:
        assert type(again.view.index) is ExactIndex
        assert set(again.similar("i9", k=10).ids) >= set(before[:5])
        told = again.doctor()
        assert told["artefacts"]["index"] is False
        assert told["index"]["method"] == "exact"
        assert any("index does not match its hash" in line for line in told["advice"])
        assert again.reindex()
        assert isinstance(again.view.index, PlannedIndex)
        assert again.similar("i9", k=10).ids == before
        assert all(again.doctor()["artefacts"].values())
        assert not again.reindex()


def test_a_damaged_one_keeps_nobody_from_going_back(shop):
    artefacts = Artefacts(shop.workspace.state)
    search = artefacts.published()["search"]
    other = artefacts.write(
        "search", config={**search.config, "words_share": 0.1}, tensors=search.tensors(), manifest={}
    )
    artefacts.publish({"search": other})
    earlier = shop.versions[-2].id
    damage(shop)
    assert shop.rollback(earlier).id == earlier
    assert shop.similar("i9", k=3).ids


def test_it_is_made_anew_when_too_much_has_changed_since(shop):
    assert not shop.reindex()
    shop.add([Item(id=f"new{n}", title=f"word{n} word{n + 1} late") for n in range(60)])
    assert shop.view.index.stale == 60
    assert shop.reindex()
    assert shop.view.index.stale == 0
    assert shop.search("word7 word8 late", k=1).ids == ["new7"]
    assert len(list((shop.path / ".tastemaker" / "artefacts").glob("index-*"))) == 1  # the old one is gone
    with Shop(shop.path) as again:
        assert again.view.index.stale == 0


def test_one_of_another_space_is_not_used(shop):
    published = Artefacts(shop.workspace.state).published()
    assert indexing.restore(published["index"], published["space"].name) is not None
    assert indexing.restore(published["index"], "space-of-another-fit") is None


def test_nothing_is_built_in_a_small_shop(shop):
    (shop.path / "tastemaker.toml").write_text(SETTINGS.replace("1000", "5000"), encoding="utf-8")
    with Shop(shop.path) as small:
        assert not small.reindex()
        small.fit(["index"])
        assert type(small.view.index) is ExactIndex
        assert "index" not in Artefacts(small.workspace.state).published()
        assert small.doctor()["index"] == {"method": "exact", "items": ITEMS, "recall": 1.0}


def test_doctor_tells_what_was_measured(shop):
    told = shop.doctor()["index"]
    assert (told["method"], told["items"], told["aimed_at"]) == ("planned", ITEMS, 0.99)
    assert set(told["recall"]) == {"items", "words"}
    assert min(told["recall"].values()) >= 0.97
    assert list(told["measured"]) == [
        f"{share} of the rows" for share in ("100.0%", "50.0%", "10.0%", "3.5%", "1.0%", "0.1%")
    ]
    assert told["measured"]["0.1% of the rows"].startswith("exact: 1.000 for items, 1.000 for words; ")

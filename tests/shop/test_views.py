"""Views: new events give a new one that shares what the items and the fit decide; new items or fits share nothing."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tastemaker.assistant.looking import history_of
from tastemaker.assistant.state import State
from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.shop import Shop, live, opened
from tests.shop.conftest import write_workspace


def bought(shop: Shop, id: str, n: int = 1) -> live.View:
    """The view after somebody has bought an item so many times."""
    shop.record([Event("somebody", id, "buy") for _ in range(n)])
    return shop.refresh(events=True)


def test_after_events_only_what_they_decide_is_new(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    old = shop.view
    kinds, row = old.kinds, old.catalog.row("vase-red-0")
    monkeypatch.setattr(live, "item_keys", None)  # no item is read again
    monkeypatch.setattr(old.fitted.recommender, "refresh", None)
    new = bought(shop, "vase-red-0", n=3)
    assert new is not old
    for part in (*live.OF_ITEMS, "vectors", "keys", "fitted", "embedded"):
        assert getattr(new, part) is getattr(old, part), part
    assert new.kinds is kinds
    assert new.popularity[row] == old.popularity[row] + 3
    assert np.array_equal(new.popularity, new.catalog.interactions.counts())
    assert new.answers is not old.answers


def test_answers_follow_the_events(tmp_path: Path) -> None:
    with Shop(write_workspace(tmp_path / "shop")) as unfitted:  # what is popular is the answer
        last = unfitted.recommend(k=40).ids[-1]
        bought(unfitted, last, n=20)
        assert unfitted.recommend(k=40).ids[0] == last


def test_events_of_another_process_are_seen_within_the_minute(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    old = shop.view
    with Shop(shop.path) as other:
        other.record([Event("u0", "vase-red-0", "buy")])
        assert shop.view is old
        monkeypatch.setattr(opened, "EVENTS_EVERY", -1.0)
        row, heard = old.catalog.row("vase-red-0"), shop.view
        assert heard.popularity[row] == old.popularity[row] + 1
        other.forget("u0")
        forgotten = shop.view
    assert forgotten.index is heard.index is old.index
    assert "u0" in heard.catalog.interactions.people
    assert "u0" not in forgotten.catalog.interactions.people
    assert forgotten.popularity.sum() == heard.popularity.sum() - 7


def test_a_view_does_not_keep_the_events_of_an_earlier_one(shop: Shop) -> None:
    _ = shop.recommend("u0"), shop.search("a red vase")
    before = weakref.ref(shop.view.catalog.interactions)
    bought(shop, "vase-red-0")
    _ = shop.recommend("u0"), shop.search("a red vase")
    gc.collect()
    assert before() is None


@pytest.mark.parametrize("change", ["add", "remove", "price"])
def test_when_items_change_nothing_of_them_is_shared(shop: Shop, change: str) -> None:
    old = bought(shop, "vase-red-0")
    if change == "remove":
        shop.remove(["vase-red-0"])
    else:
        shop.add([Item("teapot" if change == "add" else "vase-red-0", title="Purple teapot", price=5.0)])
    new = shop.view
    assert not any(getattr(new, part) is getattr(old, part) for part in ("index", "vocabulary", "place", "said"))
    assert new.catalog.has("vase-red-0") == (change != "remove")


def test_a_new_fit_shares_nothing(shop: Shop) -> None:
    old = shop.view
    with Shop(shop.path) as other:
        other.record([Event("u1", "vase-blue-0"), Event("u2", "vase-blue-0")])
        other.fit(["recommender"])
    new = bought(shop, "vase-red-0")
    assert new.fitted is not old.fitted
    assert new.said is not old.said


def test_while_events_come_every_answer_is_whole(shop: Shop) -> None:
    def ask(number: int) -> int:
        return len(shop.recommend(f"u{number % 32}", k=5)) + len(shop.search("a red vase", k=5))

    with ThreadPoolExecutor(4) as askers:
        found = askers.map(ask, range(60))
        for _ in range(15):
            bought(shop, "lamp-blue-1")
        assert set(found) == {10}


def test_a_view_answers_for_people_who_are_further_than_it(shop: Shop) -> None:
    """While new items are read into the next view, somebody who has one of them asks the old one."""
    old, before = shop.view, shop.recommend(user="u0", k=5).ids
    with Shop(shop.path) as other:
        other.add([Item("vase-late-0", "A late vase")])
        other.record([Event("u0", "vase-late-0", "buy"), Event("u0", "vase-late-0", "view")])
        shop._view, shop._lock = old, Taken()
        assert shop.view is old
        assert shop.recommend(user="u0", k=5).ids == before
        assert shop.explain("vase-red-0", user="u0").reasons
        assert history_of(shop, old, State(person="u0")).rows.max() < old.catalog.size


class Taken:
    """A lock that another thread holds."""

    def acquire(self, *, blocking: bool = True) -> bool:
        return blocking

    def release(self) -> None:
        """It is the other's."""


def test_a_shop_whose_next_view_cannot_be_made_answers_from_the_last(tmp_path: Path) -> None:
    folder = write_workspace(tmp_path / "shop")
    (folder / "features").mkdir()
    with Shop(folder) as plain:
        ids = list(plain.catalog.ids)
    np.save(folder / "features" / "look.npy", np.random.default_rng(0).normal(size=(len(ids), 4)))
    (folder / "features" / "look.ids").write_text("\n".join(ids))
    told: list[str] = []
    with Shop(folder, observer=lambda event: told.append(str(event))) as shop:
        shop.fit(["recommender"])
        before = shop.recommend(user="u0", k=5).ids
        (folder / "features" / "look.npy").unlink()
        with pytest.raises(InputError, match=r"features look\.npy cannot be read: No such file") as error:
            shop.add([Item("vase-late-0", "A late vase")])
        assert str(tmp_path) not in str(error.value)
        assert shop.recommend(user="u0", k=5).ids == before
        assert shop.recommend(user="u0", k=5).ids == before
        assert sum("what was there before is served" in line for line in told) == 1

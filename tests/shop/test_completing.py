"""What goes with these, the current visit, rules and scores by source, through an open shop."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, NotFitted, UnknownName
from tastemaker.shop import Shop
from tests.shop.conftest import COLOURS, KINDS


@pytest.fixture(scope="module")
def completed(fitted_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop with sets: a plate, a vase and a lamp of one colour."""
    root = tmp_path_factory.mktemp("sets") / "shop"
    shutil.copytree(fitted_folder, root)
    rng = np.random.default_rng(1)
    lines = [
        f"set-{number},{kind}-{tuple(COLOURS)[number % 4]}-{rng.integers(3)}" for number in range(32) for kind in KINDS
    ]
    (root / "sets.csv").write_text("set,item\n" + "\n".join(lines), encoding="utf-8")
    settings = root / "tastemaker.toml"
    quick = "[complete]\ncases = 90\ncandidates = 40\n\n"
    settings.write_text(quick + settings.read_text(encoding="utf-8"), encoding="utf-8")
    with Shop(root) as shop:
        shop.fit(["complete"])
    return root


@pytest.fixture
def shop(completed: Path, tmp_path: Path):
    root = tmp_path / "shop"
    shutil.copytree(completed, root)
    with Shop(root) as opened:
        yield opened


def test_what_goes_with_a_plate_is_a_vase_and_a_lamp_of_its_colour(shop: Shop) -> None:
    ranking = shop.complete(["plate-red-0"], k=6)
    assert len(ranking) == 6
    assert {id.split("-")[1] for id in ranking.ids} == {"red"}
    assert not any(id.startswith("plate") for id in ranking.ids)
    assert all(item.reasons for item in ranking)
    assert any(reason.attributes.get("colour") == "red" for item in ranking for reason in item.reasons)


def test_no_more_than_a_few_of_one_kind_before_the_others_had_their_turn(shop: Shop) -> None:
    first = shop.complete(["plate-red-0", "lamp-red-0"], k=4).ids
    assert sum(id.startswith("vase") for id in first) == 3
    assert len(first) == 4


def test_new_items_filters_and_exclusions(shop: Shop) -> None:
    shop.add([Item("new-lamp", title="Red lamp", price=30.0, attributes={"colour": "red", "kind": "lamp"})])
    assert "new-lamp" in shop.complete(["plate-red-0"], k=12).ids
    cheap = shop.complete(["plate-red-0"], k=20, where="price < 40 and kind = vase", exclude=["vase-red-1"])
    assert cheap.ids
    assert all(id.startswith("vase") for id in cheap.ids)
    assert "vase-red-1" not in cheap.ids
    shop.remove(["vase-red-0"])
    assert "vase-red-0" not in shop.complete(["plate-red-0"], k=48).ids


def test_the_same_answers_after_opening_again(shop: Shop) -> None:
    with Shop(shop.path) as again:
        assert again.complete(["lamp-blue-1"], k=10) == shop.complete(["lamp-blue-1"], k=10)


def test_scores_by_source_sum_up(shop: Shop) -> None:
    for item in shop.complete(["plate-red-0"], k=5, explain=True):
        assert sum(item.scores.values()) == pytest.approx(item.score, abs=1e-3)
        assert {"kinds", "looks", "attributes"} <= set(item.scores)
    assert not shop.complete(["plate-red-0"], k=1)[0].scores


def test_scores_of_a_recommendation_sum_up_with_visit_dislike_and_rules(shop: Shop) -> None:
    now = time.time()
    events = [Event("u0", f"lamp-green-{copy}", time=now - 60 * copy) for copy in range(2)]
    shop.record([*events, Event("u0", "vase-blue-0", kind="dislike", time=now)])
    (shop.path / "rules.toml").write_text("[[rules]]\nboost = 'colour = yellow'\nby = 0.1\n", encoding="utf-8")
    ranking = shop.recommend("u0", k=48, explain=True)
    assert "rule `boost colour = yellow by 0.1`" in ranking.notes
    for item in ranking:
        assert sum(item.scores.values()) == pytest.approx(item.score, abs=1e-3)
    assert all("this visit" in item.scores for item in ranking)
    assert {item.scores["boost"] > 0 for item in ranking if "yellow" in item.id} == {True}
    assert min(item.scores["not for me"] for item in ranking) < 0
    nobody = shop.recommend(k=3, explain=True)
    assert [sum(item.scores.values()) for item in nobody] == pytest.approx([item.score for item in nobody], abs=1e-3)


def test_the_last_minutes_count_at_once_and_fade_after_the_visit(shop: Shop) -> None:
    """Two blue things: looked at now they weigh more than the same two looked at yesterday."""
    greens = {}
    for user, ago in (("now", 60.0), ("yesterday", 86_400.0)):
        long_ago = [Event(user, f"plate-red-{copy}", time=1_700_000_000 + copy) for copy in range(3)]
        long_ago += [Event(user, f"vase-red-{copy}", time=1_700_086_400 + copy) for copy in range(2)]
        shop.record([*long_ago, *(Event(user, f"lamp-blue-{copy}", time=time.time() - ago) for copy in range(2))])
        greens[user] = sum("blue" in id for id in shop.recommend(user, k=8).ids)
    assert greens["now"] > greens["yesterday"]


def test_look_alikes_of_what_was_dismissed_are_not_shown_first(shop: Shop) -> None:
    first = shop.recommend("u1", k=1).ids[0]
    near = shop.similar(first, k=8).ids
    before = shop.recommend("u1", k=48).ids
    shop.record([Event("u1", first, kind="dislike")])
    after = shop.recommend("u1", k=48).ids
    assert first not in after
    shown = [id for id in near if id in before]
    assert shown
    assert np.mean([after.index(id) for id in shown]) > np.mean([before.index(id) for id in shown]) + 2


def test_rules_hold_at_once_and_a_broken_file_is_said(shop: Shop) -> None:
    rules = shop.path / "rules.toml"
    rules.write_text("[[rules]]\npin = ['vase-green-2']\n[[rules]]\nbury = 'kind = lamp'\n", encoding="utf-8")
    ranking = shop.recommend("u0", k=48)
    assert ranking.ids[0] == "vase-green-2"
    assert ranking[0].reasons[-1].sentence == "chosen by the shop"
    lamps = [place for place, id in enumerate(ranking.ids) if id.startswith("lamp")]
    assert lamps == list(range(len(ranking) - len(lamps), len(ranking)))
    assert shop.complete(["plate-red-0"]).ids[0] == "vase-green-2"
    assert "vase-green-2" not in shop.recommend("u0", where="colour = red", k=48).ids
    rules.write_text("[[rules]]\npin = 'x'\n", encoding="utf-8")
    broken = shop.recommend("u0", k=3)
    assert len(broken) == 3
    assert any("rules.toml is not used" in note for note in broken.notes)
    assert any("rules.toml is not used" in advice for advice in shop.doctor()["advice"])


def test_sold_out_items_are_hidden_or_last(shop: Shop) -> None:
    shop.add([Item("plate-red-3", title="Red plate", attributes={"colour": "red", "kind": "plate"}, available=False)])
    assert "plate-red-3" not in shop.recommend("u0", k=48).ids
    settings = shop.path / "tastemaker.toml"
    settings.write_text("[live]\nsold_out = 'last'\n\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    with Shop(shop.path) as again:
        assert again.recommend("u0", k=48).ids[-1] == "plate-red-3"


def test_what_cannot_be_asked(shop: Shop, fitted_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no item is given"):
        shop.complete([])
    with pytest.raises(UnknownName, match="nope"):
        shop.complete(["nope"])
    with pytest.raises(InputError, match="k is 0"):
        shop.complete(["plate-red-0"], k=0)
    shutil.copytree(fitted_folder, tmp_path / "lone")
    with Shop(tmp_path / "lone") as lone, pytest.raises(NotFitted, match="what goes with what"):
        lone.complete(["plate-red-0"])

"""What a change does not name is kept; what it names is set; what is refused is out."""

from dataclasses import replace

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.ranking import Facet
from tastemaker.shop import Shop
from tastemaker.shop.editing import DOUBT, first_what_is_asked, fit, kept, likely, refused, shown_values, sureness

RED = Facet("colour", "=", "red")


def test_an_item_that_is_known_shows_what_it_is(shop: Shop) -> None:
    shown = shown_values(shop.view, [(shop.item("vase-blue-0"), None, 1.0)])
    assert shown == {"colour": {"blue": 1.0}, "kind": {"vase": 1.0}}


def test_two_pictures_show_both_by_their_weight(shop: Shop) -> None:
    shown = shown_values(shop.view, [(shop.item("vase-blue-0"), None, 3.0), (shop.item("lamp-blue-0"), None, 1.0)])
    assert shown == {"colour": {"blue": 1.0}, "kind": {"vase": 0.75, "lamp": 0.25}}
    assert shown_values(shop.view, [(shop.item("vase-blue-0"), None, -1.0)]) == {}


def test_a_picture_shows_what_its_neighbours_are(shop: Shop) -> None:
    view = shop.view
    row = view.catalog.row("vase-blue-0")
    assert view.vectors is not None
    others = view.catalog.alive.copy()
    others[row] = False
    shown = shown_values(view, [(None, view.vectors.matrix[row], 1.0)], others)
    assert max(shown["kind"].items(), key=lambda entry: entry[1])[0] == "vase"
    assert sum(shown["kind"].values()) == pytest.approx(1.0, abs=1e-3)


def test_fit_sets_what_is_named_and_keeps_the_rest(shop: Shop) -> None:
    view = shop.view
    shown = {"colour": {"blue": 1.0}, "kind": {"vase": 1.0}}
    rows = view.catalog.rows(["vase-red-0", "plate-red-0", "vase-blue-1"])
    assert fit(view, shown, [RED], rows) == pytest.approx([0.0, np.log(DOUBT), np.log(DOUBT)], abs=0.01)
    assert fit(view, shown, [], rows) == pytest.approx([np.log(DOUBT), 2 * np.log(DOUBT), 0.0], abs=0.01)
    assert fit(view, {}, [Facet("colour", "!=", "red")], rows)[2] == pytest.approx(0.0, abs=0.01)


def test_another_kind_gives_up_the_kind_and_what_is_unsure_weighs_little(shop: Shop) -> None:
    shown = {"colour": {"blue": 0.5, "red": 0.5}, "kind": {"vase": 1.0}}
    assert set(kept(shop.view, shown, [Facet("kind", "=", "lamp")])) == set()
    assert set(kept(shop.view, shown, [RED])) == {"kind"}
    assert sureness({"a": 0.5, "b": 0.5}) == 0.0
    assert sureness({"a": 1.0}) == 1.0


def test_what_lacks_the_asked_value_stands_behind_what_has_it_and_the_kind(shop: Shop) -> None:
    shown = {"colour": {"blue": 1.0}, "kind": {"vase": 1.0}}
    rows = shop.view.catalog.rows(["vase-blue-1", "vase-red-0", "plate-red-0", "plate-blue-0"])
    scores = np.array([3.0, 1.0, 2.0, 0.0], np.float32)
    found = first_what_is_asked(shop.view, shown, [RED], rows, scores)
    assert found == pytest.approx([0.999, 1.0, 0.999, -3.002])
    settled = np.array([0.0, 2.0, -1.0, -2.0], np.float32)
    assert first_what_is_asked(shop.view, shown, [RED], rows, settled).tolist() == settled.tolist()


def test_what_is_of_another_kind_stands_behind_when_the_kind_is_sure(shop: Shop) -> None:
    rows = shop.view.catalog.rows(["plate-blue-0", "vase-red-0", "vase-blue-1"])
    scores = np.array([3.0, 1.0, 2.0], np.float32)
    sure = first_what_is_asked(shop.view, {"kind": {"vase": 1.0}}, [], rows, scores)
    assert sure == pytest.approx([0.999, 1.0, 2.0])
    guessed = first_what_is_asked(shop.view, {"kind": {"vase": 0.6, "plate": 0.4}}, [], rows, scores)
    assert guessed.tolist() == scores.tolist()


def test_what_things_of_a_kind_never_have_is_not_guessed_of_one(shop: Shop) -> None:
    """Bowls have no handle, whatever they look like; a mug without a word about it may have one."""
    looks = [shop.item(f"vase-{colour}-0").images for colour in ("red", "blue")]
    mugs = [
        Item(f"mug-{n}", "mug", attributes={"kind": "mug", "handle": ("round", "square")[n % 2]}, images=looks[n % 2])
        for n in range(8)
    ]
    bare = [Item(f"bare-{kind}", kind, attributes={"kind": kind}, images=looks[0]) for kind in ("mug", "bowl")]
    bowls = [Item(f"bowl-{n}", "bowl", attributes={"kind": "bowl"}) for n in range(20)]
    shop.add([*mugs, *bare, *bowls])
    shop.fit()
    view = shop.view
    mug, bowl = likely(view, "handle", {"round": 1.0}, view.catalog.rows(["bare-mug", "bare-bowl"]))
    assert bowl < 0.1 < mug


def test_same_colour_is_kept_twice_as_firmly(shop: Shop) -> None:
    shown = {"colour": {"blue": 1.0}}
    assert kept(shop.view, shown, [Facet("colour", "same", "")])["colour"][1] == 2.0


def test_unknown_items_that_look_refused_are_out(shop: Shop) -> None:
    view = shop.view
    bare = [Item(f"bare-{colour}", images=view.catalog.item(view.catalog.row(f"vase-{colour}-0")).images)
            for colour in ("red", "blue")]  # fmt: skip
    shop.add(bare)
    view = shop.view
    rows = view.catalog.rows(["bare-red", "bare-blue", "vase-red-0"])
    chances = likely(view, "colour", {"red": 1.0}, rows)
    assert chances[0] > 0.5 > chances[1]
    assert chances[2] == 1.0
    assert refused(view, [Facet("colour", "!=", "red", hard=True)], 0.5)[rows].tolist() == [True, False, False]


def test_a_refusal_holds_in_every_answer(shop: Shop) -> None:
    found = shop.search(image="vase-blue-0", change="not blue", k=20)
    assert found.items
    assert not [item for item in found if "-blue-" in item.id]
    said = shop.search("vase, no glazed", k=20)
    assert not [item for item in said if "glazed" in shop.item(item.id).text]


def test_another_colour_refuses_what_the_picture_or_the_item_shows(shop: Shop) -> None:
    for image in ("vase-blue-0", shop.path / "images" / "vase-blue-0.jpg"):
        found = shop.search(image=image, change="not this colour", k=20)
        assert "not: blue" in [facet.label for facet in found.understood]
        assert found.items
        assert not [item for item in found if "-blue-" in item.id]
    taken_away = shop.search(image=shop.path / "images" / "vase-blue-0.jpg", change="another colour", k=5,
                             ignore=["not: blue"])  # fmt: skip
    assert [facet.label for facet in taken_away.understood] == ["picture: yours"]
    assert "colour" in shop.search("vase in another colour").notes[0]


def test_a_change_that_names_nothing_known_is_said(shop: Shop) -> None:
    for change in ("in purple", "nicht rot", "for women"):
        [note] = shop.search(image="vase-blue-0", change=change, k=3).notes
        assert "is taken as words" in note
    assert shop.search(image="vase-blue-0", change="in red, for women", k=3).notes == ()
    assert shop.search("purple", k=3).notes == ()


def test_turns_pictures_weights_and_the_plan(shop: Shop) -> None:
    found = shop.search(image="vase-blue-0", change=["in red", "in green"], k=3, explain=True)
    assert [item.id for item in found] == ["vase-green-0", "vase-green-1", "vase-green-2"] or all(
        item.id.startswith("vase-green") for item in found
    )
    plan = found.plan
    assert plan is not None
    assert plan.kept == {"kind": "vase"}
    assert [facet.label for facet in plan.facets] == ["colour: green"]
    assert [part.name for part in plan.parts] == ["change", "picture"]
    assert "keep   kind: vase" in str(plan)
    assert shop.search("vase", k=1).plan is None
    two = shop.search(images=[("vase-blue-0", 1.0), ("lamp-red-0", 0.5)], k=3, explain=True, weigh={"picture": 2})
    assert two.plan is not None
    assert [(part.name, round(part.weight, 3)) for part in two.plan.parts] == [("picture", 1.333), ("picture 2", 0.333)]
    assert (
        "nothing is called 'nosuch' here; what weighs: words, taste" in shop.search("vase", weigh={"nosuch": 2}).notes
    )
    with pytest.raises(InputError):
        shop.search("vase", weigh={"words": float("nan")})
    with pytest.raises(InputError):
        shop.search(images=[("vase-blue-0", 1.0)] * 9)


def test_a_combiner_is_learned_when_it_is_asked_for(shop: Shop) -> None:
    assert shop.view.fitted.combiner is None
    with (shop.path / "tastemaker.toml").open("a", encoding="utf-8") as stream:
        stream.write('[search]\ncombine = "learned"\ntriplets = 200\n')
    with Shop(shop.path) as again:
        again.fit(["search"])
        found = again.search(image="vase-blue-0", change="in red", k=3, explain=True)
        assert found.plan is not None
        assert found.plan.combined == "learned"
        assert all(item.id.startswith("vase-red") for item in found)
        alone = again.search(image="vase-blue-0", k=3, explain=True)
        assert alone.plan is not None
        assert alone.plan.combined == "arithmetic"


def test_a_picture_shows_nothing_of_what_things_like_it_do_not_have(shop: Shop) -> None:
    view = shop.view
    lamps = [row for row in range(view.catalog.size) if view.catalog.ids[row].startswith("lamp")]
    shop.add([replace(shop.item(view.catalog.ids[row]), attributes={
        **shop.item(view.catalog.ids[row]).attributes, "socket": ("small", "large")[at % 2]})
        for at, row in enumerate(lamps)])  # fmt: skip
    view = shop.view
    assert view.vectors is not None
    for id, has in (("vase-blue-0", False), ("lamp-blue-0", True)):
        others = view.catalog.alive.copy()
        others[view.catalog.row(id)] = False
        kinds = np.array([view.catalog.ids[row].split("-")[0] == id.split("-")[0] for row in range(view.catalog.size)])
        shown = shown_values(view, [(None, view.vectors.matrix[view.catalog.row(id)], 1.0)], others & kinds)
        assert ("socket" in shown) is has


def test_what_is_said_counts_and_of_what_nothing_is_known_the_usual_share(shop: Shop) -> None:
    red = shop.view.catalog.item(shop.view.catalog.row("vase-red-0")).images
    shop.add([Item("said", images=red, attributes={"colour": "Blue"}), Item("blank")])
    rows = shop.view.catalog.rows(["said", "blank"])
    assert likely(shop.view, "colour", {"blue": 1.0}, rows) == pytest.approx([1.0, 0.25])
    assert likely(shop.view, "colour", {"red": 1.0}, rows) == pytest.approx([0.0, 0.25])
    assert likely(shop.view, "colour", {"mauve": 1.0}, rows).tolist() == [0.0, 0.0]

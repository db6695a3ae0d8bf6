"""The first whole journey: a folder goes in; recommendations, similar items, search and reasons come out."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.interactions import WEIGHTS, History
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, InputError, UnknownName
from tastemaker.core.progress import Event as Progress
from tastemaker.shop import Shop, recommending
from tests.shop.conftest import draw, write_workspace


def colours(ids: list[str]) -> list[str]:
    return [id.split("-")[1] for id in ids]


def test_recommends_the_colour_that_a_person_likes_and_nothing_they_had(shop: Shop) -> None:
    ranking = shop.recommend("u0", k=5)
    had = {shop.catalog.ids[row] for row in shop.store.history("u0").rows}
    assert len(ranking) == 5
    assert not had & set(ranking.ids)
    assert colours(ranking.ids).count("red") >= 3
    assert any(reason.items for item in ranking for reason in item.reasons)


def test_unknown_people_get_popular_items_and_are_told_so(shop: Shop) -> None:
    ranking = shop.recommend("nobody-knows-me", k=3)
    assert len(ranking) == 3
    assert "nothing is known" in ranking.notes[0]


def test_a_live_event_counts_at_once(shop: Shop) -> None:
    before = shop.recommend("fresh", k=5)
    shop.record([Event("fresh", "plate-blue-0", id="a"), Event("fresh", "vase-blue-1", id="b")])
    after = shop.recommend("fresh", k=5)
    assert colours(after.ids).count("blue") > colours(before.ids).count("blue")
    assert shop.record([Event("fresh", "plate-blue-0", id="a")]).duplicates == 1


def test_not_for_me_is_respected(shop: Shop) -> None:
    first = shop.recommend("u1", k=1).ids[0]
    shop.record([Event("u1", first, kind="dislike")])
    assert first not in shop.recommend("u1", k=40).ids


def test_finds_by_words_picture_and_filter(shop: Shop) -> None:
    assert colours(shop.search("a blue vase", k=3).ids) == ["blue"] * 3
    by_picture = shop.search(image=shop.path / "images" / "lamp-green-0.jpg", k=4)
    assert "lamp-green-0" in by_picture.ids
    filtered = shop.search("vase", where="price < 40 and colour = red", k=20)
    assert filtered.ids
    assert all(item.price is not None and item.price < 40 for item in filtered)
    assert set(colours(filtered.ids)) == {"red"}


def test_a_change_in_words_moves_a_picture(shop: Shop) -> None:
    ranking = shop.search(image=shop.path / "images" / "vase-blue-0.jpg", change="but in red", k=5)
    assert colours(ranking.ids).count("red") >= 3
    assert any(facet.label == "colour: red" for facet in ranking.understood)


def test_a_removed_chip_is_left_out(shop: Shop) -> None:
    shown = shop.search("vase under 40", k=20)
    chip = next(facet.label for facet in shown.understood if facet.name == "price")
    without = shop.search("vase under 40", k=20, ignore=[chip])
    assert max(item.price or 0 for item in shown) < 40 <= max(item.price or 0 for item in without)


def test_no_result_offers_a_way_on(shop: Shop) -> None:
    ranking = shop.search("vase", where="price < 1 and colour = red")
    assert not ranking.ids
    assert ranking.notes


def test_similar_and_explain_speak_of_facts(shop: Shop) -> None:
    near = shop.similar("plate-red-0", k=3)
    assert "plate-red-0" not in near.ids
    why = shop.explain("plate-red-3", user="u0")
    assert why.reasons
    assert all(id in shop.catalog.ids for reason in why.reasons for id in reason.items)
    assert why.sources


def test_items_added_live_are_found_by_picture_and_words(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    draw(folder / "only-picture.jpg", "yellow", "lamp", seed=99)
    added = shop.add([Item("bare", images=("only-picture.jpg",)), Item("wordy", title="Purple teapot")], images=folder)
    assert (added.added, added.refusals) == (2, ())
    assert shop.search("purple teapot", k=1).ids == ["wordy"]
    assert "bare" in shop.search("yellow lamp", k=8).ids
    assert "bare" in shop.recommend("u3", k=48).ids
    assert "text" in shop.explain("bare").missing


def test_removed_items_are_gone_everywhere(shop: Shop) -> None:
    shop.remove(["vase-blue-0"])
    assert "vase-blue-0" not in shop.search("blue vase", k=48).ids
    assert "vase-blue-0" not in shop.recommend("u2", k=48).ids
    with pytest.raises(UnknownName, match="vase-blue-0"):
        shop.item("vase-blue-0")


def test_changes_by_another_process_are_seen(shop: Shop) -> None:
    with Shop(shop.path) as other:
        other.add([Item("teapot", title="Purple teapot")])
        assert shop.search("purple teapot", k=1).ids == ["teapot"]
        other.fit(["search"])
        assert shop.search("purple teapot", k=1).ids == ["teapot"]


def test_a_shop_opens_with_the_same_answers(shop: Shop) -> None:
    with Shop(shop.path) as again:
        assert again.recommend("u0", k=10).ids == shop.recommend("u0", k=10).ids
        assert again.search("green lamp", k=10).ids == shop.search("green lamp", k=10).ids


def test_a_cancelled_fit_leaves_the_shop_as_it_was(shop: Shop) -> None:
    before = shop.recommend("u0", k=10).ids
    seen: list[Progress] = []

    def stop(event: Progress) -> None:
        seen.append(event)
        if len(seen) > 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        shop.fit(observer=stop)
    with Shop(shop.path) as again:
        assert again.recommend("u0", k=10).ids == before


def test_evaluate_puts_the_shop_beside_plain_baselines(shop: Shop, tmp_path: Path) -> None:
    later = tmp_path / "later.csv"
    later.write_text("user,item\nu0,plate-red-3\nu1,plate-green-3\n", encoding="utf-8")
    report = shop.evaluate(events=later, k=10, methods=["ease"])
    assert {"shop", "ease", "popularity", "random"} <= set(report.methods)
    assert report.row("shop", "recall@10").value > report.row("random", "recall@10").value
    split = shop.evaluate(split="leave-one-out", k=10)
    assert split.row("shop", "recall@10").value > split.row("popularity", "recall@10").value


def test_evaluate_queries_and_their_sides(shop: Shop, tmp_path: Path) -> None:
    queries = tmp_path / "queries.csv"
    picture = (shop.path / "images" / "vase-blue-0.jpg").as_posix()
    wanted = " ".join(f"vase-red-{copy}" for copy in range(4))
    queries.write_text(f"image,change,exclude,positives\n{picture},in red,vase-blue-0,{wanted}\n", encoding="utf-8")
    report = shop.evaluate(queries=queries, k=5)
    assert {"shop", "picture alone", "words alone", "random"} <= set(report.methods)
    assert report.row("shop", "hitrate@5").value == 1


def test_an_unfitted_shop_still_answers(tmp_path: Path) -> None:
    with Shop(write_workspace(tmp_path / "plain")) as plain:
        assert len(plain.recommend("u0", k=5)) == 5
        assert plain.search("blue vase", k=3).ids
        assert any("fit" in advice for advice in plain.doctor()["advice"])


def test_a_catalog_of_ids_alone_works_from_events(tmp_path: Path) -> None:
    root = tmp_path / "ids"
    root.mkdir()
    (root / "items.csv").write_text("id\n" + "\n".join(f"i{n}" for n in range(20)), encoding="utf-8")
    lines = [f"p{n},i{m}" for n in range(30) for m in range(n % 2, 20, 2) if (n + m) % 3]
    (root / "events.csv").write_text("user,item\n" + "\n".join(lines), encoding="utf-8")
    with Shop(root) as shop:
        shop.fit()
        had = {shop.catalog.ids[row] for row in shop.store.history("p0").rows}
        left = [f"i{m}" for m in range(0, 20, 2) if f"i{m}" not in had]
        assert set(shop.recommend("p0", k=len(left)).ids) == set(left)


@pytest.mark.parametrize("k", [0, -1, 10_001, True])
def test_k_out_of_range(shop: Shop, k: int) -> None:
    with pytest.raises(InputError, match="k is"):
        shop.recommend("u0", k=k)


def test_readers_do_not_wait_for_a_new_view(shop: Shop) -> None:
    before = shop.view
    with shop._lock, ThreadPoolExecutor(1) as reader:
        with Shop(shop.path) as other:
            other.remove(["vase-blue-0"])
        assert reader.submit(lambda: shop.view).result(timeout=20) is before
    assert "vase-blue-0" not in shop.search("blue vase", k=48).ids


def test_the_reference_is_not_its_own_answer(shop: Shop) -> None:
    assert "vase-blue-0" not in shop.search(image="vase-blue-0", change="but in red", k=48).ids


def test_the_first_event_after_a_fit_without_any_leaves_everybody_an_answer(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "shop")
    (root / "events.csv").unlink()
    with Shop(root) as young:
        young.fit()
        assert len(young.recommend(k=3)) == 3
        young.record([Event("first-customer", "vase-red-0", kind="buy")])
        young.refresh(events=True)
        ranking = young.recommend("somebody else", k=3)
        assert ranking.ids[0] == "vase-red-0"
        assert ranking.notes


def test_a_file_changes_only_what_it_speaks_of(shop: Shop, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("id,price\nvase-red-0,9.99\n", encoding="utf-8")
    before = shop.item("vase-red-0")
    assert shop.add(prices).updated == 1
    after = shop.item("vase-red-0")
    assert after.price == 9.99
    assert (after.title, after.images, after.attributes) == (before.title, before.images, before.attributes)


def test_a_missing_picture_is_said(shop: Shop) -> None:
    added = shop.add([Item("x", title="X", images=("nowhere.jpg",))])
    assert (added.added, added.refusals[0].field) == (1, "image")


def test_live_events_reach_the_evaluation(shop: Shop, tmp_path: Path) -> None:
    shop.record([Event("newcomer", "plate-red-0"), Event("newcomer", "vase-red-0")])
    later = tmp_path / "later.csv"
    later.write_text("user,item\nnewcomer,lamp-red-1\n", encoding="utf-8")
    assert shop.evaluate(events=later, k=5).protocol["people_unknown"] == 0


def test_a_query_that_cannot_be_read_is_answered_by_nothing(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_text("no picture", encoding="utf-8")
    queries = tmp_path / "queries.csv"
    lines = [
        "text,image,where,positives",
        "blue vase,,,vase-blue-0",
        ",bad.png,,vase-blue-0",
        "vase,,price <,vase-blue-0",
    ]
    queries.write_text("\n".join(lines), encoding="utf-8")
    assert shop.evaluate(queries=queries, k=10).row("shop", "hitrate@10").value == pytest.approx(1 / 3)


def test_many_looks_are_told_as_looks(fitted_folder: Path):
    """Three views weigh what a like weighs; they are no like."""
    with Shop(fitted_folder) as shop:
        view, times = shop.view, np.full(4, np.nan)
        looked = History(np.array([3, 3, 3, 5]), np.array([1, 1, 1, WEIGHTS["like"]], np.float32), times)
        said = [recommending._reasons(view, looked, 7, [(other, 1.0)])[0].sentence for other in (3, 5)]
    assert said[0].startswith("because you looked at ")
    assert said[1].startswith("because you liked ")

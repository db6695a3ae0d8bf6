"""Many ask at once, and some ask the same again: each gets what it would have got alone and for the first time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tastemaker.catalog.events import Event
from tastemaker.core.ranking import Ranking
from tastemaker.shop import Shop
from tastemaker.shop.rules import Rule


def told(ranking: Ranking) -> list[tuple[str, float, list[str]]]:
    return [(item.id, round(item.score, 4), [reason.sentence for reason in item.reasons]) for item in ranking]


def test_people_who_ask_together_are_told_what_each_is_told_alone(shop: Shop) -> None:
    people = [f"u{n}" for n in range(24)] + ["nobody-knows-me"]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda user: told(shop.recommend(user, k=5)), people))
    with Shop(shop.path) as again:
        assert together == [told(again.recommend(user, k=5)) for user in people]


def test_few_candidates_are_scored_as_all_are(shop: Shop) -> None:
    whole = {item.id: item.score for item in shop.recommend("u0", k=48)}
    few = shop.recommend("u0", k=48, where="kind = lamp and colour = red")
    assert 0 < len(few) < 24
    assert all(item.score == pytest.approx(whole[item.id], abs=1e-4) for item in few)


def test_the_same_question_has_the_same_answer_until_something_counts(shop: Shop) -> None:
    first = shop.recommend("u0", k=5)
    assert shop.recommend("u0", k=5) is first
    assert shop.search("a blue vase", k=3) is shop.search("a blue vase", k=3)
    others = [
        shop.recommend("u0", k=6),
        shop.recommend("u0", k=5, where="price < 1000"),  # keeps everything, and is another question no more
        shop.recommend("u0", k=5, exclude=[first.ids[0]]),
        shop.recommend("u0", k=5, explain=True),
        shop.recommend("u4", k=5),
    ]
    assert [other is first for other in others] == [False, True, False, False, False]
    shop.record([Event("u0", first.ids[0], kind="buy")])
    assert first.ids[0] not in shop.recommend("u0", k=5).ids
    shop.rules.add(Rule(pin=(first.ids[4],)))
    assert shop.recommend("u4", k=5).ids[0] == first.ids[4]
    shop.remove([first.ids[1]])
    assert first.ids[1] not in shop.recommend("u0", k=5).ids


def test_a_search_with_a_picture_is_asked_anew(shop: Shop) -> None:
    picture = shop.path / "images" / "lamp-green-0.jpg"
    one, two = (shop.search(image=picture, k=3) for _ in range(2))
    assert one is not two
    assert one.ids == two.ids
    assert shop.search("vase", user="u0", k=3) is not shop.search("vase", user="u1", k=3)

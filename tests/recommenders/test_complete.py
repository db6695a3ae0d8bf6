"""What goes with these: outfits of one style and of four different kinds, so that the right answer is known."""

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.errors import FitError, UnknownName
from tastemaker.recommenders.baskets import TAKEN, Sets, collect
from tastemaker.recommenders.compatibility import Counts, Evidence, OwnSet
from tastemaker.recommenders.complete import Complete, CompleteConfig

QUICK = CompleteConfig(cases=120, candidates=40)
KINDS, STYLES, COPIES = ("coat", "boot", "scarf", "bag"), ("city", "forest"), 8


def item(kind, style, copy):
    return Item(
        id=f"{kind}-{style}-{copy}",
        title=f"{'Aspen' if copy % 2 else 'Birch'} {kind}",
        price=20.0 + copy,
        attributes={"kind": kind, "style": style},
    )


ITEMS = [item(kind, style, copy) for kind in KINDS for style in STYLES for copy in range(COPIES)]
ROW = {each.id: row for row, each in enumerate(ITEMS)}


def outfits(number=40, seed=0):
    """One of each kind, all of one style."""
    rng = np.random.default_rng(seed)
    return [np.sort([ROW[f"{kind}-{STYLES[at % 2]}-{rng.integers(COPIES)}"] for kind in KINDS]) for at in range(number)]


def vectors(items=ITEMS, dim=6):
    """Style and noise: what stands together looks alike a little."""
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(len(items), dim)).astype(np.float32)
    matrix[:, 0] += [3.0 if each.attributes.get("style") == "city" else -3.0 for each in items]
    return ItemVectors(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), {})


@pytest.fixture(scope="module")
def catalog():
    return Catalog.from_items(ITEMS)


@pytest.fixture(scope="module")
def fitted(catalog):
    return Complete(QUICK).fit(catalog, vectors(), given=outfits())


def best(model, ids, items=ITEMS, k=6):
    scores = model.score(np.array([ROW[id] for id in ids]), np.arange(len(items)))
    return [items[row].id.split("-") for row in np.argsort(-scores, kind="stable")[:k]]


@pytest.mark.parametrize(
    "ids", [["coat-city-0"], ["boot-forest-3"], ["coat-forest-1", "bag-forest-2", "scarf-forest-0"]]
)
def test_what_goes_with_is_of_the_style_and_of_another_kind(fitted, ids):
    asked = {id.split("-")[0] for id in ids}
    for kind, style, _ in best(fitted, ids, k=5):
        assert style == ids[0].split("-")[1]
        assert kind not in asked


def test_the_items_of_the_question_are_no_answer(fitted):
    scores = fitted.score(np.array([0, 1]), np.arange(len(ITEMS)))
    assert (scores[:2] == -np.inf).all()
    assert np.isfinite(scores[2:]).all()
    assert (fitted.score(np.array([], np.int64), np.arange(4)) == -np.inf).all()


def test_a_new_item_works_through_what_it_is(catalog, fitted):
    more = [*ITEMS, Item(id="new", title="Aspen boot", attributes={"kind": "boot", "style": "city"}), Item(id="bare")]
    restored = Complete.restore(fitted.settings(), fitted.tensors())
    restored.refresh(catalog, vectors())
    restored.refresh(Catalog.from_items(more), vectors(more))
    scores = restored.score(np.array([ROW["coat-city-1"]]), np.arange(len(more)))
    assert scores[-2] > np.median(scores[np.isfinite(scores)])
    assert np.isfinite(scores[-1])
    assert "kinds" in {ground.group for ground in restored.grounds(np.array([ROW["coat-city-1"]]), len(ITEMS))}


def test_saved_and_read_again_it_says_the_same(catalog, fitted):
    again = Complete.restore(fitted.settings(), fitted.tensors())
    again.refresh(catalog, vectors())
    rows, all_rows = np.array([3, 40]), np.arange(len(ITEMS))
    np.testing.assert_allclose(again.score(rows, all_rows), fitted.score(rows, all_rows), atol=1e-5)
    assert again.grounds(rows, 20) == fitted.grounds(rows, 20)


def test_fitted_twice_is_fitted_once(catalog, fitted):
    twice = Complete(QUICK)
    twice.fit(catalog, None, given=outfits(seed=9))
    twice.fit(catalog, vectors(), given=outfits())
    np.testing.assert_array_equal(twice.score(np.array([1]), np.arange(64)), fitted.score(np.array([1]), np.arange(64)))


def test_candidates_do_not_change_each_others_scores(fitted):
    every = fitted.score(np.array([5]), np.arange(64))
    some = np.array([60, 2, 33])
    np.testing.assert_allclose(fitted.score(np.array([5]), some), every[some], atol=1e-5)


def test_parts_sum_to_the_score(fitted):
    rows, candidates = np.array([0, 20]), np.array([33, 41, 63])
    parts = fitted.parts(rows, candidates)
    np.testing.assert_allclose(sum(parts.values()), fitted.score(rows, candidates), atol=1e-4)


def test_counts_know_nothing_of_the_set_that_a_question_was_made_of(catalog):
    """The evidence of a left-out item is that of counts in which its set never was."""
    sets = collect(catalog.interactions, outfits(12), pause=30, longest=40)
    model = Complete(QUICK).fit(catalog, vectors(), given=outfits(12))
    seen = model._evidence
    kept = np.arange(len(sets)) != 4
    less = Counts.of(Sets(sets.table[kept], sets.tier[kept]), seen.traits)
    less = Counts(less.sets, less.lifts, less.looks, seen.counts.whiten)
    without = Evidence(less, seen.traits, seen.vocabularies, seen.attributes)
    rows = sets.rows(4)
    told = seen.read(rows[1:], np.arange(64), OwnSet(rows, 1.0))
    np.testing.assert_allclose(told, without.read(rows[1:], np.arange(64)), atol=1e-3)
    assert not np.allclose(told, seen.read(rows[1:], np.arange(64)), atol=1e-3)


def test_reasons_are_facts(fitted):
    sets = outfits()
    pair = sets[0]
    style = next(ground for ground in fitted.grounds(pair[:1], int(pair[1]), 9) if ground.group == "attributes")
    assert style.values == {"style": ITEMS[pair[0]].attributes["style"]}
    assert style.rows == (pair[0],)


def test_visits_teach_where_no_sets_are_given():
    user, row, time = [], [], []
    for number, rows in enumerate(outfits(60)):
        user += [number % 20] * len(rows)
        row += rows.tolist()
        time += [number * 86_400.0 + step for step in range(len(rows))]
    events = Interactions(
        tuple(f"u{n}" for n in range(20)), len(ITEMS), np.array(user), np.array(row),
        np.full(len(row), 5.0, np.float32), np.array(time),
    )  # fmt: skip
    model = Complete(QUICK).fit(Catalog.from_items(ITEMS, events), None)
    assert {(kind != "coat", style) for kind, style, _ in best(model, ["coat-forest-0"])} == {(True, "forest")}
    tiers = {g.tier for row in range(64) for g in model.grounds(np.array([0]), row, 9) if g.group == "together"}
    assert tiers == {"taken"}
    assert (model.tier, Complete.restore(model.settings(), model.tensors()).tier) == (TAKEN, TAKEN)


def test_what_is_missing_is_survived():
    """No kinds, no words, no vectors: only which items stood together is left."""
    bare = Catalog.from_items([Item(id=str(row)) for row in range(64)])
    sets = [np.array([row, row + 1]) for row in range(0, 64, 2)] * 2
    model = Complete(QUICK).fit(bare, None, given=sets)
    assert int(np.argmax(model.score(np.array([10]), np.arange(64)))) == 11
    (ground,) = [ground for ground in model.grounds(np.array([10]), 11) if ground.group == "together"]
    assert (ground.tier, ground.count, ground.rows) == ("given", 2, (10,))


def test_errors_name_the_next_step(catalog):
    with pytest.raises(FitError, match="hold two items") as error:
        Complete(QUICK).fit(catalog, None, given=outfits(3))
    assert "sets.csv" in error.value.hint
    with pytest.raises(UnknownName, match="species"):
        Complete(CompleteConfig(kind="species")).fit(catalog, None, given=outfits())

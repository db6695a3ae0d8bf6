"""Ground truth read from files: what counts, what is left out, and that all of it is said."""

import json

import numpy as np
import polars as pl
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import InputError
from tastemaker.evaluation.candidates import read_candidates
from tastemaker.evaluation.files import read_events_truth, read_queries
from tastemaker.testing.worlds import checkerboard, drawing, drawn_shop


@pytest.fixture
def catalog():
    return checkerboard()


def had(catalog, person):
    return catalog.interactions.histories()[catalog.interactions.people.index(person)].seen


def fresh(catalog, person, n=3):
    """Ids that a person does not have yet."""
    return [catalog.ids[row] for row in np.setdiff1d(np.arange(36), had(catalog, person))[:n]]


def events(tmp_path, lines, name="later.csv", head="user,item,kind,value,time"):
    path = tmp_path / name
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def test_every_event_is_a_positive_whatever_its_value(tmp_path, catalog):
    ids = fresh(catalog, "person-000")
    path = events(
        tmp_path,
        [f"person-000,{ids[0]},dislike,,10", f"person-000,{ids[1]},rate,0.5,11", f"person-000,{ids[1]},view,,12"],
    )
    (case,) = read_events_truth(path, catalog).cases
    assert case.key == "person-000"
    assert [catalog.ids[row] for row in case.positives] == ids[:2]
    assert np.array_equal(case.seen, had(catalog, "person-000"))
    assert len(case.history) == 9
    assert case.candidates is None


def test_what_a_person_had_is_dropped_and_counted(tmp_path, catalog):
    old = [catalog.ids[row] for row in had(catalog, "person-000")[:2]]
    new = fresh(catalog, "person-000", 1)
    lines = [f"person-000,{id},view,,10" for id in old + new] + [
        f"person-001,{catalog.ids[had(catalog, 'person-001')[0]]},view,,1"
    ]
    truth = read_events_truth(events(tmp_path, lines), catalog)
    assert [case.key for case in truth.cases] == ["person-000"]
    assert truth.protocol["positives"] == 1
    assert truth.protocol["positives_already_had"] == 3
    assert (truth.protocol["people"], truth.protocol["people_left_out"]) == (2, 1)


def test_an_unknown_person_is_served_with_an_empty_history(tmp_path, catalog):
    truth = read_events_truth(events(tmp_path, ["stranger,item-001,view,,1"]), catalog)
    (case,) = truth.cases
    assert len(case.history) == len(case.seen) == 0
    assert truth.protocol["people_unknown"] == truth.protocol["people_without_history"] == 1


def test_unknown_and_removed_items_are_reported(tmp_path, catalog):
    alive = catalog.alive.copy()
    alive[39] = False
    path = events(tmp_path, ["a,nowhere,view,,1", "a,item-039,view,,1", "a,item-001,view,,1"])
    truth = read_events_truth(path, catalog.restricted(alive))
    assert truth.protocol["events_of_unknown_items"] == 2
    assert truth.warnings == ("2 items the catalog does not know: 'nowhere', 'item-039'",)
    assert truth.cases[0].positives.tolist() == [1]


def test_rows_that_cannot_be_read_are_counted(tmp_path, catalog):
    truth = read_events_truth(events(tmp_path, [",item-001,view,,1", "a,item-002,view,,1"]), catalog)
    assert truth.protocol["rows_refused"] == 1
    assert "later.csv:2" in truth.warnings[0]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_other_tables(tmp_path, catalog, suffix):
    path = tmp_path / f"later.{suffix}"
    rows = [{"user": "a", "item": "item-001"}, {"user": "a", "item": "item-003"}]
    if suffix == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    else:
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert read_events_truth(path, catalog).cases[0].positives.tolist() == [1, 3]


def test_a_file_without_the_columns_is_refused(tmp_path, catalog):
    with pytest.raises(InputError, match="no column 'user'"):
        read_events_truth(events(tmp_path, ["a,b"], head="who,item"), catalog)


def test_cold_candidates_are_the_items_without_any_event(tmp_path, catalog):
    assert read_candidates("cold", catalog).rows.tolist() == [36, 37, 38, 39]
    path = events(
        tmp_path, ["person-000,item-036,view,,1", "person-000,item-035,view,,1", "person-001,item-035,view,,1"]
    )
    truth = read_events_truth(path, catalog, "cold")
    assert [case.positives.tolist() for case in truth.cases] == [[36]]
    assert truth.protocol["positives_not_candidates"] in (1, 2)  # person-001 may have had item-035 already
    assert (truth.protocol["candidates"], truth.protocol["n_candidates"]) == ("cold", 4)


def test_a_disliked_item_is_not_cold(catalog):
    weight = catalog.interactions.weight
    weight[:] = -1
    assert read_candidates("cold", catalog).rows.tolist() == [36, 37, 38, 39]


def test_candidates_of_a_file(tmp_path, catalog):
    path = tmp_path / "ids.txt"
    path.write_bytes(b"\xef\xbb\xbfitem-003\n\n item-001 \nitem-003\nnowhere\n")
    pool = read_candidates(path, catalog)
    assert pool.rows.tolist() == [1, 3]
    assert np.flatnonzero(pool.mask).tolist() == [1, 3]
    assert pool.unknown == ("nowhere",)
    truth = read_events_truth(events(tmp_path, ["a,item-003,view,,1", "a,item-005,view,,1"]), catalog, path)
    assert truth.cases[0].positives.tolist() == [3]
    assert truth.cases[0].candidates.tolist() == [1, 3]
    assert truth.protocol["candidates_unknown"] == 1


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read"), (b"nowhere\n", "nothing to rank"), (b"\xff\xfe", "not UTF-8")]
)
def test_candidates_that_cannot_be_used(tmp_path, catalog, content, says):
    path = tmp_path / "ids.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_candidates(path, catalog)


def test_no_cold_item_is_said(catalog):
    with pytest.raises(InputError, match="nothing to rank") as caught:
        read_candidates("cold", checkerboard(items=10, cold=0))
    assert caught.value.hint == "every item has an event"


def queries(tmp_path, *rows, head="text,image,change,where,user,exclude,positives"):
    path = tmp_path / "queries.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_query_carries_what_is_asked_and_what_is_right(tmp_path):
    catalog = drawn_shop()
    path = queries(
        tmp_path, 'a red one,,"but round",price < 50,,red-square-0 nowhere,red-circle-0 red-square-0 red-circle-1 x'
    )
    truth = read_queries(path, catalog)
    (case,) = truth.cases
    assert (case.query.text, case.query.change, case.query.where) == ("a red one", "but round", "price < 50")
    assert [catalog.ids[row] for row in case.positives] == ["red-circle-0", "red-circle-1"]  # excluded ones are none
    assert [catalog.ids[row] for row in case.seen] == ["red-square-0"]
    assert case.key == "line 2"
    assert case.query.open(catalog.pictures) is None
    assert truth.protocol["positives_unknown"] == 1
    assert truth.protocol["positives_not_candidates"] == 1
    assert (truth.protocol["queries"], truth.protocol["queries_left_out"]) == (1, 0)


def test_pictures_lie_beside_the_file_or_in_the_workspace(tmp_path):
    catalog = drawn_shop()
    drawing("blue", "circle", size=20).save(tmp_path / "mine.png")
    path = queries(
        tmp_path,
        ",mine.png,,,,,blue-circle-0",
        ",red-square-0.png,but blue,,,,blue-square-0",
        ",gone.png,but blue,,,,blue-square-0",
    )
    truth = read_queries(path, catalog)
    assert [case.query.open(catalog.pictures).size for case in truth.cases] == [(20, 20), (32, 32)]
    assert truth.protocol["pictures_missing"] == truth.protocol["queries_left_out"] == 1
    assert "'gone.png'" in truth.warnings[0]


def test_queries_without_question_or_answer_are_left_out(tmp_path):
    truth = read_queries(queries(tmp_path, ",,,,,,red-circle-0", "red,,,,,,nowhere", "red,,,,,,"), drawn_shop())
    assert truth.cases == ()
    assert truth.protocol["queries_left_out"] == 3


def test_a_persons_query_comes_with_their_history_and_may_rank_it(tmp_path, catalog):
    own = catalog.ids[had(catalog, "person-000")[0]]
    truth = read_queries(queries(tmp_path, f"thing,,,,person-000,,{own}", f"thing,,,,stranger,,{own}"), catalog)
    assert [len(case.history) if case.history else 0 for case in truth.cases] == [9, 0]
    assert [catalog.ids[case.positives[0]] for case in truth.cases] == [own, own]
    assert truth.protocol["people_unknown"] == 1


def test_queries_from_json_may_hold_lists(tmp_path):
    path = tmp_path / "queries.jsonl"
    path.write_text(
        json.dumps({"text": "red", "positives": ["red-circle-0", "red-circle-1"], "id": 7}), encoding="utf-8"
    )
    truth = read_queries(path, drawn_shop())
    assert len(truth.cases[0].positives) == 2
    assert truth.warnings == ("1 columns not read: 'id'",)


@pytest.mark.parametrize("head", ["text,right", "where,positives"])
def test_queries_need_a_question_and_answers(tmp_path, head):
    with pytest.raises(InputError, match=r"queries.csv has the columns") as caught:
        read_queries(queries(tmp_path, "a,b", head=head), drawn_shop())
    assert "positives" in caught.value.hint


def test_an_empty_shop_has_no_candidates(tmp_path):
    with pytest.raises(InputError, match="nothing to rank"):
        read_candidates("all", Catalog.from_items([]))

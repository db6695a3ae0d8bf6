"""Events in the shapes of Google Retail and Amazon Personalize, lists that were shown, and how both are kept."""

import json
import re
import sqlite3

import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.feedback import read_feedback, read_impressions
from tastemaker.catalog.fields import UnfitError
from tastemaker.catalog.importers.retail import GoogleRetail, Personalize
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import Item
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.readers import read_events
from tastemaker.catalog.retail_events import shape_of, told_by
from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError

MAY = 1_746_100_800.0  # 2025-05-01T12:00:00Z


def google(kind, **more):
    return {"eventType": kind, "visitorId": "v1", "eventTime": "2025-05-01T12:00:00Z", **more}


def details(*ids):
    return [{"product": {"id": id}, "quantity": 2} for id in ids]


def lines(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


GOOGLE = (
    google("search", searchQuery="red", productDetails=details("a", "b", "c"), attributionToken="t1"),
    google("detail-page-view", productDetails=details("b"), attributionToken="t1"),
    google("add-to-cart", productDetails=details("b"), userInfo={"userId": "u7"}),
    google("purchase-complete", productDetails=[*details("b"), {"product": {"name": "projects/p/products/c"}}]),
    google("remove-from-cart", productDetails=details("b")),
    google("search", searchQuery="nothing"),
    google("swim", productDetails=details("b")),
    google("add-to-cart"),
)


def test_google_retail_events(tmp_path):
    told = read_feedback(lines(tmp_path / "events.jsonl", *GOOGLE))
    assert [(e.user, e.item, e.kind, e.value, e.time, e.token) for e in told.events] == [
        ("v1", "b", "view", None, MAY, "t1"),
        ("u7", "b", "cart", None, MAY, ""),
        ("v1", "b", "buy", 2.0, MAY, ""),
        ("v1", "c", "buy", None, MAY, ""),
    ]
    assert told.lists == [Impression("v1", ("a", "b", "c"), "t1", MAY, query="red")]
    assert [(refusal.line, refusal.scope) for refusal in told.refusals] == [(7, "row"), (8, "row")]
    assert "swim" in told.refusals[0].why


PERSONALIZE = """USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,IMPRESSION,RECOMMENDATION_ID
u1,b,click,1746100800,a|b|c,r-9
u1,c,Purchase,1746100860,a|b|c,r-9
u2,a,watch,1746100900,,
u3,a,rave,1746100900,c|a,
,a,click,1746100900,,
"""


def test_personalize_interactions(tmp_path):
    (tmp_path / "events.csv").write_text(PERSONALIZE)
    told = read_feedback(tmp_path / "events.csv")
    assert [(e.user, e.item, e.kind, e.token) for e in told.events[:3]] == [
        ("u1", "b", "view", "r-9"), ("u1", "c", "buy", "r-9"), ("u2", "a", "view", ""),
    ]  # fmt: skip
    rave, unnamed = told.events[3], told.lists[2]
    assert rave.kind == "rave"
    assert rave.token == unnamed.name  # nobody named the list, but the event came of it
    assert unnamed.items == ("c", "a")
    assert told.lists[0] == told.lists[0].__class__("u1", ("a", "b", "c"), "r-9", MAY)
    assert [refusal.line for refusal in told.refusals] == [6]


def test_an_events_file_of_our_own_may_carry_tokens_and_keeps_its_meaning_beside_foreign_columns(tmp_path):
    (tmp_path / "events.csv").write_text("user,item,token,USER_ID,ITEM_ID\nu1,a,t1,x,y\nu1,b,,x,y\n")
    events, refusals = read_events(tmp_path / "events.csv")
    assert [(e.user, e.item, e.token) for e in events] == [("u1", "a", "t1"), ("u1", "b", "")]
    assert not refusals


def test_the_impressions_file(tmp_path):
    path = tmp_path / "impressions.csv"
    path.write_text(
        "user,items,token,time,chances,experiment,arms\nu1,a|b,t1,5,0.5|0.5,x,ease\nu2,a|b,,6,0.5,x,\nu3,,,,,,\n"
    )
    lists, refusals = read_impressions(path)
    assert lists == [Impression("u1", ("a", "b"), "t1", 5.0, (0.5, 0.5), "x", ("ease",))]
    assert [(refusal.line, refusal.why) for refusal in refusals] == [
        (3, "a shown list: 1 chances for 2 items"), (4, "a shown list: a list of 0 items"),
    ]  # fmt: skip


@pytest.mark.parametrize("values", [{"items": ()}, {"chances": (0.0, 1.0)}, {"arms": ("x",) * 3}, {"token": "t" * 300}])
def test_a_list_that_cannot_be_kept_is_refused(values):
    with pytest.raises(InputError):
        Impression(**{"user": "u", "items": ("a", "b"), **values})


@pytest.fixture
def store(tmp_path):
    with_items = Store(tmp_path / "shop.db")
    with_items.ingest([Item("a"), Item("b")], [], "1")
    yield with_items
    with_items.close()


SEEN = Impression("u1", ("a", "b"), "t1", 100.0, (0.9, 0.1), "x", ("shop",), "red")


def test_lists_come_back_as_they_went_in_and_count_once(store):
    receipt = store.record([SEEN, SEEN, Event("u1", "a", "buy", time=110.0, token="t1"), Event("u2", "a", time=120.0)])
    assert (receipt.accepted, receipt.duplicates) == (3, 1)
    assert store.experiments() == {"x": 1}
    lists, deeds = store.trial("x")
    assert lists == [SEEN]
    assert [(d.user, d.item, d.kind, d.weight, d.time, d.token) for d in deeds] == [
        ("u1", "a", "buy", 5.0, 110.0, "t1")
    ]


def test_what_was_shown_teaches_nothing_and_is_forgotten_with_the_person(store):
    store.record([SEEN])
    assert len(store.history("u1")) == len(store.snapshot().interactions) == 0
    store.record([Event("u1", "a")])
    store.forget_user("u1")
    assert store.experiments() == {}
    store.ingest([Item("a")], [], "2", lists=[SEEN])
    assert store.experiments() == {}


def test_a_database_of_the_first_version_grows(tmp_path):
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, item TEXT NOT"
            " NULL, row INTEGER, kind TEXT NOT NULL, value REAL, time REAL, counted REAL, live INTEGER NOT NULL) STRICT"
        )
        old.execute("INSERT INTO events VALUES (1, 'e', 1, 'a', NULL, 'buy', NULL, 5.0, 5.0, 1)")
        old.execute("PRAGMA user_version = 1")
    old.close()
    for _ in range(2):
        store = Store(path)
        store.record([SEEN])
        assert store.kinds() == [(5.0, "buy")]
        assert store.experiments() == {"x": 1}
        store.close()


@pytest.mark.parametrize("importer", [GoogleRetail, Personalize])
def test_importers_make_a_workspace_that_holds_events_and_lists(importer, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    lines(source / "events.jsonl", *GOOGLE)
    (source / "events.csv").write_text(PERSONALIZE)
    report = importer().convert(source, tmp_path / "shop")
    assert (report.items, report.events) == (3, 4)
    store = open_store(Workspace.open(tmp_path / "shop"))
    lists, deeds = store.trial("")
    assert {"t1", "r-9"} & {each.token for each in lists}
    assert {"t1", "r-9"} & {deed.token for deed in deeds}
    store.close()


def test_a_file_of_another_shape_is_refused(tmp_path):
    (tmp_path / "events.csv").write_text("user,item\nu1,a\n")
    with pytest.raises(InputError, match="USER_ID and ITEM_ID"):
        Personalize().convert(tmp_path / "events.csv", tmp_path / "shop")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (google("search", visitorId=""), "visitorId: is empty"),
        (google("search", userInfo={"userId": ["a"]}), "userInfo.userId: is ['a']"),
        (google(["a"]), "eventType: is ['a']"),
        (google("add-to-cart", productDetails=[{"product": {"id": ""}}]), "product.id: is empty"),
        (google("add-to-cart", productDetails=[{"product": {"id": "b"}, "quantity": "x"}]), "quantity: 'x'"),
        (google("search", eventTime="soon"), "eventTime: 'soon'"),
        ({"USER_ID": "u", "ITEM_ID": ""}, "ITEM_ID: is empty"),
        ({"userId": "u", "itemId": "a", "sentAt": "soon"}, "sentAt: 'soon'"),
        ({"userId": "u", "itemId": "a", "eventValue": "x"}, "eventValue: 'x'"),
    ],
)
def test_what_is_wrong_with_an_event_names_its_field(record, why):
    with pytest.raises(UnfitError, match=re.escape(why)):
        told_by(record, shape_of(record))

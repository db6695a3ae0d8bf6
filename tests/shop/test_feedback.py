"""Retailers' files through the verbs of a shop: add, evaluate, check."""

import json

import pytest

from tastemaker.cli.app import run
from tastemaker.shop import Shop
from tests.shop.parity import BEGIN, DAY, write_parity


@pytest.fixture
def folder(tmp_path):
    return write_parity(tmp_path / "shop")


@pytest.fixture
def google(tmp_path):
    """Two people search, and one of them buys."""
    path = tmp_path / "user_events.jsonl"
    products = [{"product": {"id": f"item-{row}"}} for row in (1, 2, 3)]
    search = {"eventType": "search", "searchQuery": "lamp", "productDetails": products}
    buy = {"eventType": "purchase-complete", "productDetails": [{"product": {"id": "item-2"}, "quantity": 3}]}
    time = "2025-05-01T12:00:00Z"
    records = [
        {**search, "visitorId": "v1", "eventTime": time, "attributionToken": "t1"},
        {**search, "visitorId": "v2", "eventTime": time, "attributionToken": "t2"},
        {**buy, "visitorId": "v1", "eventTime": time, "attributionToken": "t1"},
        {"eventType": "swim", "visitorId": "v1"},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_they_are_added_live_and_once(folder, google):
    with Shop(folder) as shop:
        added = shop.add(events=google)
        assert (added.events, len(added.refusals)) == (3, 1)
        assert len(shop.store.history("v1")) == 1
        assert shop.add(events=google).duplicates == 3
        lists, deeds = shop.store.trial("")
        assert [(each.user, each.query) for each in lists] == [("v1", "lamp"), ("v2", "lamp")]
        assert [(deed.item, deed.kind, deed.token) for deed in deeds] == [("item-2", "buy", "t1")]


def test_they_are_what_people_did_next(folder, google):
    with Shop(folder) as shop:
        shop.fit()
        report = shop.evaluate(events=google, k=5)
    assert (report.protocol["events"], report.protocol["cases"]) == (1, 1)


def test_they_may_be_the_events_of_a_workspace(folder, google, capsys):
    (folder / "events.csv").unlink()
    google.rename(folder / "events.jsonl")
    (folder / "impressions.csv").write_text(f"user,items,time\nu1,item-1|item-2,{BEGIN + DAY}\nu2,,\n")
    with Shop(folder) as shop:
        assert len(shop.catalog.interactions) == 1
        assert shop.store.experiments() == {"": 3}
    run(["check", str(folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert {file["name"] for file in told["files"]} >= {"events.jsonl", "impressions.csv"}
    assert any("a list of 0 items" in refusal["why"] for refusal in told["refusals"])

"""The routes that change something: events, items, jobs."""

import base64
import json
import logging

import pytest
from starlette.testclient import TestClient

from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE, ids, picture

EVENT = {"id": "e-1", "user": "anna", "item": "red-circle-0", "kind": "buy", "time": "2024-05-01T12:00:00Z"}


def test_events_are_on_the_disk_before_the_answer(client, shop):
    answer = client.post("/events", json=[EVENT, {"id": "e-2", "user": "anna", "item": "red-circle-1"}])
    assert answer.json() == {"accepted": 2, "duplicates": 0, "unknown_items": 0, "refused": []}
    with Shop(shop.path) as other:
        assert len(other.store.history("anna")) == 2


def test_events_count_once_however_often_they_are_sent(client, shop):
    first = client.post("/events", json=[EVENT]).json()
    again = client.post("/events", json=[EVENT, EVENT]).json()
    assert (first["accepted"], again["accepted"], again["duplicates"]) == (1, 0, 2)
    assert len(shop.store.history("anna")) == 1


def test_an_event_counts_at_once(client):
    before = ids(client.get("/recommend", params={"user": "anna", "k": 24}))
    assert "red-circle-0" in before
    client.post("/events", json=[EVENT])
    after = client.get("/recommend", params={"user": "anna", "k": 24})
    assert "red-circle-0" not in ids(after)
    assert client.get("/recommend", params={"user": "anna", "k": 24}).json() == after.json()


def test_unusable_events_are_named_and_the_others_taken(client, shop):
    sent = [
        EVENT,
        {"user": "anna"},
        {"user": "", "item": "red-circle-0"},
        {"user": "anna", "item": "red-circle-0", "time": "yesterday"},
        {"user": "anna", "item": "red-circle-0", "value": "many"},
        {"user": "anna", "item": "red-circle-0", "time": 1e15},
        {"user": "anna", "item": "red-circle-0", "colour": "red"},
        "anna bought it",
    ]
    answer = client.post("/events", json=sent).json()
    assert answer["accepted"] == 1
    assert [entry["place"] for entry in answer["refused"]] == [1, 2, 3, 4, 5, 6, 7]
    assert "'yesterday'" in answer["refused"][2]["why"]
    assert len(shop.store.history("anna")) == 1


def test_an_event_of_an_item_to_come_is_kept_until_it_comes(client, shop):
    answer = client.post("/events", json=[{"id": "e-9", "user": "anna", "item": "new-1"}]).json()
    assert (answer["accepted"], answer["unknown_items"]) == (1, 1)
    assert len(shop.store.history("anna")) == 0
    client.post("/add", json={"items": [{"id": "new-1", "title": "new red circle"}]})
    assert len(shop.store.history("anna")) == 1


def test_items_come_live_with_their_pictures(client):
    sent = {
        "items": [
            {"id": "new-1", "title": "pink circle", "images": ["new/pink.png"], "attributes": {"colour": "pink"}}
        ],
        "pictures": {"new/pink.png": base64.b64encode(picture()).decode()},
    }
    answer = client.post("/add", json=sent)
    assert (answer.status_code, answer.json()["added"], answer.json()["refusals"]) == (200, 1, [])
    assert ids(client.get("/search", params={"text": "pink", "k": 1})) == ["new-1"]
    name = client.get("/items/new-1").json()["images"][0]
    assert client.get(f"/pictures/{name}").status_code == 200


def test_items_come_as_a_form_too(client):
    items = json.dumps([{"id": "new-1", "title": "pink circle", "images": ["a.png"]}])
    answer = client.post("/add", data={"items": items}, files=[("pictures", ("a.png", picture()))])
    assert answer.json()["added"] == 1
    assert len(client.get("/items/new-1").json()["images"]) == 1


@pytest.mark.parametrize("name", ["../out.png", "/abs.png", "a/../../b.png", "a//b.png", "..", "\\\\host\\a.png"])
def test_pictures_stay_inside(client, tmp_path, name):
    sent = {"items": [{"id": "new-1"}], "pictures": {name: base64.b64encode(picture()).decode()}}
    before = sorted(tmp_path.rglob("*.png"))
    assert client.post("/add", json=sent).status_code == 422
    assert sorted(tmp_path.rglob("*.png")) == before
    assert client.get("/items/new-1").status_code == 404


def test_a_broken_picture_changes_nothing(client):
    sent = {
        "items": [{"id": "new-1", "images": ["a.png"]}],
        "pictures": {"a.png": base64.b64encode(picture()[:60]).decode()},
    }
    answer = client.post("/add", json=sent)
    assert (answer.status_code, "a.png" in answer.json()["detail"]) == (422, True)
    assert client.get("/items/new-1").status_code == 404


def test_items_go_all_or_none(client):
    answer = client.post("/remove", json={"items": ["red-circle-0", "red-circle-7"]})
    assert (answer.status_code, "'red-circle-7'" in answer.json()["detail"]) == (404, True)
    assert client.get("/items/red-circle-0").status_code == 200
    assert client.post("/remove", json={"items": ["red-circle-0"]}).json() == {"removed": 1}
    assert "red-circle-0" not in ids(client.get("/search", params={"text": "red circle", "k": 24}))


def test_fit_is_a_job(client):
    started = client.post("/fit", json={"parts": ["recommender"]})
    assert started.status_code == 202
    job = client.app.tenants[0].jobs.wait(started.json()["id"], 60)
    assert job.state == "done"
    seen = client.get(started.headers["location"]).json()
    assert (seen["state"], seen["verb"]) == ("done", "fit")
    assert seen["steps"]
    assert [entry["id"] for entry in client.get("/jobs").json()] == [job.id]


def test_a_fit_that_cannot_be_says_why(client):
    started = client.post("/fit", json={"parts": ["engine"]}).json()
    client.app.tenants[0].jobs.wait(started["id"], 60)
    ended = client.get(f"/jobs/{started['id']}").json()
    assert ended["state"] == "failed"
    assert ended["problem"]["detail"] == "unknown part 'engine'"
    assert "recommender" in ended["problem"]["hint"]


def test_evaluate_is_a_job(client):
    sent = {"events": [{"user": "person-00", "item": "red-stripes-1"}], "methods": ["popularity"], "k": 5}
    started = client.post("/evaluate", json=sent)
    assert started.status_code == 202
    ended = client.app.tenants[0].jobs.wait(started.json()["id"], 60)
    assert ended.state == "done", ended.problem
    rows = client.get(f"/jobs/{ended.id}").json()["result"]["rows"]
    assert {"method", "metric", "value", "low", "high", "n", "seconds"} == set(rows[0])
    assert "shop" in {row["method"] for row in rows}


def test_evaluate_by_a_split_with_something_missing(client):
    sent = {"split": "leave-one-out", "methods": ["random"], "k": 5, "seeds": 2, "missing": {"picture": 0.5}}
    started = client.post("/evaluate", json=sent)
    assert started.status_code == 202, started.text
    ended = client.app.tenants[0].jobs.wait(started.json()["id"], 120)
    assert ended.state == "done", ended.problem
    protocol = client.get(f"/jobs/{ended.id}").json()["result"]["protocol"]
    assert protocol["missing"] == "50% of picture"
    assert protocol["costs"]["random"]["seeds"] == 2
    assert protocol["test_part"].startswith("opened once")
    assert protocol["against"]["baseline"]
    assert client.post("/evaluate", json=sent | {"missing": {"picture": 2}}).status_code == 422


def test_evaluate_the_space_is_a_job(client):
    started = client.post("/evaluate", json={"space": True})
    ended = client.app.tenants[0].jobs.wait(started.json()["id"], 60)
    assert ended.state == "done", ended.problem
    assert client.get(f"/jobs/{ended.id}").json()["result"]["coverage"]["both"] > 0


def test_the_log_names_nobody(client, caplog):
    caplog.set_level(logging.DEBUG)
    client.post("/events", json=[EVENT])
    client.get("/recommend", params={"user": "anna", "where": "nothing = 1"})
    client.get("/explain", params={"user": "anna", "item": "red-circle-0"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("tastemaker")]
    assert any("/recommend" in line for line in ours)
    assert not [line for line in ours if "anna" in line or "red-circle" in line]


def test_the_app_ends_its_jobs(shop):
    with TestClient(create_app(shop), base_url=BASE) as client:
        started = client.post("/fit").json()
        jobs = client.app.tenants[0].jobs
    assert jobs.find(started["id"]).state in ("cancelled", "done")


TOLD = [
    {"user": "anna", "items": ["red-circle-1", "red-stripes-1"], "token": "r-1", "time": 1_700_000_000},
    {"user": "anna", "item": "red-circle-1", "kind": "cart", "token": "r-1"},
    {"eventType": "add-to-cart", "visitorId": "v1", "productDetails": [{"product": {"id": "red-circle-1"}}]},
    {"USER_ID": "u1", "ITEM_ID": "red-circle-1", "TIMESTAMP": 1_700_000_000, "IMPRESSION": "red-circle-1|new"},
    {"eventType": "swim", "visitorId": "v1"},
    {"user": "anna", "items": ["red-circle-1"], "chances": [1.5]},
]


def test_lists_and_retailers_events_are_taken_as_they_come(client, shop):
    answer = client.post("/events", json=TOLD).json()
    assert [refused["place"] for refused in answer["refused"]] == [4, 5]
    assert "swim" in answer["refused"][0]["why"]
    assert answer["accepted"] == 5  # a list, an event; an event; an event with its list
    lists, deeds = shop.store.trial("")
    by = {each.user: each for each in lists}
    assert by["anna"].items == ("red-circle-1", "red-stripes-1")
    assert by["u1"].items == ("red-circle-1", "new")
    assert {deed.token for deed in deeds if deed.user != "v1"} == {"r-1", by["u1"].token}
    assert client.post("/events", json=TOLD[:1]).json()["duplicates"] == 1


def test_a_person_sees_what_they_did_and_has_it_forgotten(client, shop):
    done = (("red-circle-0", "view"), ("red-circle-1", "like"), ("red-stripes-1", "buy"))
    sent = [
        {"user": "anna", "item": item, "kind": kind, "time": 1_700_000_000 + n, "id": f"e{n}"}
        for n, (item, kind) in enumerate(done)
    ]
    client.post("/events", json=sent)
    told = client.get("/past", params={"user": "anna"}).json()
    assert [event["kind"] for event in told] == ["buy", "like", "view"]
    assert told[0] == {"value": None, "token": "", **sent[2]}
    assert [event["item"] for event in client.get("/past?user=anna&kind=like").json()] == ["red-circle-1"]
    assert len(client.get("/past?user=anna&limit=2").json()) == 2
    assert client.post("/forget", json={"user": "anna", "kind": "like"}).status_code == 400, "of which item?"
    assert client.post("/forget", json={"user": "anna", "item": "red-circle-1"}).json() == {"forgotten": 1}
    assert client.post("/forget", json={"user": "anna"}).json() == {"forgotten": 2}
    assert client.get("/past?user=anna").json() == []
    assert client.get("/past").status_code == client.post("/forget", json={"user": ""}).status_code == 422


@pytest.mark.parametrize(
    "names", [["x" * 300 + ".png"], ["q.png", "q.png/r.png"], ["q.png/r.png", "q.png"], ["a\x01.png"]]
)
def test_pictures_that_no_folder_can_hold_are_refused(client, names):
    sent = {"items": [{"id": "new-1"}], "pictures": dict.fromkeys(names, base64.b64encode(picture()).decode())}
    answer = client.post("/add", json=sent)
    assert (answer.status_code, answer.json()["title"]) == (422, "picture error")
    assert client.get("/items/new-1").status_code == 404


@pytest.mark.parametrize("items", [b"\xff\xfe", b'[{"id": "new-1"}], "pictures": {}', b"[" * 10_000, b"[{"])
@pytest.mark.parametrize("as_file", [True, False])
def test_a_form_whose_items_are_no_json_is_refused(client, items, as_file):
    files = [("items", ("items.json", items))] if as_file else [("items", (None, items))]
    answer = client.post("/add", files=files)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert client.get("/items/new-1").status_code == 404


def test_a_refused_event_says_which_field_is_wrong(client):
    sent = [{"eventType": "search", "visitorId": ""}, {"user": "  ", "item": "red-circle-0"}]
    sent += [{"user": "a", "item": "red-circle-0", "kind": "\n"}]
    refused = client.post("/events", json=sent).json()["refused"]
    assert [each["why"].partition(":")[0] for each in refused] == ["visitorId", "user", "kind"]


def test_a_time_before_the_year_1_is_refused_and_check_goes_on(client):
    sent = [{"user": "anna", "item": "red-circle-0", "time": "0001-01-01T00:00:00+14:00"}]
    assert client.post("/events", json=sent).json()["accepted"] == 0
    assert client.get("/check").status_code == 200

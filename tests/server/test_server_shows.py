"""`/try-on` and `/place`: jobs whose pictures are in memory, and go when somebody says so."""

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE
from tests.studio.scenes import mannequin, write_shop


def coded(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


PERSON, ROOM = coded(mannequin()), coded(np.full((300, 400, 3), (205, 200, 190), np.uint8))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    root = write_shop(tmp_path_factory.mktemp("shows") / "shop")
    with Shop(root) as shop, TestClient(create_app(shop), base_url=BASE, raise_server_exceptions=False) as found:
        yield found


def done(client, answer):
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/jobs/{answer.json()['id']}"
    for _ in range(400):
        job = client.get(answer.headers["location"]).json()
        if job["state"] != "running":
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_tee_on_a_person_is_fetched_and_deleted(client):
    job = done(client, client.post("/try-on", json={"item": "tee-1", "person": PERSON, "consent": True}))
    assert (job["state"], job["result"]["engine"], job["result"]["refused"]) == ("done", "compositor", None)
    assert {step["task"] for step in job["steps"]} >= {"showing", "composing"}
    shown = job["result"]["shown"][0]
    for name in ("picture", "mask"):
        got = client.get(f"/shown/{shown[name]}")
        assert got.headers["cache-control"] == "private, no-store"
        assert Image.open(io.BytesIO(got.content)).size == (384, 512)
        assert client.delete(f"/shown/{shown[name]}").status_code == 204
        assert client.get(f"/shown/{shown[name]}").status_code == 404


def test_a_cabinet_in_a_room(client):
    floor = [[40, 290], [360, 290], [280, 200], [120, 200]]
    asked = {"item": "box-1", "room": ROOM, "floor": floor, "floor_size": [3, 3], "at": [200, 260]}
    job = done(client, client.post("/place", json=asked))
    assert job["state"] == "done"
    assert job["result"]["refused"] is None
    assert job["result"]["fidelity"]["outside"] == 1


def test_a_person_is_corrected_by_points_and_a_brush(client):
    asked = {"item": "tee-1", "person": PERSON, "consent": True, "badge": False}
    found = done(client, client.post("/try-on", json=asked))["result"]["points"]
    assert found["left shoulder"][0] < found["right shoulder"][0]
    left = np.zeros((512, 384), np.uint8)
    left[:, :192] = 255
    points = {**found, "belt": [192, 250]}
    job = done(client, client.post("/try-on", json={**asked, "points": points, "brush": coded(left)}))
    shown = job["result"]["shown"][0]
    mask = np.asarray(Image.open(io.BytesIO(client.get(f"/shown/{shown['mask']}").content)))
    assert mask[:, :192].any()
    assert not mask[:, 192:].any()


def test_a_product_is_turned_and_scaled(client):
    asked = {"item": "box-1", "room": ROOM, "floor": [[40, 290], [360, 290], [280, 200], [120, 200]]}
    job = done(client, client.post("/place", json={**asked, "floor_size": [3, 3], "turn": 15, "scale": 0.5}))
    assert job["result"]["refused"] is None
    assert len(job["result"]["size"]) == 3
    assert any("50%" in warning for warning in job["result"]["warnings"])


def test_words_need_an_engine_that_follows_them(client):
    asked = {"item": "tee-1", "person": PERSON, "consent": True, "instruction": "sleeves rolled up"}
    job = done(client, client.post("/try-on", json=asked))
    assert job["state"] == "failed"
    assert "does not follow words" in job["problem"]["detail"]


def test_a_refusal_is_a_result(client):
    job = done(client, client.post("/try-on", json={"item": "tee-1", "person": ROOM, "consent": True}))
    assert job["state"] == "done"
    assert "no person" in job["result"]["refused"]
    assert job["result"]["shown"] == []


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/try-on", {"item": "tee-1", "person": PERSON}, 400),
        ("/try-on", {"item": "tee-1", "person": "AAAA", "consent": True}, 422),
        ("/try-on", {"item": "tee-1", "consent": True}, 422),
        ("/try-on", {"item": "tee-1", "person": PERSON, "consent": True, "points": {"nose": [1, 2]}}, 422),
        ("/try-on", {"item": "tee-1", "person": PERSON, "consent": True, "brush": "AAAA"}, 422),
        ("/place", {"item": "box-1", "room": ROOM, "floor": [[0, 0]]}, 422),
        ("/place", {"item": "box-1", "room": ROOM, "scale": 0}, 422),
        ("/place", {"item": "box-1", "room": ROOM, "n": 100}, 422),
    ],
)
def test_what_cannot_be_asked(client, path, asked, status):
    answer = client.post(path, json=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_an_item_that_is_not_there_fails_the_job(client):
    job = done(client, client.post("/place", json={"item": "gone", "room": ROOM}))
    assert job["state"] == "failed"
    assert "gone" in job["problem"]["detail"]

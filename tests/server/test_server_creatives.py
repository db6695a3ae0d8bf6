"""Creatives over HTTP: a job, the queue, files, decisions."""

import json

import pytest
from starlette.testclient import TestClient

from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE, write_workspace


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = write_workspace(tmp_path_factory.mktemp("creatives") / "shop")
    with Shop(folder) as shop, TestClient(create_app(shop), base_url=BASE, raise_server_exceptions=False) as opened:
        yield opened


def made(client, **asked):
    job = client.post("/creative", json=asked)
    assert job.status_code == 202, job.text
    lines = [line for line in client.get(f"{job.headers['location']}/stream").text.split("\n\n") if line]
    return json.loads(lines[-1].removeprefix("data: "))


def test_a_job_makes_them_and_they_wait(client):
    job = made(client, items=["red-circle-0", "blue-circle-0"], format="email", n=2)
    assert job["state"] == "done"
    first, second = job["result"]["creatives"]
    assert {fact["item"] for fact in first["facts"]} == {"red-circle-0", "blue-circle-0"}
    waiting = client.get("/creative", params={"state": "waiting"}).json()
    assert {first["name"], second["name"]} <= {one["name"] for one in waiting}
    picture = client.get(f"/creative/{first['name']}.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    drawing = client.get(f"/creative/{first['name']}.svg")
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in drawing.headers["content-security-policy"]
    assert b"<text" in drawing.content


def test_a_decision_is_kept_and_taken_back(client):
    name = made(client, items=["green-circle-0"])["result"]["creatives"][0]["name"]
    path = f"/creative/{name}/decision"
    assert client.post(path, json={"state": "approved", "who": "anna", "why": "calm"}).json()["state"] == "approved"
    assert client.get(f"/creative/{name}").json()["decisions"][0]["why"] == "calm"
    assert client.post(path, json={"state": "waiting", "who": "ben"}).json()["state"] == "waiting"
    assert [one["who"] for one in client.get(f"/creative/{name}").json()["decisions"]] == ["anna", "ben"]
    assert client.get(f"/creative/{name}").json()["outdated"] == []


def test_what_is_wrong(client):
    assert made(client, items=["nothing"])["problem"]["status"] == 404
    assert client.post("/creative", json={"items": []}).status_code == 422
    assert client.post("/creative", json={"items": ["a"], "format": "poster"}).status_code == 422
    assert client.get("/creative/zz").status_code == 404
    assert client.get("/creative/zz.png").status_code == 404
    assert client.get("/creative/zz.exe").status_code == 422
    assert client.post("/creative/zz/decision", json={"state": "approved", "who": "anna"}).status_code == 404
    assert client.post("/creative/zz/decision", json={"state": "approved", "who": ""}).status_code == 422

"""Drawing over HTTP: a job, its stream, its pictures."""

import json

import pytest

from tests.server.small_workspace import picture


@pytest.fixture
def drawing(client, shop):
    shop.fit(parts=["generators"])
    return client


def result(client, **asked):
    job = client.post("/imagine", json=asked)
    assert job.status_code == 202, job.text
    lines = [line for line in client.get(f"{job.headers['location']}/stream").text.split("\n\n") if line]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def test_a_job_draws_and_is_streamed_to_its_end(drawing):
    seen = result(drawing, text="red circle", n=2)
    assert seen[-1]["state"] == "done"
    assert all(job["state"] == "running" for job in seen[:-1])
    imagined = seen[-1]["result"]
    assert [design["number"] for design in imagined["designs"]] == [0, 1]
    assert imagined["designs"][0]["nearest"][0]["id"]
    assert "png" not in imagined["designs"][0]
    answer = drawing.get(f"/drawings/{imagined['designs'][0]['name']}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_a_picture_and_a_person_can_be_sent(drawing):
    import base64

    sent = base64.b64encode(picture()).decode()
    notes = result(drawing, image=sent, user="person-00", n=1)[-1]["result"]["notes"]
    assert any("picture" in note for note in notes)


def test_what_cannot_be_drawn(client):
    failed = result(client, text="red circle")[-1]
    assert failed["state"] == "failed"
    assert "not learned to draw" in failed["problem"]["detail"]
    assert client.post("/imagine", json={"n": 0}).status_code == 422
    assert client.post("/imagine", json={"image": "AAAA"}).status_code == 422
    assert client.get("/drawings/nothing.png").status_code == 404
    assert client.get("/jobs/nothing/stream").status_code == 404

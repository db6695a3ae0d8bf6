"""Refit and drift over HTTP, and by the client: the same as in Python."""

import pytest
from starlette.testclient import TestClient

from tastemaker.client import Client
from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.client.to_app import ToApp
from tests.server.small_workspace import BASE
from tests.shop.parity import later, write_parity


@pytest.fixture
def shop(tmp_path):
    with Shop(write_parity(tmp_path / "shop")) as opened:
        yield opened


def test_a_refit_is_a_job_whose_result_says_why(shop):
    with TestClient(create_app(shop), base_url=BASE) as client:
        begun = client.post("/refit", json={"people": 10})
        assert begun.status_code == 202
        app = client.app
        job = app.tenants[0].jobs.wait(begun.json()["id"], 60)
        assert job.result["verdict"] == "published"
        assert client.post("/refit", json={"people": 1}).status_code == 422


def test_the_client_gets_what_a_shop_gives(shop):
    shop.fit()
    shop.record(later())
    with Client(BASE, transport=ToApp(create_app(shop))) as client:
        done = client.refit()
        assert (done.verdict, done.people) == ("published", 40)
        assert done.difference.low <= done.difference.value <= done.difference.high
        assert client.refit().verdict == "nothing new"


def test_drift_is_the_same_over_http(shop):
    shop.fit()
    shop.record(later())
    with Client(BASE, transport=ToApp(create_app(shop))) as client:
        assert client.drift() == shop.drift()
        assert client.drift(days=3).why == "3 days before the newest event"

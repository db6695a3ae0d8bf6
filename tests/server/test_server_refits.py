"""Refit, drift and experiments over HTTP, and by the client: the same as in Python."""

import pytest
from starlette.testclient import TestClient

from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.client import Client
from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.client.to_app import ToApp
from tests.server.small_workspace import BASE
from tests.shop.parity import SETTINGS, later, write_parity


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
        done = client.refit(all_events=True)
        assert (done.verdict, done.people) == ("published", 40)
        assert done.difference.low <= done.difference.value <= done.difference.high
        assert client.refit().verdict == "nothing new"


def test_drift_is_the_same_over_http(shop):
    shop.fit()
    shop.record(later())
    with Client(BASE, transport=ToApp(create_app(shop))) as client:
        assert client.drift() == shop.drift()
        assert client.drift(days=3).why == "3 days before the newest event"


def test_an_experiment_over_http(tmp_path):
    root = write_parity(tmp_path / "shop", SETTINGS + '[experiment]\nname = "x"\narms = ["shop", "popularity"]\n')
    with Shop(root) as shop, Client(BASE, transport=ToApp(create_app(shop))) as client:
        shop.fit()
        for person in range(8):
            ranking = client.recommend(f"u{person}", k=4)
            client.record([Event(f"u{person}", ranking.ids[0], "buy", token=ranking.token)])
        client.record([Impression("u1", ("item-1",), "elsewhere", 5.0)])
        assert shop.store.experiments() == {"": 1, "x": 8}
        told = client.evaluate(experiment="x")
        assert {row["value"] for row in told["rows"] if row["metric"] == "buy@4"} == {1.0}
        assert told["protocol"]["lists"] == 8

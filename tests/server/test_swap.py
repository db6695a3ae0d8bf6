"""A new version is served without a dropped request, an old one again after ``rollback``, a damaged one never."""

import threading
import time

import numpy as np
import pytest
from starlette.testclient import TestClient

from tastemaker.core.errors import WorkspaceError
from tastemaker.core.storage import Artefacts
from tastemaker.server import ServerSettings, create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE

OFTEN = ServerSettings.read({"look_every": 0.02})


@pytest.fixture
def client(shop):
    with TestClient(create_app(shop, OFTEN), base_url=BASE, raise_server_exceptions=False) as opened:
        yield opened


def until(holds):
    for _ in range(1_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def another_version(shop, share, *, damaged=False):
    """Publish, as another process would, other weights of words; or what the disk has left of them."""
    artefacts = Artefacts(shop.workspace.state)
    old = artefacts.published()["search"]
    config = {**old.config, "words_share": share}
    new = artefacts.write("search", config=config, tensors=old.tensors(), manifest={})
    if damaged:
        (new.folder / "weights.safetensors").write_bytes(b"damaged")
    with artefacts.lock("publishing"):
        artefacts.publish({"search": new})
        artefacts.sweep()
    return new


def test_nobody_is_sent_away_while_versions_change(client, shop):
    answers, going = [], threading.Event()

    def ask():
        while not going.is_set():
            answers.append(client.get("/search", params={"text": "red circle"}).status_code)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for turn in range(6):
        new = another_version(shop, 0.1 * turn)
        until(lambda new=new: shop.view.fitted.names["search"] == new.name)
        assert client.get("/readyz").json()["status"] == "ready"
    version = client.post("/rollback", json={}).json()
    assert version["parts"]["search"] == shop.view.fitted.names["search"]
    assert shop.view.fitted.words_share == pytest.approx(0.4)
    going.set()
    for asker in askers:
        asker.join()
    assert set(answers) == {200}
    assert len(answers) > 10


def test_a_version_that_cannot_be_read_is_left_alone(client, shop, caplog):
    before = client.get("/search", params={"text": "red circle"}).json()
    another_version(shop, 0.9, damaged=True)
    until(lambda: "cannot be loaded" in caplog.text)
    assert client.get("/search", params={"text": "red circle"}).json() == before
    time.sleep(0.1)
    assert caplog.text.count("cannot be loaded") == 1  # the same is not tried again
    assert client.post("/rollback").status_code == 200
    newer = another_version(shop, 0.7)
    until(lambda: shop.view.fitted.names["search"] == newer.name)


def test_without_a_server_the_next_call_has_the_new_version(shop):
    new = another_version(shop, 0.8)
    assert shop.view.fitted.names["search"] == new.name
    assert [version.current for version in shop.versions] == [False, True]
    shop.rollback()
    assert shop.view.fitted.names["search"] != new.name
    with pytest.raises(WorkspaceError, match="no earlier version"):
        shop.rollback()


def test_another_process_follows_a_rollback(shop):
    with Shop(shop.path) as other:
        new = another_version(shop, 0.8)
        assert other.view.fitted.names["search"] == new.name
        shop.rollback()
        assert other.view.fitted.names["search"] != new.name


def test_items_added_while_an_old_version_is_served_are_in_it(client, shop):
    another_version(shop, 0.8)
    client.post("/add", json={"items": [{"id": "late", "title": "a late thing"}]})
    client.post("/rollback", json={})
    assert client.get("/search", params={"text": "late thing"}).json()["items"][0]["id"] == "late"
    assert np.isfinite(shop.view.vectors.matrix).all()
    versions = client.get("/versions").json()
    assert [version["current"] for version in versions] == [True, False]
    assert client.post("/rollback", json={"to": versions[1]["id"]}).json()["id"] == versions[1]["id"]
    assert client.post("/rollback", json={"to": "nothing"}).status_code == 400


def test_whoever_is_ending_says_so(client):
    client.app.draining = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "ending"})
    assert client.get("/healthz").status_code == 200
    assert client.get("/recommend").status_code == 200  # what still comes is answered

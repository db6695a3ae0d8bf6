"""The API with the page attached refuses as it does alone; a browser gets a page with a way home."""

import pytest
from starlette.testclient import TestClient

from tastemaker.page import attach
from tastemaker.server import create_app
from tests.server.small_workspace import BASE

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def both(read_shop):
    app = create_app(read_shop)
    attach(app, read_shop)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/recommend"), ("DELETE", "/items/red-circle-0"), ("PATCH", "/jobs"), ("GET", "/events"),
     ("POST", "/nope"), ("GET", "/nope"), ("GET", "/recommend/")],
)  # fmt: skip
def test_the_api_answers_as_it_does_alone(both, reader, method, path):
    found, alone = both.request(method, path), reader.request(method, path, follow_redirects=False)
    assert found.status_code == alone.status_code
    assert found.headers.get("location") == alone.headers.get("location")
    assert found.headers.get("content-type") == alone.headers.get("content-type")
    assert found.text == alone.text
    assert "allow" in found.headers or found.status_code != 405


def test_a_page_refuses_other_methods_as_the_api_does(both):
    answer = both.delete("/map")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_an_unknown_address_is_a_page_with_a_way_home(both):
    answer = both.get("/nope?person=person-00", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in answer.text
    assert 'href="/?person=person-00"' in answer.text
    assert both.post("/nope", headers=BROWSER).headers["content-type"] == "application/problem+json"


def test_what_breaks_inside_a_page_is_not_told_to_visitors(both, monkeypatch):
    def breaks(*given):
        raise ZeroDivisionError("the password of anna is swordfish")

    monkeypatch.setattr("tastemaker.page.app.people", breaks)
    answer = both.get("/", headers=BROWSER)
    assert (answer.status_code, "swordfish" in answer.text) == (500, False)
    assert "Back to the start" in answer.text
    assert both.get("/").headers["content-type"] == "application/problem+json"

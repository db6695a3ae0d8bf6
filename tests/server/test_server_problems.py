"""Everything that can be asked wrongly, and the answer to it."""

import base64
import struct
import zlib

import pytest

PROBLEM = {"type", "title", "status", "detail", "hint"}


def bomb():
    """A few bytes that would decode to 2.7 GB."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


WRONG = [
    ("get", "/recommend?k=0", {}, 422, "k: "),
    ("get", "/recommend?k=-3", {}, 422, "k: "),
    ("get", "/recommend?k=many", {}, 422, "k: "),
    ("get", "/recommend?k=1000000000", {}, 422, "k: "),
    ("get", "/recommend?person=u1", {}, 422, "person"),
    ("get", "/complete", {}, 422, "items"),
    ("post", "/complete", {"json": {"items": []}}, 422, "items"),
    ("get", "/complete?items=nothing-like-it", {}, 404, "nothing-like-it"),
    ("get", "/recommend?where=price+<", {}, 400, ""),
    ("get", "/recommend?where=colr+%3D+red", {}, 400, "colr"),
    ("get", "/recommend?where=1%3D1;drop+table+items", {}, 400, ""),
    ("get", "/recommend?exclude=nothing-like-it", {}, 404, "nothing-like-it"),
    ("post", "/recommend", {"json": {"user": "person-00", "history": ["red-circle-0"]}}, 400, "both"),
    ("post", "/recommend", {"json": {"history": "red-circle-0"}}, 422, "history"),
    ("get", "/similar", {}, 422, "item"),
    ("get", "/similar?item=nothing-like-it", {}, 404, "nothing-like-it"),
    ("get", "/explain?item=nothing-like-it", {}, 404, "nothing-like-it"),
    ("get", "/items/nothing-like-it", {}, 404, "nothing-like-it"),
    ("get", "/search", {}, 400, ""),
    ("get", f"/search?text={'x' * 3000}", {}, 422, "text"),
    ("post", "/search", {"content": b"{", "headers": {"content-type": "application/json"}}, 422, "JSON"),
    ("post", "/search", {"content": b'{"text": "\\ud800"}', "headers": {"content-type": "application/json"}}, 422, ""),
    ("post", "/search", {"content": b"text=a", "headers": {"content-type": "text/plain"}}, 415, "text/plain"),
    ("post", "/search", {"json": {"image": "no base64!"}}, 422, "image"),
    ("post", "/search", {"json": {"image": base64.b64encode(bomb()).decode()}}, 422, "900,000,000 pixels"),
    ("post", "/search", {"files": {"image": ("a.png", b"just text")}}, 422, "text file"),
    ("post", "/search", {"files": {"image": ("a.png", b"")}}, 422, "empty"),
    ("post", "/search", {"files": [("image", (f"{n}.png", b"x")) for n in range(9)]}, 400, "9 pictures"),
    ("get", "/pictures/red-circle-0.png?width=1", {}, 422, "width"),
    ("get", "/pictures/red-circle-0.png?width=100000", {}, 422, "width"),
    ("post", "/events", {"json": {"user": "a"}}, 422, "list"),
    ("post", "/add", {"json": {"items": [{"title": "no id"}]}}, 422, "id"),
    ("post", "/add", {"json": {"items": [{"id": "a", "price": -1}]}}, 422, "price"),
    ("post", "/add", {"json": {"items": [{"id": "a", "colour": "red"}]}}, 422, "colour"),
    ("post", "/add", {"json": {"items": []}}, 422, "items"),
    ("post", "/add", {"files": {"pictures": ("a.png", b"x")}}, 400, "items"),
    ("post", "/remove", {"json": {"items": []}}, 422, "items"),
    ("post", "/evaluate", {"json": {}}, 400, "nothing"),
    ("post", "/evaluate", {"json": {"split": "time", "queries": [{"positives": ["a"]}]}}, 400, "split and queries"),
    ("post", "/evaluate", {"json": {"split": "time", "candidates": "/etc/passwd"}}, 400, "/etc/passwd"),
    ("get", "/jobs/none", {}, 404, "none"),
    ("delete", "/jobs/none", {}, 404, "none"),
    ("put", "/recommend", {}, 405, "not allowed"),
    ("get", "/nowhere", {}, 404, "not found"),
]


@pytest.mark.parametrize(("method", "path", "sent", "status", "says"), WRONG)
def test_used_wrongly(reader, method, path, sent, status, says):
    response = reader.request(method, path, **sent)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert set(found) == PROBLEM
    assert found["status"] == status
    assert says in found["detail"]
    assert "\n" not in found["detail"] + found["hint"]
    assert not found["detail"].endswith(".")
    assert reader.get("/readyz").json()["items"] == 24


def test_an_unknown_name_lists_its_neighbours(reader):
    assert "'red-circle-1'" in reader.get("/items/red-circle-9").json()["hint"]


def test_a_body_over_the_cap_is_not_parsed(reader):
    response = reader.post("/search", content=b"{" * 12_000_001, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["title"]) == (413, "request entity too large")


def test_openapi_documents_every_route_with_an_example(reader):
    schema = reader.get("/openapi.json").json()
    verbs = {
        "recommend",
        "search",
        "similar",
        "explain",
        "check",
        "evaluate",
        "methods",
        "doctor",
        "add",
        "remove",
        "fit",
    }
    assert {f"/{verb}" for verb in verbs} <= set(schema["paths"])
    for path, routes in schema["paths"].items():
        for method, route in routes.items():
            assert route["summary"], (method, path)
            assert route["description"], (method, path)
            assert "422" in route["responses"], (method, path)
    for name, model in schema["components"]["schemas"].items():
        if name.endswith("Request"):
            assert "example" in model, name


@pytest.mark.parametrize("path", ["/recommend", "/events", "/similar"])
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_json_that_does_not_say_so_is_named(reader, path, kind):
    answer = reader.post(path, content=b"{}", headers={"content-type": kind} if kind else {})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]
    assert "Content-Type" in answer.json()["hint"]


@pytest.mark.parametrize("body", [b"{bad", b'{"user": "\xff"}', b"[" * 100_000, b"[1, 2"])
def test_what_is_no_json_is_told_with_a_next_step(reader, body):
    answer = reader.post("/recommend", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "JSON" in answer.json()["detail"]
    assert answer.json()["hint"]

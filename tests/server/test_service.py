"""What every answer gets: an id, headers, a count and a line in the log; and what the figures look like."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tastemaker.server import ServerSettings, create_app
from tastemaker.server.logs import JsonLines
from tastemaker.server.metrics import Metrics
from tests.server.small_workspace import BASE


@pytest.fixture
def logged():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("tastemaker.server")
    level, logger.handlers = logger.level, [handler]
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.handlers = []
    logger.setLevel(level)


@pytest.mark.parametrize("sent", ["r-1", "A.b_c-9", "x" * 64])
def test_the_id_of_a_request_comes_back(reader, sent):
    assert reader.get("/healthz", headers={"x-request-id": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", [b"", b"a b", b"x" * 65, b"a;b", b"\xc3\xa4", b'"', b"%0d%0aSet-Cookie:a"])
def test_an_id_that_could_do_harm_is_replaced(reader, sent):
    made = reader.get("/healthz", headers={"x-request-id": sent}).headers["x-request-id"]
    assert made != sent.decode()
    assert len(made) == 32


@pytest.mark.parametrize("path", ["/recommend?user=person-00", "/recommend?k=0", "/nowhere", "/items/none"])
def test_headers_that_every_answer_has(reader, path):
    headers = reader.get(path).headers
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"


def broken(shop):
    app = create_app(shop)

    @app.get("/break")
    def fall():
        raise ZeroDivisionError("the password of anna is swordfish")

    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_an_error_from_inside_is_a_problem_that_tells_nothing(read_shop, logged):
    answer = broken(read_shop).get("/break", headers={"x-request-id": "r-500"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (answer.headers["x-request-id"], answer.headers["x-content-type-options"]) == ("r-500", "nosniff")
    lines = logged()
    assert "swordfish" not in answer.text + json.dumps(lines)
    told = next(line for line in lines if "error" in line)
    assert (told["error"], told["request"], told["level"]) == ("ZeroDivisionError", "r-500", "error")
    assert told["where"][-1].endswith(" fall")


def test_the_log_is_json_and_names_nobody(reader, logged):
    reader.get("/recommend", params={"user": "person-00", "where": "price < 3"}, headers={"x-request-id": "r-7"})
    reader.post("/search", json={"text": "a secret wish", "user": "anna"})
    reader.get("/items/red-circle-0")
    reader.get("/nowhere/anna")
    lines = logged()
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/recommend", 200), ("POST", "/search", 200), ("GET", "/items/{item_id:path}", 200),
        ("GET", "page", 404),
    ]  # fmt: skip
    assert lines[0]["request"] == "r-7"
    assert lines[0]["key"] == "local"
    for word in ("person-00", "anna", "secret", "price", "red-circle", "127.0.0.1", "nowhere"):
        assert word not in json.dumps(lines)


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_figures_are_what_prometheus_reads(shop):
    with TestClient(create_app(shop), base_url=BASE) as client:
        for person in ("person-00", "person-01", "person-00"):  # who asks again is not scored again
            client.get("/recommend", params={"user": person})
        client.get("/recommend?k=0")
        client.get("/nowhere")
        client.post("/search", json={"text": "red circle"})
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "person-00" not in answer.text
    found = families(answer.text)
    counted = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for sample in found["tastemaker_requests"].samples
    }
    assert counted == {("/recommend", "200"): 3, ("/recommend", "422"): 1, ("page", "404"): 1, ("/search", "200"): 1}
    stages = {
        s.labels["stage"]: s.value for s in found["tastemaker_stage_seconds"].samples if s.name.endswith("_count")
    }
    wanted = {"score": 2, "understand": 1, "encode": 1, "vectors": 1, "words": 1, "receive": 7}
    assert {name: stages[name] for name in wanted} == wanted
    spent = [s for s in found["tastemaker_request_seconds"].samples if s.labels["route"] == "/recommend"]
    buckets = [sample.value for sample in spent if sample.name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == next(sample.value for sample in spent if sample.name.endswith("_count")) == 4
    assert found["tastemaker_items"].samples[0].value == 24
    assert found["tastemaker_index_vectors"].samples[0].value == 24
    assert found["tastemaker_index_bytes"].samples[0].value == shop.view.vectors.matrix.nbytes


def test_the_buckets_of_a_histogram_by_hand():
    metrics = Metrics()
    for seconds in (0.001, 0.005, 0.006, 0.3, 99.0):
        metrics.request("GET", 'odd "route"\\', 200, seconds)
    found = families(metrics.text({}))
    samples = found["tastemaker_request_seconds"].samples
    below = {sample.labels["le"]: sample.value for sample in samples if "le" in sample.labels}
    assert (below["0.005"], below["0.01"], below["0.25"], below["0.5"], below["10.0"], below["+Inf"]) == (
        2,
        3,
        3,
        4,
        4,
        5,
    )
    assert samples[0].labels["route"] == 'odd "route"\\'
    total = next(sample.value for sample in samples if sample.name.endswith("_sum"))
    assert total == pytest.approx(99.312)


def test_pages_of_named_sites_may_ask(read_shop):
    app = create_app(read_shop, ServerSettings.read({"cors_origins": ("https://shop.example",)}))
    client, ours = TestClient(app, base_url=BASE), {"origin": "https://shop.example"}
    asked = client.post("/recommend", json={}, headers=ours)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://shop.example")
    first = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}
    assert client.options("/recommend", headers=ours | first).status_code == 200
    other = {"origin": "https://evil.example"}
    assert client.post("/recommend", json={}, headers=other).status_code == 403
    assert client.options("/recommend", headers=other | first).status_code == 400
    assert "access-control-allow-origin" not in client.get("/recommend", headers=other).headers


def test_pages_of_named_sites_may_read_errors_and_nothing_is_kept_for_others(read_shop):
    origins = ("https://shop.example", "https://other.example")
    app, ours = create_app(read_shop, ServerSettings.read({"cors_origins": origins})), {"origin": origins[0]}

    @app.get("/break")
    def fall():
        raise ZeroDivisionError

    client = TestClient(app, base_url=BASE, raise_server_exceptions=False)
    answer = client.get("/break", headers=ours)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, ours["origin"])
    for headers in ({}, ours):
        vary = client.get("/recommend", params={"k": 1}, headers=headers).headers["vary"]
        assert {"x-api-key", "authorization"} <= {word.strip().lower() for word in vary.split(",")}
    assert "origin" in vary.lower()


def test_what_other_libraries_say_is_told_without_their_words():
    said = """
import logging, warnings
from tastemaker.server.logs import configure
configure("info")
logging.getLogger("nicegui").warning("http://shop/person/anna not found")
logging.getLogger("asyncio").error("anna was here")
warnings.warn("anna, overflow", RuntimeWarning)
logging.getLogger("tastemaker.server").info("GET /items 200")
try:
    raise ValueError("anna")
except ValueError as error:
    logging.getLogger("nicegui").exception(error)
"""
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stderr
    lines = [json.loads(line) for line in told.splitlines()]
    assert "anna" not in told
    assert [line["level"] for line in lines] == ["warning", "error", "warning", "info", "error"]
    assert [line.get("error") for line in lines] == [None, None, "RuntimeWarning", None, "ValueError"]
    assert lines[3]["message"] == "GET /items 200"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has arenas")
@pytest.mark.parametrize(("asked", "most"), [("", 2), ("7", 7)])
def test_threads_share_few_heaps_unless_somebody_says_otherwise(asked, most):
    code = (
        "import ctypes, threading, tastemaker.server.running as r; r.share_memory()\n"
        "go = threading.Barrier(13)\n"
        "def work():\n"
        "    kept = [ctypes.CDLL(None).malloc(100) for _ in range(9)]; go.wait(); go.wait()\n"
        "for _ in range(12): threading.Thread(target=work).start()\n"
        "go.wait(); ctypes.CDLL(None).malloc_stats(); go.wait()\n"
    )
    environment = {**os.environ, "MALLOC_ARENA_MAX": asked} if asked else os.environ
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stderr.count("Arena ") <= most

"""What must not be possible, as one table: who asks, what is asked, what is answered instead.

Two shops on one server, ``north`` and ``south``, with the same item ids and picture names. Keys: ``north-read``,
``north-write``, ``north-admin``, ``north-slow`` (one request a second) and the same for ``south``.
"""

import asyncio
import base64
import shutil
import socket
import threading
import time

import pytest
import uvicorn
from starlette.testclient import TestClient

from tastemaker.catalog.items import Item
from tastemaker.core.errors import ConfigError
from tastemaker.server import ServerSettings, create_app
from tastemaker.server.guard import WRONG_KEYS
from tastemaker.server.intake import Refused, read_body
from tastemaker.server.jobs import Jobs
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE, ids, picture
from tests.server.test_server_problems import bomb

SETTINGS = {"max_body_bytes": 200_000}
RATE = {"slow": 1.0}
BOMB = base64.b64encode(bomb()).decode()
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def shops(fitted, tmp_path_factory):
    opened = []
    for name in ("north", "south"):
        folder = tmp_path_factory.mktemp("tenants") / name
        shutil.copytree(fitted, folder)
        opened.append(Shop(folder))
    yield opened
    for shop in opened:
        shop.close()


@pytest.fixture(scope="module")
def keys(shops):
    from tastemaker.server.keys import Keyring

    return {
        f"{shop.path.name}-{name}": Keyring.of(shop.workspace.state).create(name, [scope], RATE.get(name, 1e5))[1]
        for shop in shops
        for name, scope in (("read", "read"), ("write", "write"), ("admin", "admin"), ("slow", "read"))
    }


@pytest.fixture(scope="module")
def app(shops, keys):
    return create_app(shops, ServerSettings.read(SETTINGS))


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as opened:
        yield opened


def ask(client, keys, who, method, path, **sent):
    headers = sent.pop("headers", {}) | ({"x-api-key": keys.get(who, who)} if who else {})
    return client.request(method, path, headers=headers, **sent)


TABLE = [
    # who asks       what is asked                                                             what is answered
    ("", "get", "/recommend", {}, 401),
    ("wrong-key-1", "get", "/recommend", {}, 401),
    ("", "get", "/openapi.json", {}, 401),
    ("", "get", "/metrics", {}, 401),
    ("", "get", "/jobs", {}, 401),
    # scopes: each key opens what it is for, and nothing more
    ("north-read", "get", "/recommend", {}, 200),
    ("north-read", "get", "/openapi.json", {}, 200),
    ("north-read", "post", "/events", {"json": []}, 403),
    ("north-read", "post", "/add", {"json": {"items": [{"id": "x"}]}}, 403),
    ("north-read", "post", "/remove", {"json": {"items": ["red-circle-0"]}}, 403),
    ("north-read", "post", "/creative", {"json": {"items": ["red-circle-0"]}}, 403),
    ("north-read", "post", "/creative/x/decision", {"json": {"state": "approved", "who": "me"}}, 403),
    ("north-read", "post", "/fit", {}, 403),
    ("north-read", "post", "/rollback", {}, 403),
    ("north-read", "get", "/metrics", {}, 403),
    ("north-read", "get", "/jobs", {}, 403),
    ("north-read", "get", "/doctor", {}, 403),
    ("north-read", "get", "/check", {}, 403),
    ("north-write", "get", "/recommend", {}, 403),
    ("north-write", "get", "/items/red-circle-0", {}, 403),
    ("north-write", "post", "/events", {"json": []}, 200),
    ("north-write", "post", "/fit", {}, 403),
    ("north-admin", "get", "/recommend", {}, 200),
    ("north-admin", "get", "/metrics", {}, 200),
    ("north-admin", "get", "/versions", {}, 200),
    ("north-read", "get", "/", {}, 404),  # the page and all that is no route is for admins
    ("north-read", "get", "/page/pictures/x", {}, 404),
    # a body that may not come in is not parsed first
    ("north-read", "post", "/add", {"content": b"{" * 100, "headers": JSON}, 403),
    # traversal
    ("north-read", "get", "/pictures/../items.csv", {}, 404),
    ("north-read", "get", "/pictures/%2e%2e/items.csv", {}, 404),
    ("north-read", "get", "/pictures/..%2f..%2fetc%2fpasswd", {}, 404),
    ("north-read", "get", "/pictures//etc/passwd", {}, 404),
    ("north-read", "get", "/pictures/a%00.png", {}, 404),
    ("north-read", "get", "/drawings/..%2fshop.db", {}, 404),
    ("north-read", "get", "/drawings/%2e%2e", {}, 404),
    ("north-read", "get", "/creative/..%2f..%2fkeys.json", {}, 404),
    ("north-read", "get", "/creative/..%2fshop.png", {}, 404),
    ("north-read", "get", "/items/..%2f..%2fkeys.json", {}, 404),
    ("north-write", "post", "/add", {"files": {"items": (None, '[{"id": "x"}]'), "pictures": ("../x.png", b"GIF89a")}},
     422),
    ("north-admin", "post", "/evaluate", {"json": {"split": "time", "candidates": "/etc/passwd"}}, 400),
    # bombs
    ("north-read", "post", "/search", {"json": {"image": BOMB}}, 422),
    ("north-read", "post", "/imagine", {"json": {"image": BOMB}}, 422),
    ("north-read", "post", "/chat", {"json": {"image": BOMB}}, 422),
    ("north-read", "post", "/place", {"json": {"item": "red-circle-0", "room": BOMB}}, 422),
    ("north-read", "post", "/try-on", {"json": {"item": "red-circle-0", "person": BOMB, "consent": True}}, 422),
    ("north-write", "post", "/add", {"files": {"items": (None, '[{"id": "x"}]'), "pictures": ("x.png", bomb())}}, 422),
    ("north-read", "post", "/search", {"content": b"[" * 150_000, "headers": JSON}, 422),
    ("north-read", "post", "/search", {"content": b'{"k": 1' + b"0" * 9_000 + b"}", "headers": JSON}, 422),
    ("north-read", "get", "/recommend?where=" + "(" * 1_900, {}, 400),
    # oversized
    ("north-read", "post", "/search", {"content": b" " * 200_001, "headers": JSON}, 413),
    ("north-read", "post", "/search", {"content": (b" " * 50_000 for _ in range(5)), "headers": JSON}, 413),
    ("north-read", "post", "/search", {"files": {"image": ("a.png", b"x" * 200_001)}}, 413),
    ("north-read", "get", f"/search?text={'x' * 2_001}", {}, 422),
    # header injection
    ("north-read", "get", "/items/x%0d%0aset-cookie:%20a=b", {}, 404),
    ("north-read", "get", "/pictures/x%0d%0aset-cookie:%20a=b", {}, 404),
    ("north-read", "get", "/shown/x%0d%0aset-cookie:%20a=b", {}, 404),
    ("north-read", "get", "/jobs/x%0d%0aset-cookie:%20a=b", {}, 404),
    # other sites, other names
    ("north-read", "post", "/recommend", {"json": {}, "headers": {"origin": "https://evil.example"}}, 403),
    ("north-read", "get", "/recommend", {"headers": {"host": "evil.example"}}, 403),
    ("north-read", "post", "/search", {"content": b"text=a", "headers": {"content-type": "text/plain"}}, 415),
    ("north-read", "put", "/recommend", {}, 405),
    ("north-read", "trace", "/recommend", {}, 405),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "method", "path", "sent", "status"), TABLE, ids=[f"{row[0]} {row[1]} {row[2][:60]}" for row in TABLE]
)
def test_the_table(client, keys, who, method, path, sent, status):
    answer = ask(client, keys, who, method, path, **sent)
    assert answer.status_code == status, answer.text
    assert "set-cookie" not in answer.headers
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "detail", "hint"}
        assert "root:" not in answer.text


def test_a_refusal_tells_no_key(client, keys):
    for who in ("north-read", "wrong-key-1"):
        answer = ask(client, keys, who, "post", "/fit")
        assert keys.get(who, who) not in answer.text + str(answer.headers)


def test_a_key_that_asks_too_often_waits(client, keys):
    answers = [ask(client, keys, "north-slow", "get", "/items/red-circle-0") for _ in range(6)]
    assert {answer.status_code for answer in answers[:2]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["title"] == "too many requests"
    assert ask(client, keys, "north-read", "get", "/items/red-circle-0").status_code == 200  # others do not
    assert ask(client, keys, "south-slow", "get", "/items/red-circle-0").status_code == 200


def test_whoever_guesses_keys_is_not_looked_at(shops, keys):
    client = TestClient(create_app(shops, ServerSettings()), base_url=BASE)
    answers = [ask(client, keys, f"guess-{n}", "get", "/recommend").status_code for n in range(int(4 * WRONG_KEYS))]
    assert answers[0] == 401
    assert 429 in answers
    assert ask(client, keys, "north-read", "get", "/items/red-circle-0").status_code == 200


def test_a_revoked_key_is_refused_at_once(client, shops):
    from tastemaker.server.keys import Keyring

    ring = Keyring.of(shops[0].workspace.state)
    key, secret = ring.create("gone")
    assert client.get("/items/red-circle-0", headers={"x-api-key": secret}).status_code == 200
    ring.revoke(key.id)
    assert client.get("/items/red-circle-0", headers={"x-api-key": secret}).status_code == 401


def test_the_last_key_revoked_opens_no_door(shop):
    from tastemaker.server.keys import Keyring

    ring = Keyring.of(shop.workspace.state)
    client = TestClient(create_app(shop), base_url=BASE)
    assert client.get("/items/red-circle-0").status_code == 200  # no key anywhere: this machine may ask
    key, secret = ring.create("only")
    assert client.get("/items/red-circle-0").status_code == 401
    assert client.get("/items/red-circle-0", headers={"x-api-key": secret}).status_code == 200
    ring.revoke(key.id)
    assert client.get("/items/red-circle-0").status_code == 401


def test_unreadable_keys_let_nobody_in(shop):
    client = TestClient(create_app(shop, ServerSettings.read({"api_key": "operator-key"})), base_url=BASE)
    (shop.workspace.state / "keys.json").write_text("nonsense")
    for headers, status in (({}, 401), ({"x-api-key": "operator-key"}, 503)):
        assert client.get("/items/red-circle-0", headers=headers).status_code == status


def test_no_tenant_sees_anything_of_another(client, shops, keys):
    shops[0].add([Item("only-north", title="A secret of the north", images=("red-circle-0.png",))])

    def both(method, path, **sent):
        return [ask(client, keys, f"{who}-admin", method, path, **sent) for who in ("north", "south")]

    here, there = both("get", "/items/only-north")
    assert (here.status_code, there.status_code) == (200, 404)
    assert "only-north" not in there.text.replace("'only-north'", "")  # its own words, and no neighbour
    here, there = both("get", "/search?text=secret+of+the+north&k=100")
    assert "only-north" in ids(here)
    assert "only-north" not in there.text
    job = ask(client, keys, "north-admin", "post", "/imagine", json={"n": 1}).json()["id"]
    client.app.tenants[0].jobs.wait(job, 60)
    for path in (f"/jobs/{job}", f"/jobs/{job}/stream"):
        assert ask(client, keys, "south-admin", "get", path).status_code == 404
    assert ask(client, keys, "south-admin", "delete", f"/jobs/{job}").status_code == 404
    assert [len(answer.json()) for answer in both("get", "/jobs")] == [1, 0]
    kept = client.app.tenants[0].shown.keep(picture())
    here, there = both("get", f"/shown/{kept}")
    assert (here.status_code, there.status_code) == (200, 404)
    ask(client, keys, "south-admin", "delete", f"/shown/{kept}")
    assert ask(client, keys, "north-admin", "get", f"/shown/{kept}").status_code == 200
    said = ask(client, keys, "north-read", "post", "/chat", json={"text": "something red"}).text
    session = said.split('"session": "')[1].split('"')[0]
    here, there = both("get", f"/chat/{session}")
    assert (here.status_code, there.status_code) == (200, 404)
    assert ask(client, keys, "south-read", "post", "/chat", json={"session": session, "text": "a"}).status_code == 404
    assert "only-north" not in ask(client, keys, "south-admin", "get", "/metrics").text
    counts = [answer.text.count('route="/chat/{session}"') for answer in both("get", "/metrics")]
    assert counts[0] > 0


def test_a_picture_that_one_shop_has_seen_is_not_anothers(client, shops, keys):
    """The same name, another picture: what is kept for one (thumbnails, tags) is not given to the other."""
    from PIL import Image

    own = shops[1].path / "images" / "red-circle-0.png"
    before = own.read_bytes()
    try:
        Image.new("RGB", (40, 40), (1, 2, 3)).save(own)
        path = "/pictures/red-circle-0.png?width=32"
        here, there = (ask(client, keys, f"{who}-read", "get", path) for who in ("north", "south"))
        held = {"if-none-match": here.headers["etag"]}
        again = ask(client, keys, "south-read", "get", path, headers=held)
    finally:
        own.write_bytes(before)
    assert here.content != there.content == again.content


def test_no_address_is_fetched_whoever_names_it(client, keys):
    """There is no fetching at all: what looks like an address is a name that nobody has, or no picture."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0)
        port = inside.getsockname()[1]
        for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f000001"):
            address = f"http://{host}:{port}/secret.png"
            item = {"id": "red-circle-0"}
            asked = [
                ("read", "/search", {"image": address}, {400, 404, 422}),
                ("read", "/imagine", {"image": address}, {400, 404, 422}),
                ("read", "/chat", {"image": address}, {400, 404, 422}),
                ("read", "/try-on", {"item": item["id"], "person": address, "consent": True}, {400, 404, 422}),
                ("read", "/place", {"item": item["id"], "room": address}, {400, 404, 422}),
                ("write", "/add", {"items": [{"id": "fetched", "title": "a thing", "images": [address]}]}, {200, 422}),
            ]
            for scope, path, sent, statuses in asked:
                assert ask(client, keys, f"south-{scope}", "post", path, json=sent).status_code in statuses, path
            assert ask(client, keys, "south-read", "get", f"/pictures/{address}").status_code == 404
            assert ask(client, keys, "south-read", "get", "/search?text=a+thing").status_code == 200
        with pytest.raises(BlockingIOError):
            inside.accept()


@pytest.mark.parametrize("sent", ["a\tb", "a;set-cookie: b=c", "a b", b"\xc3\xa9", "x" * 65, ""])
def test_a_request_id_that_could_do_harm_is_not_repeated(client, keys, sent):
    answer = ask(client, keys, "north-read", "get", "/items/red-circle-0", headers={"x-request-id": sent})
    assert answer.headers["x-request-id"] != sent
    assert answer.headers["x-request-id"].isalnum()
    assert "set-cookie" not in answer.headers


PERSONAL = ["/recommend?user=person-00", "/search?text=red&user=person-00", "/explain?item=red-circle-0&user=person-00",
            "/items/red-circle-0", "/similar?item=red-circle-0", "/metrics", "/jobs", "/recommend?k=0"]  # fmt: skip


@pytest.mark.parametrize("path", PERSONAL)
def test_answers_about_people_are_kept_nowhere(client, keys, path):
    headers = ask(client, keys, "north-admin", "get", path).headers
    assert headers["cache-control"] == "private, no-store"
    assert "X-API-Key" in headers["vary"]


def test_pictures_are_kept_by_browsers_alone(client, keys):
    answer = ask(client, keys, "north-read", "get", "/pictures/red-circle-0.png")
    assert answer.headers["cache-control"].startswith("private")
    assert "X-API-Key" in answer.headers["vary"]


def test_several_shops_need_keys_that_tell_them_apart(shops, shop):
    with pytest.raises(ConfigError, match="several shops"):
        create_app(shops, ServerSettings.read({"api_key": "operator-key"}))
    with pytest.raises(ConfigError, match="no key"):
        create_app([shops[0], shop])
    with pytest.raises(ConfigError, match="twice"):
        create_app([shops[0], shops[0]])


def test_keys_of_the_shop_open_a_public_address(shops, shop):
    create_app(shops, public())
    with pytest.raises(ConfigError, match="no api key"):
        create_app(shop, public())


def public():
    return ServerSettings(host="0.0.0.0")


def test_a_body_that_does_not_come_is_not_waited_for():
    async def drip():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(Refused) as caught:
        asyncio.run(read_body({}, drip, 1_000_000, 0.1))
    assert caught.value.problem.status == 408


@pytest.mark.parametrize("length", ["9" * 40, "200001", "-1", "1e9", "²"])
def test_a_length_that_lies_is_not_believed(length):
    async def body():
        return {"type": "http.request", "body": b"x" * 200_001, "more_body": False}

    with pytest.raises(Refused) as caught:
        asyncio.run(read_body({"content-length": length}, body, 200_000, 5.0))
    assert caught.value.problem.status == 413


def test_a_slow_line_is_answered_408_by_a_real_server(shop):
    settings = ServerSettings.read({"body_seconds": 0.3})
    server = uvicorn.Server(uvicorn.Config(create_app(shop, settings), port=0, log_config=None))
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        with socket.create_connection(bound.getsockname()) as line:
            line.sendall(b"POST /recommend HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\n{")
            assert line.recv(100).startswith(b"HTTP/1.1 408")
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


def test_jobs_that_were_told_to_stop_stop():
    jobs, going = Jobs(), threading.Event()

    def work(observer):
        from tastemaker.core.progress import Noted

        going.set()
        while True:
            time.sleep(0.005)
            observer(Noted("work", "on"))

    job = jobs.start("fit", work)
    assert going.wait(5)
    jobs.stop()
    assert jobs.wait(job.id, 5).state == "cancelled"


@pytest.mark.parametrize(("verb", "mine"), [("fit", False), ("evaluate", False), ("refit", False), ("imagine", True)])
def test_a_job_is_for_those_who_may_start_its_verb(client, app, keys, verb, mine):
    go_on = threading.Event()
    job = app.tenants[0].jobs.start(verb, lambda observer: go_on.wait(10))
    try:
        for who, may in (("north-read", mine), ("north-admin", True)):
            for method in ("get", "delete"):
                status = ask(client, keys, who, method, f"/jobs/{job.id}").status_code
                assert status in ((200, 202) if may else (403,))
        assert mine or ask(client, keys, "north-read", "get", f"/jobs/{job.id}/stream").status_code == 403
        assert job.id not in ask(client, keys, "north-read", "get", "/jobs/none").text
    finally:
        go_on.set()
        app.tenants[0].jobs.wait(job.id, 10)

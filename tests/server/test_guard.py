"""The door: host, origin, key and size, on a tiny app of its own."""

import base64

import pytest
from fastapi import FastAPI, Request, WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tastemaker.core.errors import ConfigError
from tastemaker.server.guard import Guard, host_name
from tastemaker.server.jobs import Jobs
from tastemaker.server.settings import ServerSettings, read_key
from tastemaker.server.tenants import Tenant

KEY = "correct horse battery"


@pytest.fixture
def client(read_shop):
    return lambda **settings: client_of(read_shop, settings)


def client_of(shop, settings):
    app = FastAPI()

    @app.get("/healthz")
    @app.get("/read")
    def read():
        return {"read": True}

    @app.post("/write")
    async def write(request: Request):
        return {"size": len(await request.body())}

    @app.websocket("/socket")
    async def socket(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    app.add_middleware(Guard, settings=ServerSettings.read(settings), tenants=[Tenant(shop, Jobs())])
    return TestClient(app, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "LOCALHOST", "[::1]:8000"])
def test_a_local_server_answers_to_its_own_names(host, client):
    assert client().get("/read", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8000", "", "[::1", "a b"])
def test_a_local_server_answers_to_no_other_name(host, client):
    response = client().get("/read", headers={"host": host})
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


def test_a_public_server_answers_to_any_name_unless_told_which(client):
    assert client(host="0.0.0.0", api_key=KEY).get("/healthz", headers={"host": "shop.example"}).status_code == 200
    named = client(host="0.0.0.0", api_key=KEY, hosts=("shop.example",))
    assert named.get("/healthz", headers={"host": "shop.example"}).status_code == 200
    assert named.get("/healthz", headers={"host": "other.example"}).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:8000", 200), ("http://localhost:8000", 200), ("https://evil.example", 403), ("null", 403)],
)
def test_pages_of_other_sites_change_nothing(origin, status, client):
    assert client().post("/write", content=b"x", headers={"origin": origin}).status_code == status


def test_other_origins_get_no_permission_to_read(client):
    response = client().get("/read", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers


def test_pages_of_other_sites_open_no_socket(client):
    with client().websocket_connect("ws://127.0.0.1:8000/socket") as socket:
        assert socket.receive_text() == "hello"
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect("ws://127.0.0.1:8000/socket", headers={"origin": "https://evil.example"}),
    ):
        pass


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": KEY},
        {"authorization": f"Bearer {KEY}"},
        {"authorization": "Basic " + base64.b64encode(f"anybody:{KEY}".encode()).decode()},
    ],
)
def test_the_key_opens(headers, client):
    assert client(api_key=KEY).get("/read", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": KEY[:-1]},
        {"x-api-key": "schlüssel"},
        {"authorization": KEY},
        {"authorization": "Basic ???"},
        {"authorization": "Basic " + base64.b64encode(KEY.encode()).decode()},
        {"authorization": f"Digest {KEY}"},
    ],
)
def test_nothing_else_opens(headers, client):
    given = {name: value.encode("utf-8") for name, value in headers.items()}
    response = client(api_key=KEY).get("/read", headers=given)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")
    assert KEY not in response.text


def test_health_needs_no_key(client):
    assert client(api_key=KEY).get("/healthz").status_code == 200


def test_a_socket_needs_the_key(client):
    with (
        pytest.raises(WebSocketDisconnect),
        client(api_key=KEY).websocket_connect("ws://127.0.0.1:8000/socket"),
    ):
        pass


def test_the_body_is_capped_said_or_unsaid(client):
    small = client(max_body_bytes=1_000)
    assert small.post("/write", content=b"x" * 1_000).json() == {"size": 1_000}
    assert small.post("/write", content=b"x" * 1_001).status_code == 413
    chunks = (b"x" * 300 for _ in range(4))  # no Content-Length
    assert small.post("/write", content=chunks).status_code == 413
    whole = (b"x" * 300 for _ in range(3))
    assert small.post("/write", content=whole).json() == {"size": 900}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "shop.example"])
def test_a_public_address_needs_a_key(host):
    with pytest.raises(ConfigError, match="no api key is set"):
        ServerSettings(host=host).refuse_open_door()
    ServerSettings.read({"host": host, "api_key": KEY}).refuse_open_door()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_needs_none(host):
    ServerSettings(host=host).refuse_open_door()


def test_keys_come_from_files_and_are_not_shown(tmp_path):
    file = tmp_path / "key.txt"
    file.write_text(f"{KEY}\n")
    key = read_key("", file)
    assert key.get_secret_value() == KEY
    assert KEY not in repr(ServerSettings(api_key=key)) + ServerSettings(api_key=key).json_text()
    with pytest.raises(ConfigError, match="shorter than 8"):
        read_key("secret")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key("", tmp_path / "none.txt")


def test_host_names_lose_their_port():
    assert [host_name(h) for h in ("A:1", "[::1]:8000", "127.0.0.1", "[")] == ["a", "::1", "127.0.0.1", ""]

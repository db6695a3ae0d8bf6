"""Running the service: keys, several shops, going back to an earlier version, and ending without dropping a request."""

import json
import shutil
import signal
import socket
import urllib.error
import urllib.request

import pytest

from tastemaker.cli.serving import mention
from tastemaker.shop import Shop
from tests.cli.test_cli_processes import start


def test_keys_are_made_listed_and_revoked(tell, folder):
    assert tell("keys", folder).out == "(no keys)\n"
    made = tell("keys", folder, "create", "web", "--scope", "read,write", "--rate", "50")
    secret = made.out.strip()
    assert secret.startswith("tm_")
    assert "shown this once" in made.err
    listed = tell("keys", folder, "--json")
    (key,) = listed.json
    assert (key["name"], key["scopes"], key["rate"]) == ("web", ["read", "write"], 50.0)
    assert secret not in listed.out
    assert "web" in tell("keys", folder).out
    assert tell("keys", folder, "create", "robot", "--scope", "admin", "--json").json["key"].startswith("tm_")
    assert tell("keys", folder, "revoke", key["id"]).code == 0
    assert [key["name"] for key in tell("keys", folder, "--json").json] == ["robot"]


@pytest.mark.parametrize(
    ("words", "says"),
    [(("create",), "no name"), (("revoke",), "no name"), (("revoke", "none"), "unknown key 'none'"),
     (("create", "a b"), "no name for a key"), (("create", "a", "--scope", "reed"), "scopes are ['reed']"),
     (("destroy",), "destroy"), (("create", "a", "--rate", "0"), "rate is 0.0")],
)  # fmt: skip
def test_keys_used_wrongly(tell, folder, words, says):
    told = tell("keys", folder, *words)
    assert (told.code, told.out) == (2, "")
    assert says in told.err


def test_an_earlier_version_is_served_again(tell, folder):
    assert tell("rollback", folder).code == 1  # there is none yet
    first = tell("rollback", folder, "--list", "--json").json[0]["id"]
    with Shop(folder) as shop:
        shop.fit(["generators"])
        assert shop.draws
    assert "served" in tell("rollback", folder, "--list").out.splitlines()[-1]
    assert tell("rollback", folder, "--json").json["id"] == first
    with Shop(folder) as shop:
        assert not shop.draws
    versions = tell("rollback", folder, "--list", "--json").json
    assert [version["current"] for version in versions] == [True, False]
    assert tell("rollback", folder, "--to", versions[1]["id"]).out.startswith(f"version {versions[1]['id']} of 20")
    assert tell("rollback", folder, "--to", "none").code == 2


def test_several_shops_need_keys(tell, folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    told = tell("serve", folder, other, "--port", "0")
    assert (told.code, told.err.splitlines()[0]) == (
        2,
        "error: 'shop' has no key, and the key says which shop is asked",
    )
    public = tell("serve", folder, "--host", "0.0.0.0", "--port", "0")
    assert (public.code, "tastemaker keys" in public.err) == (2, True)


def status(address, path, key=""):
    request = urllib.request.Request(f"{address}{path}", headers={"X-API-Key": key} if key else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_server_that_is_told_to_stop_finishes_what_is_under_way(folder, tmp_path, tell):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    keys = [tell("keys", shop, "create", "web").out.strip() for shop in (folder, other)]
    chosen = tmp_path / "server.toml"
    chosen.write_text('log_level = "info"\ndrain_seconds = 1.5\n')
    process = start("serve", folder, other, "--port", "0", "--settings", chosen)
    try:
        address = process.stdout.readline().strip()
        assert [status(address, "/items/red-circle-0", key) for key in (*keys, "")] == [200, 200, 401]
        body = b'{"history": ["red-circle-0"]}'
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as line:
            head = (
                f"POST /recommend HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {keys[0]}\r\nContent-Type: application/json"
            )
            line.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            process.send_signal(signal.SIGTERM)
            assert 503 in (status(address, "/readyz") for _ in range(1_000))
            line.sendall(body[5:])
            assert line.recv(100).startswith(b"HTTP/1.1 200")
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    told = [(line["route"], line["status"]) for line in lines if line.get("method")]
    assert ("/recommend", 200) in told
    assert ("/items/{item_id:path}", 401) in told
    assert "red-circle" not in err


def test_a_language_model_that_cannot_be_opened_is_told_at_the_start(tmp_path, capsys):
    (tmp_path / "items.csv").write_text("id,title\na,Red dress\n", encoding="utf-8")
    (tmp_path / "tastemaker.toml").write_text('[assistant]\nllm = "opnai:gpt"\n', encoding="utf-8")
    mention([tmp_path])
    told = capsys.readouterr().err
    assert "did you mean 'openai'?; until then the rules answer" in told
    assert "not fitted yet" in told

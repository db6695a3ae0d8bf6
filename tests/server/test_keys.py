"""Keys at rest, and the bucket that says how often one may be used."""

import json

import pytest

from tastemaker.core.errors import InputError, UnknownName, WorkspaceError
from tastemaker.server.keys import Keyring
from tastemaker.server.limits import Limits


@pytest.fixture
def ring(tmp_path):
    return Keyring.of(tmp_path)


def test_a_key_is_told_once_and_only_its_hash_is_kept(ring, tmp_path):
    key, secret = ring.create("web", ["write", "read"], 5.0)
    file = tmp_path / "keys.json"
    assert len(secret) > 40
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert ring.find(secret.encode()) == key
    assert (key.scopes, key.rate) == (("read", "write"), 5.0)
    assert "sha256" not in key.shown()
    assert not any(value in json.dumps(key.shown()) for value in (secret, key.sha256))


def test_nothing_else_is_a_key(ring):
    key, secret = ring.create("web")
    for wrong in (b"", secret[:-1].encode(), secret.upper().encode(), key.sha256.encode(), key.id.encode(), b"\xff"):
        assert ring.find(wrong) is None


def test_two_who_write_at_once_lose_nothing(ring, tmp_path):
    other = Keyring.of(tmp_path)
    ring.create("one")
    other.create("two")
    ring.create("three")
    assert [key.name for key in other.all()] == ["one", "two", "three"]


def test_a_revoked_key_opens_nothing_anywhere(ring, tmp_path):
    key, secret = ring.create("web")
    other = Keyring.of(tmp_path)
    assert other.find(secret.encode()) == key
    ring.revoke(key.id)
    assert other.find(secret.encode()) is None
    with pytest.raises(UnknownName, match=key.id):
        ring.revoke(key.id)


@pytest.mark.parametrize(
    ("name", "scopes", "rate"),
    [("", ["read"], None), ("a b", ["read"], None), ("x" * 65, ["read"], None), ("a\nb", ["read"], None),
     ("web", [], None), ("web", ["reed"], None), ("web", ["read"], 0.0), ("web", ["read"], float("nan"))],
)  # fmt: skip
def test_a_key_that_cannot_be(ring, name, scopes, rate):
    with pytest.raises(InputError):
        ring.create(name, scopes, rate)
    assert ring.all() == ()


@pytest.mark.parametrize("text", ["", "{}", "[{}]", "nonsense"])
def test_keys_that_cannot_be_read_let_nobody_in(ring, tmp_path, text):
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        ring.find(b"anything")


def test_admin_opens_everything_and_the_others_themselves(ring):
    admin, reader = ring.create("a", ["admin"])[0], ring.create("r", ["read"])[0]
    assert [admin.opens(scope) for scope in ("read", "write", "admin")] == [True, True, True]
    assert [reader.opens(scope) for scope in ("read", "write", "admin")] == [True, False, False]


def test_a_bucket_holds_two_seconds_and_fills_evenly():
    now = [100.0]
    limits = Limits(lambda: now[0])
    assert [limits.wait("a", 2.0) for _ in range(4)] == [0.0] * 4
    assert limits.wait("a", 2.0) == 0.5  # one token takes half a second
    assert limits.wait("b", 2.0) == 0.0  # somebody else's bucket
    now[0] += 0.25
    assert limits.wait("a", 2.0) == 0.25
    now[0] += 0.25
    assert limits.wait("a", 2.0) == 0.0
    now[0] += 3600
    assert [limits.wait("a", 2.0) > 0 for _ in range(5)] == [False] * 4 + [True]


def test_a_slow_rate_still_lets_one_in():
    now = [0.0]
    limits = Limits(lambda: now[0])
    assert limits.wait("a", 0.1) == 0.0
    assert limits.wait("a", 0.1) == 10.0

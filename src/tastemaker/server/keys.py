"""Keys of a shop: who may ask the service, for what, and how often; at rest there is only a hash of each.

    .tastemaker/keys.json     [{"id", "name", "scopes", "rate", "made", "sha256"}, ...], replaced whole

A key is 256 random bits, so one round of SHA-256 is enough: there is nothing to guess word by word, which is what a
slow hash is for. The file is looked at before every request, so a key that was revoked opens nothing from then on.
"""

import fcntl
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from tastemaker.core.config import Config
from tastemaker.core.errors import InputError, UnknownName, WorkspaceError
from tastemaker.core.storage import replace_text

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Key(Config):
    """One key, without its secret."""

    id: str
    """What it is called in logs and when it is revoked; no secret."""
    name: str
    """Who has it."""
    scopes: tuple[Scope, ...]
    """What it opens; `admin` opens everything."""
    rate: float | None = Field(default=None, gt=0)
    """Requests a second; the server's `requests_per_second` when null."""
    made: float
    """Unix seconds."""
    sha256: str
    """Hash of the secret."""

    def opens(self, scope: Scope) -> bool:
        """May it be used for this?"""
        return scope in self.scopes or "admin" in self.scopes

    def shown(self) -> dict[str, object]:
        """What may be told of it: everything but the hash."""
        return self.model_dump(exclude={"sha256"})


_FILE = TypeAdapter(tuple[Key, ...])


class Keyring:
    """The keys of one shop.

    Args:
        file: where they lie; need not be there yet.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[object, tuple[Key, ...]] = (None, ())

    @classmethod
    def of(cls, state: Path) -> "Keyring":
        """The keys of the workspace whose ``.tastemaker`` folder this is."""
        return cls(state / "keys.json")

    def all(self) -> tuple[Key, ...]:
        """Every key, the oldest first; read anew when the file has changed.

        Raises:
            WorkspaceError: the file cannot be read; then nobody comes in.
        """
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return ()
        mark = (found.st_mtime_ns, found.st_ino, found.st_size)
        if self._read[0] != mark:
            self._read = (mark, self._parse())
        return self._read[1]

    def find(self, secret: bytes) -> Key | None:
        """The key that a secret belongs to; takes as long for a wrong one."""
        digest = hashlib.sha256(secret).hexdigest()
        found = [key for key in self.all() if hmac.compare_digest(key.sha256, digest)]
        return found[0] if found else None

    def create(self, name: str, scopes: Sequence[str] = ("read",), rate: float | None = None) -> tuple[Key, str]:
        """A new key and its secret, which is told this once and kept nowhere.

        Args:
            name: who gets it: letters, digits, dot, dash and underscore, at most 64; several keys may share one.
            scopes: of "read", "write" and "admin".
            rate: requests a second; None for the server's own limit.

        Raises:
            InputError: the name, a scope or the rate cannot be used.
        """
        if not NAME.fullmatch(name):
            raise InputError(f"{name[:80]!r} is no name for a key", hint="letters, digits, dot, dash and underscore")
        wrong = [scope for scope in scopes if scope not in SCOPES]
        if wrong or not scopes:
            raise InputError(f"scopes are {list(scopes)!r}", hint=f"one or more of {', '.join(SCOPES)}")
        if rate is not None and not 0 < rate < 1e6:
            raise InputError(f"rate is {rate!r}", hint="requests a second, above 0")
        secret = f"tm_{secrets.token_urlsafe(32)}"
        key = Key(
            id=secrets.token_hex(4), name=name, scopes=tuple(s for s in SCOPES if s in scopes), rate=rate,
            made=time.time(), sha256=hashlib.sha256(secret.encode()).hexdigest(),
        )  # fmt: skip
        self._change(lambda keys: (*keys, key))
        return key, secret

    def revoke(self, id: str) -> Key:
        """Take a key away; running servers know at their next request.

        Raises:
            UnknownName: no key has the id.
        """
        found = [key for key in self.all() if key.id == id]
        if not found:
            raise UnknownName("key", id, [key.id for key in self.all()])
        self._change(lambda keys: tuple(key for key in keys if key.id != id))
        return found[0]

    def _change(self, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
        """Write the keys anew, one process at a time."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_name("keys.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = change(self.all())
            replace_text(self._file, json.dumps(_FILE.dump_python(keys, mode="json"), indent=2))
            self._file.chmod(0o600)

    def _parse(self) -> tuple[Key, ...]:
        try:
            return _FILE.validate_json(self._file.read_bytes())
        except (OSError, ValidationError) as error:
            hint = "restore it from a copy, or delete it and create new keys"
            raise WorkspaceError(f"{self._file.name} cannot be read", hint=hint) from error

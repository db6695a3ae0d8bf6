"""The door in front of every request, the page's included, in this order and before a body is parsed.

- *Host*: a name this server does not answer to is refused, so that a foreign site cannot point its own name here.
- *Origin*: a request that changes something, or opens a socket, from another site's page is refused unless the site is
  one of ``cors_origins``.
- *Key*: constant-time; in X-API-Key, as a Bearer token, or as the password of Basic (what a browser asks a person for).
  It says whose shop is asked. Without any key anywhere, this machine alone may ask, and for everything.
- *Rate*: a bucket of tokens a key; the answer 429 says when to come again.
- *Scope*: what the route needs; the page is for admins.
- *Size* and *time*: the body is read up to the cap, within its seconds, and handed on whole.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tastemaker.core.errors import WorkspaceError
from tastemaker.core.stages import hearing
from tastemaker.server.access import CALLER, Doors
from tastemaker.server.intake import Refused, read_body, replaying
from tastemaker.server.limits import Limits, seconds_to_wait
from tastemaker.server.metrics import Metrics
from tastemaker.server.problems import Problem, plain_problem, respond
from tastemaker.server.settings import ServerSettings
from tastemaker.server.tenants import Caller, Tenant

log = logging.getLogger("tastemaker.server")
OPEN_PATHS = ("/healthz", "/readyz")
CONTRACT = ("/openapi.json", "/docs", "/docs/oauth2-redirect")
"""For whoever has a key, whatever it opens."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
WRONG_KEYS = 20.0
"""Wrong keys a second that are looked at, from all the world together; more are answered without a look."""


@dataclass(frozen=True)
class _Shut:
    """A request that may not come in."""

    problem: Problem
    headers: dict[str, str] = field(default_factory=dict)


class Guard:
    """Middleware that lets through what may come in.

    Args:
        app: the application behind the door.
        settings: who may ask, and how much may be sent.
        tenants: the shops; the key of a request says which it is for.
        doors: what each route needs.
        limits: who has asked how often; other processes of the server may count there too.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServerSettings,
        tenants: Sequence[Tenant] = (),
        doors: Doors | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._app, self._settings, self._tenants, self._doors = app, settings, tenants, doors or Doors()
        self._names = frozenset(name.lower() for name in settings.answered_names)
        key = settings.api_key.get_secret_value()
        self._key = hashlib.sha256(key.encode()).digest() if key else b""
        self._closed = bool(key) or not settings.is_local
        self._limits = limits or Limits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        found = self._from_here(scope, headers) or self._admitted(scope, headers)
        if found is not None:
            await self._refuse(found, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._pass(scope, headers, receive, send)

    def _from_here(self, scope: Scope, headers: Mapping[str, str]) -> _Shut | None:
        """Refuses a foreign name, and a foreign page that wants to change something."""
        host = host_name(headers.get("host", ""))
        if self._names and host not in self._names:
            words = "this server does not answer to that host name"
            return _Shut(plain_problem(403, words, "ask it by 127.0.0.1 or localhost"))
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes and not self._same_site(host, headers.get("origin")):
            return _Shut(
                plain_problem(403, "pages of other sites may not ask", "call it from a program or its own page")
            )
        return None

    def _admitted(self, scope: Scope, headers: Mapping[str, str]) -> _Shut | None:
        """Finds out who asks and leaves it in the scope; refuses who has no key, no turn, or not the scope."""
        if scope["path"] in OPEN_PATHS:
            scope[CALLER] = Caller(self._tenants[0], "", ())
            return None
        try:
            caller = self._caller(headers)
        except WorkspaceError as error:
            log.exception("the keys cannot be read")
            return _Shut(plain_problem(503, error.message, error.hint))
        if caller is None:
            return self._unknown(headers)
        scope[CALLER] = caller
        rate = caller.rate
        if rate is not None and (wait := self._limits.wait(f"key {caller.key}", rate)):
            return _often(f"more than {rate:g} requests a second", wait)
        return self._beyond(scope, caller)

    def _beyond(self, scope: Scope, caller: Caller) -> _Shut | None:
        """Refuses what the key does not open."""
        if scope["path"] in CONTRACT:
            return None
        door = self._doors.find(scope)
        if door is None:
            return None if caller.may("admin") else _Shut(plain_problem(404, "not found", "GET /openapi.json"))
        if caller.may(door[1]):
            return None
        words, hint = f"this key is not for {door[1]}", "ask whoever runs the shop for another: `tastemaker keys`"
        return _Shut(plain_problem(403, words, hint))

    def _caller(self, headers: Mapping[str, str]) -> Caller | None:
        """Whose key this is; every key is compared, whichever it is.

        Raises:
            WorkspaceError: the keys of a shop cannot be read.
        """
        usual = self._settings.requests_per_second
        self._closed = self._closed or any(tenant.keys.all() for tenant in self._tenants)
        found = None
        for given in given_keys(headers):
            digest = hashlib.sha256(given).digest()
            if self._key and hmac.compare_digest(digest, self._key):
                found = Caller(self._tenants[0], "operator")
            for tenant in self._tenants:
                key = tenant.keys.find(given)
                if key is not None:
                    found = Caller(tenant, key.id, key.scopes, usual if key.rate is None else key.rate)
        return found if found or self._closed else Caller(self._tenants[0], "local")

    def _unknown(self, headers: Mapping[str, str]) -> _Shut:
        """Refuses who has no key, and looks away from who tries many."""
        if given_keys(headers) and (wait := self._limits.wait("wrong keys", WRONG_KEYS)):
            return _often("too many wrong keys", wait)
        missing = plain_problem(401, "the api key is missing or wrong", "send it as X-API-Key or as a Bearer token")
        return _Shut(missing, {"WWW-Authenticate": 'Basic realm="tastemaker"'})

    def _same_site(self, host: str, origin: str | None) -> bool:
        if origin is None or origin in self._settings.cors_origins:
            return True
        name = host_name(origin.partition("://")[2])
        return bool(name) and (name == host or name in self._names)

    async def _refuse(self, found: _Shut, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": found.problem.detail})
            return
        await respond(found.problem, found.headers)(scope, receive, send)

    async def _pass(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        """Read the body and hand it on."""
        begun = time.perf_counter()
        try:
            body = await read_body(headers, receive, self._settings.max_body_bytes, self._settings.body_seconds)
        except Refused as error:
            await respond(error.problem, {"Connection": "close"})(scope, receive, send)
            return
        metrics: Metrics = scope[CALLER].tenant.metrics
        metrics.stage("receive", time.perf_counter() - begun)
        with hearing(metrics.stage):
            await self._app(scope, replaying(body, receive), send)


def _often(words: str, wait: float) -> _Shut:
    after = seconds_to_wait(wait)
    return _Shut(plain_problem(429, words, f"come again in {after} s"), {"Retry-After": after})


def host_name(header: str) -> str:
    """The name in a Host header, without its port: ``[::1]:8000`` is ``::1``."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def given_keys(headers: Mapping[str, str]) -> list[bytes]:
    """Every key that a request carries, wherever it may stand."""
    keys = [headers["x-api-key"].encode()] if "x-api-key" in headers else []
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        keys.append(rest.strip().encode())
    if scheme.lower() == "basic":
        try:
            keys.append(base64.b64decode(rest, validate=True).partition(b":")[2])
        except (binascii.Error, ValueError):
            return keys
    return keys

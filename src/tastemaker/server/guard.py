"""The door in front of every request, the page's included: host, origin, key, size - in this order, before parsing.

- *Host*: a name this server does not answer to is refused, so that a foreign site cannot point its own name here.
- *Origin*: a request that changes something, or opens a socket, from another site's page is refused; there is no CORS.
- *Key*: constant-time; in X-API-Key, as a Bearer token, or as the password of Basic (what a browser asks a person for).
- *Size*: the body is read up to the cap and handed on whole; what is larger is answered 413 without being parsed.
"""

import base64
import binascii
import hmac
import logging
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tastemaker.server.problems import Problem, plain_problem, respond
from tastemaker.server.settings import ServerSettings

log = logging.getLogger("tastemaker.server")
OPEN_PATHS = ("/healthz", "/readyz")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SECURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


class TooLarge(Exception):
    """The body is over the cap."""


class Guard:
    """Middleware that lets through what may come in.

    Args:
        app: the application behind the door.
        settings: who may ask, and how much may be sent.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in settings.answered_names)
        self._key = settings.api_key.get_secret_value().encode()
        self._cap = settings.max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._pass(scope, headers, receive, send)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Problem | None:
        """Why this request may not come in, if it may not."""
        host = host_name(headers.get("host", ""))
        if self._names and host not in self._names:
            return plain_problem(
                403, "this server does not answer to that host name", "ask it by 127.0.0.1 or localhost"
            )
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes and not self._same_site(host, headers.get("origin")):
            return plain_problem(
                403, "pages of other sites may not ask", "call the server from a program or its own page"
            )
        if self._key and scope["path"] not in OPEN_PATHS and not self._knows_key(headers):
            return plain_problem(401, "the api key is missing or wrong", "send it as X-API-Key or as a Bearer token")
        return None

    def _same_site(self, host: str, origin: str | None) -> bool:
        if origin is None:
            return True
        name = (urlsplit(origin).hostname or "").lower()
        return name == host or name in self._names

    def _knows_key(self, headers: Mapping[str, str]) -> bool:
        return any(hmac.compare_digest(given, self._key) for given in given_keys(headers))

    async def _refuse(self, refusal: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail})
            return
        asks = {"WWW-Authenticate": 'Basic realm="tastemaker"'} if refusal.status == 401 else None
        await respond(refusal, asks)(scope, receive, send)

    async def _pass(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        """Read the body up to the cap, hand it on whole, note how the answer went."""
        try:
            body = await self._body(headers, receive)
        except TooLarge:
            limit = f"{self._cap / 1e6:g} MB"
            refusal = plain_problem(413, f"the body is larger than {limit}", "send less at a time, or smaller pictures")
            await respond(refusal, {"Connection": "close"})(scope, receive, send)
            return
        begun, handed, status = time.perf_counter(), False, 0

        async def replay() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                found = MutableHeaders(scope=message)
                for name, value in SECURE_HEADERS.items():
                    found.setdefault(name, value)
            await send(message)

        await self._app(scope, replay, answer)
        # the route's template, never the path or the query: those name people
        shown = getattr(scope.get("route"), "path", "page")
        log.info("%s %s %d %.0f ms", scope["method"], shown, status, 1000 * (time.perf_counter() - begun))

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._cap:
            raise TooLarge
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._cap:
                raise TooLarge
        return bytes(body)


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

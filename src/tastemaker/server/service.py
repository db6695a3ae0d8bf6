"""The app's outermost layer: what every answer gets, whoever made it, errors from the inside included.

- *X-Request-ID*: as it was sent when it is a plain word, else a new one; in the answer and in the log.
- headers that tell browsers not to guess, not to frame and, for answers about people, not to keep.
- one line in the log and one count in the figures, by the route's template; nothing that was asked for.
"""

import logging
import re
import time
import uuid
from contextvars import ContextVar

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tastemaker.server.access import CALLER, Doors
from tastemaker.server.examples import Node, put_in
from tastemaker.server.settings import ServerSettings
from tastemaker.server.tenants import Caller, Tenant

log = logging.getLogger("tastemaker.server")
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; the log puts it on every line."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
PERSONAL = {"Cache-Control": "private, no-store"}
"""For every answer of the API that does not say otherwise itself."""
BY_KEY = "X-API-Key, Authorization"
"""What every answer of the API depends on besides its address, whatever else it names."""


class Service(FastAPI):
    """The app of one server.

    Attributes:
        tenants: the shops it serves.
        settings: how.
        doors: which scope each route needs.
        draining: True once it was told to stop: what is under way is finished, nothing new should come.
    """

    tenants: tuple[Tenant, ...] = ()
    settings: ServerSettings = ServerSettings()
    doors: Doors = Doors()
    draining: bool = False

    def openapi(self) -> Node:
        """The contract, with examples."""
        return put_in(super().openapi())

    def build_middleware_stack(self) -> ASGIApp:
        """What answers; where pages of other sites may ask, they may read every answer, errors from inside included."""
        inner = super().build_middleware_stack()
        if not self.settings.cors_origins:
            return inner
        return CORSMiddleware(
            inner,
            allow_origins=self.settings.cors_origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("X-API-Key", "Authorization", "Content-Type", "X-Request-ID"),
            expose_headers=("X-Request-ID", "Retry-After", "Location"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever happens inside."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500
        found = self.doors.find(scope)
        id = name_of(Headers(scope=scope).get("x-request-id", ""))
        told = request_id.set(id)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = id
                for name, value in (SECURE_HEADERS | (PERSONAL if found else {})).items():
                    headers.setdefault(name, value)
                if found:
                    headers.add_vary_header(BY_KEY)
            await send(message)

        try:
            await super().__call__(scope, receive, answer)
        finally:
            self._note(scope, found[0] if found else "page", status, time.perf_counter() - begun)
            request_id.reset(told)

    def _note(self, scope: Scope, route: str, status: int, seconds: float) -> None:
        """Count it and write it down: the route's template, never the path or the query, which name people."""
        caller: Caller | None = scope.get(CALLER)
        method = scope["method"] if scope["method"] in METHODS else "other"
        known = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
        if caller is not None and caller.key:
            known |= {"shop": caller.tenant.name, "key": caller.key}
            caller.tenant.metrics.request(method, route, status, seconds)
        elif len(self.tenants) == 1:
            self.tenants[0].metrics.request(method, route, status, seconds)
        log.info("%s %s %d", method, route, status, extra={"known": known})


def name_of(sent: str) -> str:
    """The id of a request: what was sent when it can do no harm in a header or a log, else a new one."""
    return sent if PLAIN.fullmatch(sent) else uuid.uuid4().hex

"""What a route needs of whoever asks, and how it reaches the shop: through the tenant that the guard has found.

Every router says its scope once, ``APIRouter(dependencies=[READ])``, or each of its routes for itself; it stands in
OpenAPI, and the guard holds to it before a body is read. A route that says none is for admins.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from fastapi import Request, Security, params
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Match
from starlette.types import Scope as Connection

from tastemaker.server.jobs import Jobs
from tastemaker.server.keys import SCOPES, Scope
from tastemaker.server.tenants import Caller, Tenant

if TYPE_CHECKING:
    from tastemaker.shop import Shop

CALLER = "tastemaker.caller"
"""Where the guard leaves who asks, in the connection's scope."""
_HEADER = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="A key of the shop, from `tastemaker keys`; a Bearer token or a Basic password will do as well.",
)


def _needs(scope: Scope) -> params.Depends:
    return cast("params.Depends", Security(_HEADER, scopes=[scope]))


READ, WRITE, ADMIN = (_needs(scope) for scope in SCOPES)


class Doors:
    """Which scope a request needs, by the routes there are.

    Args:
        routes: of the API; whatever is not among them (the page) is for admins.
    """

    def __init__(self, routes: Iterable[BaseRoute] = ()) -> None:
        self._routes = [(route, wanted(route)) for route in routes if isinstance(route, APIRoute)]
        whole = [route for route, _ in self._routes if "{" not in route.path]
        self._known = {
            (method, route.path): self._look(_asking(method, route.path))
            for route in whole
            for method in route.methods or ()
        }

    def find(self, connection: Connection) -> tuple[str, Scope] | None:
        """The template of the route that will answer, and what it needs; None when none of them will."""
        if connection["type"] != "http":
            return None
        known = None if connection.get("root_path") else self._known.get((connection["method"], connection["path"]))
        return known or self._look(connection)

    def _look(self, connection: Connection) -> tuple[str, Scope] | None:
        half = None
        for route, scope in self._routes:
            match = route.matches(connection)[0]
            if match == Match.FULL:
                return route.path, scope
            if match == Match.PARTIAL and half is None:
                half = route.path, scope  # another method: answered 405
        return half

    def methods(self, path: str) -> list[str]:
        """What a path may be asked by; empty when none of the routes has it."""
        routes = (route for route, _ in self._routes if route.matches(_asking("", path))[0] != Match.NONE)
        return sorted({method for route in routes for method in route.methods or ()})


def _asking(method: str, path: str) -> Connection:
    return {"type": "http", "method": method, "path": path, "root_path": ""}


def wanted(route: APIRoute) -> Scope:
    """The scope that a route says, or its router."""
    for dependency in reversed(route.dependencies):
        if isinstance(dependency, params.Security) and dependency.scopes:
            return cast("Scope", dependency.scopes[-1])
    return "admin"


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks."""
    return cast("Caller", connection.scope[CALLER])


def tenant_of(request: Request) -> Tenant:
    """Whose shop is asked."""
    return caller_of(request).tenant


def shop_of(request: Request) -> "Shop":
    """The shop that is asked."""
    return tenant_of(request).shop


def jobs_of(request: Request) -> Jobs:
    """Its jobs."""
    return tenant_of(request).jobs

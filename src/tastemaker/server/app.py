"""The app: every verb of the shop as a route, errors as problem+json, one guard before everything.

The page is not mounted here: it stands one level higher, and mounts itself on the app (see ``tastemaker.cli.serving``).
"""

import importlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from tastemaker.server.access import Doors
from tastemaker.server.guard import Guard
from tastemaker.server.limits import Limits
from tastemaker.server.problems import MEDIA_TYPE, REFUSALS, Problem, install
from tastemaker.server.service import Service
from tastemaker.server.settings import ServerSettings
from tastemaker.server.tenants import tenants_of
from tastemaker.server.watch import Watch

if TYPE_CHECKING:
    from tastemaker.shop import Shop

ROUTES = (
    "recommend",
    "search",
    "similar",
    "complete",
    "explain",
    "chat",
    "events",
    "add",
    "remove",
    "past",
    "items",
    "pictures",
    "check",
    "fit",
    "refit",
    "imagine",
    "try_on",
    "place",
    "shown",
    "creative",
    "evaluate",
    "jobs",
    "methods",
    "doctor",
    "drift",
    "rollback",
    "metrics",
    "health",
)
DESCRIPTION = """Recommendations, search by words, picture or both, and explanations, over one catalog.

Every verb is at the root. Errors are `application/problem+json` with a `detail` and a `hint`.
Where keys are needed, send one as `X-API-Key` or as a Bearer token; each route says whether it takes one for `read`,
`write` or `admin`. Every answer has an `X-Request-ID`, yours when you send one."""


def create_app(
    shop: "Shop | Sequence[Shop] | None", settings: ServerSettings | None = None, limits: Limits | None = None
) -> Service:
    """The shop as a FastAPI app.

    Args:
        shop: the open shop, or several, each with keys of its own that say which is asked; the caller closes them. With
            None there is nothing to answer from, and the app can only tell its routes.
        settings: who may ask, and how much may be sent; the defaults serve this machine alone.
        limits: who has asked how often, where several processes count together.

    Raises:
        ConfigError: a public address without a key, or several shops that keys cannot tell apart.
    """
    settings = settings or ServerSettings()
    shops = () if shop is None else tuple(shop) if isinstance(shop, Sequence) else (shop,)
    tenants = tenants_of(shops, settings)
    settings.refuse_open_door(keys=any(tenant.keys.all() for tenant in tenants))
    app = Service(
        title="Tastemaker",
        version=version("tastemaker"),
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
        responses={
            status: {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}
            for status, words in REFUSALS.items()
        },
    )
    app.tenants, app.settings = tenants, settings
    for tenant in tenants:
        tenant.shop.salvages = True
    install(app)
    routers: list[APIRouter] = [importlib.import_module(f"tastemaker.server.routes.{name}").router for name in ROUTES]
    for router in routers:
        app.include_router(router)
    app.doors = Doors(route for router in routers for route in router.routes)
    app.add_middleware(Guard, settings=settings, tenants=tenants, doors=app.doors, limits=limits)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """New versions are looked for while it runs; jobs end with the server, and nothing they do is half-written."""
    service = cast("Service", app)
    watch = Watch([tenant.shop for tenant in service.tenants], service.settings.look_every)
    with watch:
        yield
    for tenant in service.tenants:
        await run_in_threadpool(tenant.jobs.close)

"""The app: every verb of the shop as a route, errors as problem+json, one guard before everything.

The page is not mounted here: it stands one level higher, and mounts itself on the app (see ``tastemaker.cli.serving``).
"""

import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from tastemaker.core.fleeting import Fleeting
from tastemaker.server.guard import Guard
from tastemaker.server.jobs import Jobs
from tastemaker.server.problems import MEDIA_TYPE, Problem, install
from tastemaker.server.settings import ServerSettings

if TYPE_CHECKING:
    from tastemaker.shop import Shop

log = logging.getLogger("tastemaker.server")
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
    "items",
    "pictures",
    "check",
    "fit",
    "imagine",
    "try_on",
    "place",
    "shown",
    "creative",
    "evaluate",
    "jobs",
    "methods",
    "doctor",
    "health",
)
DESCRIPTION = """Recommendations, search by words, picture or both, and explanations, over one catalog.

Every verb is at the root. Errors are `application/problem+json` with a `detail` and a `hint`.
When the server was given a key, send it as `X-API-Key` or as a Bearer token."""


def create_app(shop: "Shop", settings: ServerSettings | None = None) -> FastAPI:
    """The shop as a FastAPI app.

    Args:
        shop: the open shop; the caller closes it.
        settings: who may ask, and how much may be sent; the defaults serve this machine alone.

    Raises:
        ConfigError: a public address without a key.
    """
    settings = settings or ServerSettings()
    settings.refuse_open_door()
    app = FastAPI(
        title="Tastemaker",
        version=version("tastemaker"),
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
        responses={
            status: {"model": Problem, "description": words, "content": {MEDIA_TYPE: {}}}
            for status, words in ((400, "a value is not usable"), (422, "not the documented shape"))
        },
    )
    app.state.shop = shop
    app.state.jobs = Jobs(keep=settings.jobs_kept)
    app.state.shown = Fleeting()
    install(app)
    for name in ROUTES:
        router: APIRouter = importlib.import_module(f"tastemaker.server.routes.{name}").router
        app.include_router(router)
    app.add_middleware(Guard, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Jobs end with the server; nothing they do is half-written."""
    yield
    await run_in_threadpool(app.state.jobs.close)

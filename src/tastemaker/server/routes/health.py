"""``/healthz`` and ``/readyz``: for whoever watches the process; they need no key and tell nothing of people."""

from typing import cast

from fastapi import APIRouter, Request, Response

from tastemaker.core.errors import TastemakerError
from tastemaker.server.answers import Health
from tastemaker.server.service import Service

router = APIRouter(tags=["care"])


@router.get("/healthz", response_model=Health, response_model_exclude_none=True, summary="Is the process alive")
def get_health() -> Health:
    """Always `ok` while the process answers."""
    return Health(status="ok")


@router.get(
    "/readyz",
    response_model=Health,
    response_model_exclude_none=True,
    summary="Can it answer",
    responses={503: {"model": Health, "description": "the workspace cannot be read, or the process is ending"}},
)
def get_ready(request: Request, response: Response) -> Health:
    """`ready` when the catalog can be read; `fitted` says whether there is more than popularity to serve.

    A new version is loaded beside the one that is served, so it stays ready meanwhile. `ending` means that what is
    under way is being finished, and nothing new should come.
    """
    service = cast("Service", request.app)
    response.status_code = 503
    if service.draining:
        return Health(status="ending")
    try:
        views = [tenant.shop.view for tenant in service.tenants]
    except TastemakerError:
        return Health(status="not ready")
    response.status_code = 200
    if len(views) > 1:
        return Health(status="ready")
    return Health(status="ready", items=int(views[0].catalog.alive.sum()), fitted=bool(views[0].fitted.names))

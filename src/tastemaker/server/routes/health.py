"""``/healthz`` and ``/readyz``: for whoever watches the process; they need no key and tell nothing of people."""

from fastapi import APIRouter, Request, Response

from tastemaker.core.errors import TastemakerError
from tastemaker.server.access import shop_of
from tastemaker.server.answers import Health

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
    responses={503: {"description": "the workspace cannot be read"}},
)
def get_ready(request: Request, response: Response) -> Health:
    """`ready` when the catalog can be read; `fitted` says whether there is more than popularity to serve."""
    shop = shop_of(request)
    try:
        view = shop.view
    except TastemakerError:
        response.status_code = 503
        return Health(status="not ready")
    return Health(status="ready", items=int(view.catalog.alive.sum()), fitted=bool(view.fitted.names))

"""``/rollback`` serves again what was published before; ``/versions`` is what there is to go back to."""

from fastapi import APIRouter, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, shop_of
from tastemaker.server.answers import VersionOut
from tastemaker.server.requests import RollbackRequest

router = APIRouter(tags=["care"], dependencies=[ADMIN])


@router.post("/rollback", response_model=VersionOut, summary="Go back to an earlier version")
def post_rollback(request: Request, asked: RollbackRequest | None = None) -> Json:
    """What was fitted before what is served now, or the version named by `to`; requests under way keep theirs."""
    return plain(shop_of(request).rollback(asked.to if asked else ""))


@router.get("/versions", response_model=list[VersionOut], summary="Versions that can be served")
def get_versions(request: Request) -> Json:
    """The oldest first; `current` is the one that is served."""
    return plain(shop_of(request).versions)

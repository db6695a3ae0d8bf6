"""``/check``: what was read of the workspace's files, and what was refused."""

from fastapi import APIRouter, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, shop_of
from tastemaker.server.answers import Open

router = APIRouter(tags=["care"], dependencies=[ADMIN])


@router.get("/check", response_model=Open, summary="What was read and refused")
def get_check(request: Request) -> Json:
    """Rows read and refused (file, line, field, why, how to mend), attributes, pictures, hot and cold."""
    return plain(shop_of(request).check().to_dict())

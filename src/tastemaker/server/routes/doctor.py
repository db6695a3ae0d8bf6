"""``/doctor``: is the installation sound, is the workspace whole?"""

from fastapi import APIRouter, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, shop_of
from tastemaker.server.answers import Open

router = APIRouter(tags=["care"], dependencies=[ADMIN])


@router.get("/doctor", response_model=Open, summary="Versions, integrity, advice")
def get_doctor(request: Request) -> Json:
    """Versions, broken installs, index recall, integrity, disk, advice."""
    return plain(shop_of(request).doctor())

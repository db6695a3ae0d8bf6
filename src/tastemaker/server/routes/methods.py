"""``/methods``: everything that is registered, built in or plugged in."""

from fastapi import APIRouter

from tastemaker.core import registry
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ
from tastemaker.server.answers import MethodOut

router = APIRouter(tags=["care"], dependencies=[READ])


@router.get("/methods", response_model=list[MethodOut], summary="Every method and where it comes from")
def get_methods() -> Json:
    """Encoders, recommenders, generators, importers and language models, by kind and name."""
    return plain(registry.cards())

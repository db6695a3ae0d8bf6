"""``/shown/{key}``: a picture that was made in somebody's photo; in memory for an hour, or until it is deleted."""

from fastapi import APIRouter, HTTPException, Request, Response

from tastemaker.server.access import READ
from tastemaker.server.showing import shown_of

router = APIRouter(tags=["ask"], dependencies=[READ])


@router.get(
    "/shown/{key}",
    summary="A picture made in somebody's photo",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 404: {"description": "no longer kept"}},
)
def get_shown(request: Request, key: str) -> Response:
    """A PNG that says in its text that it was generated. Kept for an hour."""
    data = shown_of(request).find(key)
    if data is None:
        raise HTTPException(404, "this picture is no longer kept")
    return Response(data, media_type="image/png", headers={"Cache-Control": "private, no-store"})


@router.delete("/shown/{key}", status_code=204, summary="Delete a picture made in somebody's photo")
def delete_shown(request: Request, key: str) -> None:
    """Forgotten at once; deleting it again is no error."""
    shown_of(request).forget(key)

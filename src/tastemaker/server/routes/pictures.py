"""``/pictures/{name}``: a picture of the catalog, scaled when a width is asked for, cached by its content."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tastemaker.catalog.decoding import format_of
from tastemaker.core.errors import PictureError, UnknownName
from tastemaker.server.access import READ, shop_of

router = APIRouter(tags=["ask"], dependencies=[READ])


@router.get(
    "/pictures/{name:path}",
    summary="A picture",
    response_class=Response,
    responses={
        200: {"content": {"image/webp": {}, "image/jpeg": {}, "image/png": {}}},
        304: {"description": "unchanged"},
    },
)
def get_picture(request: Request, name: str, width: Annotated[int | None, Query(ge=16, le=2_048)] = None) -> Response:
    """The picture, at most `width` pixels wide; answered 304 when the ETag still holds."""
    try:
        data = shop_of(request).picture(name, width)
    except PictureError as error:
        raise UnknownName("picture", name, hint=error.message) from error
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600"}
    if holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type(data), headers=headers)


def holds(header: str, tag: str) -> bool:
    """Does an If-None-Match header name the tag?"""
    given = [entry.strip().removeprefix("W/") for entry in header.split(",")]
    return tag in given or "*" in given


def media_type(data: bytes) -> str:
    """What kind of picture the bytes are, by their first ones."""
    kind = format_of(data)
    return f"image/{kind.lower()}" if kind else "application/octet-stream"

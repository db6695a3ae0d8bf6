"""Pictures that people search with: kept in memory for a while, under a key that cannot be guessed, never on disk.

POST   /page/pictures         the picture as the body -> {"key": ...}
GET    /page/pictures/{key}   the picture, small, without its metadata
DELETE /page/pictures/{key}   forgotten at once
"""

import io

from fastapi import APIRouter, HTTPException, Request, Response
from PIL import Image

from tastemaker.catalog.pictures import decode
from tastemaker.core.errors import PictureError
from tastemaker.core.fleeting import Fleeting

MAX_BYTES = 10_000_000
MAX_SIDE = 720
KEPT = 64
SECONDS = 3600.0


class Uploads(Fleeting):
    """The pictures of the last hour, at most ``KEPT`` of them."""

    def __init__(self) -> None:
        super().__init__(KEPT, SECONDS)

    def keep(self, data: bytes) -> str:
        """Take a picture: decoded safely, made small, metadata dropped.

        Returns:
            The key it goes by.

        Raises:
            PictureError: it is broken, too large or of a refused format.
        """
        image = decode(data, "your picture").convert("RGB")
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=88)
        return super().keep(stream.getvalue())


def router(uploads: Uploads) -> APIRouter:
    """The three routes."""
    routes = APIRouter(prefix="/page/pictures", include_in_schema=False)

    @routes.post("")
    async def keep(request: Request) -> dict[str, str]:
        # a picture type is not among those another site may send unasked, so this also keeps other sites out
        if not request.headers.get("content-type", "").startswith("image/"):
            raise PictureError("that is not a picture", hint="JPEG, PNG or WebP")
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > MAX_BYTES:
                raise PictureError("the picture is larger than 10 MB", hint="take a smaller one")
        return {"key": uploads.keep(bytes(data))}

    @routes.get("/{key}")
    def show(key: str) -> Response:
        data = uploads.find(key)
        if data is None:
            raise HTTPException(404, "this picture is no longer kept")
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})

    @routes.delete("/{key}", status_code=204)
    def forget(key: str) -> None:
        uploads.forget(key)

    return routes

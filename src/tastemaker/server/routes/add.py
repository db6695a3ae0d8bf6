"""``/add``: items and their pictures, live, without refitting."""

import errno
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from tastemaker.catalog.decoding import decode
from tastemaker.catalog.events import CONTROL
from tastemaker.core.errors import InputError, PictureError, WorkspaceError
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import WRITE, shop_of
from tastemaker.server.answers import Open
from tastemaker.server.bodies import file_bytes, form_of, is_form, json_of, shaped, shaped_json, two_bodies
from tastemaker.server.requests import AddRequest

router = APIRouter(tags=["change"], dependencies=[WRITE])
FORM: dict[str, object] = {
    "items": {"type": "string", "description": "a JSON array of items"},
    "pictures": {"type": "array", "items": {"type": "string", "format": "binary"}},
}


async def read_add(request: Request) -> AddRequest:
    """The request, from JSON or from a form.

    Raises:
        InputError: the form has no field ``items``.
    """
    if not is_form(request):
        return shaped_json(AddRequest, await request.body())
    async with form_of(request) as form:
        given = form.get("items")
        sent = [given.encode()] if isinstance(given, str) else [data for _, data in await file_bytes(form, "items")]
        pictures = dict(await file_bytes(form, "pictures"))
    if len(sent) != 1:
        raise InputError(f"the form has {len(sent)} fields 'items'", hint="one, with a JSON array of items")
    return shaped(AddRequest, {"items": json_of(sent[0], "items")}).model_copy(update={"pictures": pictures})


@router.post("/add", response_model=Open, summary="Put items in, live", openapi_extra=two_bodies(AddRequest, FORM))
def post_add(request: Request, asked: Annotated[AddRequest, Depends(read_add)]) -> Json:
    """Items that are there already are replaced. Every picture is decoded before anything is changed."""
    shop = shop_of(request)
    items = [entry.item() for entry in asked.items]
    if not asked.pictures:
        return plain(shop.add(items))
    with TemporaryDirectory(prefix="tastemaker-add-") as folder:
        for name, data in asked.pictures.items():
            decode(data, name)
            keep(inside(Path(folder), name), data, name)
        return plain(shop.add(items, images=Path(folder)))


def keep(path: Path, data: bytes, name: str) -> None:
    """Write a picture down.

    Raises:
        PictureError: no file can have the name, or not beside those of the other pictures.
        WorkspaceError: the disk is full, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        given, hint = f"{name[:80]!r} is a picture's name and a folder's", "give each picture a name of its own"
        raise PictureError(given, hint=hint) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            given = f"{name[:80]!r} ... is too long a name for a picture"
            raise PictureError(given, hint="255 bytes at most between two slashes") from None
        raise WorkspaceError(f"the pictures cannot be kept: {error.strerror}", hint="is the disk full?") from error


def inside(folder: Path, name: str) -> Path:
    """The path of a picture in a folder.

    Raises:
        PictureError: the name leads out of it.
    """
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or any(part in ("", ".", "..") for part in parts) or CONTROL.search(name):
        raise PictureError(
            f"{name[:80]!r} is not a name for a picture", hint="letters and slashes, inside the shop's images"
        )
    return folder.joinpath(*parts)

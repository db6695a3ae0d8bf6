"""Bodies that may come as JSON or as a multipart form (a form carries pictures as they are, without base64)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from PIL import Image
from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from tastemaker.catalog.decoding import decode
from tastemaker.core.errors import InputError
from tastemaker.core.wire import Json
from tastemaker.shop.asking import OfItem

if TYPE_CHECKING:
    from tastemaker.shop import Shop

M = TypeVar("M", bound=BaseModel)
MAX_FILES = 1_000
MAX_FIELDS = 2_000
MAX_FIELD_BYTES = 8_000_000
_JSON = TypeAdapter[object](JsonValue)


def content_type(request: Request) -> str:
    """The media type of the body, without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_form(request: Request) -> bool:
    """True when the body is a multipart form.

    Raises:
        HTTPException: 415, the body is neither a form nor JSON; a page of another site could send such a one.
    """
    kind = content_type(request)
    if kind == "multipart/form-data":
        return True
    if kind == "application/json":
        return False
    raise HTTPException(415, f"the body is {kind or 'of no type'}; send application/json or multipart/form-data")


@asynccontextmanager
async def form_of(request: Request) -> AsyncIterator[FormData]:
    """The fields and files of a multipart body; the files are closed at the end."""
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as form:
        yield form


async def file_bytes(form: FormData, field: str) -> list[tuple[str, bytes]]:
    """Name and bytes of every file of a field."""
    files = [entry for entry in form.getlist(field) if isinstance(entry, UploadFile)]
    return [(file.filename or field, await file.read()) for file in files]


def form_values(form: FormData, *, lists: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> dict[str, Json]:
    """The texts of a form by field, every one of ``lists`` as a list; ``files`` are left to :func:`file_bytes`."""
    values: dict[str, Json] = {}
    for field in form:
        found: list[Json] = [entry for entry in form.getlist(field) if isinstance(entry, str)]
        if field not in files:
            values[field] = found if field in lists or len(found) != 1 else found[0]
    return values


def shaped_json(model: type[M], text: bytes | str) -> M:
    """JSON text as a request.

    Raises:
        RequestValidationError: it is not JSON, or not of the documented shape.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False, include_url=False)) from error


def json_of(text: bytes, field: str) -> Json:
    """What the JSON text of a form's field says.

    Raises:
        RequestValidationError: it is not JSON in UTF-8.
    """
    try:
        return cast("Json", _JSON.validate_json(text))
    except ValidationError as error:
        wrong = f"Not JSON in UTF-8: {error.errors()[0]['msg']}"
        raise RequestValidationError([{"loc": (field,), "msg": wrong}]) from None


def shaped(model: type[M], values: dict[str, Json]) -> M:
    """Plain values as a request.

    Raises:
        RequestValidationError: they are not of the documented shape.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False, include_url=False)) from error


def two_bodies(model: type[BaseModel], fields: dict[str, object]) -> dict[str, object]:
    """The OpenAPI entry of a route that reads either kind of body.

    Args:
        model: the JSON shape; it is described in place, because the route's own signature does not name it.
        fields: properties of the form, as JSON schema.
    """
    schema = model.model_json_schema()
    form = {"type": "object", "properties": fields}
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def seen(shop: "Shop", shown: bytes | str) -> Image.Image | OfItem:
    """What is shown, as a shop takes it; words that are no id are not looked for as a file.

    Raises:
        PictureError, UnknownName: there is no such picture or item.
    """
    return decode(shown, "image") if isinstance(shown, bytes) else OfItem(shop.item(shown).id)


def one_shown(image: bytes | None, item: str | None) -> bytes | str | None:
    """The picture or the item that is shown; None when neither is.

    Raises:
        InputError: both are.
    """
    if image is not None and item is not None:
        raise InputError("both a picture and an item were sent", hint="send one of them")
    return image if item is None else item

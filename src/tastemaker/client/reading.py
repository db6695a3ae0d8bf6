"""JSON back to the types that a ``Shop`` answers with, by their fields; and pictures to what is sent."""

import base64
import io
import math
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from tastemaker.core.errors import PictureError, ServiceError, UnknownName
from tastemaker.core.ranking import Ranking
from tastemaker.core.types import Bools
from tastemaker.core.wire import Json

if TYPE_CHECKING:
    from tastemaker.assistant.turn import Turn

T = TypeVar("T")
Picture = Path | str | bytes | Image.Image


@cache
def _adapter(kind: Hashable) -> object:
    return TypeAdapter(cast("type[object]", kind))


def read(kind: type[T], value: object) -> T:
    """An answer as the type that it was.

    Raises:
        ServiceError: it has another shape.
    """
    try:
        return cast("TypeAdapter[T]", _adapter(cast("Hashable", kind))).validate_python(value)
    except ValidationError as error:
        raise _other_shape() from error


def fields(value: Json) -> dict[str, Json]:
    """An answer that is an object.

    Raises:
        ServiceError: it is something else.
    """
    if not isinstance(value, dict):
        raise _other_shape()
    return value


def several(value: Json) -> list[dict[str, Json]]:
    """An answer that is a list of objects.

    Raises:
        ServiceError: it is something else.
    """
    if not isinstance(value, list):
        raise _other_shape()
    return [fields(each) for each in value]


def _other_shape() -> ServiceError:
    return ServiceError("the service answered in another shape", hint="are it and this client of one version?")


def ranking(value: Json) -> Ranking:
    """A ranking; a score that is no number on the wire is none here either."""
    told = fields(value)
    items = several(told["items"])
    scored = [{**item, "score": math.nan if item["score"] is None else item["score"]} for item in items]
    return read(Ranking, {**told, "items": scored})


def turn(value: Json) -> "Turn":
    """One turn of a conversation."""
    from tastemaker.assistant.question import Question
    from tastemaker.assistant.state import Known
    from tastemaker.assistant.turn import Shown, Turn

    told = fields(value)
    question, facets = told["question"], told["facets"]
    return Turn(
        say=str(told["say"]),
        items=ranking({"items": told["items"]}),
        question=None if question is None else read(Question, question),
        facets=tuple(read(Known, {**each, "facet": each}) for each in several(facets)),
        pictures=read(tuple[Shown, ...], told["pictures"]),
        suggestions=read(tuple[str, ...], told["suggestions"]),
        notes=read(tuple[str, ...], told["notes"]),
    )


def sent(picture: Picture) -> str:
    """A picture as base64: the bytes of a file as they are, a decoded one as PNG.

    Raises:
        PictureError: the file cannot be read.
    """
    if isinstance(picture, bytes):
        data = picture
    elif isinstance(picture, Image.Image):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        data = stream.getvalue()
    else:
        try:
            data = Path(picture).read_bytes()
        except (OSError, ValueError) as error:
            raise PictureError(f"{str(picture)[:80]!r} cannot be read", hint="a file, bytes or a picture") from error
    return base64.b64encode(data).decode()


def item_of(picture: Picture) -> str:
    """The item's id, when what is shown is told by one: words that name no file here; "" otherwise."""
    if not isinstance(picture, str):
        return ""
    try:
        return "" if Path(picture).is_file() else picture
    except (OSError, ValueError):
        return picture


@contextmanager
def naming(*items: str) -> Iterator[None]:
    """What is shown is meant to be an item of the service.

    Raises:
        PictureError: it is none.
    """
    try:
        yield
    except UnknownName as error:
        if error.kind != "item" or error.name not in [item[:80] for item in items]:
            raise
        hint = error.hint or "check the path"
        raise PictureError(f"{error.name!r} is neither a file here nor an item", hint=hint) from error


def sent_brush(brush: Bools | None) -> str | None:
    """Where a photo may change, as a PNG in base64. Shapes: (h, w)."""
    return None if brush is None else sent(Image.fromarray(np.asarray(brush, np.uint8) * 255))

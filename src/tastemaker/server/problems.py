"""Errors as problem+json (RFC 9457): the words of our error tree, with the status that fits.

    400  a value is not usable            404  the item, picture or job does not exist
    401  the key is missing or wrong      403  not from here (Host, Origin), or not with this key
    405  the route has other methods      408  the body came too slowly
    409  the shop is not fitted, or busy  413  the body is too large
    415  neither JSON nor a form          422  not the documented shape, or a picture that cannot be read
    429  asked too often                  503  the workspace or a package it needs is not there

The hint says the next step, as on the command line.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from tastemaker.core.errors import (
    BusyError as BusyError,
)
from tastemaker.core.errors import (
    Cancelled,
    FitError,
    MissingExtra,
    NotFitted,
    PictureError,
    TastemakerError,
    UnknownName,
    WorkspaceError,
)

log = logging.getLogger("tastemaker.server")
MEDIA_TYPE = "application/problem+json"
LOOKED_UP = ("item", "picture", "drawing", "creative", "job", "person", "user", "conversation")
"""Kinds of names that are addresses; any other unknown name is a bad value."""


STATUS: tuple[tuple[type[TastemakerError], int], ...] = (
    (PictureError, 422),
    (NotFitted, 409),
    (BusyError, 409),
    (WorkspaceError, 503),
    (FitError, 409),
    (Cancelled, 409),
    (MissingExtra, 503),
    (TastemakerError, 400),
)


REFUSALS = {
    400: "a value is not usable",
    401: "the key is missing or wrong",
    403: "not from here, or not with this key",
    404: "what was asked for by name does not exist",
    408: "the body came too slowly",
    409: "the shop is not fitted, or busy",
    413: "the body is too large",
    415: "neither JSON nor a form",
    422: "not the documented shape",
    429: "asked too often",
    503: "the workspace or a package it needs is not there",
}
"""What any route may answer instead."""


HINTS = {
    400: "GET /openapi.json shows the shape of every request",
    403: "ask whoever runs the shop for another key: `tastemaker keys`",
    404: "GET /openapi.json lists what can be asked",
    405: "GET /openapi.json lists what can be asked",
    415: "say so in the header: Content-Type: application/json",
}
"""The next step where a status alone is known."""


class Problem(BaseModel):
    """What went wrong, and the next step."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "unknown name",
                "status": 404,
                "detail": "unknown item 'sku-17'",
                "hint": "did you mean 'sku-7'?",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str = ""


def status_of(error: TastemakerError) -> int:
    """The HTTP status of one of our errors."""
    if isinstance(error, UnknownName):
        return 404 if error.kind in LOOKED_UP else 400
    return next(status for kind, status in STATUS if isinstance(error, kind))


def problem(error: TastemakerError) -> Problem:
    """One of our errors as a problem."""
    name = type(error).__name__
    title = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return Problem(title=title, status=status_of(error), detail=error.message, hint=error.hint)


def respond(found: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(found.model_dump(), status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


def plain_problem(status: int, detail: str, hint: str = "") -> Problem:
    """A problem that stands for a status alone."""
    return Problem(title=HTTPStatus(status).phrase.lower(), status=status, detail=detail, hint=hint)


def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TastemakerError)
    return respond(problem(error))


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return refused(error)


def refused(error: HTTPException) -> JSONResponse:
    """What the web's own framework refuses, as a problem."""
    detail, hint = str(error.detail).lower(), HINTS.get(error.status_code, "")
    unread = isinstance(error.__cause__, ValueError | RecursionError)
    if unread and error.status_code == 400:  # from FastAPI
        detail = "the body cannot be read as JSON in UTF-8"
    return respond(plain_problem(error.status_code, detail, hint), dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(error.body, bytes) and not kind.endswith(("/json", "+json", "/form-data")):
        return respond(plain_problem(415, f"the body is {kind or 'of no type'}; send application/json", HINTS[415]))
    return respond(plain_problem(422, *describe(error.errors())))


def unexpected(_request: Request, error: Exception) -> JSONResponse:
    """What went wrong inside, as a response."""
    return respond(inside(error))


def inside(error: Exception) -> Problem:
    """What went wrong inside: told to the log alone; its text may repeat what was sent."""
    log.error("something went wrong inside", exc_info=error)
    return plain_problem(500, "something went wrong inside", "the server's log says where")


def describe(errors: Sequence[Mapping[str, object]]) -> tuple[str, str]:
    """Validation errors as one line and a hint; values are not repeated (they may be personal)."""
    lines = []
    for error in errors:
        where = error.get("loc", ())
        assert isinstance(where, list | tuple)
        name = ".".join(str(part) for part in where if part not in ("body", "query", "path", "header"))
        message = str(error.get("msg", "")).removeprefix("Value error, ")
        if error.get("type") == "json_invalid":
            name, message = "", "This is not JSON"
        lines.append(f"{name or 'the request'}: {message[:1].lower()}{message[1:]}")
    shown = "; ".join(lines[:3]) + (f"; and {len(lines) - 3} more" if len(lines) > 3 else "")
    return shown, "GET /openapi.json shows the shape of every request"


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    app.add_exception_handler(TastemakerError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, unexpected)

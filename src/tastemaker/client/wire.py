"""Requests and answers on the wire: one connection to a service, its problems as our errors."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from tastemaker.core import errors
from tastemaker.core.errors import InputError, MissingExtra, ServiceError, TastemakerError, UnknownName
from tastemaker.core.wire import Json, plain

if TYPE_CHECKING:
    import httpx

UNKNOWN = re.compile(r"unknown (.+?) (['\"].*)")
KINDS = {
    "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip(): thing
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, TastemakerError) and thing is not MissingExtra
}
"""Title of a problem -> our error."""
KEY = re.compile(r"[!-~]*")
"""What a header can carry."""
Values = Mapping[str, object]


class Wire:
    """One service.

    Args:
        url: where it answers.
        key: its key; "" where none is needed.
        timeout: seconds to wait for an answer.
        transport: instead of the network, for tests.

    Raises:
        InputError: the key or the address cannot be one.
    """

    def __init__(self, url: str, key: str, timeout: float, transport: "httpx.BaseTransport | None") -> None:
        try:
            import httpx
        except ImportError as error:
            raise MissingExtra("httpx", "client") from error
        if not KEY.fullmatch(key):
            hint = "give it as `tastemaker keys` printed it, without spaces and line ends"
            raise InputError("the key holds what no key holds", hint=hint)
        headers = {"X-API-Key": key} if key else {}
        try:
            base = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise _no_address(url) from error
        if base.scheme not in ("http", "https") or not base.host:
            raise _no_address(url)
        self._http = httpx.Client(
            base_url=base, headers=headers, timeout=timeout, transport=transport, follow_redirects=False
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **params: str | float | None) -> Json:
        """The JSON of a GET; a parameter that is None is not sent."""
        said = {name: plain(value) for name, value in params.items() if value is not None}
        return self._sent("GET", path, params=cast("Mapping[str, str | float]", said))

    def post(self, path: str, values: Values | Sequence[object]) -> Json:
        """The JSON of a POST."""
        return self._sent("POST", path, json=plain(values))

    def delete(self, path: str) -> Json:
        """The JSON of a DELETE; None when there is none."""
        return self._sent("DELETE", path)

    def bytes(self, path: str, width: int | None = None) -> bytes:
        """The body of a GET as it is."""
        return self._answer("GET", path, params={} if width is None else {"width": width}).content

    def events(self, path: str, values: Values) -> "Iterator[tuple[str, Json]]":
        """Name and data of each server-sent event of a POST."""
        with self._reached(), self._http.stream("POST", path, json=plain(values)) as answer:
            if answer.is_error:
                answer.read()
                raise error_of(answer)
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield name, _json(line.removeprefix("data: "))

    def _sent(
        self, method: str, path: str, *, params: Mapping[str, str | float] | None = None, json: Json = None
    ) -> Json:
        answer = self._answer(method, path, params=params, json=json)
        return _json(answer.content) if answer.content else None

    def _answer(
        self, method: str, path: str, *, params: Mapping[str, str | float] | None = None, json: Json = None
    ) -> "httpx.Response":
        with self._reached():
            answer = self._http.request(method, path, params=params, json=json)
        if not answer.is_success:
            raise error_of(answer)
        return answer

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What the network does wrong, as one of our errors."""
        import httpx

        if self._http.is_closed:
            raise ServiceError("this client is closed", hint="make a new one")
        try:
            yield
        except httpx.TimeoutException as error:
            raise ServiceError("the service did not answer in time", hint="give Client a longer timeout") from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            words = f"the service at {self._http.base_url} cannot be reached"
            raise ServiceError(words, hint="is `tastemaker serve` running there?") from error


def address(kind: str, *names: str) -> str:
    """The path of something by its names: `/items/sku-7`. Nothing in a name can make another path of it."""
    parts = [part for name in names for part in str(plain(name)).split("/")]
    quoted = [part.replace(".", "%2E") if part in (".", "..") else quote(part) for part in parts]
    return "/".join(["", kind, *quoted])


def _json(text: "str | bytes") -> Json:
    """What the service said.

    Raises:
        ServiceError: it is no JSON.
    """
    try:
        return cast("Json", json.loads(text))
    except ValueError as error:
        raise ServiceError(
            "the service answered no JSON", hint="is it `tastemaker serve` that answers there?"
        ) from error


def _no_address(url: str) -> InputError:
    return InputError(f"{url[:200]!r} is no address of a service", hint="such as http://127.0.0.1:8000")


def error_of(answer: "httpx.Response") -> TastemakerError:
    """The error that the same call on a ``Shop`` raises; a ``ServiceError`` for what only a service can do."""
    wait = answer.headers.get("retry-after", "")
    try:
        found = answer.json()
        title, detail, hint = str(found["title"]), str(found["detail"]), str(found.get("hint", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        title, detail, hint = "", f"the service answered {answer.status_code}", ""
    return problem_error(
        answer.status_code, title, detail, hint, wait=float(wait) if wait.isdigit() else None,
        request=answer.headers.get("x-request-id", ""),
    )  # fmt: skip


def problem_error(
    status: int, title: str, detail: str, hint: str, *, wait: float | None = None, request: str = ""
) -> TastemakerError:
    """A problem as an error."""
    kind = KINDS.get(title)
    named = UNKNOWN.fullmatch(detail)
    if kind is UnknownName and named:
        return UnknownName(named[1], str(ast.literal_eval(named[2])), hint=hint)
    if kind is not None and kind not in (UnknownName, ServiceError):
        return kind(detail, hint=hint)
    if status in (400, 413, 415, 422):
        return InputError(detail, hint=hint)
    return ServiceError(detail, hint=hint, status=status, wait=wait, request=request)

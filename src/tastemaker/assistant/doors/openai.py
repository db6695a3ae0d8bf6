"""Any OpenAI-compatible endpoint: one POST to ``chat/completions``, its answer read as it comes.

``OPENAI_BASE_URL`` and ``OPENAI_API_KEY`` say where and by what right. No client library: see docs/decisions. Nothing
that the endpoint writes is ever passed on as an error, and redirects are not followed, so the key goes nowhere else.
"""

import base64
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from PIL import Image

from tastemaker.assistant.doors.door import Ability, Budget, Door, DoorFailed, Message, Unreachable, Wants
from tastemaker.assistant.doors.events import pieces
from tastemaker.assistant.doors.prompts import jpeg
from tastemaker.core.errors import InputError, MissingExtra
from tastemaker.core.wire import Json

if TYPE_CHECKING:
    import httpx

URL = "https://api.openai.com/v1"
CONNECT = 5.0
"""Seconds until a connection must stand."""
TRIED = 64
"""Tokens of an answer by which an ability is tried out."""
STATUS = {401: "refuses the key", 403: "refuses the key", 404: "is not there", 429: "is asked too often (429)"}
"""What a refusal means."""
_NAME: Json = {"type": "function", "function": {"name": "propose"}}
TOOL: dict[str, Json] = {
    "tools": [{
        "type": "function",
        "function": {
            "name": "propose",
            "description": "The actions for what the shopper said.",
            "parameters": {
                "type": "object",
                "properties": {"actions": {"type": "array", "items": {"type": "object"}}},
                "required": ["actions"],
            },
        },
    }],
    "tool_choice": _NAME,
}  # fmt: skip
"""Asks for a call instead of text."""
JSON: dict[str, Json] = {"response_format": {"type": "json_object"}}
"""Asks for JSON."""


class _Refused(DoorFailed):
    """The endpoint does not take such a request."""


class OpenAi(Door):
    """A model behind an endpoint.

    Args:
        model: as the endpoint calls it.
        base_url: of the endpoint; "" reads ``OPENAI_BASE_URL``, else OpenAI's own.
        key: "" reads ``OPENAI_API_KEY``; an endpoint of one's own may need none.

    Raises:
        MissingExtra: httpx is not installed.
        InputError: the address is none, or a key is missing.
    """

    figure: ClassVar[str] = "5"
    source: ClassVar[str] = "any OpenAI-compatible endpoint (chat completions)"

    def __init__(self, model: str, *, base_url: str = "", key: str = "") -> None:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise MissingExtra(error.name or "httpx", "llm") from error
        self._model = model
        self._url = (base_url or os.environ.get("OPENAI_BASE_URL", "") or URL).rstrip("/")
        self._key = key or os.environ.get("OPENAI_API_KEY", "")
        if not self._url.startswith(("http://", "https://")):
            raise InputError("the address of the language model is no URL", hint="OPENAI_BASE_URL=http://host:port/v1")
        if self._url == URL and not self._key:
            hint = "OPENAI_API_KEY=...; or OPENAI_BASE_URL=http://host:port/v1 for an endpoint of your own"
            raise InputError("the language model needs a key", hint=hint)
        self._certificates = httpx.create_ssl_context()
        self._known: dict[Ability, bool] = {}

    def can(self, ability: Ability, budget: Budget) -> bool:
        """Tried out with one small request, once."""
        if ability not in self._known:
            self._known[ability] = self._tried(ability, budget)
        return self._known[ability]

    def stream(self, messages: Sequence[Message], wants: Wants, budget: Budget) -> Generator[str, None, None]:
        """The answer of the endpoint, as it comes."""
        more: dict[str, Json] = {}
        if wants == "actions":
            more = JSON if self.can("json", budget) else TOOL if self.can("tools", budget) else {}
        budget.call()
        yield from self._asked(messages, budget.tokens, more, budget)

    def _tried(self, ability: Ability, budget: Budget) -> bool:
        """Does a request that needs the ability get an answer that shows it?"""
        asked = {
            "json": (Message("user", 'Answer with this JSON object: {"ready": true}'), JSON),
            "tools": (Message("user", "Call the function with an empty list of actions."), TOOL),
            "pictures": (Message("user", "Which colour is this picture? One word.",
                                 (jpeg(Image.new("RGB", (64, 64), (220, 20, 20))),)), {}),
        }  # fmt: skip
        message, more = asked[ability]
        try:
            told = "".join(self._asked([message], TRIED, more, budget)).casefold()
        except _Refused:
            return False
        return {"json": "{" in told, "tools": "actions" in told, "pictures": "red" in told}[ability]

    def _asked(self, messages: Sequence[Message], tokens: int, more: dict[str, Json], budget: Budget) -> Iterator[str]:
        """One request.

        Raises:
            DoorFailed: there is no usable answer.
        """
        import httpx

        body: dict[str, Json] = {
            "model": self._model, "messages": [_wired(message) for message in messages], "stream": True,
            "temperature": 0, "max_tokens": tokens, **more,
        }  # fmt: skip
        left = budget.left()
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        with (
            _explained(budget),
            httpx.Client(verify=self._certificates, timeout=httpx.Timeout(left, connect=min(CONNECT, left))) as client,
            client.stream("POST", f"{self._url}/chat/completions", json=body, headers=headers) as answer,
        ):
            _check(answer)
            yield from pieces(answer.iter_raw(), budget)


@contextmanager
def _explained(budget: Budget) -> Iterator[None]:
    """What goes wrong on the way, in our words."""
    import httpx

    try:
        yield
    except httpx.TimeoutException as error:
        budget.left()
        raise Unreachable("the language model did not answer in time") from error
    except httpx.ConnectError as error:
        raise Unreachable("the language model cannot be reached") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DoorFailed("the connection to the language model broke") from error


def _check(answer: "httpx.Response") -> None:
    """Is it an answer at all?

    Raises:
        DoorFailed: it is a refusal.
    """
    if answer.status_code == 200:
        return
    said = STATUS.get(answer.status_code, f"answered with status {answer.status_code}")
    kind = _Refused if answer.status_code in (400, 415, 422) else DoorFailed
    raise kind(f"the language model {said}")


def _wired(message: Message) -> Json:
    """A message as the endpoint takes it."""
    if not message.pictures:
        return {"role": message.role, "content": message.text}
    seen: list[Json] = [
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{base64.b64encode(each).decode()}"}}
        for each in message.pictures
    ]
    return {"role": message.role, "content": [{"type": "text", "text": message.text}, *seen]}

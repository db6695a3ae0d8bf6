"""``/chat``: a conversation, turn by turn; each answer comes as server-sent events, the items before the question.

event: session   data: {"session": "..."}           the key of the conversation, to be sent back
event: items     data: the turn without its question, as soon as there is something to show; again with every sentence
                 that a language model adds
event: turn      data: the whole turn
event: problem   data: what went wrong, instead of a turn; the conversation stays as it was

Whoever closes the connection before the turn stops it: the conversation stays as it was, and a language model that is
being waited for is let go.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import Event
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from PIL import Image
from starlette.concurrency import run_in_threadpool

from tastemaker.assistant.listening import Listener
from tastemaker.assistant.sessions import Sessions
from tastemaker.assistant.talking import Assistant
from tastemaker.assistant.turn import Turn, wire
from tastemaker.core.errors import Cancelled, InputError, TastemakerError
from tastemaker.core.wire import Json, plain, text
from tastemaker.server.access import READ, shop_of, tenant_of
from tastemaker.server.answers import ConversationOut
from tastemaker.server.bodies import (
    file_bytes,
    form_of,
    form_values,
    is_form,
    one_shown,
    seen,
    shaped,
    shaped_json,
    two_bodies,
)
from tastemaker.server.problems import inside, problem
from tastemaker.server.requests import ChatRequest
from tastemaker.shop.asking import OfItem

PATIENCE = 10.0
"""Seconds in which whoever listens must have taken what was sent before the turn."""

router = APIRouter(tags=["ask"], dependencies=[READ])
FORM: dict[str, object] = {
    "image": {"type": "string", "format": "binary", "description": "a picture, as a file"},
    **{name: {"type": "string"} for name in ("session", "text", "item", "user", "remove")},
    "k": {"type": "integer"},
}


def sessions_of(request: Request) -> Sessions:
    """The shop's conversations."""
    return tenant_of(request).sessions


async def read_chat(request: Request) -> ChatRequest:
    """The request, from JSON or from a form.

    Raises:
        InputError: several pictures were sent.
    """
    if not is_form(request):
        return shaped_json(ChatRequest, await request.body())
    async with form_of(request) as form:
        asked = shaped(ChatRequest, form_values(form, files=("image",)))
        pictures = await file_bytes(form, "image")
    if len(pictures) > 1:
        raise InputError(f"{len(pictures)} pictures were sent", hint="one a turn")
    return asked.model_copy(update={"image": pictures[0][1]}) if pictures else asked


def check_one(asked: ChatRequest) -> None:
    """Is one thing said at a time? What would be left out is refused.

    Raises:
        RequestValidationError: words or a picture, a facet to remove, and an action stand beside each other.
    """
    said = bool(asked.text.strip()) or asked.image is not None or asked.item is not None
    if said + bool(asked.remove) + (asked.action is not None) > 1:
        wrong = "one thing a turn: text with or without an image or an item, or remove, or action"
        place = ("body", "action" if asked.action is not None else "remove")
        raise RequestValidationError([{"type": "value_error", "loc": place, "msg": wrong, "input": None}])


@router.post(
    "/chat",
    summary="Say something",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
    openapi_extra=two_bodies(ChatRequest, FORM),
)
async def post_chat(request: Request, asked: Annotated[ChatRequest, Depends(read_chat)]) -> StreamingResponse:
    """One turn, streamed. Without a `session` a new conversation begins; its key comes first.

    Closing the connection before the turn is there stops it, and the conversation stays as it was before it.
    """
    check_one(asked)
    sessions = sessions_of(request)
    shown = one_shown(asked.image, asked.item)
    picture = None if shown is None else await run_in_threadpool(seen, shop_of(request), shown)
    if not (asked.text.strip() or asked.remove or picture is not None or asked.action):
        raise InputError("nothing was said", hint="send text, an image, an item, an action, or a facet to remove")
    key = asked.session
    if key is None:
        key = await run_in_threadpool(sessions.open, asked.user or "", asked.k)
    chat = sessions.find(key)

    def work(listener: Listener) -> Turn:
        return _answered(chat, asked, picture, listener)

    return StreamingResponse(stream(key, work), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/chat/{session}", response_model=ConversationOut, summary="What is understood in a conversation")
def get_chat(request: Request, session: str) -> Json:
    """The state: wishes with the turn they are from and how sure they are, what was liked, the list."""
    state = sessions_of(request).find(session).state
    facets = wire(Turn("", facets=state.facets))["facets"]
    told = {name: getattr(state, name) for name in ("turn", "person", "budget", "liked", "disliked", "shown")}
    return plain({**told, "listed": state.list, "facets": facets})


@router.delete("/chat/{session}", status_code=204, summary="End a conversation")
def delete_chat(request: Request, session: str) -> None:
    """Forgets everything of it, pictures included."""
    sessions_of(request).close(session)


def _answered(chat: Assistant, asked: ChatRequest, picture: Image.Image | OfItem | None, listener: Listener) -> Turn:
    """One turn of any kind."""
    if asked.remove:
        return chat.remove(asked.remove, hear=listener)
    if asked.action:
        return chat.do(asked.action, hear=listener)
    return chat.say(asked.text, image=picture, hear=listener)


class _Streamed(Listener):
    """Whoever is at the other end of a stream; the turn is kept once all that came before it was taken.

    Attributes:
        heard_so_far: what is to be sent, in its order; None when nothing comes before the turn any more.
    """

    def __init__(self) -> None:
        self.heard_so_far: asyncio.Queue[Turn | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._settled, self._stopped = Event(), Event()

    def heard(self, turn: Turn) -> None:
        """Send the turn as far as it is."""
        self._go_on(going=not self.gone())
        self._tell(turn)

    def whole(self, turn: Turn) -> None:  # noqa: ARG002
        """Wait until everything before it was taken."""
        self._tell(None)
        self._go_on(going=self._settled.wait(PATIENCE) and not self.gone())

    def gone(self) -> bool:
        """Is the connection closed?"""
        return self._stopped.is_set()

    def keep(self) -> None:
        """All was taken: the turn may be kept."""
        self._settled.set()

    def stop(self) -> None:
        """The connection is closed, or the turn is over."""
        self._stopped.set()
        self._settled.set()

    def end(self) -> None:
        """Nothing more is heard."""
        self._tell(None)

    def _tell(self, turn: Turn | None) -> None:
        self._loop.call_soon_threadsafe(self.heard_so_far.put_nowait, turn)

    def _go_on(self, *, going: bool) -> None:
        if not going:
            raise Cancelled("the turn was stopped", hint="say it again when you like")


async def stream(key: str, work: Callable[[Listener], Turn]) -> AsyncIterator[str]:
    """The events of one turn, which is worked out in another thread.

    Args:
        key: of the conversation.
        work: makes the turn for whoever listens.
    """
    listener = _Streamed()

    def run() -> str:
        try:
            return _event("turn", wire(work(listener)))
        except TastemakerError as error:
            return _event("problem", problem(error))
        except Exception as error:  # the answer has begun, so no status can tell it any more
            return _event("problem", inside(error))
        finally:
            listener.end()

    yield _event("session", {"session": key})
    working = asyncio.get_running_loop().run_in_executor(None, run)
    try:
        while (turn := await listener.heard_so_far.get()) is not None:
            yield _event("items", wire(turn))
        listener.keep()
        yield await working
    finally:
        listener.stop()


def _event(name: str, value: object) -> str:
    return f"event: {name}\ndata: {text(value, indent=None)}\n\n"

"""``/chat``: a conversation, turn by turn; each answer comes as server-sent events, the items before the question.

event: session   data: {"session": "..."}           the key of the conversation, to be sent back
event: items     data: the turn without its question, as soon as there is something to show; again with every sentence
                 that a language model adds
event: turn      data: the whole turn
event: problem   data: what went wrong, instead of a turn; the conversation stays as it was
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import Event
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from PIL import Image
from starlette.concurrency import run_in_threadpool

from tastemaker.assistant.sessions import Sessions
from tastemaker.assistant.talking import Assistant
from tastemaker.assistant.turn import Turn, wire
from tastemaker.catalog.decoding import decode
from tastemaker.core.errors import Cancelled, InputError, TastemakerError
from tastemaker.core.wire import Json, plain, text
from tastemaker.server.access import READ, tenant_of
from tastemaker.server.answers import ConversationOut
from tastemaker.server.bodies import file_bytes, form_of, form_values, is_form, shaped, shaped_json, two_bodies
from tastemaker.server.problems import problem
from tastemaker.server.requests import ChatRequest

router = APIRouter(tags=["ask"], dependencies=[READ])
FORM: dict[str, object] = {
    "image": {"type": "string", "format": "binary", "description": "a picture, as a file"},
    **{name: {"type": "string"} for name in ("session", "text", "user", "remove")},
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


@router.post(
    "/chat",
    summary="Say something",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
    openapi_extra=two_bodies(ChatRequest, FORM),
)
async def post_chat(request: Request, asked: Annotated[ChatRequest, Depends(read_chat)]) -> StreamingResponse:
    """One turn, streamed. Without a `session` a new conversation begins; its key comes first.

    Closing the connection stops the turn, and the conversation stays as it was before it.
    """
    sessions = sessions_of(request)
    picture = decode(asked.image, "image") if asked.image is not None else None
    if not (asked.text.strip() or asked.remove or picture is not None or asked.action):
        raise InputError("nothing was said", hint="send text, an image, an action, or a facet to remove")
    key = asked.session
    if key is None:
        key = await run_in_threadpool(sessions.open, asked.user or "", asked.k)
    chat = sessions.find(key)

    def work(hear: Callable[[Turn], None]) -> Turn:
        return _answered(chat, asked, picture, hear)

    return StreamingResponse(_stream(key, work), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


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


def _answered(chat: Assistant, asked: ChatRequest, picture: Image.Image | None, hear: Callable[[Turn], None]) -> Turn:
    """One turn of any kind."""
    if asked.remove:
        return chat.remove(asked.remove)
    if asked.action:
        return chat.do(asked.action)
    return chat.say(asked.text, image=picture, hear=hear)


async def _stream(key: str, work: Callable[[Callable[[Turn], None]], Turn]) -> AsyncIterator[str]:
    """The events of one turn, which is worked out in another thread."""
    loop, stopped = asyncio.get_running_loop(), Event()
    heard: asyncio.Queue[tuple[str, object]] = asyncio.Queue()

    def tell(event: str, value: object) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, (event, value))

    def hear(turn: Turn) -> None:
        if stopped.is_set():
            raise Cancelled("the turn was stopped", hint="say it again when you like")
        tell("items", wire(turn))

    def run() -> None:
        try:
            tell("turn", wire(work(hear)))
        except TastemakerError as error:
            tell("problem", problem(error))

    yield _event("session", {"session": key})
    working = loop.run_in_executor(None, run)
    try:
        event = ""
        while event not in ("turn", "problem"):
            event, value = await heard.get()
            yield _event(event, value)
        await working
    finally:
        stopped.set()


def _event(name: str, value: object) -> str:
    return f"event: {name}\ndata: {text(value, indent=None)}\n\n"

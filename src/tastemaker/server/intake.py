"""Reading a request's body: up to a size, within a time, before anything of it is parsed."""

import asyncio
from collections.abc import Mapping

from starlette.types import Message, Receive

from tastemaker.server.problems import Problem, plain_problem


class Refused(Exception):
    """The body is not taken.

    Args:
        problem: why.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def read_body(headers: Mapping[str, str], receive: Receive, most: int, seconds: float) -> bytes:
    """The whole body.

    Args:
        headers: of the request; a length that is said is believed when it is too much.
        receive: gives the body piece by piece.
        most: bytes.
        seconds: until all of it has to be there.

    Raises:
        Refused: it is larger (413), or slower (408).
    """
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise too_large(most)
    try:
        async with asyncio.timeout(seconds):
            return await _all(receive, most)
    except TimeoutError:
        words = f"the body was not there after {seconds:g} s"
        raise Refused(plain_problem(408, words, "send less at a time, or over a better line")) from None


async def _all(receive: Receive, most: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


def too_large(most: int) -> Refused:
    """The refusal of a body over the cap."""
    words = f"the body is larger than {most / 1e6:g} MB"
    return Refused(plain_problem(413, words, "send less at a time, or smaller pictures"))


def replaying(body: bytes, receive: Receive) -> Receive:
    """Hands a body that was read on, whole."""
    handed = False

    async def replay() -> Message:
        nonlocal handed
        if handed:
            return await receive()
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay

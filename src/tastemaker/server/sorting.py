"""Which process answers a request, where there are several: what any of them can, any does.

Questions and events need nothing but the workspace, so whoever has the connection answers. Everything else - jobs,
conversations, pictures held in memory, the page - lives in one process, the keeper, and a connection on which such a
request begins is handed to it whole, before a byte of it is parsed. A new route is the keeper's until it stands here.
"""

import asyncio
from collections.abc import Callable
from typing import cast

import h11

SHARED = frozenset(
    b"complete events explain forget healthz items past pictures readyz recommend search similar versions".split()
)
"""First words of the paths that every process answers."""
Hand = Callable[[int, bytes], None]
"""Gets a descriptor and what was read from it."""


class Sorter(asyncio.Protocol):
    """The server's protocol for one connection, and before it a look at how each request begins.

    Args:
        inner: the server's own.
        hand: gives a connection to the keeper; None in the keeper itself.
        begun: what another process has read from the connection.
    """

    def __init__(self, inner: asyncio.Protocol, hand: Hand | None, begun: bytes = b"") -> None:
        self._inner, self._hand, self._begun = inner, hand, begun

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with what was read already."""
        self._transport = cast("asyncio.Transport", transport)
        self._inner.connection_made(transport)
        if self._begun:
            self.data_received(self._begun)

    def data_received(self, data: bytes) -> None:
        """Answer it here, or hand the connection on."""
        if self._hand is None or is_shared(data) or not self._is_free():
            self._inner.data_received(data)
            return
        self._hand(self._transport.get_extra_info("socket").fileno(), data)
        self._transport.abort()  # this process's copy; the keeper has its own

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, or another's."""
        self._inner.connection_lost(exc)

    def eof_received(self) -> bool | None:
        """The other side has said all."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """The other side is slow."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._inner.resume_writing()

    def _is_free(self) -> bool:
        """Is the next byte the first of a request, with nothing left to say of the one before?

        A body may hold what looks like the beginning of a request; only the parser knows where one ends.
        """
        return not self._transport.get_write_buffer_size() and is_between(self._inner)


def is_shared(data: bytes) -> bool:
    """Does this begin with a whole request line that any process can answer?"""
    _, _, rest = data.lstrip(b"\r\n").partition(b" ")
    target, space, _ = rest.partition(b" ")
    word = target.partition(b"?")[0].removeprefix(b"/").partition(b"/")[0]
    return bool(space) and target.startswith(b"/") and word in SHARED


def is_between(protocol: object) -> bool:
    """Has uvicorn's protocol (of either kind) read a request to its end and answered it, and begun no other?"""
    parser = getattr(protocol, "conn", None)
    if isinstance(parser, h11.Connection):
        return parser.their_state is h11.IDLE and not parser.trailing_data[0]
    scope, cycle = getattr(protocol, "scope", None), getattr(protocol, "cycle", None)
    if scope is None:
        return True
    if cycle is None or cycle.scope is not scope:
        return False
    return bool(cycle.response_complete and not cycle.more_body)

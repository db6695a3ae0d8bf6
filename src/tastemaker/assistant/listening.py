"""Whoever waits for a turn: hears it as it comes, may go away, and then leaves the conversation as it was."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

from tastemaker.assistant.turn import Turn
from tastemaker.core.errors import Cancelled

T = TypeVar("T")
Hear = Callable[[Turn], None]
TICK = 0.05
"""Seconds after which whoever waits is asked again whether they still do."""


class Listener:
    """Waits for the whole answer and never goes away; what does other things is made from it."""

    def heard(self, turn: Turn) -> None:
        """Gets the answer as far as it is; raises ``Cancelled`` to stop."""

    def whole(self, turn: Turn) -> None:
        """Gets the whole answer before the conversation is changed; raises ``Cancelled`` to leave it as it was."""

    def gone(self) -> bool:
        """Does nobody wait any more? Asked while something slow is waited for."""
        return False


class _Hears(Listener):
    """A function that hears."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def heard(self, turn: Turn) -> None:
        """Passed on."""
        self._hear(turn)


def listener_of(hear: Hear | Listener | None) -> Listener:
    """Whoever hears, as one who waits."""
    if isinstance(hear, Listener):
        return hear
    return Listener() if hear is None else _Hears(hear)


def waited(make: Callable[[], Generator[T, None, None]], gone: Callable[[], bool]) -> Generator[T, None, None]:
    """The same pieces, read in a thread of its own, which is let go when nobody waits any more.

    Raises:
        Cancelled: nobody does.
    """
    pieces: Queue[tuple[T | None, BaseException | None]] = Queue(maxsize=16)
    left = Event()

    def put(piece: T | None, error: BaseException | None) -> None:
        while not left.is_set():
            try:
                return pieces.put((piece, error), timeout=TICK)
            except Full:
                continue

    def read() -> None:
        try:
            with closing(make()) as made:
                for piece in made:
                    if left.is_set():
                        return
                    put(piece, None)
        except BaseException as error:  # it is raised where the pieces are waited for
            put(None, error)
        else:
            put(None, StopIteration())

    Thread(target=read, daemon=True, name="door").start()
    try:
        yield from _taken(pieces, gone)
    finally:
        left.set()


def _taken(pieces: "Queue[tuple[T | None, BaseException | None]]", gone: Callable[[], bool]) -> Iterator[T]:
    """What a queue gets, until its end."""
    while True:
        try:
            piece, error = pieces.get(timeout=TICK)
        except Empty:
            if gone():
                raise Cancelled("the turn was stopped", hint="say it again when you like") from None
            continue
        if isinstance(error, StopIteration):
            return
        if error is not None:
            raise error
        if piece is not None:
            yield piece

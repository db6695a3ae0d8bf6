"""Calls of one function from many threads, joined: what arrives while a batch is worked on goes into the next together.

Nobody waits for company: a call that finds nobody at work begins at once. The thread that works off a batch then hands
on to the one that has waited longest, so no caller works for others longer than for itself.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass
class _Call(Generic[T, R]):
    """One caller's share of a batch."""

    given: Sequence[T]
    turn: Event = field(default_factory=Event)
    answer: "Future[Sequence[R]]" = field(default_factory=Future)


class Batcher(Generic[T, R]):
    """A function over sequences, for many threads.

    Args:
        work: gives a result for each thing of a sequence; must give the same one by one.
        most: how many things go into one batch, unless one caller brings more.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], most: int = 64) -> None:
        self._work, self._most = work, most
        self._lock = Lock()
        self._waiting: list[_Call[T, R]] = []
        self._busy = False

    def __call__(self, given: Sequence[T]) -> Sequence[R]:
        """The results for these.

        Raises:
            Exception: what the function raises for them.
        """
        call: _Call[T, R] = _Call(given)
        with self._lock:
            self._waiting.append(call)
            leads, self._busy = not self._busy, True
        if not leads:
            call.turn.wait()
        if not call.answer.done():
            self._lead()
        return call.answer.result()

    def _lead(self) -> None:
        """Work off what waits, as much as goes into a batch; then somebody else leads."""
        with self._lock:
            batch = [self._waiting.pop(0)]
            while self._waiting and sum(len(call.given) for call in (*batch, self._waiting[0])) <= self._most:
                batch.append(self._waiting.pop(0))
        try:
            self._do(batch)
        finally:
            with self._lock:
                self._busy = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.set()
            for call in batch:
                call.turn.set()

    def _do(self, batch: list[_Call[T, R]]) -> None:
        """Give each call its results; when the batch fails, each by itself, so that only who is at fault hears."""
        try:
            made = self._work([thing for call in batch for thing in call.given])
        except BaseException as error:  # whatever it is, it is raised again where it belongs
            if len(batch) > 1 and isinstance(error, Exception):
                for call in batch:
                    self._do([call])
                return
            for call in batch:
                call.answer.set_exception(error)
            return
        at = 0
        for call in batch:
            call.answer.set_result(made[at : at + len(call.given)])
            at += len(call.given)

"""Progress as typed events to an observer. The library never prints: the command line draws bars, the server streams.

An observer is any function that takes an event. It stops the work by raising ``Cancelled``; whoever reports progress
lets that error pass, and leaves nothing half-written.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Flag

from tastemaker.core.errors import Cancelled


@dataclass(frozen=True)
class Started:
    """A task begins; ``total`` steps are expected, or None when nobody knows."""

    task: str
    total: int | None


@dataclass(frozen=True)
class Advanced:
    """``done`` steps of the task are behind us; ``metrics`` are the latest figures, by name."""

    task: str
    done: int
    total: int | None
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The task ended after ``seconds``."""

    task: str
    seconds: float


@dataclass(frozen=True)
class Noted:
    """Something worth a line: a fallback was taken, an early stop."""

    task: str
    message: str


Event = Started | Advanced | Finished | Noted
Observer = Callable[[Event], None]


def silent(event: Event) -> None:
    """An observer that ignores everything."""


class Task:
    """A running task; made by :func:`track`."""

    def __init__(self, name: str, total: int | None, observer: Observer) -> None:
        self.name = name
        self.total = total
        self.done = 0
        self._observer = observer

    def advance(self, steps: int = 1, metrics: Mapping[str, float] | None = None) -> None:
        """Report that ``steps`` more steps are done.

        Raises:
            Cancelled: the observer asked to stop.
        """
        self.done += steps
        self._observer(Advanced(self.name, self.done, self.total, metrics or {}))

    def note(self, message: str) -> None:
        """Report something worth a line."""
        self._observer(Noted(self.name, message))


@contextmanager
def track(observer: Observer, name: str, total: int | None = None) -> Iterator[Task]:
    """Report a task from its start to its end."""
    begun = time.perf_counter()
    observer(Started(name, total))
    yield Task(name, total, observer)
    observer(Finished(name, time.perf_counter() - begun))


class Cancellable:
    """An observer that can be told to stop, from any thread.

    Args:
        observer: gets every event first.
    """

    def __init__(self, observer: Observer = silent) -> None:
        self._observer = observer
        self._flag = Flag()

    def cancel(self) -> None:
        """Stop the work at its next report."""
        self._flag.set()

    def __call__(self, event: Event) -> None:
        """Pass the event on; raise when told to stop."""
        self._observer(event)
        if self._flag.is_set():
            raise Cancelled(f"{event.task} was cancelled", hint="nothing was changed; start again when you like")

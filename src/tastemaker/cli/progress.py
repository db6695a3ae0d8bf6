"""Progress on stderr: bars on a terminal, a line a task elsewhere; Ctrl-C stops at the next safe point.

The first Ctrl-C (or SIGTERM) asks the work to stop, so that nothing is left half-written; the second stops at once
(which is safe too, because artefacts and the database change in one step, but what was being made is lost).
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from tastemaker.cli.output import note
from tastemaker.core.progress import Advanced, Cancellable, Event, Finished, Noted, Observer, Started

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WORTH_SAYING = 2.0
"""Seconds from which a finished task is worth a line where there are no bars."""


@contextmanager
def watching() -> Iterator[Observer]:
    """An observer that shows progress and can be stopped by Ctrl-C or SIGTERM."""
    if sys.stderr.isatty():
        with _progress() as progress:
            watcher = Cancellable(Bars(progress))
            with _stopped_by_interrupt(watcher):
                yield watcher
    else:
        watcher = Cancellable(lines)
        with _stopped_by_interrupt(watcher):
            yield watcher


def lines(event: Event) -> None:
    """Notes, and tasks that took their time, as lines."""
    if isinstance(event, Noted):
        note(f"{event.task}: {event.message}")
    elif isinstance(event, Finished) and event.seconds >= WORTH_SAYING:
        note(f"{event.task}: {event.seconds:.0f} s")


class Bars:
    """Shows every task as a bar of one rich progress display."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        """Show one report."""
        if isinstance(event, Noted):
            self._progress.console.print(f"{event.task}: {event.message}", highlight=False, markup=False)
            return
        bar = self._bars.get(event.task)
        if bar is None or isinstance(event, Started):
            total = None if isinstance(event, Finished) else event.total
            bar = self._bars[event.task] = self._progress.add_task(event.task, total=total, figures="")
        if isinstance(event, Advanced):
            figures = "  ".join(f"{name} {value:.4g}" for name, value in list(event.metrics.items())[:3])
            self._progress.update(bar, completed=event.done, total=event.total, figures=figures)
        elif isinstance(event, Finished):
            self._progress.update(bar, completed=1, total=1, figures=f"{event.seconds:.1f} s")


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[figures]}", markup=False),
        console=Console(stderr=True),
    )


@contextmanager
def _stopped_by_interrupt(watcher: Cancellable) -> Iterator[None]:
    """While inside, the first Ctrl-C or SIGTERM asks the work to stop, and the second does what it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        note("stopping at the next safe point; ctrl-c again stops at once")
        watcher.cancel()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

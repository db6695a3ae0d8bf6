"""Following a job to its end: its progress to an observer, its result or its error to the caller."""

import time
from collections.abc import Callable
from typing import cast

from tastemaker.client.reading import fields
from tastemaker.client.wire import Values, Wire, address, problem_error
from tastemaker.core.errors import Cancelled
from tastemaker.core.progress import Advanced, Finished, Noted, Observer, Started
from tastemaker.core.wire import Json

GLANCE = 0.2
"""Seconds between two looks."""


def follow(
    wire: Wire, path: str, values: Values, observer: Observer, pause: Callable[[float], None] = time.sleep
) -> Json:
    """Start a job and wait for its result.

    Args:
        wire: the service.
        path: of the verb.
        values: what is asked.
        observer: hears of progress; raises ``Cancelled`` to stop, which stops the job too.
        pause: waits between two looks.

    Raises:
        TastemakerError: what the same verb of a ``Shop`` would raise.
    """
    job = fields(wire.post(path, values))
    told = _Told(observer)
    try:
        told.hear(job)
        while job["state"] == "running":
            pause(GLANCE)
            job = fields(wire.get(address("jobs", str(job["id"]))))
            told.hear(job)
    except (Cancelled, KeyboardInterrupt):
        wire.delete(address("jobs", str(job["id"])))
        raise
    if job["state"] == "cancelled":
        raise Cancelled(f"{job['verb']} was cancelled", hint="nothing was changed; start again when you like")
    if job["problem"] is not None:
        found = fields(job["problem"])
        status = int(cast("int", found["status"]))
        raise problem_error(status, str(found["title"]), str(found["detail"]), str(found.get("hint", "")))
    return job["result"]


class _Told:
    """What the observer has heard so far."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._steps: dict[str, dict[str, Json]] = {}
        self._notes = 0

    def hear(self, job: dict[str, Json]) -> None:
        """Tell what is new."""
        for step in cast("list[dict[str, Json]]", job["steps"]):
            name, before = str(step["task"]), self._steps.get(str(step["task"]))
            if step == before:
                continue
            total = cast("int | None", step["total"])
            if before is None:
                self._observer(Started(name, total))
            if step["seconds"] is not None:
                self._observer(Finished(name, float(cast("float", step["seconds"]))))
            elif step["done"]:
                metrics = cast("dict[str, float]", step["metrics"])
                self._observer(Advanced(name, int(cast("int", step["done"])), total, metrics))
            self._steps[name] = step
        notes = cast("list[str]", job["notes"])
        for note in notes[self._notes :]:
            self._observer(Noted(str(job["verb"]), note))
        self._notes = len(notes)

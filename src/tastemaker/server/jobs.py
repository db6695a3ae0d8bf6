"""Long work in the background: started by a POST, looked at by id, stopped on request.

A second ``fit`` while one runs is refused, not queued, because it would do the same again; a verb may allow a few.
Jobs live as long as the process; what they made is in the workspace.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from tastemaker.core.errors import Cancelled, TastemakerError, UnknownName
from tastemaker.core.progress import Advanced, Cancellable, Event, Finished, Noted, Observer, Started
from tastemaker.core.wire import Json, plain
from tastemaker.server.problems import BusyError, Problem, problem

log = logging.getLogger("tastemaker.server")
State = Literal["running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Step:
    """How far one task of a job is. ``seconds`` is None until it ended."""

    task: str
    done: int = 0
    total: int | None = None
    seconds: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One piece of long work, as it stands now."""

    id: str
    verb: str
    state: State = "running"
    begun: float = 0.0
    ended: float | None = None
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    problem: Problem | None = None
    result: Json = None

    def after(self, event: Event) -> "Job":
        """The job after one report of progress."""
        if isinstance(event, Noted):
            return replace(self, notes=(*self.notes, event.message)[-50:])
        known = {step.task: step for step in self.steps}
        step = known.get(event.task, Step(event.task))
        if isinstance(event, Started):
            step = Step(event.task, total=event.total)
        elif isinstance(event, Advanced):
            step = replace(step, done=event.done, total=event.total, metrics=dict(event.metrics))
        elif isinstance(event, Finished):
            step = replace(step, seconds=event.seconds)
        return replace(self, steps=tuple((known | {event.task: step}).values()))


class Jobs:
    """All jobs of one server.

    Args:
        keep: finished jobs that are remembered.
    """

    def __init__(self, keep: int = 50) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._stops: dict[str, Cancellable] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self, verb: str, work: Callable[[Observer], object], *, most: int = 1) -> Job:
        """Begin the work in a thread of its own.

        Args:
            verb: what is done.
            work: gets the observer to report to, gives the result.
            most: jobs of the verb that may run at a time.

        Raises:
            BusyError: the same verb is being worked on.
        """
        job = Job(uuid.uuid4().hex[:12], verb, begun=time.time())
        stop = Cancellable(lambda event: self._update(job.id, lambda seen: seen.after(event)))
        thread = threading.Thread(target=self._run, args=(job.id, work, stop), name=f"{verb}-{job.id}", daemon=True)
        with self._lock:
            running = [other for other in self._jobs.values() if other.verb == verb and other.state == "running"]
            if len(running) >= most:
                raise BusyError(
                    f"{verb} is already running as job {running[0].id}", hint="wait for it, or DELETE the job"
                )
            self._forget_oldest()
            self._jobs[job.id], self._stops[job.id], self._threads[job.id] = job, stop, thread
        thread.start()
        return job

    def find(self, job_id: str) -> Job:
        """A job as it stands now.

        Raises:
            UnknownName: there is no such job, or it was long ago.
        """
        with self._lock:
            if job_id not in self._jobs:
                raise UnknownName("job", job_id, hint="GET /jobs lists those that are remembered")
            return self._jobs[job_id]

    def all(self) -> list[Job]:
        """Every job remembered, newest first."""
        with self._lock:
            return list(self._jobs.values())[::-1]

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop at its next report; one that has ended stays as it is."""
        job = self.find(job_id)
        self._stops[job_id].cancel()
        return job

    def wait(self, job_id: str, seconds: float | None = None) -> Job:
        """Wait until a job has ended, or for so many seconds."""
        self.find(job_id)
        self._threads[job_id].join(seconds)
        return self.find(job_id)

    def stop(self) -> None:
        """Ask every job to stop."""
        for stop in list(self._stops.values()):
            stop.cancel()

    def close(self, seconds: float = 10.0) -> None:
        """Ask every job to stop, and wait for them that long in all."""
        self.stop()
        until = time.monotonic() + seconds
        for thread in list(self._threads.values()):
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self, job_id: str, work: Callable[[Observer], object], stop: Cancellable) -> None:
        try:
            result = plain(work(stop))
        except Cancelled:
            self._end(job_id, "cancelled")
        except TastemakerError as error:
            found = problem(error)
            self._end(job_id, "failed", found)
        except BaseException as error:
            log.exception("job %s failed", job_id)
            inside = Problem(title="inside", status=500, detail=f"something went wrong inside ({type(error).__name__})")
            self._end(job_id, "failed", inside)
            raise
        else:
            self._end(job_id, "done", result=result)

    def _end(self, job_id: str, state: State, found: Problem | None = None, result: Json = None) -> None:
        ended = time.time()
        self._update(job_id, lambda job: replace(job, state=state, ended=ended, problem=found, result=result))

    def _update(self, job_id: str, change: Callable[[Job], Job]) -> None:
        with self._lock:
            self._jobs[job_id] = change(self._jobs[job_id])

    def _forget_oldest(self) -> None:
        ended = [job_id for job_id, job in self._jobs.items() if job.state != "running"]
        for job_id in ended[: max(0, len(ended) - self._keep + 1)]:
            del self._jobs[job_id], self._stops[job_id], self._threads[job_id]

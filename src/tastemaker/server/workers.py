"""Several processes behind one address: one accepts connections and gives them out in turn, the others answer.

A process that dies is started again, with its line and what was waiting in it. Nothing of a shop is in the one that
accepts, so there is little in it that could fail. The first worker is the keeper: see :mod:`tastemaker.server.sorting`.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from tastemaker.core.errors import WorkspaceError
from tastemaker.server.limits import SharedBuckets
from tastemaker.server.line import Line, Parcel

BACKLOG = 2048
LOOK = 0.2
"""Seconds between two looks at whether all are alive."""
AGAIN = 1.0
"""Seconds between two starts of the same worker."""
GRACE = 20.0
"""Seconds that a worker has to end, after those of draining; then it is killed."""


class _Worker:
    """One worker: its process, which may be another tomorrow, and its line, which stays."""

    def __init__(self) -> None:
        self.line, self.theirs = Line.pair()
        self.process: subprocess.Popen[bytes] | None = None
        self.ready, self.begun = False, 0.0


class Workers:
    """The processes of one server.

    Args:
        command: starts a worker; it reads from its standard input, as JSON, what it is told.
        told: what every worker is told; ``line``, ``keeper`` and ``buckets`` (descriptors it inherits) are added.
        count: how many.

    Raises:
        ConfigError: this system cannot do it.
    """

    def __init__(self, command: Sequence[str], told: Mapping[str, object], count: int) -> None:
        self._command, self._told = tuple(command), dict(told)
        self._workers = [_Worker() for _ in range(count)]
        self._buckets = os.memfd_create("buckets")
        os.truncate(self._buckets, SharedBuckets.SIZE)
        self._turn = 0

    def run(self, bound: socket.socket, ready: Callable[[], None], drain: float) -> None:
        """Serve until the process is told to stop.

        Args:
            bound: where connections come in.
            ready: called once every worker answers.
            drain: seconds in which connections are still accepted after that, while ``/readyz`` says no.

        Raises:
            KeyboardInterrupt: Ctrl-C or SIGTERM; every request under way was finished first.
            WorkspaceError: a worker ends before it answers; it has said why.
        """
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            for worker in self._workers:
                self._start(worker)
            while not all(self._is_ready(worker) for worker in self._workers):
                time.sleep(LOOK / 4)
                if any(worker.process is not None and worker.process.poll() is not None for worker in self._workers):
                    raise WorkspaceError("a worker could not start", hint="what it said stands above")
            bound.listen(BACKLOG)
            bound.settimeout(LOOK)
            ready()
            self._accept(bound, None)
        finally:
            self._end(bound, drain)

    def _accept(self, bound: socket.socket, until: float | None) -> None:
        """Give connections out, and start again what has died."""
        while until is None or time.monotonic() < until:
            if until is None:
                self._mend()
            try:
                connection = bound.accept()[0]
            except TimeoutError:
                continue
            except OSError:  # out of descriptors, or gone before it was accepted
                time.sleep(LOOK / 4)
                continue
            with connection:
                self._give(connection.fileno())

    def _give(self, connection: int) -> None:
        """Give a connection to the next worker that takes it; it is closed when none does."""
        for _ in self._workers:
            self._turn = (self._turn + 1) % len(self._workers)
            worker = self._workers[self._turn]
            if worker.ready and worker.line.send(Parcel("connection", connection)):
                return

    def _mend(self) -> None:
        """Start again what has died."""
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is not None:
                worker.ready = False
                if time.monotonic() > worker.begun + AGAIN:
                    self._start(worker)
            elif not worker.ready:
                self._is_ready(worker)

    def _start(self, worker: _Worker) -> None:
        keeper = None if worker is self._workers[0] else self._workers[0].line.fileno()
        inherited = {"line": worker.theirs.fileno(), "keeper": keeper, "buckets": self._buckets}
        threads = str(max(1, (os.cpu_count() or 1) // len(self._workers)))
        worker.begun = time.monotonic()
        worker.process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            pass_fds=[each for each in inherited.values() if each is not None],
            env={"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, **os.environ},
        )
        if worker.process.stdin is not None:
            with worker.process.stdin as stream:
                stream.write(json.dumps(self._told | inherited).encode())

    @staticmethod
    def _is_ready(worker: _Worker) -> bool:
        while not worker.ready and (parcel := worker.line.receive()):
            worker.ready = parcel.kind == "ready"
        return worker.ready

    def _end(self, bound: socket.socket, drain: float) -> None:
        """Tell every worker to end, accept while they still answer, and wait for them."""
        running = [worker.process for worker in self._workers if worker.process and worker.process.poll() is None]
        for process in running:
            process.terminate()
        try:
            if all(worker.ready for worker in self._workers):
                self._accept(bound, time.monotonic() + drain)
            bound.close()
            for process in running:
                process.wait(drain + GRACE)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            for process in running:
                process.kill()
        for worker in self._workers:
            worker.line.close()
            worker.theirs.close()
        os.close(self._buckets)

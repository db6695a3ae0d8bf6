"""Who does the shards: this process, several on this machine, or a Ray cluster. All call :func:`embed_shard`.

Each gives what is written as it comes, in no order, and tries again what a worker took with it when it died.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

from tastemaker.core.errors import WorkspaceError
from tastemaker.scale.cluster import joined, loaded
from tastemaker.scale.job import Job, embed_shard
from tastemaker.scale.ledger import Written

if TYPE_CHECKING:
    import pyarrow

Engine = Callable[[Path, Sequence[str]], Iterator[Written]]
"""A job and names of shards -> what is written."""
AHEAD = 2
"""Shards handed to each worker before the first of them is done."""
DEATHS = 3
"""Workers that may die one after the other without a shard done in between."""


def engine(workers: int, *, ray: bool = False) -> Engine:
    """The engine for so many workers.

    Raises:
        MissingExtra: Ray is asked for and not installed.
    """
    if ray:
        loaded()
        return lambda job, shards: on_ray(job, shards, workers)
    return here if workers == 1 else lambda job, shards: in_processes(job, shards, workers)


def here(job: Path, shards: Sequence[str]) -> Iterator[Written]:
    """One after the other, in this process."""
    told = Job.read(job)
    for shard in shards:
        yield embed_shard(told, shard)


def in_processes(job: Path, shards: Sequence[str], workers: int) -> Iterator[Written]:
    """Several at a time, in processes of this machine that end when this one does.

    Raises:
        WorkspaceError: workers die again and again.
    """
    rest, deaths = list(shards), 0
    while rest:
        try:
            for done in _pooled(job, rest, workers):
                rest.remove(done.shard)
                deaths = 0
                yield done
        except BrokenProcessPool:
            deaths += 1
            if deaths == DEATHS:
                hint = "is there memory for so many? try fewer workers, or smaller shards"
                raise WorkspaceError(f"workers die at shard {rest[0]} or the next ones", hint=hint) from None


def on_ray(job: Path, shards: Sequence[str], workers: int) -> Iterator[Written]:
    """By a pool of Ray's actors, which Ray starts again when they die, or their machine does.

    Raises:
        WorkspaceError: a shard is done and cannot be seen from here.
    """
    ledger = Job.read(job).ledger
    with joined(workers):
        from ray import data

        logging.getLogger("ray.data").setLevel(logging.ERROR)  # what it does is told by our own progress
        data.DataContext.get_current().enable_progress_bars = False
        names = data.from_items([{"shard": shard} for shard in shards], override_num_blocks=len(shards))
        pool = data.ActorPoolStrategy(size=workers)
        told = {"fn_constructor_args": (str(job),), "batch_size": 1, "batch_format": "pyarrow"}
        for row in names.map_batches(_RayWorker, compute=pool, num_cpus=1, **told).iter_rows():
            found = ledger.written(row["shard"])
            if found is None:
                raise WorkspaceError(f"shard {row['shard']} was lost", hint="do all machines see the same folder?")
            yield found


class _RayWorker:
    """Embeds shards by name, in a process of Ray."""

    def __init__(self, job: str) -> None:
        self._job = Job.read(Path(job))

    def __call__(self, batch: "pyarrow.Table") -> "pyarrow.Table":
        for shard in batch.column("shard").to_pylist():
            embed_shard(self._job, shard)
        return batch


def _pooled(job: Path, shards: Sequence[str], workers: int) -> Iterator[Written]:
    """Shards done by a pool of processes.

    Raises:
        BrokenProcessPool: one of them died; the pool is gone.
    """
    told, waiting = Job.read(job), deque(shards)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_ends_with_parent)
    begun: set[Future[Written]] = set()
    try:
        while waiting or begun:
            while waiting and len(begun) < workers * AHEAD:
                begun.add(pool.submit(embed_shard, told, waiting.popleft()))
            done, begun = wait(begun, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _ends_with_parent() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it, even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

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
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tastemaker.core.errors import MissingExtra, WorkspaceError
from tastemaker.scale.job import Job, embed_shard
from tastemaker.scale.ledger import Written

if TYPE_CHECKING:
    import pyarrow

Engine = Callable[[Path, Sequence[str]], Iterator[Written]]
"""A job and names of shards -> what is written."""
PACKAGES = {"pylance": "lance", "ray": "ray"}
AHEAD = 2
"""Shards handed to each worker before the first of them is done."""
DEATHS = 3
"""Workers that may die one after the other without a shard done in between."""
OBJECTS = 200 << 20
"""Bytes of shared memory for a Ray that is started here: it carries names of shards, nothing else."""


def engine(workers: int, *, ray: bool = False) -> Engine:
    """The engine for so many workers.

    Raises:
        MissingExtra: Ray is asked for and not installed.
    """
    if ray:
        _import_ray()
        return lambda job, shards: on_ray(job, shards, workers)
    return here if workers == 1 else lambda job, shards: in_processes(job, shards, workers)


def lacking() -> str:
    """What is not installed of the extra that all of this needs, with the next step; "" when nothing is."""
    missing = [package for package, module in PACKAGES.items() if find_spec(module) is None]
    return f"{' and '.join(missing)} not installed: pip install 'tastemaker[scale]'" if missing else ""


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
    """On the Ray cluster that RAY_ADDRESS or an earlier ``ray.init`` names; without one, on a Ray of this machine."""
    ray = _import_ray()
    own_ray = not ray.is_initialized()
    if own_ray:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        own = {"num_cpus": workers, "object_store_memory": OBJECTS, "include_dashboard": False}
        ray.init(log_to_driver=False, logging_level="warning", **({} if "RAY_ADDRESS" in os.environ else own))
    try:
        yield from _mapped(ray, job, shards, workers)
    finally:
        if own_ray:
            ray.shutdown()


def _mapped(ray: ModuleType, job: Path, shards: Sequence[str], workers: int) -> Iterator[Written]:
    """Shards done by a pool of Ray's actors, which Ray starts again when they die.

    Raises:
        WorkspaceError: a shard is done and cannot be seen from here.
    """
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    names = ray.data.from_items([{"shard": shard} for shard in shards], override_num_blocks=len(shards))
    pool = ray.data.ActorPoolStrategy(size=workers)
    told = {"fn_constructor_args": (str(job),), "batch_size": 1, "batch_format": "pyarrow"}
    ledger = Job.read(job).ledger
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


def _import_ray() -> ModuleType:
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtra("ray", "scale") from None
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray

"""The driver: catalog -> shards -> workers -> one published table. Stopped or killed, it goes on next time.

A shard is a range of rows of the catalog. Rows are never given to other items, so a shard changes only when one of its
own items does: after a change of the catalog the next run embeds those shards alone.
"""

import fcntl
import hashlib
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import BusyError, FitError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.types import Ints
from tastemaker.scale.engines import Engine
from tastemaker.scale.job import Job, Keys, line_of
from tastemaker.scale.ledger import Ledger, Written
from tastemaker.scale.table import INDEXED_FROM, VectorTable, publish

LAYOUT = b"1"
"""Changes when what is written down of an item does."""
SHARD = 1000
"""Rows of a shard: seconds of work for small towers, a minute or two for large ones."""


@dataclass(frozen=True)
class Embedded:
    """What came of it.

    Attributes:
        out: the folder, for :class:`VectorTable`.
        items: in the table.
        shards: in all.
        done: shards embedded now; the others were there.
        version: of the table.
        seconds: of this run.
        processor: seconds of the processor that all shards took, of this run or an earlier one.
        workers: which worker embedded how many items, in this run or an earlier one.
    """

    out: Path
    items: int
    shards: int
    done: int
    version: int
    seconds: float
    processor: float
    workers: Mapping[str, int]

    def __str__(self) -> str:
        now = f"{self.done} of {self.shards} shards embedded now" if self.done else "nothing had changed"
        return f"{self.items:,} items in {self.out}, version {self.version}: {now}, {self.seconds:.1f} s"


def embed(
    catalog: Catalog, keys: Keys, job: Job, dim: int, run: Engine, *, rows: int = SHARD, observer: Observer = silent
) -> Embedded:
    """Embed what has not been embedded yet, and publish all of it.

    Args:
        catalog: the items.
        keys: what each row's vector is made of; changes when that does.
        job: where everything lies.
        dim: length of a vector.
        run: who does the shards.
        rows: of the catalog in a shard.
        observer: hears of items done; raises ``Cancelled`` to stop, which keeps the shards that are done.

    Shapes: keys (rows of the catalog,).

    Raises:
        BusyError: the same folder is being written to by another driver.
        FitError: the catalog is empty.
        MissingExtra: Lance or Ray is not installed.
    """
    begun, out = time.perf_counter(), Path(job.out)
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        shards = shards_of(catalog, keys, job, rows)
        if not shards:
            raise FitError("the catalog holds no item", hint="put rows into items.csv, or `tastemaker add`")
        job = replace(job, space=str(_kept(Path(job.space), out)))
        ledger = job.ledger
        missing = [name for name in shards if ledger.written(name) is None]
        for name in missing:
            ledger.put_items(name, [line_of(catalog, row, int(keys[row])) for row in shards[name].tolist()])
        with track(observer, "embedding items", sum(map(len, shards.values()))) as task:
            task.advance(sum(len(places) for name, places in shards.items() if name not in missing))
            for done in run(job.lay_down(), missing) if missing else ():
                task.advance(done.items)
        table, written = _published(out, dim, ledger, list(shards))
        workers = Counter[str]()
        for each in written:
            workers[each.worker] += each.items
        took = time.perf_counter() - begun, sum(each.processor for each in written)
        return Embedded(out, len(table), len(shards), len(missing), table.version, *took, workers)


def shards_of(catalog: Catalog, keys: Keys, job: Job, rows: int) -> dict[str, Ints]:
    """Names of the shards, with the rows of the items that are there."""
    found = {}
    for number, first in enumerate(range(0, catalog.size, rows)):
        places = first + np.flatnonzero(catalog.alive[first : first + rows])
        if not len(places):
            continue
        digest = hashlib.blake2b(LAYOUT + Path(job.space).name.encode(), digest_size=8)
        digest.update("\0".join(catalog.ids[row] for row in places.tolist()).encode("utf-8", "surrogatepass"))
        digest.update(keys[places].tobytes())
        found[f"{number:06d}-{digest.hexdigest()}"] = places
    return found


def _published(out: Path, dim: int, ledger: Ledger, shards: list[str]) -> tuple[VectorTable, list[Written]]:
    """The table of all these shards, in their order, and what the ledger says of them."""
    written = []
    for name in shards:
        found = ledger.written(name)
        if found is None:
            raise FitError(f"shard {name} has gone", hint="run it again")
        written.append(found)
    publish(out, dim, [fragment for each in written for fragment in each.fragments])
    ledger.sweep(shards)
    table = VectorTable(out)
    if len(table) >= INDEXED_FROM and not table.is_indexed:
        table.build_index()
    return table, written


def _kept(space: Path, out: Path) -> Path:
    """The space beside the table, so that workers and readers need nothing of the shop; those of before are removed."""
    place = out / space.name
    if not place.exists():
        staging = out / f".writing-{uuid.uuid4().hex}"
        shutil.copytree(space, staging)
        staging.rename(place)
    for other in (*out.glob(".writing-*"), *out.glob("space-*")):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    return place


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other drivers out of a folder; the lock is the operating system's, a killed driver holds it no longer."""
    with (out / "driver.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{str(out)!r} is being written to by another driver", hint="wait for it") from None
        yield

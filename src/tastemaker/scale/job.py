"""One shard: its items -> their vectors in the table. The same function in this process or on another machine.

A worker needs three things that every machine sees under the same path: the folder of the job, the artefact of the
space, and the pictures. It never opens the shop's database.
"""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from tastemaker.alignment.space import Space, stored
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.features import Features
from tastemaker.catalog.item_table import from_body, to_body
from tastemaker.catalog.items import AttributeType
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.storage import Artefact, replace_text
from tastemaker.core.types import ItemId
from tastemaker.scale.ledger import Ledger, Written
from tastemaker.scale.table import write

Keys = npt.NDArray[np.uint64]
FILE = "job.json"


@dataclass(frozen=True)
class Job:
    """What a worker is told.

    Attributes:
        out: folder of the table and its ledger.
        space: folder of the artefact.
        images: folder or archive of the pictures; "" for none.
        state: the shop's own folder, for pictures that came in live.
        features: precomputed features: name -> vectors, ids.
        types: of the attributes, as the whole catalog tells them.
        separator: stands between the values of a list in a text.
    """

    out: str
    space: str
    images: str = ""
    state: str = ""
    features: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    types: Mapping[str, AttributeType] = field(default_factory=dict)
    separator: str = "|"

    def lay_down(self) -> Path:
        """Write it where workers find it."""
        path = Path(self.out) / FILE
        replace_text(path, json.dumps(asdict(self), indent=2))
        return path

    @classmethod
    def read(cls, path: Path) -> Self:
        """What :meth:`lay_down` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def ledger(self) -> Ledger:
        """Of its table."""
        return Ledger(Path(self.out))

    def catalog(self, lines: Sequence[str]) -> tuple[Catalog, Keys]:
        """The items of a shard as a catalog of their own, and their keys."""
        told = [json.loads(line) for line in lines]
        items = [from_body(ItemId(id), body) for id, _, body in told]
        paths = {name: (Path(vectors), Path(ids)) for name, (vectors, ids) in self.features.items()}
        catalog = Catalog(
            items,
            pictures=_pictures(self.images, self.state),
            features=Features(paths, [item.id for item in items]),
            types=self.types,
            separator=self.separator,
        )
        return catalog, np.array([key for _, key, _ in told], np.uint64)


def line_of(catalog: Catalog, row: int, key: int) -> str:
    """An item as a worker reads it."""
    item = catalog.raw_item(row)
    return json.dumps([item.id, key, to_body(item)])


def embed_shard(job: Job, shard: str) -> Written:
    """Embed a shard, unless that is done; killed at any moment it can be called again.

    It computes in one thread, as many shards are at work at a time, and so that each gives the same numbers wherever it
    is embedded.

    Returns:
        What counts for this shard.
    """
    if (done := job.ledger.written(shard)) is not None:
        return done
    begun, spent = time.perf_counter(), time.process_time()
    catalog, keys = job.catalog(job.ledger.items(shard))
    with _one_thread():
        vectors = _space(job.space).embed_items(catalog, np.arange(catalog.size))
    fragments, files = write(Path(job.out), catalog.ids, keys, vectors)
    took = time.perf_counter() - begun, time.process_time() - spent
    worker = f"{socket.gethostname()} {os.getpid()}"
    return job.ledger.record(Written(shard, catalog.size, tuple(fragments), tuple(files), *took, worker))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Neither torch nor BLAS share their sums among threads, which would give other last bits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _pictures(images: str, state: str) -> Pictures:
    """The pictures, so that an archive is listed once by each worker."""
    return Pictures(Path(images) if images else None, Path(state) if state else None)


@lru_cache(maxsize=1)
def _space(folder: str) -> Space:
    """The space, opened once by each worker."""
    return stored(Artefact(Path(folder)))

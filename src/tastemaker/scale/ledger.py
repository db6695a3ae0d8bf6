"""The ledger of shards: what has been written, by files that appear whole or not at all.

    OUT/vectors.lance/           the table, see ``scale.table``
    OUT/job.json                 what the workers need to know
    OUT/shards/NAME.items        the items of a shard, one JSON line each; all that a worker reads of the catalog
    OUT/shards/NAME.written      what a worker made of it: the fragments of the table that hold its vectors

A name is the number of the shard and a hash of what its vectors are made of, so a ledger never speaks of other items or
of another space. Of two workers that did the same shard (one was given up for dead, say) the first that records it
counts. What of it is in the table is told by the table alone, so there is no moment at which the two could disagree.
"""

import json
import os
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tastemaker.core.storage import replace_bytes


@dataclass(frozen=True)
class Written:
    """A shard whose vectors are on the disk.

    Attributes:
        shard: its name.
        items: how many.
        fragments: of the table, as Lance writes them down.
        files: that they consist of, inside the table's ``data`` folder.
        seconds: it took by the clock.
        processor: seconds of the processor that it took.
        worker: host and process that did it.
    """

    shard: str
    items: int
    fragments: tuple[str, ...]
    files: tuple[str, ...]
    seconds: float
    processor: float
    worker: str


class Ledger:
    """What has been written of one table.

    Args:
        out: the folder of the table and of the ledger; made when missing.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / "shards"
        self._data = out / "vectors.lance" / "data"
        self._folder.mkdir(parents=True, exist_ok=True)

    def put_items(self, shard: str, lines: Sequence[str]) -> None:
        """Lay down the items of a shard, unless they are there."""
        path = self._folder / f"{shard}.items"
        if not path.exists():
            replace_bytes(path, "\n".join(lines).encode("utf-8", "surrogatepass"))

    def items(self, shard: str) -> list[str]:
        """The items of a shard as they were laid down."""
        text = (self._folder / f"{shard}.items").read_bytes().decode("utf-8", "surrogatepass")
        return text.split("\n")

    def written(self, shard: str) -> Written | None:
        """What was made of a shard; None when nobody has finished it, or a file of it is gone."""
        path = self._record(shard)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        found = Written(**{**told, "fragments": tuple(told["fragments"]), "files": tuple(told["files"])})
        if all((self._data / name).is_file() for name in found.files):
            return found
        path.unlink(missing_ok=True)
        return None

    def record(self, done: Written) -> Written:
        """Write down that a shard is finished; returns what counts, which is another's when that came first."""
        staging = self._folder / f".writing-{uuid.uuid4().hex}"
        replace_bytes(staging, json.dumps(asdict(done)).encode())
        try:
            os.link(staging, self._record(done.shard))
        except FileExistsError:
            for name in done.files:
                (self._data / name).unlink(missing_ok=True)
        finally:
            staging.unlink()
        return self.written(done.shard) or done

    def sweep(self, keep: Collection[str]) -> None:
        """Forget shards of other catalogs and spaces, what was laid down for workers, and what killed ones left."""
        for path in self._folder.iterdir():
            if path.suffix != ".written" or path.stem not in keep:
                path.unlink(missing_ok=True)

    def _record(self, shard: str) -> Path:
        return self._folder / f"{shard}.written"

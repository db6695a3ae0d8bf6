"""A catalog embedded by a Ray cluster of two nodes, a worker killed in the middle and then the driver: what comes out?

    python benchmarks/bench_scale.py                  # 20,000 real pictures; a quarter of an hour on two quiet cores
    python benchmarks/bench_scale.py --items 600      # the same in small

The two nodes are two of Ray's own on this machine, one core each (``ray.cluster_utils.Cluster``). Every run is the
command ``tastemaker embed`` in a process of its own. First the rates: this process alone, then one and two workers on
the cluster, each into an empty folder. A rate is items by the seconds that the command itself tells, which hold the
start of the workers but not of Python; by seconds of the processor it holds the shards alone, whoever else is at work.
Then, into another empty folder, with two workers: when a quarter of the shards
is written a worker is killed (SIGKILL), at half of them the driver; then the same command is given again. What it
leaves is compared with what one process has made alone: every item there once, every vector the same to the last bit.

The space is the one that ``bench_fashion.py`` has left, published in a workspace of the first ITEMS products.
"""

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from common import BUILD, data, fashion_space, new_workspace, show, store, write_items
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Floats, ItemId
from tastemaker.scale.table import VectorTable
from tastemaker.shop.fitted import write_space

Row = dict[str, object]
OBJECTS = 100 << 20


def workspace(items: int) -> Path:
    """The first products of fashion, with the space that was learned on all of them."""
    kept = fashion_space()
    folder = new_workspace("scale")
    with data("fashion", "items.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[:items]
    write_items(folder / "items.csv", [{"title": row.pop("productDisplayName"), **row} for row in rows])
    (folder / "images.zip").symlink_to(data("fashion", "images_60x80.zip"))
    artefacts = Artefacts(folder / ".tastemaker")
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    artefacts.publish({"space": write_space(artefacts, space, kept.manifest)})
    return folder


@contextmanager
def cluster() -> Iterator[str]:
    """Two nodes of one core; gives the address."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": OBJECTS}
    made = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    try:
        made.add_node(**node)
        yield made.address
    finally:
        made.shutdown()


def command(shop: Path, out: Path, workers: int, rows: int, *, ray: bool) -> list[str]:
    """What is run."""
    verb = [sys.executable, "-m", "tastemaker", "embed", str(shop), "--out", str(out), "--json"]
    return [*verb, "--workers", str(workers), "--shard", str(rows), *(["--ray"] if ray else [])]


def run(line: list[str], address: str = "") -> Row:
    """Run it to its end; what it tells."""
    done = subprocess.run(line, env=_environment(address), check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def shot_at(line: list[str], address: str, out: Path, shards: int) -> Row:
    """Kill a worker after a quarter of the shards, the driver after half; then run it to its end."""
    driver = subprocess.Popen(line, env=_environment(address), stdout=subprocess.DEVNULL)
    _until(out, shards // 4, driver)
    worker = _worker_at_work(out)
    os.kill(worker, signal.SIGKILL)
    at_worker = _written(out)
    _until(out, max(shards // 2, at_worker + 1), driver)
    driver.kill()
    driver.wait()
    at_driver = _written(out)
    told = run(line, address)
    return {"worker_killed_at": at_worker, "driver_killed_at": at_driver, "embedded_after": told["done"]}


def compare(one: Path, other: Path) -> Row:
    """Is each item there once, and are the vectors the same?"""
    (ids, vectors), (others, theirs) = _all(one), _all(other)
    place = {id: row for row, id in enumerate(others)}
    aligned = theirs[[place[id] for id in ids]] if set(ids) == set(others) else np.zeros_like(vectors)
    return {
        "items": len(ids),
        "each_once": len(set(ids)) == len(ids) == len(others) and set(ids) == set(others),
        "same_to_the_bit": bool(np.array_equal(vectors, aligned)),
        "largest_difference": float(np.abs(vectors - aligned).max()),
    }


def main() -> None:
    """Run, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20_000, help="products to embed")
    parser.add_argument("--shards", type=int, default=40, help="into how many shards they are cut")
    arguments = parser.parse_args()
    shop, rows = workspace(arguments.items), -(-arguments.items // arguments.shards)
    outs = {name: BUILD / "scale-out" / name for name in ("local", "ray-1", "ray-2", "shot-at")}
    shutil.rmtree(BUILD / "scale-out", ignore_errors=True)
    rates: list[Row] = [_rate("this process alone", run(command(shop, outs["local"], 1, rows, ray=False)))]
    with cluster() as address:
        for workers in (1, 2):
            line = command(shop, outs[f"ray-{workers}"], workers, rows, ray=True)
            rates.append(_rate(f"Ray, {workers} worker{'s' * (workers > 1)}", run(line, address)))
        shards = len(list((outs["local"] / "shards").glob("*.written")))
        line = command(shop, outs["shot-at"], 2, rows, ray=True)
        killed = shot_at(line, address, outs["shot-at"], shards)
    equal: list[Row] = [{"run": name, **compare(outs["local"], outs[name])} for name in outs if name != "local"]
    show("items a second", rates)
    show("beside what one process makes alone", equal)
    print(killed)
    store("scale", {"items": arguments.items, "shards": shards, "rates": rates, "killed": killed, "equal": equal})


def _rate(name: str, told: Row) -> Row:
    items, seconds, processor = (float(str(told[figure])) for figure in ("items", "seconds", "processor"))
    by_clock, by_processor = round(items / seconds, 1), round(items / processor, 1)
    return {"run": name, "seconds": round(seconds, 1), "items_a_second": by_clock, "a_processor_second": by_processor}


def _environment(address: str) -> dict[str, str]:
    """One thread for each worker, so that rates of one and two can be compared."""
    own = {"RAY_ADDRESS": address} if address else {}
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", **own}


def _written(out: Path) -> int:
    return len(list((out / "shards").glob("*.written")))


def _until(out: Path, shards: int, driver: "subprocess.Popen[bytes]") -> None:
    """Wait until so many shards are written."""
    while _written(out) < shards:
        if driver.poll() is not None:
            sys.exit("the driver ended before it was killed: give it more --items")
        time.sleep(0.05)


def _worker_at_work(out: Path) -> int:
    """A process that has written a shard."""
    told = [json.loads(path.read_text())["worker"].split()[1] for path in sorted((out / "shards").glob("*.written"))]
    return next(int(process) for process in told if psutil.pid_exists(int(process)))


def _all(out: Path) -> tuple[list[ItemId], Floats]:
    batches = list(VectorTable(out).batches())
    return [id for ids, _ in batches for id in ids], np.concatenate([vectors for _, vectors in batches])


if __name__ == "__main__":
    main()

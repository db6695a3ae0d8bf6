"""How long a search over HTTP takes at 20,000 products, encoder included: a picture and a change, a picture, words.

    python benchmarks/bench_search.py [--again]     # after bench_fashion.py, whose learned space it serves

The first 20,000 products of fashion behind the server, in a process of its own with two threads; the requests come
from another one, over loopback, one after the other: every time another photo (225x300) and another change. Ten
requests warm it up. Five rounds of 60 requests; what counts is the round with the lowest median, because a busy machine
only ever adds to it; the median of all rounds stands beside it, and the processor time that the server spent on a
request, all threads together, which other work hardly changes. The second look by cross-attention (fusion) is off, as
it is by default.

Nothing here can be overfitted. Budget: 4 processor minutes, most of which embed the products.
"""

import argparse
import csv
import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import bench_journey
import rows
from common import BUILD, Lines, data, fashion_space, show
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.core.storage import Artefacts
from tastemaker.shop import Shop
from tastemaker.shop.fitted import item_keys, write_space, write_vectors
from tastemaker.shop.live import embed_all

ITEMS, ROUNDS, REQUESTS = 20_000, 5, 60
CHANGES = (
    "but in red",
    "in blue",
    "without sleeves",
    "in black",
    "but for women",
    "not green",
    "for men",
    "more formal",
)


def shop_of(items: int) -> Path:
    """The workspace, its products embedded in the space that was learned before; made once."""
    folder = BUILD / f"search-{items}"
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with data("fashion", "items.csv").open(newline="", encoding="utf-8") as stream:
        products = list(itertools.islice(csv.DictReader(stream), items))
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        names = [name for name in products[0] if name != "has_225x300"]
        writer.writerow(["title" if name == "productDisplayName" else name for name in names])
        writer.writerows([product[name] for name in names] for product in products)
    (folder / "images.zip").symlink_to(data("fashion", "images_60x80.zip"))
    kept = fashion_space()
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    with Shop(folder) as shop:
        artefacts = Artefacts(shop.workspace.state)
        written = write_space(artefacts, space, {})
        vectors = embed_all(space, shop.catalog, Lines())
        made = write_vectors(artefacts, vectors, item_keys(shop.catalog), written.name, {})
        artefacts.publish({"space": written, "vectors": made})
        shop.fit(["search"], observer=Lines())
    (folder / "ready").touch()
    return folder


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """The shop behind its server, in another process: address and number of the process."""
    port = 8931
    command = [str(Path(sys.executable).parent / "tastemaker"), "serve", str(folder), "--port", str(port)]
    threads = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}
    server = subprocess.Popen(command, env=os.environ | threads, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if _answers(f"{address}/readyz"):
                break
            time.sleep(0.5)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def measured(items: int) -> dict[str, object]:
    """Milliseconds of each kind of search."""
    folder = shop_of(items)
    photos = folder / "asked"
    photos.mkdir(exist_ok=True)
    with zipfile.ZipFile(data("fashion", "images_225x300.zip")) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")][: ROUNDS * REQUESTS]
        for name in names:
            (photos / Path(name).name).write_bytes(archive.read(name))
    pictures = itertools.cycle(sorted(photos.iterdir()))
    changes = itertools.cycle(CHANGES)
    with (folder / "items.csv").open(newline="", encoding="utf-8") as stream:
        titles = itertools.cycle([row["title"] for row in itertools.islice(csv.DictReader(stream), 5000)])
    found: dict[str, object] = {"items": items}
    with served(folder) as (address, process):
        calls: dict[str, Callable[[], object]] = {
            "picture + change": lambda: bench_journey.post_picture(address, next(pictures), next(changes)),
            "words": lambda: bench_journey.get(address, "search", text=next(titles)),
            "words + filter": lambda: bench_journey.get(
                address, "search", text=next(titles), where="baseColour in (red, blue)"
            ),
        }
        for name, call in calls.items():
            for _ in range(10):
                call()
            begun = _processor(process)
            rounds = [[_milliseconds(call) for _ in range(REQUESTS)] for _ in range(ROUNDS)]
            spent = 1000 * (_processor(process) - begun) / (ROUNDS * REQUESTS)
            best = min(rounds, key=np.median)
            found[f"{name} p50"] = round(float(np.median(best)), 1)
            found[f"{name} p95"] = round(float(np.percentile(best, 95)), 1)
            found[f"{name}, processor"] = round(spent, 1)
            found[f"{name} p50, all rounds"] = round(float(np.median(rounds)), 1)
    return found | {"load": round(os.getloadavg()[0], 1)}


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begun)


def _processor(process: int) -> float:
    """Processor seconds of a process so far, all threads together."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="store_true", help="measure what was measured before once more")
    if parser.parse_args().again:
        rows.kept_at("own space").unlink(missing_ok=True)
    row = rows.run("own space", measured, ITEMS, threads=2)
    show("A search over HTTP, milliseconds", [row])
    rows.keep("search", {"rows": [row]})


if __name__ == "__main__":
    main()

"""The whole journey on four real shops, by command line and HTTP, and how long an answer takes at 21,841 items.

    python benchmarks/bench_journey.py

Builds fashion, movies, interior and travel, fits each with a short training (what is measured here does not depend on
how good the space is), then asks every reading verb: search by words, by picture and by picture plus change, recommend,
similar, explain. The last table is of the fashion shop, once loaded: Python calls, HTTP over loopback, and the encoders
apart. Budget: 12 minutes on two cores.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bench_fashion
import bench_interior
import bench_travel
import common
import movies
from common import ROOT, Lines, show, store
from tastemaker.catalog.catalog import Catalog
from tastemaker.server.app import create_app
from tastemaker.server.settings import ServerSettings
from tastemaker.shop import Shop

QUICK = "[space]\nepochs = {epochs}\n"
CHANGES = {"fashion": "but in red", "movies": "but funnier", "interior": "but in white", "travel": "but in winter"}
BUILDS: dict[str, Callable[[], Catalog]] = {
    "travel": bench_travel.build,
    "interior": bench_interior.build,
    "movies": movies.build,
    "fashion": bench_fashion.build,
}
ROUNDS = 40


@dataclass(frozen=True)
class Asked:
    """What a shop is asked."""

    words: str
    picture: Path
    change: str
    item: str
    person: str


def asked_of(shop: Shop, name: str) -> Asked:
    """An item with a picture, its title as words, and somebody who did something (or nobody)."""
    catalog = shop.catalog
    row = next(row for row in range(catalog.size) if catalog.main_picture(row))
    picture = shop.path / "asked.jpg"
    picture.write_bytes(catalog.pictures.read(catalog.main_picture(row)))
    people = shop.users(limit=1)
    return Asked(
        catalog.item(row).title, picture, CHANGES[name], catalog.ids[row], people[0][0] if people else "nobody"
    )


def on_the_command_line(folder: Path, asked: Asked) -> dict[str, int]:
    """How many items each verb answers, as a person would call it."""
    verbs = {
        "search words": ["search", str(folder), asked.words],
        "search change": ["search", str(folder), "--image", str(asked.picture), "--change", asked.change],
        "recommend": ["recommend", str(folder), "--user", asked.person],
        "similar": ["similar", str(folder), "--item", asked.item],
        "explain": ["explain", str(folder), "--item", asked.item],
    }
    found = {}
    for name, words in verbs.items():
        done = subprocess.run(
            [Path(sys.executable).parent / "tastemaker", *words, "--json"], capture_output=True, check=True, cwd=ROOT
        )
        answer = json.loads(done.stdout)
        found[name] = len(answer["items"]) if "items" in answer else len(answer["reasons"])
    return found


@contextmanager
def served(shop: Shop) -> Iterator[str]:
    """The shop's API on a free port of this machine."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(create_app(shop, ServerSettings()), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def get(address: str, verb: str, **query: str) -> dict[str, object]:
    """A reading verb over HTTP."""
    with urllib.request.urlopen(f"{address}/{verb}?{urllib.parse.urlencode(query)}") as answer:
        return dict(json.load(answer))


def post_picture(address: str, picture: Path, change: str) -> dict[str, object]:
    """A picture and a change over HTTP, as a browser sends them."""
    edge = "----tastemaker"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="change"\r\n\r\n{change}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        + picture.read_bytes()
        + f"\r\n--{edge}--\r\n".encode()
    )
    request = urllib.request.Request(
        f"{address}/search", body, {"Content-Type": f"multipart/form-data; boundary={edge}"}
    )
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


def over_http(address: str, asked: Asked) -> dict[str, int]:
    """How many items each verb answers over HTTP."""
    answers = {
        "search words": get(address, "search", text=asked.words),
        "search change": post_picture(address, asked.picture, asked.change),
        "recommend": get(address, "recommend", user=asked.person),
        "similar": get(address, "similar", item=asked.item),
        "explain": get(address, "explain", item=asked.item),
    }
    return {name: len(answer.get("items", answer.get("reasons", []))) for name, answer in answers.items()}


def timed(what: Callable[[], object]) -> dict[str, float]:
    """Milliseconds of an answer once loaded: middle and 95th percentile of 40 calls."""
    what()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        what()
        taken.append(1000 * (time.perf_counter() - begun))
    return {"p50 ms": round(float(np.median(taken)), 1), "p95 ms": round(float(np.percentile(taken, 95)), 1)}


def latency(shop: Shop, address: str, asked: Asked) -> list[dict[str, object]]:
    """How long each verb takes, in Python and over HTTP, and the encoders alone."""
    picture = shop.catalog.pictures.open(shop.catalog.main_picture(shop.catalog.row(asked.item)))
    space = shop.space
    assert space is not None
    calls: dict[str, Callable[[], object]] = {
        "search words": lambda: shop.search(asked.words),
        "search words + filter": lambda: shop.search(asked.words, where="baseColour in (red, blue)"),
        "search picture + change": lambda: shop.search(image=picture, change=asked.change),
        "recommend": lambda: shop.recommend(asked.person),
        "similar": lambda: shop.similar(asked.item),
        "explain": lambda: shop.explain(asked.item, user=asked.person),
        "HTTP search words": lambda: get(address, "search", text=asked.words),
        "HTTP search picture + change": lambda: post_picture(address, asked.picture, asked.change),
        "HTTP recommend": lambda: get(address, "recommend", user=asked.person),
        "encoder alone: words": lambda: space.embed_texts([asked.words]),
        "encoder alone: picture": lambda: space.embed_pictures([picture]),
    }
    return [{"answer": name, **timed(call)} for name, call in calls.items()]


def main() -> None:
    """Build, fit, ask, print, store."""
    answers: list[dict[str, object]] = []
    times: list[dict[str, object]] = []
    common.BUILD = ROOT / "build" / "journey"  # beside the workspaces of the other benchmarks
    for name, build in BUILDS.items():
        build()
        folder = common.BUILD / name
        (folder / "tastemaker.toml").write_text(QUICK.format(epochs=1 if name == "fashion" else 4), encoding="utf-8")
        with Shop(folder) as shop:
            shop.fit(observer=Lines())
            asked = asked_of(shop, name)
            with served(shop) as address:
                answers.append({"shop": f"{name}, HTTP", "items": len(shop.catalog), **over_http(address, asked)})
                if name == "fashion":
                    times = latency(shop, address, asked)
        answers.append({"shop": f"{name}, command line", **on_the_command_line(folder, asked)})
    show("Answers by verb (items, for explain reasons)", answers)
    show("Fashion, 21,841 items, once loaded", times)
    store("journey", {"answers": answers, "milliseconds": times})


if __name__ == "__main__":
    main()

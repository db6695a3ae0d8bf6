"""``kill -9`` at random moments: the workspace opens, no acknowledged event or item is lost, none is doubled."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tastemaker.shop import Shop
from tests.shop.conftest import write_workspace

ROUNDS = 20
WRITER = """
import sys
from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.shop import Shop
shop, what, start = Shop(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
number = start
while True:
    if what == "record":
        batch = [Event(f"k{number % 7}", "plate-red-0", id=f"{number}.{n}") for n in range(3)]
        shop.record(batch)
        print(*[event.id for event in batch], flush=True)
    elif what == "add":
        shop.add([Item(f"new-{number}", title=f"New thing {number}")])
        print(f"new-{number}", flush=True)
    else:
        shop.fit()
        print(f"fit {number}", flush=True)
    number += 1
"""


def killed_after(folder: Path, what: str, start: int, seconds: float) -> list[str]:
    """Run the writer, kill it, return what it had acknowledged."""
    command = [sys.executable, "-c", WRITER, str(folder), what, str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read()
    whole = said[: said.rfind("\n") + 1]
    return whole.split()


@pytest.mark.slow
def test_events_survive(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "shop")
    chance, acknowledged = random.Random(1), []
    for turn in range(ROUNDS):
        acknowledged += killed_after(root, "record", turn * 1_000_000, chance.uniform(0.0, 0.4))
        with Shop(root) as shop:
            assert shop.doctor()["database"] == "ok"
    assert len(acknowledged) > ROUNDS
    with Shop(root) as shop, shop.store._database.read() as connection:
        stored = Counter(id for (id,) in connection.execute("SELECT id FROM events"))
    assert max(stored.values()) == 1
    assert not set(acknowledged) - set(stored)


@pytest.mark.slow
def test_items_survive(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "shop")
    chance, acknowledged = random.Random(2), []
    for turn in range(ROUNDS):
        acknowledged += killed_after(root, "add", turn * 1_000_000, chance.uniform(0.0, 0.4))
        with Shop(root) as shop:
            ids = shop.catalog.ids
    assert len(acknowledged) > ROUNDS
    assert len(ids) == len(set(ids))
    assert not set(acknowledged) - set(ids)


@pytest.mark.slow
def test_a_killed_fit_leaves_the_shop_readable(fitted_folder: Path, tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "shop"
    shutil.copytree(fitted_folder, root)
    chance = random.Random(3)
    for turn in range(ROUNDS):
        killed_after(root, "fit", turn, chance.uniform(0.0, 6.0))
        with Shop(root) as shop:
            assert all(shop.doctor()["artefacts"].values())
            assert len(shop.recommend("u0", k=5)) == 5
            assert shop.search("blue vase", k=3).ids

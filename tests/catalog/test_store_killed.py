"""A process killed at any moment: the store opens, no acknowledged event is lost, none is doubled."""

import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store

WRITER = """
    import sys
    from pathlib import Path
    from tastemaker.catalog.events import Event
    from tastemaker.catalog.items import Item
    from tastemaker.catalog.store import Store

    store, start = Store(Path(sys.argv[1])), int(sys.argv[2])
    for number in range(start, 1_000_000):
        store.record([Event("u", "a", id=f"e{number}-{part}") for part in range(3)])
        store.put_items([Item(f"i{number}", title=f"thing {number}"), Item(f"j{number}")])
        print(number, flush=True)
"""


def killed_once(path, start, seconds):
    """Numbers that the writer acknowledged before it was killed."""
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(path), str(start)], stdout=subprocess.PIPE, text=True
    )
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate()
    return [int(line) for line in (first + rest).split("\n") if line.strip()]


def check_after(path, acknowledged):
    store = Store(path)
    assert store.integrity() == "ok"
    history = store.history("u")
    assert len(history) % 3 == 0  # a batch is there whole or not at all
    assert len(acknowledged) <= len(history) / 3
    again = store.record([Event("u", "a", id=f"e{number}-{part}") for number in acknowledged for part in range(3)])
    assert (again.accepted, again.duplicates) == (0, 3 * len(acknowledged))
    catalog = store.snapshot()
    assert all(catalog.has(f"i{number}") and catalog.has(f"j{number}") for number in acknowledged)
    assert sum(id.startswith("i") for id in catalog.ids) == sum(id.startswith("j") for id in catalog.ids)
    assert store.search_words(f"thing {acknowledged[-1]}", 1)[0].tolist() == [catalog.row(f"i{acknowledged[-1]}")]
    store.close()


def rounds(tmp_path, count, seed):
    path = tmp_path / "shop.db"
    store = Store(path)
    store.ingest([Item("a")], [], "1")
    store.close()
    chance = random.Random(seed)
    acknowledged = []
    for number in range(count):
        acknowledged += killed_once(path, 10_000 * number, chance.random() * 0.2)
        check_after(path, acknowledged)
    assert len(acknowledged) >= count


def test_three_kills(tmp_path):
    rounds(tmp_path, 3, seed=1)


@pytest.mark.slow
def test_fifty_kills(tmp_path):
    rounds(tmp_path, 50, seed=2)


INGEST = """
    import sys
    from pathlib import Path
    from tastemaker.catalog.events import Event
    from tastemaker.catalog.items import Item
    from tastemaker.catalog.store import Store

    store = Store(Path(sys.argv[1]))
    print("ready", flush=True)
    items = [Item(f"n{number}", title=f"new {number}") for number in range(5_000)]
    store.ingest(items, [Event(f"u{number % 50}", f"n{number % 5_000}") for number in range(20_000)], "2")
"""


def test_a_killed_ingest_is_all_or_nothing(tmp_path):
    path = tmp_path / "shop.db"
    store = Store(path)
    store.ingest([Item("a")], [Event("u", "a")], "1")
    store.close()
    for wait in (0.05, 0.15, 0.3):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(INGEST), str(path)], stdout=subprocess.PIPE, text=True
        )
        writer.stdout.readline()
        time.sleep(wait)
        writer.kill()
        writer.communicate()
        store = Store(path)
        catalog, fingerprint = store.snapshot(), store.fingerprint
        store.close()
        state = (int(catalog.alive.sum()), len(catalog.interactions), fingerprint)
        assert state in ((1, 1, "1"), (5_000, 20_000, "2"))

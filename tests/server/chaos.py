"""What may happen to a server at night, one thing a round, while people send events: nothing acknowledged is lost.

The server is ``tastemaker serve --workers 2`` in processes of its own, on a copy of a small fitted shop. Whoever sends
events sends a batch until it is acknowledged, as a careful client does; at the end of each round the database must
hold every acknowledged event exactly once, and the server must answer as before, with nobody's help but that of a
service manager, which starts it again when it has died (here :meth:`Served.keep`).

- *killed*: SIGKILL to the process that accepts connections; *worker killed*: to one that answers.
- *disk full*: no process may write to a file any more (RLIMIT_FSIZE 0, which needs no privilege), then it may again.
- *index byte*: one bit of the vectors' file turns, and the server is killed; *artefact*: the same to what search is
  weighed by, or that file is cut in half.
- *clock*: the clock of all processes jumps ten years ahead, back, and ten years behind.
- *swap*: two versions are published and one is taken back.
"""

import json
import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from tastemaker.core.storage import Artefact, Artefacts

CLOCK = """
    import os, pathlib, time
    _file, _real = pathlib.Path(os.environ["CHAOS_CLOCK"]), time.time
    time.time = lambda: _real() + float(_file.read_text() or 0)
"""
YEARS = 10 * 365 * 86_400.0
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
ANSWERS = 300.0
"""Seconds until a server must answer again; a busy machine takes its time."""


class Served:
    """The server and its service manager.

    Args:
        fitted: the workspace to copy.
        place: an empty folder.
        workers: processes that answer.
    """

    def __init__(self, fitted: Path, place: Path, workers: int = 2) -> None:
        self.folder, self._workers = place / "shop", workers
        shutil.copytree(fitted, self.folder)
        self.artefacts = Artefacts(self.folder / ".tastemaker")
        self._clock, self._log = place / "clock", place / "log"
        self._settings = place / "server.toml"
        self._settings.write_text("look_every = 0.1\n")
        (place / "sitecustomize.py").write_text(textwrap.dedent(CLOCK))
        self.set_clock(0.0)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._environment = {**os.environ, "PYTHONPATH": str(place), "CHAOS_CLOCK": str(self._clock)}
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def keep(self) -> None:
        """Start it when it is not there, and wait until it answers."""
        until = time.monotonic() + ANSWERS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                command = ["-m", "tastemaker", "serve", str(self.folder), "--port", str(self._port)]
                more = ["--workers", str(self._workers), "--settings", str(self._settings)]
                with self._log.open("ab") as log:
                    self.process = subprocess.Popen(
                        [sys.executable, *command, *more], env=self._environment, stdout=log, stderr=log
                    )
                self.starts += 1
            if self.ask("/readyz")[0] == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"the server is not back: {self._log.read_text()[-2000:]}")

    def end(self) -> None:
        """SIGTERM, as a service manager does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def ask(self, path: str, sent: object = None) -> tuple[int, object]:
        """Status and answer; 0 when there was no answer."""
        body = None if sent is None else json.dumps(sent).encode()
        address = f"http://127.0.0.1:{self._port}{path}"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(address, body, {"Content-Type": "application/json"}), timeout=30
            ) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, None
        except (OSError, ValueError, HTTPException):
            return 0, None

    def workers(self) -> list[int]:
        """Process ids of those that answer."""
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(each) for each in told.split()]

    def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        if pid == self.process.pid:
            self.process.wait()

    def set_clock(self, seconds: float) -> None:
        """How far the clock of all processes is off."""
        writing = self._clock.with_name("clock-writing")
        writing.write_text(str(seconds))
        writing.replace(self._clock)

    def stored(self) -> dict[str, int]:
        """How often each event stands in the database, by id."""
        with sqlite3.connect(f"file:{self.folder}/.tastemaker/shop.db?mode=ro", uri=True) as database:
            return dict(database.execute("SELECT id, count(*) FROM events WHERE id LIKE 'chaos-%' GROUP BY id"))


class Senders:
    """Clients that send events in batches of three until each is acknowledged, and one that asks.

    Args:
        served: whom they send to.
        name: of the round; it is in the ids.
        count: how many.
    """

    def __init__(self, served: Served, name: str, count: int = 2) -> None:
        self._served, self._name = served, name
        self.acknowledged: list[str] = []
        self.sent: set[str] = set()
        self.refused = 0
        self.asked: list[int] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(count)]
        self._threads.append(threading.Thread(target=self._ask))

    def __enter__(self) -> "Senders":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait(self, more: int) -> None:
        """Until so many more events are acknowledged."""
        aim, until = len(self.acknowledged) + more, time.monotonic() + ANSWERS
        while len(self.acknowledged) < aim:
            assert time.monotonic() < until, "no event is acknowledged any more"
            time.sleep(0.01)

    def _send(self, sender: int) -> None:
        number = 0
        while not self._stop.is_set():
            ids = [f"chaos-{self._name}-{sender}-{number}-{part}" for part in range(3)]
            batch = [{"id": id, "user": f"sender-{sender}", "item": "red-circle-0", "kind": "view"} for id in ids]
            self.sent.update(ids)
            status, answer = self._served.ask("/events", batch)
            while status != 200 and not self._stop.is_set():  # the same batch again, as it is
                self.refused += status >= 500
                time.sleep(0.1)
                status, answer = self._served.ask("/events", batch)
            if status == 200:
                assert answer["accepted"] + answer["duplicates"] == 3, answer
                self.acknowledged += ids
            number += 1

    def _ask(self) -> None:
        turn = 0
        while not self._stop.is_set():
            path = ("/recommend?user=sender-0", "/search?text=red+circle", "/similar?item=red-circle-0")[turn % 3]
            self.asked.append(self._served.ask(path)[0])
            time.sleep(0.0 if self.asked[-1] == 200 else 0.1)
            turn += 1


def flip(artefact: Artefact, place: float) -> None:
    """One bit of an artefact's numbers turns, in place."""
    path = artefact.folder / "weights.safetensors"
    with path.open("r+b") as file:
        begin = 8 + int.from_bytes(file.read(8), "little")
        at = begin + int(place * (path.stat().st_size - begin - 1))
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 64]))


class Chaos:
    """Rounds of one kind after another.

    Args:
        served: the server.
        seed: of where and when.
    """

    def __init__(self, served: Served, seed: int = 0) -> None:
        self._served, self._chance = served, random.Random(seed)
        self._sound = {part: (each.config, _copied(each)) for part, each in served.artefacts.published().items()}
        self._acknowledged: list[str] = []
        served.keep()
        self._expected = self._answer()
        self.kinds = {
            "killed": self._killed,
            "worker killed": self._worker_killed,
            "disk full": self._disk_full,
            "index byte": self._index_byte,
            "artefact": self._artefact,
            "clock": self._clock,
            "swap": self._swap,
        }

    def round(self, number: int) -> dict[str, object]:
        """One round; tells what was done and seen.

        Raises:
            AssertionError: something was lost or doubled, or the server is not as before.
        """
        kind = list(self.kinds)[number % len(self.kinds)]
        begun, starts = time.monotonic(), self._served.starts
        with Senders(self._served, str(number)) as senders:
            senders.wait(3)
            self.kinds[kind](senders)
            self._served.keep()
            senders.wait(3)
        self._acknowledged += senders.acknowledged
        stored = self._served.stored()
        lost = [id for id in self._acknowledged if id not in stored]
        doubled = [id for id, count in stored.items() if count > 1]
        unsent = [id for id in stored if id.startswith(f"chaos-{number}-") and id not in senders.sent]
        wrong = lost + doubled + unsent
        assert not wrong, (kind, lost[:3], doubled[:3], unsent[:3])
        if kind in ("disk full", "clock", "swap"):  # nobody died: every question was answered
            assert set(senders.asked) == {200}, (kind, sorted(set(senders.asked)))
        assert self._answer() == self._expected, kind
        return {
            "kind": kind, "seconds": round(time.monotonic() - begun, 2), "starts": self._served.starts - starts,
            "acknowledged": len(senders.acknowledged), "refused": senders.refused, "answers": len(senders.asked),
        }  # fmt: skip

    def _answer(self) -> object:
        """What the shop says to a question that no event changes."""
        status, answer = self._served.ask("/search?text=red+circle&k=24")
        assert status == 200
        return [item["id"] for item in answer["items"]]

    def _killed(self, senders: Senders) -> None:
        time.sleep(self._chance.random() * 0.2)
        self._served.kill(self._served.process.pid)
        self._served.keep()

    def _worker_killed(self, senders: Senders) -> None:
        time.sleep(self._chance.random() * 0.2)
        self._served.kill(self._chance.choice(self._served.workers()))
        senders.wait(30)  # the other answers meanwhile

    def _disk_full(self, senders: Senders) -> None:
        with self._limited():
            until = time.monotonic() + ANSWERS
            refused = senders.refused
            while senders.refused < refused + 3:
                assert time.monotonic() < until, "a full disk was not noticed"
                time.sleep(0.01)
        senders.wait(3)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """No process of the server can write to a file."""
        pids = [self._served.process.pid, *self._served.workers()]
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))
        try:
            yield
        finally:
            for pid in pids:
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    def _index_byte(self, senders: Senders) -> None:
        flip(self._served.artefacts.published()["vectors"], self._chance.random())
        self._killed(senders)
        assert self._served.artefacts.verify()["vectors"], "the vectors were not made again"

    def _artefact(self, senders: Senders) -> None:
        found = self._served.artefacts.published()["search"]
        if self._chance.random() < 0.5:
            flip(found, self._chance.random())
        else:
            path = found.folder / "weights.safetensors"
            os.truncate(path, path.stat().st_size // 2)
        self._killed(senders)
        assert self._served.ask("/search?text=red+circle")[0] == 200  # with what is left
        self._publish()  # the next fit
        self._until_as_before()

    def _clock(self, senders: Senders) -> None:
        for seconds in (YEARS, 0.0, -YEARS, 0.0):
            self._served.set_clock(seconds)
            senders.wait(6)

    def _swap(self, senders: Senders) -> None:
        artefacts = self._served.artefacts
        for share in (self._chance.random(), self._chance.random()):
            self._publish(share)
            senders.wait(6)
        with artefacts.lock("publishing"):
            artefacts.rollback()
        senders.wait(6)
        self._publish()
        self._until_as_before()

    def _publish(self, words_share: float | None = None) -> None:
        """What a fit publishes: all parts as they were at first; or with another weight of words."""
        artefacts, made = self._served.artefacts, {}
        for part, (config, tensors) in self._sound.items():
            if part == "search" and words_share is not None:
                config = {**config, "words_share": words_share}
            made[part] = artefacts.write(part, config=config, tensors=tensors, manifest={})
        with artefacts.lock("publishing"):
            artefacts.publish(made)
            artefacts.sweep()

    def _until_as_before(self) -> None:
        """Until every worker serves it; each of them is asked many times."""
        until, same = time.monotonic() + ANSWERS, 0
        while same < 12:
            assert time.monotonic() < until, "a new version is not served"
            same = same + 1 if self._answer() == self._expected else 0
            time.sleep(0.02)


def _copied(artefact: Artefact) -> dict[str, object]:
    """Its numbers, in memory of our own: the file will be damaged."""
    return {name: array.copy() for name, array in artefact.tensors().items()}

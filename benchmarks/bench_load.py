"""How many requests a second the service answers, and how soon: 20,000 products, 16 clients, two cores, loopback.

    python benchmarks/bench_load.py                   # 60 s of each verb, ours and the plain script in turn
    python benchmarks/bench_load.py --minutes 10      # and then ten minutes of both verbs and events: is memory flat?
    python benchmarks/bench_load.py --smoke           # five seconds; the plain script knows 1,000 items

It needs a quiet machine: whatever else runs takes its cores. The shop is made once, with the space that
``bench_fashion.py`` leaves (five minutes, see ``loaded.py``); the plain script encodes 20,000 titles at its first
start (two minutes). Ours is ``tastemaker serve --workers 2`` as anybody would start it, the plain script
(``plain_service.py``) runs with as many workers. Both run all the time, and one is asked at a time, ten seconds each
in turn, verb after verb, so that both see the same machine. The 16 clients are threads of another process that each
send the next request when the last is answered: what is counted is what two cores can do with the load beside them.
People and questions are drawn anew for every request. A shop keeps the answers that it gave last: people come back in
these runs as in a shop, so that is part of what is measured, and the first slice, which only warms up, is as long as
the others. The verbs that end in "anew" ask nothing twice (an item is excluded, another one each time): they tell what
an answer costs when nothing of it was kept. Memory is what the server's processes have for themselves plus their share
of what they have in common (PSS). An answer counts as an error unless it is 200 and has items.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil

import loaded
from common import ROOT, show, store

CLIENTS, SLICE = 16, 10.0
TARGETS = {"recommend": (50.0, 200.0), "search": (120.0, 60.0)}
"""Milliseconds that p99 may take, and requests a second there must be."""
VERBS = (*TARGETS, "recommend anew", "search anew")
Sent = Callable[[int], bytes]
Figures = dict[str, list[float]]


def request(path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the line."""
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{head}{kind}\r\n".encode() + body


def requests_of(folder: Path, seed: int) -> dict[str, Sent]:
    """By verb: what to send next. People and questions come in another order for every client."""
    chance = np.random.default_rng(seed)
    people, questions = loaded.people(), loaded.questions(folder)
    ids = [row["id"] for row in loaded.rows(folder)]
    who, what = chance.permutation(len(people)), chance.permutation(len(questions))

    def event(n: int) -> bytes:
        told = {"id": f"load-{time.time_ns()}-{seed}-{n}", "user": f"visitor-{seed}-{n % 50}"}
        return json.dumps([{**told, "item": ids[(n * 7919 + seed) % len(ids)], "kind": "view"}]).encode()

    def recommend(n: int, more: str = "") -> bytes:
        return request(f"/recommend?user={people[who[n % len(who)]]}&k=10{more}")

    def search(n: int, more: str = "") -> bytes:
        return request(f"/search?text={urllib.parse.quote_plus(questions[what[n % len(what)]])}&k=10{more}")

    def anew(n: int) -> str:
        around = n // len(ids)  # people come in the same order again, and must not meet the same item
        return f"&exclude={ids[(n * 7919 + around + seed) % len(ids)]}"

    verbs: list[Sent] = [recommend, search, lambda n: request("/events", event(n))]
    return {
        "recommend": recommend,
        "search": search,
        "recommend anew": lambda n: recommend(n, anew(n)),
        "search anew": lambda n: search(n, anew(n)),
        "all": lambda n: verbs[n % len(verbs)](n // len(verbs)),
    }


class Line:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._stream = socket.create_connection(("127.0.0.1", port))
        self._stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._stream.makefile("rb")

    def ask(self, sent: bytes) -> bool:
        """Is it answered as it should be?"""
        self._stream.sendall(sent)
        status, length = self._file.readline().split(b" ", 2)[1], 0
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        body = self._file.read(length)
        return status == b"200" and (b'"items":[{' in body or b'"accepted":1' in body)

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._stream.close()


def client(port: int, sent: Sent, until: float, begin: int, spent: list[float], wrong: list[str]) -> None:
    """Ask until it is time."""
    line, number = Line(port), begin
    while time.perf_counter() < until:
        started = time.perf_counter()
        try:
            fine = line.ask(sent(number))
        except (OSError, IndexError, ValueError):
            fine, line = False, Line(port)
        spent.append(time.perf_counter() - started)
        number += 1
        if not fine:
            wrong.append(str(number))
    line.close()


def load(orders: Connection, folder: Path) -> None:
    """The process of the clients: takes (port, verb, seconds, number), gives seconds of each request and the errors."""
    sent = [requests_of(folder, seed) for seed in range(CLIENTS)]
    while order := orders.recv():
        port, verb, seconds, number = order
        spent: list[float] = []
        wrong: list[str] = []
        until = time.perf_counter() + seconds
        threads = [
            threading.Thread(target=client, args=(port, each[verb], until, 10_000 * number, spent, wrong))
            for each in sent
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        orders.send((spent, len(wrong)))


@contextmanager
def served(command: list[str], port: int) -> Iterator[psutil.Process]:
    """A server, from the moment it answers."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "TOKENIZERS_PARALLELISM": "false"}
    process = psutil.Popen(command, cwd=ROOT / "benchmarks", env=environment, stdout=subprocess.DEVNULL)
    try:
        ask = request("/recommend?user=person-0001&k=10")
        while process.poll() is None:
            try:
                line = Line(port)
                fine = line.ask(ask)
                line.close()
            except (OSError, IndexError, ValueError):
                fine = False
            if fine:
                break
            time.sleep(0.5)
        else:
            sys.exit(f"{command} ended with {process.returncode}")
        yield process
    finally:
        process.terminate()
        process.wait(60)


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all below it."""
    return [process, *process.children(recursive=True)]


def memory(process: psutil.Process) -> float:
    """Megabytes of all processes of a server, what they share counted once."""
    return sum(each.memory_full_info().pss for each in family(process)) / 2**20


def processor(process: psutil.Process) -> float:
    """Seconds of processor that a server has taken."""
    return sum(sum(each.cpu_times()[:2]) for each in family(process))


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def in_turn(
    servers: dict[str, tuple[int, psutil.Process]], orders: Connection, seconds: float
) -> list[dict[str, object]]:
    """All verbs one after the other, each slice by slice with both servers in turn."""
    found = {(name, verb): [] for verb in VERBS for name in servers}
    length = min(SLICE, seconds)
    spent = dict.fromkeys(found, 0.0)
    errors = dict.fromkeys(found, 0)
    for verb in VERBS:
        for number, name in itertools.product(range(-1, max(1, round(seconds / length))), servers):
            port, process = servers[name]  # the first slice only warms up
            before = processor(process)
            orders.send((port, verb, length, number + 1))
            took, wrong = orders.recv()
            if number >= 0:
                found[name, verb] += took
                errors[name, verb] += wrong
                spent[name, verb] += processor(process) - before
    rounds = max(1, round(seconds / length))
    return [row(name, verb, took, rounds * length, errors[name, verb], spent[name, verb])
            for (name, verb), took in found.items()]  # fmt: skip


def row(name: str, verb: str, took: list[float], seconds: float, errors: int, spent: float) -> dict[str, object]:
    """The figures of one server and verb."""
    p50, p99 = np.percentile(np.array(took) * 1000, [50, 99]).round(1).tolist()
    return {
        "verb": verb, "server": name, "requests": len(took), "per second": round(len(took) / seconds, 1),
        "p50 ms": p50, "p99 ms": p99, "errors": errors, "processor ms": round(1000 * spent / len(took), 2),
    }  # fmt: skip


def over_time(server: tuple[int, psutil.Process], orders: Connection, minutes: float) -> dict[str, object]:
    """Memory of ours under both verbs and events, every half a minute."""
    port, process = server
    megabytes, errors, count = [round(memory(process), 1)], 0, 0
    for number in range(round(2 * minutes)):
        orders.send((port, "all", 30.0, 100 + number))
        took, wrong = orders.recv()
        errors, count = errors + wrong, count + len(took)
        megabytes.append(round(memory(process), 1))
    settled = megabytes[max(1, len(megabytes) // 5) :]  # the first fifth fills pools and caches
    return {
        "minutes": minutes, "requests": count, "errors": errors, "megabytes": megabytes,
        "growth after the first fifth": round(settled[-1] / settled[0] - 1, 4),
    }  # fmt: skip


def verdict(rows: list[dict[str, object]]) -> dict[str, bool]:
    """What was asked for, line by line."""
    by = {(str(row["server"]), str(row["verb"])): row for row in rows}
    told = {}
    for verb, (most, least) in TARGETS.items():
        ours, plain = by["ours", verb], by["plain", verb]
        told[f"{verb}: p99 at most {most:g} ms"] = float(str(ours["p99 ms"])) <= most
        told[f"{verb}: at least {least:g} a second"] = float(str(ours["per second"])) >= least
        told[f"{verb}: at most 1.2 times the plain script's time"] = 1.2 * float(str(ours["per second"])) >= float(
            str(plain["per second"])
        )
    told["no error"] = not any(row["errors"] for row in rows if row["server"] == "ours")
    return told


def main() -> None:
    """Run, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each verb and server")
    parser.add_argument("--minutes", type=float, default=0.0, help="of the run that watches memory; 0 for none")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shop", type=Path, help="a workspace that loaded.py has made; made when left out")
    parser.add_argument("--smoke", action="store_true", help="five seconds; nothing is stored")
    given = parser.parse_args()
    seconds, known = (5.0, 1_000) if given.smoke else (given.seconds, loaded.ITEMS)
    folder = given.shop or loaded.shop_of()
    ports = {"ours": free_port(), "plain": free_port()}
    several = ["--workers", str(given.workers)]
    commands = {
        "ours": [sys.executable, "-m", "tastemaker", "serve", str(folder), "--port", str(ports["ours"]), *several],
        "plain": [sys.executable, "plain_service.py", str(folder), "--port", str(ports["plain"]), *several,
                  "--items", str(known)],
    }  # fmt: skip
    orders, theirs = multiprocessing.Pipe()
    clients = multiprocessing.get_context("spawn").Process(target=load, args=(theirs, folder), daemon=True)
    clients.start()
    with ExitStack() as stack:
        servers = {name: (ports[name], stack.enter_context(served(commands[name], ports[name]))) for name in commands}
        rows = in_turn(servers, orders, seconds)
        megabytes = {name: round(memory(process), 1) for name, (_, process) in servers.items()}
        show(f"{CLIENTS} clients, {seconds:g} s, {given.workers} workers", rows)
        print("megabytes", megabytes)
        time_run = over_time(servers["ours"], orders, given.minutes) if given.minutes else None
    orders.send(None)
    told = verdict(rows)
    show("asked for", [{"what": what, "holds": holds} for what, holds in told.items()])
    if time_run:
        print(json.dumps(time_run))
    if not given.smoke:
        result = {"clients": CLIENTS, "seconds": seconds, "workers": given.workers, "cores": os.cpu_count(),
                  "rows": rows, "megabytes": megabytes, "over time": time_run, "verdict": told}  # fmt: skip
        store("load", result)


if __name__ == "__main__":
    main()

"""One row of a table, measured in a process of its own, and kept: a benchmark that was cut goes on where it stopped.

    row = rows.run("ease", fit_and_judge, "baby", {"strength": 200.0}, seed)

runs ``fit_and_judge("baby", {...}, seed)`` in a fresh child (spawned, so guard the script by ``if __name__ == ...``)
with one thread, adds ``seconds``, ``processor_seconds`` and ``peak_mb``, and keeps the row under
``build/benchmarks/NAME/ease.json``, NAME being the file that runs (``bench_baby.py`` gives ``baby``). The next call
with the same function and arguments answers from there. Pass plain values (numbers, names, settings): the child reads
its own data; let it give lists of values a case where rows will be compared in pairs.

The code is not part of the key: a row that was measured by other code is kept, and said to be so. To measure it again,
put a version into the arguments or delete the file. A table is stored by ``keep``, which leaves the file alone when
rows are missing, so that a look at some rows never shortens what was published.
"""

import hashlib
import inspect
import json
import multiprocessing as mp
import os
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import tastemaker
from common import BUILD, RESULTS, seeded, store
from tastemaker.core.config import Config

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Row = dict[str, object]


def run(name: str, function: Callable[..., Mapping[str, object]], *args: object, threads: int = 1) -> Row:
    """The row of a function, from the store when it was measured before.

    Args:
        name: of the row; names the file.
        function: of the top level of a module; gives JSON values.
        args: plain values, configs and paths; they are the key.
        threads: of the child.

    Returns:
        What the function gave, with ``code``: "current", or "older" when package or benchmark changed since.

    Raises:
        RuntimeError: the child failed or was killed; nothing is kept.
    """
    settings = _plain([function.__qualname__, threads, *args])
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
    path, code = kept_at(name), code_of(function)
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] == key:
            older = kept.get("code") != code
            print(f"{name}: kept{', measured by older code' * older}", file=sys.stderr, flush=True)
            return {**kept["row"], "code": "older" if older else "current"}
    row = {"row": name} | _in_child(name, function, args, threads)
    path.parent.mkdir(parents=True, exist_ok=True)
    writing = path.with_suffix(".writing")
    kept = {"key": key, "settings": settings, "code": code, "row": row}
    writing.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    writing.replace(path)
    print(f"{name}: {row['seconds']} s, {row['peak_mb']} MB", file=sys.stderr, flush=True)
    return row | {"code": "current"}


def keep(name: str, result: Mapping[str, object], missing: Sequence[str] = (), seed: int = 0) -> None:
    """Store a table under ``benchmarks/results/``, when it is whole, or the first.

    Args:
        name: of the table; a seed other than 0 is added to it.
        result: what is stored.
        missing: rows that the table lacks; they are named in it. A table that is there already stays then.
        seed: of the rows.
    """
    kept = RESULTS / f"{seeded(name, seed)}.json"
    if missing and kept.exists() and not json.loads(kept.read_text(encoding="utf-8")).get("missing"):
        print(f"results of {name} stay as they are, without: {', '.join(missing)}", file=sys.stderr, flush=True)
        return
    store(seeded(name, seed), {**result, **({"missing": list(missing)} if missing else {})})


def code_of(function: Callable[..., object]) -> str:
    """Hash of the package's modules and of the file that measures."""
    digest = hashlib.sha256()
    root = Path(tastemaker.__file__).parent
    for path in [*sorted(root.rglob("*.py")), Path(inspect.getfile(function))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def kept_at(name: str) -> Path:
    """Where a row of the running benchmark is kept."""
    bench = Path(getattr(sys.modules["__main__"], "__file__", None) or "rows").stem.removeprefix("bench_")
    return BUILD / bench / f"{re.sub(r'[^A-Za-z0-9._+-]+', '-', name)}.json"


def peak_mb() -> float:
    """Most memory this process ever held, in MB. Not ``ru_maxrss`` where Linux tells: a child inherits its parent's."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    kilobytes = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024, 1)


def _in_child(name: str, function: Callable[..., Mapping[str, object]], args: tuple[object, ...], threads: int) -> Row:
    context = mp.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(send, function, args), name=name)
    with _threads(threads):
        child.start()
    send.close()
    try:
        text = receive.recv_bytes().decode()
    except EOFError:
        text = ""
    except BaseException:
        child.terminate()
        raise
    finally:
        child.join()
    if not text:
        raise RuntimeError(f"row {name!r} failed with exit code {child.exitcode}; -9 is a lack of memory")
    return dict(json.loads(text))


def _measure(send: Connection, function: Callable[..., Mapping[str, object]], args: tuple[object, ...]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    row = dict(function(*args))
    row |= {
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "peak_mb": peak_mb(),
    }
    send.send_bytes(json.dumps(row).encode())
    send.close()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """While inside, a started child gets so many threads."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, str(count)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _plain(value: object) -> object:
    """A value as JSON; a TypeError says what cannot be a key."""
    if isinstance(value, Config):
        return {"config": type(value).__name__, **value.model_dump(mode="json")}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be a key; pass plain values and let the row read its data")

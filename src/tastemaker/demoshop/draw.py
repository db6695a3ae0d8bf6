"""Draw the demo shop into a folder: whole or not at all, once, on as many cores as there are."""

import json
import os
import selectors
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tastemaker.core.errors import WorkspaceError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.storage import replace_text
from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.shopfolder import write_events, write_items, write_settings, write_truth
from tastemaker.demoshop.tastes import people
from tastemaker.demoshop.visits import visits
from tastemaker.demoshop.worker import draw_share

STAMP = "demo.json"
DRAWING = 4
"""Grows when the same settings would draw other files than before."""
_PARTS = ("images", "ground_truth", "items.csv", "events.csv", "tastemaker.toml")
_ALONE = 80  # below this many pictures a second process costs more than it brings


def draw(out: Path, config: DemoConfig | None = None, observer: Observer = silent) -> None:
    """Draw the demo shop as a workspace folder.

    A second call with the same settings returns at once. A folder that holds a demo shop drawn with other settings gets
    the new files in place of the old; what the shop received live (``.tastemaker``) stays.

    Args:
        out: the folder; made when missing, else it must be empty or a demo shop.
        config: which shop; the usual one when None.
        observer: hears how many pictures are done, and stops the drawing by raising ``Cancelled``.

    Raises:
        WorkspaceError: the folder holds something else, or cannot be written.
        Cancelled: the observer asked for it; nothing is left behind.
    """
    config = config or DemoConfig()
    stamp = json.dumps({"drawing": DRAWING, **config.model_dump()}, indent=2) + "\n"
    if _holds(out, stamp):
        return
    staging = out.parent / f".drawing-{uuid.uuid4().hex}"
    try:
        staging.mkdir(parents=True)
        _fill(staging, config, observer)
        (staging / STAMP).write_text(stamp, encoding="utf-8")
        _publish(staging, out, stamp)
    except OSError as error:
        raise WorkspaceError(
            f"the demo shop cannot be written to {out}: {error}", hint="choose another folder"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _holds(out: Path, stamp: str) -> bool:
    """Is it there already? Refuses a folder that holds something else."""
    if not out.exists():
        return False
    path = out / STAMP
    if out.is_dir() and path.is_file():
        return path.read_text(encoding="utf-8") == stamp
    if not out.is_dir() or any(out.iterdir()):
        raise WorkspaceError(f"{out} is there already and is not a demo shop", hint="choose an empty or a new folder")
    return False


def _fill(folder: Path, config: DemoConfig, observer: Observer) -> None:
    pieces = assortment(config)
    with track(observer, "people of the demo shop", 2) as task:
        everyone = people(config.people, pieces, generator(config.seed, "demo people"))
        task.advance()
        write_truth(folder / "ground_truth", everyone)
        write_events(
            folder / "events.csv", visits(pieces, everyone, config.events, generator(config.seed, "demo visits"))
        )
        task.advance()
    write_items(folder / "items.csv", pieces)
    write_settings(folder / "tastemaker.toml")
    images = folder / "images"
    images.mkdir()
    with track(observer, "pictures of the demo shop", len(pieces)) as task:
        for _ in _drawn(pieces, images, config):
            task.advance()


def _drawn(pieces: list[Piece], images: Path, config: DemoConfig) -> Iterator[str]:
    """Draw all pictures, here or in processes of their own; gives each name when it is done."""
    cores = min(os.cpu_count() or 1, 4)
    if len(pieces) < _ALONE or cores < 2 or not sys.executable:
        yield from draw_share(pieces, images, config.width)
        return
    done = 0
    for name in _elsewhere(images, config, cores):
        done += 1
        yield name
    if done < len(pieces):
        # A worker could not start or was killed: whatever is missing is drawn here.
        missing = [piece for piece in pieces if not _whole(images / f"{piece.id}.jpg")]
        yield from draw_share(missing, images, config.width)


def _whole(path: Path) -> bool:
    """Was the picture written to its end? A JPEG ends with two known bytes."""
    return path.is_file() and path.read_bytes()[-2:] == b"\xff\xd9"


def _elsewhere(images: Path, config: DemoConfig, cores: int) -> Iterator[str]:
    """Run one worker a core; gives the names they report."""
    source = str(Path(__file__).resolve().parents[2])
    search = os.pathsep.join(part for part in (source, os.environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", "tastemaker.demoshop.worker", str(images)]
    workers = [
        subprocess.Popen(
            [*command, str(share), str(cores), config.model_dump_json()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": search, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        for share in range(cores)
    ]
    try:
        yield from _lines([worker.stdout for worker in workers if worker.stdout])
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()


def _lines(streams: list[IO[str]]) -> Iterator[str]:
    """Lines of several streams as they come."""
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if line:
                    yield line.strip()
                else:
                    selector.unregister(key.fileobj)


def _publish(staging: Path, out: Path, stamp: str) -> None:
    """Put the finished folder in its place."""
    if not out.exists() or not any(out.iterdir()):
        try:
            staging.rename(out)
        except OSError:
            if not _holds(out, stamp):
                raise
        return
    # An older demo shop: the stamp says "not whole" until the last part is in place; its .tastemaker stays.
    replace_text(out / STAMP, "{}\n")
    for name in _PARTS:
        target = out / name
        if target.is_dir():
            shutil.rmtree(target)
        (staging / name).replace(target)
    replace_text(out / STAMP, stamp)

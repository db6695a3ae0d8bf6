"""Artefacts: folders of config.json + weights.safetensors + manifest.json, written whole, published atomically.

    .tastemaker/artefacts/space-1f0c…/     one folder an artefact, named by content hash, never changed once there
    .tastemaker/published.json             part -> folder; replaced in one rename, so a reader sees the old or the new
    .tastemaker/versions.json              what was published before, see :mod:`tastemaker.core.versions`

A killed process leaves at most a folder named ``.writing-...``; nobody reads it, the next sweep removes it.
"""

import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from tastemaker.core import mapped, versions
from tastemaker.core.errors import BusyError, NotFitted, UnknownName, WorkspaceError
from tastemaker.core.versions import Version

Tensors = Mapping[str, npt.NDArray[np.generic]]

DERIVED = frozenset({"index"})
"""Parts that are made of other parts: a damaged one is made anew, and keeps nothing from being served."""


@dataclass(frozen=True)
class Artefact:
    """A stored artefact.

    Attributes:
        folder: where it lies; its name is the part's name and the content hash.
    """

    folder: Path

    @property
    def name(self) -> str:
        """Name of the folder: unique for its content."""
        return self.folder.name

    @cached_property
    def config(self) -> dict[str, object]:
        """The settings it was made with."""
        return _read_json(self.folder / "config.json")

    @cached_property
    def manifest(self) -> dict[str, object]:
        """Hash of the content, version of the package, and what the maker noted of the data."""
        return _read_json(self.folder / "manifest.json")

    def settings(self, name: str) -> Mapping[str, object]:
        """The settings that its config holds under a name.

        Raises:
            WorkspaceError: there are none.
        """
        found = self.config.get(name)
        if not isinstance(found, Mapping):
            raise WorkspaceError(f"artefact {self.name} has no {name!r} in its config", hint="fit again")
        return found

    @cached_property
    def is_whole(self) -> bool:
        """Does the content still match its hash? Reads all of it, the first time."""
        try:
            return _digest(self.folder) == self.manifest.get("sha256")
        except (OSError, WorkspaceError):
            return False

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """The weights, mapped into memory: processes that read the same artefact share it, and none of it is copied.

        They may be written to; that stays in the process.

        Raises:
            WorkspaceError: the artefact is missing or damaged.
        """
        if not self.is_whole:
            raise WorkspaceError(f"artefact {self.name} cannot be read: it is not what was written", hint="fit again")
        try:
            return mapped.tensors(self.folder / "weights.safetensors")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(f"artefact {self.name} cannot be read: {error}", hint="fit again") from error


class Artefacts:
    """All artefacts of one workspace.

    Args:
        root: the ``.tastemaker`` folder; made when missing.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "artefacts"
        self._pointer = root / "published.json"
        self._history = root / "versions.json"
        self._read: tuple[tuple[int, ...], dict[str, str] | None] | None = None
        self._folder.mkdir(parents=True, exist_ok=True)

    def write(
        self, part: str, *, config: Mapping[str, object], tensors: Tensors, manifest: Mapping[str, object]
    ) -> Artefact:
        """Write an artefact whole; it exists afterwards, but nobody is told until :meth:`publish`."""
        staging = self._folder / f".writing-{uuid.uuid4().hex}"
        staging.mkdir()
        _write_json(staging / "config.json", config)
        contiguous = {key: np.ascontiguousarray(value) for key, value in tensors.items()}
        save_file(contiguous, staging / "weights.safetensors")
        digest = _digest(staging)
        _write_json(staging / "manifest.json", {**manifest, "sha256": digest, "tastemaker": version("tastemaker")})
        for path in staging.iterdir():
            _sync(path)
        final = self._folder / f"{part}-{digest[:16]}"
        if Artefact(final).is_whole:
            shutil.rmtree(staging)
            return Artefact(final)
        if final.exists():
            final.rename(self._folder / f".writing-{uuid.uuid4().hex}")  # damaged: the next sweep removes it
        staging.rename(final)
        _sync(self._folder)
        return Artefact(final)

    @contextmanager
    def lock(self, what: str, *, wait: bool = True) -> Iterator[None]:
        """Keep other processes from doing the same meanwhile; waits for the one that does.

        The lock is the operating system's, so a killed process holds it no longer.

        Args:
            what: "fitting" for the whole of a fit, "publishing" for a moment.
            wait: False refuses instead of waiting.

        Raises:
            BusyError: another one does, and this one was not to wait.
        """
        with self._pointer.with_name(f"{what}.lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise BusyError(f"{what} is under way in another process", hint="try again later") from None
            yield

    def publish(self, parts: Mapping[str, Artefact], *, drop: Collection[str] = (), amend: bool = False) -> None:
        """Make these the artefacts that a reader gets, all at once; what was published before can be taken back.

        Args:
            parts: by name of the part; parts not named stay as they are.
            drop: parts that are no longer there.
            amend: no new version, but the one there is with something that it lacked.
        """
        self._read = None  # what is written back is read anew, whatever a clock says
        before = self._names()
        after = {part: name for part, name in before.items() if part not in drop}
        after |= {part: artefact.name for part, artefact in parts.items()}
        known = versions.read(self._history, before)
        replace_text(self._history, versions.text_with(known, Version.of(after, time.time()), amend=amend))
        replace_text(self._pointer, json.dumps(after, indent=2))

    def published(self) -> dict[str, Artefact]:
        """The artefacts that were published last, by part; empty when nothing was fitted yet."""
        return {part: Artefact(self._folder / name) for part, name in self._names().items()}

    def of(self, version: Version) -> dict[str, Artefact]:
        """The artefacts of a version, by part."""
        return {part: Artefact(self._folder / name) for part, name in version.parts.items()}

    def versions(self) -> list[Version]:
        """What can be published again, the oldest first."""
        return versions.read(self._history, self._names())

    def rollback(self, to: str = "") -> Version:
        """Publish what was published before.

        Args:
            to: id of a version; the one before the current when empty.

        Raises:
            NotFitted: there is no earlier one.
            UnknownName: no version has the id.
            WorkspaceError: it is damaged; what is published stays.
        """
        known = self.versions()
        place = next((place for place, version in enumerate(known) if version.current), 0)
        if to and to not in [version.id for version in known]:
            raise UnknownName("version", to, [version.id for version in known])
        if not to and place == 0:
            raise NotFitted("there is no earlier version", hint=f"the last {versions.KEPT} that were fitted are kept")
        wanted = next(version for version in known if version.id == to) if to else known[place - 1]
        needed = {part: name for part, name in wanted.parts.items() if part not in DERIVED}
        broken = [name for name in needed.values() if not Artefact(self._folder / name).is_whole]
        if broken:
            raise WorkspaceError(f"{broken[0]} of version {wanted.id} is damaged", hint="fit again")
        replace_text(self._pointer, json.dumps(dict(wanted.parts), indent=2))
        return wanted

    @property
    def trouble(self) -> str:
        """What is wrong with the file that says what is published, and the next step; "" when nothing is."""
        if self._pointed() is not None:
            return ""
        current = next((version.id for version in self.versions() if version.current), "")
        if not current:
            return f"{self._pointer.name} is damaged, and no version is known: run `tastemaker fit`"
        mend = f"`tastemaker rollback SHOP --to {current}` or the next fit writes it anew"
        return f"{self._pointer.name} is damaged, and the newest version is read instead: {mend}"

    def _names(self) -> dict[str, str]:
        """What is published: part -> folder; when the file that says so is damaged, the newest version there is."""
        pointed = self._pointed()
        if pointed is not None:
            return pointed
        known = versions.read(self._history, {})
        return dict(known[-1].parts) if known else {}

    def _pointed(self) -> dict[str, str] | None:
        """What is said to be published: nothing before the first fit, None when the file is damaged.

        Read again only when its inode, times or size have changed.
        """
        try:
            now, read = self._pointer.stat(), self._read
            mark = (now.st_ino, now.st_mtime_ns, now.st_ctime_ns, now.st_size)
            if read is None or read[0] != mark:
                read = self._read = (mark, _names_in(self._pointer.read_bytes()))
            return read[1]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise WorkspaceError(f"{self._pointer.name} cannot be read: {error.strerror}") from error

    def verify(self) -> dict[str, bool]:
        """For every published part: does its content still match its hash?"""
        return {part: artefact.is_whole for part, artefact in self.published().items()}

    def discard(self, artefact: Artefact) -> None:
        """Remove an artefact if no version that is kept names it; safe while another process fits."""
        if all(artefact.name not in version.parts.values() for version in self.versions()):
            shutil.rmtree(artefact.folder, ignore_errors=True)

    def sweep(self) -> list[str]:
        """Remove what nobody can reach: unfinished folders and artefacts of no version that is kept."""
        keep = {name for version in self.versions() for name in version.parts.values()}
        removed = [path.name for path in self._folder.iterdir() if path.name not in keep]
        for name in removed:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return removed


def replace_text(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or the new, never a part."""
    replace_bytes(path, text.encode("utf-8"))


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    staging = path.with_name(f".writing-{uuid.uuid4().hex}")
    staging.write_bytes(data)
    _sync(staging)
    staging.replace(path)
    _sync(path.parent)


def _digest(folder: Path) -> str:
    """SHA-256 over the config and the weights of an artefact folder."""
    digest = hashlib.sha256()
    for name in ("config.json", "weights.safetensors"):
        with (folder / name).open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    path.write_text(json.dumps(dict(values), indent=2, ensure_ascii=False), encoding="utf-8")


def _read_json(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(values, dict):
            return values
        why = f"it holds {values!r:.20}, not a table"
    except (OSError, ValueError) as error:
        why = str(error)
    raise WorkspaceError(f"{path.name} in {path.parent.name} cannot be read: {why}", hint="fit again")


def _names_in(text: bytes) -> dict[str, str] | None:
    """The names in a text; None when it holds no table of names."""
    try:
        names = json.loads(text)
    except ValueError:
        return None
    sound = isinstance(names, dict) and all(isinstance(name, str) for name in names.values())
    return names if sound else None


def _sync(path: Path) -> None:
    """Flush a file or a folder entry to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Pictures of a workspace: those of its ``images`` folder or ``images.zip``, and those that were received live.

A name is a path inside ``images``; nothing outside it can be reached, neither by ``..`` nor by a link. Received
pictures are kept under ``.tastemaker/live-images`` and named by their content (``live/<hash>.jpg``), so they never
stand in the way of a file. Thumbnails are cached by content hash: a picture that changes gets a new one.
"""

import hashlib
import os
import uuid
import zipfile
import zlib
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from threading import Lock

from PIL import Image

from tastemaker.catalog.decoding import MAX_BYTES, decode, format_of, measure
from tastemaker.core.errors import PictureError, WorkspaceError

__all__ = ["NO_PICTURES", "Pictures", "decode"]

LIVE = "live/"
SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WebP": ".webp", "GIF": ".gif"}
MAX_WIDTH = 2048
HEAD = 1 << 17


class Pictures:
    """All pictures of a workspace.

    Args:
        source: a folder or a zip; None when the workspace has no pictures of its own.
        state: ``.tastemaker``, for received pictures and thumbnails; None keeps neither.
    """

    def __init__(self, source: Path | None = None, state: Path | None = None) -> None:
        self._source = source
        self._live = None if state is None else state / "live-images"
        self._thumbnails = None if state is None else state / "thumbnails"
        self._hashes: dict[tuple[str, int, int], str] = {}
        self._lock = Lock()

    def names(self) -> list[str]:
        """Names of all pictures that are there, sorted."""
        found = list(self._members)
        if self._source is not None and self._source.is_dir():
            root = self._source
            found += [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        if self._live is not None and self._live.is_dir():
            found += [LIVE + path.name for path in self._live.iterdir() if not path.name.startswith(".")]
        return sorted(found)

    def has(self, name: str) -> bool:
        """Is there a file of this name, inside the folder? It may still be no picture."""
        try:
            self._find(name)
        except PictureError:
            return False
        return True

    def read(self, name: str, limit: int = -1) -> bytes:
        """The bytes of a picture's file; only the first ``limit`` of them unless that is below zero.

        Raises:
            PictureError: there is none, it lies outside the folder, or it is over 100 MB.
        """
        place = self._find(name)
        try:
            with self._archive.open(place) if isinstance(place, zipfile.ZipInfo) else place.open("rb") as stream:
                return stream.read(limit)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise PictureError(f"{name!r} cannot be read: {error}", hint="put the file in again") from None

    def open(self, name: str, size: int | None = None) -> Image.Image:
        """A picture, upright, RGB; its longer side at most ``size`` pixels.

        Raises:
            PictureError: missing, outside the folder, damaged, too large or of a refused format.
        """
        return decode(self.read(name), name, size=size)

    def measure(self, name: str) -> tuple[int, int]:
        """Width and height, from the header.

        Raises:
            PictureError: missing, outside the folder, too large or of a refused format.
        """
        head = self.read(name, HEAD)
        try:
            return measure(head, name)
        except PictureError:
            if len(head) < HEAD:
                raise
            return measure(self.read(name), name)  # a header longer than most

    def content_hash(self, name: str) -> str:
        """SHA-256 of the file, 32 characters of it; remembered until the file changes.

        Raises:
            PictureError: missing or outside the folder.
        """
        place = self._find(name)
        if isinstance(place, zipfile.ZipInfo):
            key = (name, place.file_size, place.CRC)
        else:
            facts = place.stat()
            key = (name, facts.st_size, facts.st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = hashlib.sha256(self.read(name)).hexdigest()[:32]
        return self._hashes[key]

    def thumbnail(self, name: str, width: int) -> bytes:
        """A JPEG at most ``width`` pixels wide and high, made once.

        Raises:
            PictureError: as :meth:`open`, or the width is not between 1 and 2048.
        """
        if not 1 <= width <= MAX_WIDTH:
            raise PictureError(f"thumbnail of width {width!r}", hint=f"ask for 1 to {MAX_WIDTH} pixels")
        cached = None if self._thumbnails is None else self._thumbnails / f"{self.content_hash(name)}-{width}.jpg"
        if cached is not None and cached.is_file():
            return cached.read_bytes()
        stream = BytesIO()
        self.open(name, width).save(stream, "JPEG", quality=88, optimize=True)
        if cached is not None:
            _publish(cached, stream.getvalue())
        return stream.getvalue()

    def receive(self, data: bytes, name: str) -> str:
        """Keep a picture that came in live; returns the name to use in ``Item.images``.

        Raises:
            PictureError: it cannot be decoded; nothing is kept.
            WorkspaceError: these pictures belong to no workspace.
        """
        if self._live is None:
            raise WorkspaceError("there is no workspace to keep the picture in", hint="open a shop first")
        decode(data, name)
        stored = hashlib.sha256(data).hexdigest()[:32] + SUFFIX[format_of(data)]
        if not (self._live / stored).is_file():
            _publish(self._live / stored, data)
        return LIVE + stored

    def _find(self, name: str) -> Path | zipfile.ZipInfo:
        path = PurePosixPath(name)
        if not name or "\0" in name or "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts:
            raise PictureError(f"{name[:80]!r} is outside the folder of pictures", hint="give a path inside images/")
        if name.startswith(LIVE) and self._live is not None and (self._live / path.name).is_file():
            return self._live / path.name
        for candidate in (path.as_posix(), path.as_posix().removeprefix("images/"), f"images/{path.as_posix()}"):
            if candidate in self._members:
                return _checked_size(self._members[candidate])
            if self._source is not None and self._source.is_dir() and _is_file(self._source / candidate):
                return _inside(self._source, self._source / candidate, name)
        raise PictureError(f"picture {name[:80]!r} is missing", hint="put it into images/, or mend the image column")

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        if self._source is None:
            raise PictureError("there is no archive of pictures", hint="put images.zip beside the items")
        try:
            return zipfile.ZipFile(self._source)
        except (zipfile.BadZipFile, OSError) as error:
            raise PictureError(f"{self._source.name} is not a readable zip: {error}", hint="pack it again") from None

    @property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        if self._source is None or not self._source.is_file():
            return {}
        with self._lock:
            return self._listing

    @cached_property
    def _listing(self) -> dict[str, zipfile.ZipInfo]:
        return {info.filename: info for info in self._archive.infolist() if not info.is_dir()}


NO_PICTURES = Pictures()
"""For a catalog that has none."""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for the file system
        return False


def _inside(root: Path, path: Path, name: str) -> Path:
    if not path.resolve().is_relative_to(root.resolve()):
        raise PictureError(f"{name[:80]!r} links to a place outside images/", hint="put the file itself there")
    if path.stat().st_size > MAX_BYTES:
        raise PictureError(f"{name[:80]!r} is {path.stat().st_size:,} bytes", hint=f"at most {MAX_BYTES:,} are read")
    return path


def _checked_size(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    if info.file_size > MAX_BYTES:
        raise PictureError(
            f"{info.filename!r} unpacks to {info.file_size:,} bytes", hint=f"at most {MAX_BYTES:,} are read"
        )
    return info


def _publish(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".writing-{uuid.uuid4().hex}")
    with staging.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    staging.replace(path)

"""Bytes kept in memory for a while, under keys that cannot be guessed, and never on disk: people's pictures."""

import secrets
import time
from collections import OrderedDict
from threading import Lock


class Fleeting:
    """The newest of what was kept.

    Args:
        kept: how many at most.
        seconds: after which each is forgotten.
    """

    def __init__(self, kept: int = 64, seconds: float = 3600.0) -> None:
        self._kept, self._seconds = kept, seconds
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = Lock()

    def keep(self, data: bytes) -> str:
        """Keep some bytes; returns the key they go by."""
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._held[key] = (time.monotonic(), data)
            self._forget_old()
        return key

    def find(self, key: str) -> bytes | None:
        """What was kept under a key; None when it is no longer."""
        with self._lock:
            self._forget_old()
            entry = self._held.get(key)
        return entry[1] if entry else None

    def forget(self, key: str) -> None:
        """Drop it now."""
        with self._lock:
            self._held.pop(key, None)

    def _forget_old(self) -> None:
        limit = time.monotonic() - self._seconds
        while self._held and (len(self._held) > self._kept or next(iter(self._held.values()))[0] < limit):
            self._held.popitem(last=False)

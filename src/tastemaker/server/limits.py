"""How often somebody may ask: a bucket of tokens that fills evenly and is emptied request by request."""

import fcntl
import hashlib
import math
import mmap
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

BURST = 2.0
"""Seconds' worth of requests that may come at once."""
Bucket = tuple[float, float]
"""Tokens held, and the moment they were counted."""


class Limits:
    """One bucket a name.

    Args:
        clock: seconds, rising.
        shared: buckets that other processes empty too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, shared: "SharedBuckets | None" = None) -> None:
        self._clock, self._shared = clock, shared
        self._buckets: dict[str, Bucket] | SharedBuckets = {} if shared is None else shared

    def wait(self, name: str, rate: float) -> float:
        """Take a token; 0 when there was one, otherwise the seconds until there is one (and none is taken).

        Args:
            name: whose bucket.
            rate: tokens a second; the bucket holds two seconds' worth, and at least one.
        """
        alone: AbstractContextManager[None] = nullcontext() if self._shared is None else self._shared.alone()
        with alone:
            now, size = self._clock(), max(1.0, BURST * rate)
            held, seen = self._buckets.get(name, (size, now))
            held = min(size, held + rate * (now - seen))
            if held < 1.0:
                self._buckets[name] = (held, now)
                return (1.0 - held) / rate
            self._buckets[name] = (held - 1.0, now)
            return 0.0


class SharedBuckets:
    """Buckets in memory that several processes map: slots of (hash of the name, tokens, moment).

    Args:
        descriptor: of a memory file of :attr:`SIZE` bytes, zeros at first.
    """

    SLOT, SLOTS, TRIES = struct.Struct("<Qdd"), 4096, 16
    SIZE = SLOT.size * SLOTS

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, self.SIZE)

    def get(self, name: str, default: Bucket) -> Bucket:
        """The bucket of a name."""
        place, mark = self._find(name)
        known, held, seen = self.SLOT.unpack_from(self._memory, place)
        return (held, seen) if known == mark else default

    def __setitem__(self, name: str, bucket: Bucket) -> None:
        place, mark = self._find(name)
        self.SLOT.pack_into(self._memory, place, mark, *bucket)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process looks meanwhile."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)

    def _find(self, name: str) -> tuple[int, int]:
        """Where a name's slot begins, and the mark in it; where all near it are taken, one is given to the new name."""
        mark = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") | 1
        for step in range(self.TRIES):
            place = (mark // 2 + step) % self.SLOTS * self.SLOT.size
            if self.SLOT.unpack_from(self._memory, place)[0] in (0, mark):
                break
        return place, mark


def seconds_to_wait(wait: float) -> str:
    """A Retry-After header: whole seconds, rounded up."""
    return str(max(1, math.ceil(wait)))

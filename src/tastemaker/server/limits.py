"""How often somebody may ask: a bucket of tokens that fills evenly and is emptied request by request."""

import math
import time
from collections.abc import Callable

BURST = 2.0
"""Seconds' worth of requests that may come at once."""


class Limits:
    """One bucket a name, forgotten when it is full again.

    Args:
        clock: seconds, rising.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, name: str, rate: float) -> float:
        """Take a token; 0 when there was one, otherwise the seconds until there is one (and none is taken).

        Args:
            name: whose bucket.
            rate: tokens a second; the bucket holds two seconds' worth, and at least one.
        """
        now, size = self._clock(), max(1.0, BURST * rate)
        held, seen = self._buckets.get(name, (size, now))
        held = min(size, held + rate * (now - seen))
        if held < 1.0:
            self._buckets[name] = (held, now)
            return (1.0 - held) / rate
        self._buckets[name] = (held - 1.0, now)
        return 0.0


def seconds_to_wait(wait: float) -> str:
    """A Retry-After header: whole seconds, rounded up."""
    return str(max(1, math.ceil(wait)))

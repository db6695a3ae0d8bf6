"""What was made last, kept up to a size, so that the same need not be made twice.

Whatever the result depends on belongs into the key: then nothing has ever to be declared stale.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

V = TypeVar("V", bound=Sized)


class Recent(Generic[V]):
    """Results by what they were made from, those kept that were asked for last; for many threads.

    Args:
        most: how long all of them together may be; a result counts its own length and one.
    """

    def __init__(self, most: int) -> None:
        self._most, self._length = most, 0
        self._held: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """What was made for the key, or is made now; who asks meanwhile makes it too, nobody waits."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._drop(key)
            self._held[key] = made
            self._length += len(made) + 1
            while self._length > self._most:
                self._drop(next(iter(self._held)))
        return made

    def _drop(self, key: Hashable) -> None:
        if key in self._held:
            self._length -= len(self._held.pop(key)) + 1


def digest(*arrays: npt.NDArray[np.generic]) -> bytes:
    """A key for arrays: another for others, also where only the bounds between them differ."""
    mark = hashlib.blake2b(digest_size=16)
    for array in arrays:
        mark.update(len(array).to_bytes(8, "big"))
        mark.update(np.ascontiguousarray(array).data)
    return mark.digest()

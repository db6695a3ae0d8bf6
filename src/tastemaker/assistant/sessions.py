"""Conversations of a server: in memory, bounded in number, forgotten when nobody has spoken for a while.

A conversation holds pictures of people, so nothing of it is ever written down.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from tastemaker.assistant.doors.door import Closed
from tastemaker.assistant.talking import Assistant
from tastemaker.core.errors import InputError, MissingExtra, NotFitted, UnknownName
from tastemaker.shop.shop import Shop

MOST = 200
"""Conversations at a time; the one that was silent longest makes room."""
IDLE = 1800.0
"""Seconds of silence after which a conversation is forgotten."""


@dataclass
class _Kept:
    """A conversation and when it was last used."""

    chat: Assistant
    used: float


class Sessions:
    """Conversations by key.

    Args:
        shop: what is talked about.
        most: how many are kept.
        idle: seconds of silence after which one is forgotten.
        clock: seconds, rising.
    """

    def __init__(
        self, shop: Shop, *, most: int = MOST, idle: float = IDLE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shop, self._most, self._idle, self._clock = shop, most, idle, clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def open(self, person: str = "", k: int = 10) -> str:
        """Begin a conversation; gives its key, which nobody can guess.

        Where the shop's language model cannot be opened the rules answer, and every turn says so: who talks can mend
        nothing. What is wrong is said by ``tastemaker doctor``, and when a server starts.
        """
        key = secrets.token_urlsafe(16)
        try:
            chat = Assistant(self._shop, person=person, k=k)
        except (InputError, MissingExtra, NotFitted):
            chat = Assistant(self._shop, person=person, k=k, llm=Closed())
        with self._lock:
            self._sweep()
            self._kept[key] = _Kept(chat, self._clock())
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return key

    def find(self, key: str) -> Assistant:
        """A conversation by its key.

        Raises:
            UnknownName: there is none, or it was forgotten.
        """
        with self._lock:
            self._sweep()
            if key not in self._kept:
                raise UnknownName("conversation", key[:40], [], hint="it is over; begin a new one without a session")
            self._kept[key].used = self._clock()
            self._kept.move_to_end(key)
            return self._kept[key].chat

    def close(self, key: str) -> None:
        """Forget a conversation, pictures and all; one that is not there is forgotten already."""
        with self._lock:
            self._kept.pop(key, None)

    def _sweep(self) -> None:
        """Forget those that were silent too long; the oldest stand first."""
        limit = self._clock() - self._idle
        while self._kept and next(iter(self._kept.values())).used < limit:
            self._kept.popitem(last=False)

"""What a person does on the page, as events. "Not for me" waits a few seconds, so that it can be taken back."""

import asyncio
import logging
import time
import uuid
from typing import TYPE_CHECKING

from tastemaker.catalog.events import Event
from tastemaker.core.errors import TastemakerError
from tastemaker.core.types import ItemId, UserId

if TYPE_CHECKING:
    from tastemaker.shop import Shop

UNDO_SECONDS = 6.0
log = logging.getLogger(__name__)


class Feedback:
    """Events of all people of one shop, on their way into it."""

    def __init__(self, shop: "Shop", undo_seconds: float = UNDO_SECONDS) -> None:
        self._shop = shop
        self._seconds = undo_seconds
        self._waiting: dict[tuple[str, str], asyncio.Task[None]] = {}

    def dislike(self, person: str, item: str) -> None:
        """Record a dislike, unless it is taken back in time."""
        key = (person, item)
        if key not in self._waiting:
            self._waiting[key] = asyncio.create_task(self._later(key))

    def undo(self, person: str, item: str) -> bool:
        """Take a dislike back; False when it is recorded already."""
        task = self._waiting.pop((person, item), None)
        if task is not None:
            task.cancel()
        return task is not None

    async def settle(self, person: str | None = None) -> None:
        """Record now what still waits, of one person or of everybody."""
        for key in [key for key in self._waiting if person in (None, key[0])]:
            self._waiting.pop(key).cancel()
            await self._record(*key, "dislike")

    async def view(self, person: str, item: str) -> None:
        """Record that a person looked at an item's own page."""
        await self._record(person, item, "view")

    async def _later(self, key: tuple[str, str]) -> None:
        await asyncio.sleep(self._seconds)
        if self._waiting.pop(key, None) is not None:
            await self._record(*key, "dislike")

    async def _record(self, person: str, item: str, kind: str) -> None:
        try:
            event = Event(UserId(person), ItemId(item), kind, time=time.time(), id=f"page-{uuid.uuid4().hex}")
            await asyncio.to_thread(self._shop.record, [event])
        except TastemakerError as error:
            log.warning("a %s was not recorded: %s", kind, error.message)

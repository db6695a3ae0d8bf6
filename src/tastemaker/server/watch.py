"""A look, every few seconds, for a version that another process has published: loaded beside the one that is served.

Requests are answered from the old version until the new one is whole, so nobody waits and nobody is sent away. One that
cannot be loaded (a damaged file) is told in the log and not tried again; the old one stays.
"""

import logging
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from tastemaker.core.errors import TastemakerError

if TYPE_CHECKING:
    from tastemaker.shop import Shop

log = logging.getLogger("tastemaker.server")


class Watch:
    """A thread that swaps versions while it is entered.

    Args:
        shops: what is served.
        every: seconds between two looks.
    """

    def __init__(self, shops: "Sequence[Shop]", every: float) -> None:
        self._shops, self._every = tuple(shops), every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> None:
        for shop in self._shops:
            shop.swap_aside = True
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for shop in self._shops:
            shop.swap_aside = False

    def look(self) -> None:
        """Load what is new, everywhere."""
        for shop in self._shops:
            try:
                if shop.swap():
                    log.info("a new version is served", extra={"known": {"shop": shop.path.name}})
            except TastemakerError as error:
                told = {"known": {"shop": shop.path.name}}
                log.exception("a new version cannot be loaded; the old one stays", extra=told)
                del error

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

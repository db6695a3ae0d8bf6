"""A look, every few seconds, for a version that another process has published: loaded beside the one that is served.

Requests are answered from the old version until the new one is whole, so nobody waits and nobody is sent away. One that
cannot be loaded (a damaged file) is told in the log and not tried again; the old one stays. What finds the nearest
items of a large shop sooner is built here too, when it is missing, damaged or out of date.
"""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tastemaker.core.errors import Cancelled, TastemakerError
from tastemaker.core.progress import Cancellable

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
        self._stop, self._building = threading.Event(), Cancellable()
        self._given_up: set[Path] = set()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> None:
        for shop in self._shops:
            shop.swap_aside = True
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._building.cancel()
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
            else:
                self._reindex(shop)

    def _reindex(self, shop: "Shop") -> None:
        """Build the index where that is due; where it fails (a full disk) answers stay exact: it is not tried again."""
        told = {"known": {"shop": shop.path.name}}
        if shop.path in self._given_up:
            return
        try:
            if shop.reindex(self._building):
                log.info("the index was built anew", extra=told)
        except Cancelled:
            log.info("the index is not built: the server ends", extra=told)
        except (TastemakerError, OSError):
            self._given_up.add(shop.path)
            log.exception("the index cannot be built; answers stay exact", extra=told)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

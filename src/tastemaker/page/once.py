"""What takes a while and depends on the catalog alone, made once for each state of it."""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

from tastemaker.catalog.catalog import Catalog

if TYPE_CHECKING:
    from tastemaker.shop import Shop

T = TypeVar("T")


class Once(Generic[T]):
    """A function of a shop that remembers what it gave.

    Args:
        make: what is remembered for as long as the shop's catalog lives.
    """

    def __init__(self, make: "Callable[[Shop], T]") -> None:
        self._make = make
        self._known: WeakKeyDictionary[Catalog, T] = WeakKeyDictionary()
        self._lock = Lock()

    def __call__(self, shop: "Shop") -> T:
        """What was made; the first who asks makes it, others wait."""
        with self._lock:
            catalog = shop.catalog
            if catalog not in self._known:
                self._known[catalog] = self._make(shop)
            return self._known[catalog]

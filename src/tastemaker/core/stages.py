"""How long the stages of an answer take, told to whoever listens in this context; nearly free when nobody does.

``@stage("encode")`` stands on the function that does it. A server listens around each request; the listener goes along
into the thread that answers.

understand   words read as facets           vectors   nearest items            score   what a person will like
encode       words, pictures -> vectors     words     items by their words     rank    the order made of it
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

Hearer = Callable[[str, float], None]
_hearer: ContextVar[Hearer | None] = ContextVar("stages", default=None)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure a block, or as a decorator a function; also when it fails."""
    hear = _hearer.get()
    if hear is None:
        yield
        return
    begun = perf_counter()
    try:
        yield
    finally:
        hear(name, perf_counter() - begun)


@contextmanager
def hearing(hear: Hearer) -> Iterator[None]:
    """Listen to the stages inside the block: ``hear(name, seconds)``."""
    before = _hearer.set(hear)
    try:
        yield
    finally:
        _hearer.reset(before)

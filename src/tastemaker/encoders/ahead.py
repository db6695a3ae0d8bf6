"""The next inputs are made in the background while the model is busy with these: order kept, memory bounded.

Pillow lets go of the interpreter while it decodes and scales, so plain threads are enough.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(work: Callable[[T], R], inputs: Iterable[T], *, threads: int = 2, waiting: int = 64) -> Generator[R]:
    """What ``work`` makes of each input, in order; what it raises comes out in the place of its input.

    Args:
        work: runs in a thread.
        inputs: read as far ahead as there is room.
        threads: at work at the same time.
        waiting: most inputs begun and not yet taken.
    """
    rest = iter(inputs)
    with ThreadPoolExecutor(threads) as pool:
        begun: deque[Future[R]] = deque(pool.submit(work, each) for each in islice(rest, waiting))
        try:
            while begun:
                done = begun.popleft().result()
                begun.extend(pool.submit(work, each) for each in islice(rest, 1))
                yield done
        finally:
            for each in begun:
                each.cancel()

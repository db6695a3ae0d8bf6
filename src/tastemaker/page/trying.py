"""Work for a page that may go wrong: what a visitor is told then, and what only the log says."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from tastemaker.core.errors import TastemakerError
from tastemaker.page.card import sentence

T = TypeVar("T")
log = logging.getLogger("tastemaker.server")
BROKEN = "Something went wrong here. It is not your doing; the server's log says where"
"""What is said of an error that nobody foresaw: its own words may hold anything, so the log alone has it."""


async def tried(work: Callable[[], T], otherwise: Callable[[str, int], T]) -> T:
    """Work done in a thread of its own, or what stands for it when it fails.

    Args:
        work: what is to be done.
        otherwise: makes an answer of what went wrong: the words for a visitor, and the HTTP status.
    """
    task = asyncio.create_task(asyncio.to_thread(work))
    await asyncio.wait({task})
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, TastemakerError):
        return otherwise(told(error), 400)
    log.error("something went wrong inside a page", exc_info=error)
    return otherwise(BROKEN, 500)


def told(error: TastemakerError) -> str:
    """What went wrong and the next step, as sentences."""
    return sentence(f"{error.message}. {error.hint}".removesuffix(". "))

"""What the routes of the picture verbs share: results that are kept in memory for a while, never on disk."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from fastapi import Request, Response

from tastemaker.catalog.decoding import decode
from tastemaker.core.fleeting import Fleeting
from tastemaker.core.progress import Observer
from tastemaker.core.types import Bools
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import jobs_of, tenant_of
from tastemaker.server.requests import ShowRequest
from tastemaker.shop.asking import bright

if TYPE_CHECKING:
    from tastemaker.studio.request import VisualResult

AT_ONCE = 2
"""Pictures under way at a time; more are refused, so that one visitor cannot take every core."""


def shown_of(request: Request) -> Fleeting:
    """Where the server keeps what was shown."""
    return tenant_of(request).shown


def start(request: Request, response: Response, verb: str, work: Callable[[Observer], object]) -> Json:
    """Begin a job whose pictures go to ``/shown``."""
    kept = shown_of(request)
    job = jobs_of(request).start(verb, lambda observer: told(cast("VisualResult", work(observer)), kept), most=AT_ONCE)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)


def told(result: "VisualResult", kept: Fleeting) -> Json:
    """A result in JSON, its pictures by the keys they are kept under."""
    shown = [
        {"picture": kept.keep(each.png), "mask": kept.keep(each.mask), "seed": each.seed, "fidelity": each.fidelity}
        for each in result.shown
    ]
    found = plain(result)
    return {**found, "shown": plain(shown)} if isinstance(found, dict) else found


def box_of(asked: ShowRequest) -> tuple[int, int, int, int] | None:
    """The box of a request."""
    if asked.box is None:
        return None
    left, top, right, bottom = asked.box
    return left, top, right, bottom


def brush_of(asked: ShowRequest) -> Bools | None:
    """Where the photo may change, of a request. Shapes: (h, w)."""
    return None if asked.brush is None else bright(decode(asked.brush, "brush"))


def pair(numbers: Sequence[float]) -> tuple[float, float]:
    """Two numbers of a request."""
    return float(numbers[0]), float(numbers[1])

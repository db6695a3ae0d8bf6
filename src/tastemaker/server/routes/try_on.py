"""``/try-on`` shows an item on a person, as a job."""

from fastapi import APIRouter, Request, Response

from tastemaker.catalog.decoding import decode
from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.requests import TryOnRequest
from tastemaker.server.showing import box_of, brush_of, pair, start
from tastemaker.studio.people import ask_consent

router = APIRouter(tags=["jobs"], dependencies=[READ])


@router.post("/try-on", response_model=JobOut, status_code=202, summary="Show an item on a person")
def post_try_on(request: Request, response: Response, asked: TryOnRequest) -> Json:
    """Starts a job; its result has `shown`, each with its `picture` and `mask` for `GET /shown/{key}`, or `refused`.

    The photo is kept in memory while it is worked on, and nowhere else; what came of it for an hour, or until
    `DELETE /shown/{key}`.
    """
    if not asked.consent:
        ask_consent(given=False)

    shop, photo, brush = shop_of(request), decode(asked.person, "person"), brush_of(asked)
    points = {str(name): pair(place) for name, place in asked.points.items()}

    def work(observer: Observer) -> object:
        return shop.try_on(
            asked.item, photo, consent=asked.consent, box=box_of(asked), points=points, brush=brush,
            instruction=asked.instruction, user=asked.user, n=asked.n, seed=asked.seed,
            commercial=asked.commercial, badge=asked.badge, engine=asked.engine, observer=observer,
        )  # fmt: skip

    return start(request, response, "try_on", work)

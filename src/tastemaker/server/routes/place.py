"""``/place`` shows an item in a room, as a job."""

from fastapi import APIRouter, Request, Response

from tastemaker.catalog.decoding import decode
from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.requests import PlaceRequest
from tastemaker.server.showing import box_of, brush_of, pair, start

router = APIRouter(tags=["jobs"], dependencies=[READ])


@router.post("/place", response_model=JobOut, status_code=202, summary="Show an item in a room")
def post_place(request: Request, response: Response, asked: PlaceRequest) -> Json:
    """Starts a job; its result has `shown`, each with its `picture` and `mask` for `GET /shown/{key}`, or `refused`.

    The photo is kept in memory while it is worked on, and nowhere else; what came of it for an hour, or until
    `DELETE /shown/{key}`.
    """
    shop, photo, brush = shop_of(request), decode(asked.room, "room"), brush_of(asked)

    def work(observer: Observer) -> object:
        return shop.place(
            asked.item, photo, floor=None if asked.floor is None else [pair(corner) for corner in asked.floor],
            floor_size=None if asked.floor_size is None else pair(asked.floor_size),
            at=None if asked.at is None else pair(asked.at), turn=asked.turn, scale=asked.scale, box=box_of(asked),
            brush=brush, instruction=asked.instruction, user=asked.user, n=asked.n,
            seed=asked.seed, commercial=asked.commercial, badge=asked.badge, engine=asked.engine, observer=observer,
        )  # fmt: skip

    return start(request, response, "place", work)

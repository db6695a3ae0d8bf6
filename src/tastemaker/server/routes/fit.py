"""``/fit``: train what the shop serves with, as a job."""

from fastapi import APIRouter, Request, Response

from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, jobs_of, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.requests import FitRequest

router = APIRouter(tags=["jobs"], dependencies=[ADMIN])


@router.post("/fit", response_model=JobOut, status_code=202, summary="Train on the shop's own data")
def post_fit(request: Request, response: Response, asked: FitRequest | None = None) -> Json:
    """Starts a job; until it is done the shop answers with what it had. Progress at `GET /jobs/{id}`."""
    shop = shop_of(request)
    parts = asked.parts if asked else None

    def work(observer: Observer) -> None:
        shop.fit(parts, observer=observer)

    job = jobs_of(request).start("fit", work)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)

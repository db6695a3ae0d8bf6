"""``/refit``: learn from what has happened since, and publish it only when it is not worse; as a job."""

from fastapi import APIRouter, Request, Response

from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, jobs_of, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.judging import RefitRequest

router = APIRouter(tags=["jobs"], dependencies=[ADMIN])


@router.post("/refit", response_model=JobOut, status_code=202, summary="Learn anew; publish what is not worse")
def post_refit(request: Request, response: Response, asked: RefitRequest | None = None) -> Json:
    """Starts a job; its `result` says whether something was published, and why, with the figures of both.

    The candidate and what is published are asked what people turned to in the newest events, which neither has learned.
    """
    shop, given = shop_of(request), asked or RefitRequest()

    def work(observer: Observer) -> Json:
        return plain(
            shop.refit(
                given.parts,
                k=given.k,
                people=given.people,
                tolerance=given.tolerance,
                seed=given.seed,
                all_events=given.all_events,
                observer=observer,
            )
        )

    job = jobs_of(request).start("refit", work)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)

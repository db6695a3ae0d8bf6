"""``/creative`` makes advertisements as a job; below it the queue: what waits, the files, the decisions."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, WRITE, jobs_of, shop_of
from tastemaker.server.answers import JobOut, Open
from tastemaker.server.requests import CreativeRequest, DecisionRequest
from tastemaker.studio.creative.queue import Creative

router = APIRouter(tags=["jobs"])
AT_ONCE = 2
"""Jobs under way at a time."""


@router.post("/creative", response_model=JobOut, status_code=202, summary="Make a creative", dependencies=[WRITE])
def post_creative(request: Request, response: Response, asked: CreativeRequest) -> Json:
    """Starts a job; its result has the `creatives`, each with every printed fact and the field it came from.

    Progress at `GET /jobs/{id}`; the pictures are at `GET /creative/{name}.png` and `.svg`. They wait for approval.
    """
    shop = shop_of(request)

    def work(observer: Observer) -> object:
        return shop.creative(asked.items, format=asked.format, n=asked.n, user=asked.user, observer=observer)

    job = jobs_of(request).start("creative", work, most=AT_ONCE)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)


@router.get("/creative", response_model=list[Open], summary="The queue of creatives", dependencies=[READ])
def get_queue(request: Request, state: Literal["waiting", "approved", "refused"] | None = None) -> Json:
    """Newest first; `outdated` says what a creative prints and the catalog no longer says."""
    return [_told(request, one) for one in shop_of(request).creatives.all(state or "")]


@router.get(
    "/creative/{name}.{kind}",
    summary="A creative's file",
    dependencies=[READ],
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/svg+xml": {}}}},
)
def get_file(request: Request, name: str, kind: Literal["png", "svg"]) -> Response:
    """The picture, or the drawing with real text."""
    data = shop_of(request).creatives.file(name, kind)
    media = {"png": "image/png", "svg": "image/svg+xml"}[kind]
    guarded = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "sandbox; script-src 'none'"}
    return Response(data, media_type=media, headers=guarded)


@router.get("/creative/{name}", response_model=Open, summary="A creative", dependencies=[READ])
def get_creative(request: Request, name: str) -> Json:
    """What it prints, from which fields, and what was decided."""
    return _told(request, shop_of(request).creatives.find(name))


@router.post(
    "/creative/{name}/decision",
    response_model=Open,
    summary="Approve or refuse a creative",
    dependencies=[WRITE],
)
def post_decision(request: Request, name: str, asked: DecisionRequest) -> Json:
    """Every decision stays in the history; `waiting` takes one back. What is outdated cannot be approved."""
    return _told(request, shop_of(request).decide(name, asked.state, who=asked.who, why=asked.why))


def _told(request: Request, one: Creative) -> dict[str, Json]:
    told = plain(one)
    extra = {"state": one.state, "outdated": plain(shop_of(request).outdated(one))}
    return (told if isinstance(told, dict) else {}) | extra

"""``/imagine`` draws as a job; ``/drawings/{name}`` is what was drawn."""

from fastapi import APIRouter, Request, Response

from tastemaker.catalog.decoding import decode
from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, jobs_of, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.requests import ImagineRequest

router = APIRouter(tags=["jobs"], dependencies=[READ])
AT_ONCE = 4
"""Drawings under way at a time; more are refused, so that one visitor cannot take every core."""


@router.post("/imagine", response_model=JobOut, status_code=202, summary="Draw something")
def post_imagine(request: Request, response: Response, asked: ImagineRequest) -> Json:
    """Starts a job; its result has the `designs`, each with the real items `nearest` to it.

    Progress at `GET /jobs/{id}` or as a stream at `GET /jobs/{id}/stream`; `DELETE /jobs/{id}` stops it. The pictures
    are at `GET /drawings/{name}`.
    """
    shop = shop_of(request)
    picture = decode(asked.image, "image") if asked.image is not None else None

    def work(observer: Observer) -> object:
        return shop.imagine(
            asked.text,
            image=picture,
            user=asked.user,
            n=asked.n,
            seed=asked.seed,
            ignore=asked.ignore,
            design=asked.design,
            observer=observer,
        )

    job = jobs_of(request).start("imagine", work, most=AT_ONCE)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)


@router.get(
    "/drawings/{name}",
    summary="A generated picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
    tags=["ask"],
)
def get_drawing(request: Request, name: str) -> Response:
    """A PNG that says in its text that it was generated, by which model, from what. The newest thousand are kept."""
    data = shop_of(request).drawing(name)
    return Response(data, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

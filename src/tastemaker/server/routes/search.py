"""``/search``: words, a picture or an item, or one of them and a change in words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from tastemaker.core.errors import InputError
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut, answered
from tastemaker.server.bodies import (
    file_bytes,
    form_of,
    form_values,
    is_form,
    one_shown,
    seen,
    shaped,
    shaped_json,
    two_bodies,
)
from tastemaker.server.requests import SearchRequest, SearchWords
from tastemaker.shop.asking import MOST_PICTURES

router = APIRouter(tags=["ask"], dependencies=[READ])
LISTS = ("exclude", "ignore", "earlier")
FORM: dict[str, object] = {
    "image": {
        "type": "string",
        "format": "binary",
        "description": "the picture, as a file; repeatable",
    },
    **{name: {"type": "string"} for name in ("text", "change", "item", "where", "user")},
    "k": {"type": "integer"},
    "explain": {"type": "boolean"},
    **{name: {"type": "array", "items": {"type": "string"}} for name in LISTS},
}


async def read_search(request: Request) -> SearchRequest:
    """The request, from JSON or from a form.

    Raises:
        InputError: too many pictures were sent.
    """
    if not is_form(request):
        return shaped_json(SearchRequest, await request.body())
    async with form_of(request) as form:
        asked = shaped(SearchRequest, form_values(form, lists=LISTS, files=("image", "images")))
        pictures = await file_bytes(form, "image")
    if len(pictures) > MOST_PICTURES:
        raise InputError(f"{len(pictures)} pictures were sent", hint=f"at most {MOST_PICTURES}")
    if not pictures:
        return asked
    first, *more = (data for _, data in pictures)
    return asked.model_copy(update={"image": first, "images": more})


@router.get("/search", response_model=RankingOut, summary="Find items")
def get_search(request: Request, asked: Annotated[SearchWords, Query()]) -> JSONResponse:
    """Items by words, or by an `item` and a `change`; what was understood comes back, `ignore` leaves it out."""
    return _answer(request, SearchRequest(**asked.model_dump()))


@router.post(
    "/search", response_model=RankingOut, summary="Find items by picture", openapi_extra=two_bodies(SearchRequest, FORM)
)
def post_search(request: Request, asked: Annotated[SearchRequest, Depends(read_search)]) -> JSONResponse:
    """Items by words, a picture or an `item`, with a `change`; as JSON, or as a form with the picture as a file."""
    return _answer(request, asked)


def _answer(request: Request, asked: SearchRequest) -> JSONResponse:
    shop, first = shop_of(request), one_shown(asked.image, asked.item)
    more = [each if isinstance(each, bytes) else each["item"] for each in asked.images]
    ranking = shop.search(
        asked.text,
        image=None if first is None else seen(shop, first),
        images=[(seen(shop, each), 1.0) for each in more],
        change=[*asked.earlier, asked.change],
        where=asked.where,
        user=asked.user,
        k=asked.k,
        exclude=asked.exclude,
        ignore=asked.ignore,
        weigh=asked.weigh,
        explain=asked.explain,
    )
    return answered(ranking)

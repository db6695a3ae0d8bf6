"""The page, mounted on the server's app: `/`, `/item/{id}`, `/on-you`, `/in-room`, `/draw`, and those of `pages`.

A page is sent as finished HTML when the shop answers within a moment, and as a skeleton that is filled later when it
takes longer. NiceGUI is one application per process; the shop travels in the request's scope, so that two apps with
two shops can live in one process.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from nicegui import Client, background_tasks, core, events, ui
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from tastemaker.core.errors import TastemakerError
from tastemaker.core.progress import Cancellable
from tastemaker.page import beside, uploads
from tastemaker.page.bar import Held
from tastemaker.page.desk import Desk
from tastemaker.page.draw import draw
from tastemaker.page.facts import currency_of, facts_of
from tastemaker.page.frame import Around, Content, body, skeleton, way_on
from tastemaker.page.home import home
from tastemaker.page.html import Safe, tag
from tastemaker.page.nav import navigation
from tastemaker.page.pages import PAGES, Page, Visit
from tastemaker.page.people import people
from tastemaker.page.product import product
from tastemaker.page.saved import hear_list, saved_of
from tastemaker.page.search import results
from tastemaker.page.show import Way, show
from tastemaker.page.state import State
from tastemaker.page.trying import BROKEN, tried
from tastemaker.server.access import Doors
from tastemaker.server.jobs import Jobs
from tastemaker.server.problems import BusyError, install, refused, unexpected
from tastemaker.server.tenants import Tenant

if TYPE_CHECKING:
    from tastemaker.shop import Shop

ASSETS = Path(__file__).parent / "assets"
SHEETS = ("tokens", "style", "work", "chat", "show")
SCRIPTS = ("page", "act", "looks", "map", "creatives", "kept", "chat", "show")
MOMENT = 0.5
"""Seconds that a page waits for the shop before it sends a skeleton."""
RECONNECT = 30.0
"""Seconds that a page may be out of reach - a train in a tunnel - before it is loaded anew and loses a chosen photo."""
_KEY, _DOORS = "tastemaker.page", "tastemaker.doors"
_UNUSED_SHEETS = re.compile(r'@import url\("[^"]*/(fonts|quasar[^"]*)\.css"\) layer\(\w+\);')


class _Carrier:
    """Middleware that puts the desk, and the doors of the API beside it, into every request's scope."""

    def __init__(self, app: ASGIApp, desk: Desk, doors: Doors) -> None:
        self._app = app
        self._desk, self._doors = desk, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_KEY], scope[_DOORS] = self._desk, self._doors
        await self._app(scope, receive, send)


def attach(app: FastAPI, shop: "Shop") -> None:
    """Mount the page on an app; call it last, since it answers every path that is left.

    Args:
        app: gets the page at ``/``, ``/item/{id}``, ``/draw`` and the paths of ``nav``, and helpers under ``/page``.
        shop: whose page it is.
    """
    own = [tenant for tenant in getattr(app, "tenants", ()) if tenant.shop is shop]
    desk = Desk.of(own[0] if own else Tenant(shop, Jobs()))
    app.add_middleware(_Carrier, desk=desk, doors=getattr(app, "doors", Doors()))
    app.mount(f"/page/assets/{_version()}", StaticFiles(directory=ASSETS), name="page-assets")
    app.include_router(uploads.router(desk.uploads))
    app.include_router(beside.router(shop))
    core.app.user_middleware.clear()  # NiceGUI's app outlives ours: what an earlier mount added must not pile up
    core.app.middleware_stack = None
    install(core.app)
    core.app.add_exception_handler(404, _missing)
    core.app.add_exception_handler(Exception, _broken)
    _declare_pages()
    _declare_shows()
    _declare_drawings()
    for each in PAGES:
        _declare(each)
    core.app.on_shutdown(desk.feedback.settle)
    ui.run_with(
        app,
        title="Tastemaker",
        viewport="width=device-width, initial-scale=1, viewport-fit=cover",
        favicon=ASSETS / "icon.svg",
        dark=None,
        language="en-US",
        binding_refresh_interval=None,
        reconnect_timeout=RECONNECT,
        tailwind=False,
        show_welcome_message=False,
    )


def _declare_pages() -> None:
    @ui.page("/", response_timeout=30)
    async def front(request: Request, client: Client) -> Response:
        state = State.read(request.query_params.multi_items())
        desk: Desk = request.scope[_KEY]
        await desk.feedback.settle(state.person or None)
        if state.asks:
            saying = f"Looking for {state.words or 'things like it'} …"
            return await _deliver(
                request, client, state, "/", saying, lambda: results(desk.shop, state, desk.uploads.find)
            )
        else:
            return await _deliver(request, client, state, "/", "Setting out the shop …", lambda: home(desk.shop, state))

    @ui.page("/item/{item_id:path}", response_timeout=30)
    async def item(request: Request, client: Client, item_id: str) -> Response:
        found = State.read(request.query_params.multi_items())
        state = State(words=found.words, person=found.person)
        desk: Desk = request.scope[_KEY]
        path = f"/item/{quote(item_id, safe='')}"
        return await _deliver(request, client, state, path, "Fetching it …", lambda: product(desk.shop, state, item_id))


def _declare_shows() -> None:
    """An item in somebody's own photo."""

    async def shown(request: Request, client: Client, way: Way, item_id: str) -> Response:
        state = State(person=State.read(request.query_params.multi_items()).person)
        desk: Desk = request.scope[_KEY]
        path = f"/{way}/{quote(item_id, safe='')}"
        return await _deliver(
            request, client, state, path, "One moment …", lambda: show(desk.shop, state, way, item_id)
        )

    @ui.page("/on-you/{item_id:path}", response_timeout=30)
    async def on_you(request: Request, client: Client, item_id: str) -> Response:
        return await shown(request, client, "on-you", item_id)

    @ui.page("/in-room/{item_id:path}", response_timeout=30)
    async def in_room(request: Request, client: Client, item_id: str) -> Response:
        return await shown(request, client, "in-room", item_id)


def _declare_drawings() -> None:
    @ui.page("/draw", response_timeout=30)
    async def drawn(request: Request, client: Client) -> Response:
        asked = State.read(request.query_params.multi_items())
        state = State(words=asked.words, person=asked.person, ignore=asked.ignore)
        seed = _number(request.query_params.get("seed", ""))
        desk: Desk = request.scope[_KEY]
        stop = Cancellable()
        client.on_disconnect(stop.cancel)
        design = request.query_params.get("design") == "1"
        saying = f"Drawing {state.words or 'something'} …"
        return await _deliver(
            request, client, state, "/draw", saying, lambda: _drawing(desk, state, seed, stop, design=design)
        )


def _declare(page: Page) -> None:
    """A page of which everything is in a table."""

    @ui.page(page.path, response_timeout=30)
    async def one(request: Request, client: Client) -> Response:
        state = State(person=State.read(request.query_params.multi_items()).person)
        desk: Desk = request.scope[_KEY]
        await desk.feedback.settle(state.person or None)
        visit = Visit(desk, state, dict(request.query_params))
        if page.hear is not None:
            page.hear(client, visit)
        return await _deliver(request, client, state, page.path, page.saying, lambda: page.build(visit))


async def _missing(request: Request, error: Exception) -> Response:
    """What no page answers either: the API refuses it as it would alone; a person gets a page with a way home."""
    doors, path = cast("Doors", request.scope[_DOORS]), request.url.path
    if methods := doors.methods(path):
        return refused(HTTPException(405, "method not allowed", {"Allow": ", ".join(methods)}))
    if doors.methods(path.rstrip("/")):
        return RedirectResponse(request.url.replace(path=path.rstrip("/")), 307)
    if not _is_person(request):
        return refused(error if isinstance(error, HTTPException) else HTTPException(404))
    state = State(person=State.read(request.query_params.multi_items()).person)
    text = "The address may be mistyped, or what stood there is gone."
    main = way_on("There is no such page", text, [("Back to the start", state.url())])
    with Client(ui.page(""), request=request) as client:
        return await _deliver(request, client, state, "", "", lambda: Content("Tastemaker", main, status=404))


def _broken(request: Request, error: Exception) -> Response:
    """What went wrong inside: a person gets a page that needs nothing of the shop, the log the lines of code."""
    answer = unexpected(request, error)
    if not _is_person(request):
        return answer
    content = Content("Tastemaker", way_on("That did not work", BROKEN, [("Back to the start", "/")]), status=500)
    with Client(ui.page(""), request=request) as client:
        ui.page_title(content.title)
        ui.add_head_html(_head())
        ui.add_body_html(body(State(), content, Around()))
    return _lean(client.build_response(request, content.status))


def _is_person(request: Request) -> bool:
    """Does a browser ask for a page?"""
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")


async def _deliver(
    request: Request, client: Client, state: State, path: str, saying: str, build: Callable[[], Content]
) -> Response:
    """Send the page whole when it is there in a moment; otherwise a skeleton now and the rest when it is there."""
    desk: Desk = request.scope[_KEY]
    again = f"{request.url.path}?{request.url.query}".removesuffix("?")
    building = asyncio.create_task(tried(build, lambda said, status: _instead(said, again, status)))
    await asyncio.wait({building}, timeout=MOMENT)
    content = building.result() if building.done() else Content("Tastemaker", skeleton(saying))
    around = await asyncio.to_thread(_around, desk, state, path)
    ui.page_title(content.title)
    ui.add_head_html(_head())
    ui.add_body_html(body(state, content, around))
    people(desk.shop, state, path)
    _listen(client, desk, state)
    if building.done():
        _note_view(client, desk, state, content)
    else:
        background_tasks.create(_fill(client, desk, state, building), name="fill the page")
    return _lean(client.build_response(request, content.status))


def _lean(response: Response) -> Response:
    """NiceGUI's page without the style sheets of widgets that are not used; they would hold up the first picture."""
    text = bytes(response.body).decode("utf-8")
    headers = {
        name: value for name, value in response.headers.items() if name not in ("content-length", "content-type")
    }
    return HTMLResponse(_UNUSED_SHEETS.sub("", text), status_code=response.status_code, headers=headers)


async def _fill(client: Client, desk: Desk, state: State, building: Awaitable[Content]) -> None:
    content = await building
    if await _arrived(client):
        client.run_javascript(f"tm.fill({json.dumps(content.main)}, {json.dumps(content.title)})")
        _note_view(client, desk, state, content)


async def _arrived(client: Client) -> bool:
    """Wait until somebody looks at the page; False when nobody comes (a machine that only fetched the HTML)."""
    try:
        await client.connected(timeout=60)
    except TimeoutError:
        return False
    return not client.is_deleted


def _drawing(desk: Desk, state: State, seed: int, stop: Cancellable, *, design: bool) -> Content:
    """One of few drawings at a time: others are told to come again, so that the rest of the page stays quick."""
    if not desk.drawing.acquire(blocking=False):
        raise BusyError("everybody is drawing", hint="Try again in a moment")
    try:
        return draw(desk.shop, state, seed, stop, design=design)
    finally:
        desk.drawing.release()


def _number(text: str) -> int:
    """A whole number from an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _instead(said: str, again: str, status: int) -> Content:
    """What went wrong in words, with a way on."""
    links = [("Try again", again), ("Back to the start", "/")]
    return Content("Tastemaker", way_on("That did not work", f"{said.rstrip('.')}.", links), status)


def _listen(client: Client, desk: Desk, state: State) -> None:
    """Hear of dislikes and of those taken back. Without a person they are only hidden, in the browser."""

    async def dislike(message: events.GenericEventArguments) -> None:
        if state.person and isinstance(message.args, str):
            desk.feedback.dislike(state.person, message.args)

    async def undo(message: events.GenericEventArguments) -> None:
        if state.person and isinstance(message.args, str):
            desk.feedback.undo(state.person, message.args)

    with client:
        ui.on("tm_dislike", dislike)
        ui.on("tm_undo", undo)
    hear_list(client, desk.shop, state)


def _note_view(client: Client, desk: Desk, state: State, content: Content) -> None:
    """A person who opens an item's page has looked at it; a machine that only fetches the HTML has not."""
    if not (state.person and content.seen):
        return

    async def seen() -> None:
        if await _arrived(client):
            await desk.feedback.view(state.person, content.seen)

    background_tasks.create(seen(), name="note a view")


def _around(desk: Desk, state: State, path: str) -> Around:
    """What stands around the main part of a page."""
    shop = desk.shop
    colours = facts_of(shop.catalog).colours
    example = f"in {colours[0]}" if colours else "something lighter"
    ways = navigation(state, path, draws=shop.draws)
    return Around(_held(desk, state), example, currency_of(shop), ways, saved_of(shop, state.person))


def _held(desk: Desk, state: State) -> Held | None:
    """The picture or the item that the search is about."""
    if state.picture and desk.uploads.find(state.picture) is not None:
        return Held("picture", state.picture, "your picture", f"/page/pictures/{quote(state.picture, safe='')}")
    if not state.like:
        return None
    try:
        item = desk.shop.item(state.like)
    except TastemakerError:
        return None
    source = f"/pictures/{quote(item.images[0], safe='/')}?width=240" if item.images else ""
    return Held("like", item.id, item.title or item.id, source)


@cache
def _version() -> str:
    """Changes with the assets, so that browsers may keep them for good."""
    digest = hashlib.sha256()
    for path in sorted(ASSETS.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _head() -> Safe:
    base = f"/page/assets/{_version()}"
    sheets = [tag("link", {"rel": "stylesheet", "href": f"{base}/{name}.css"}) for name in SHEETS]
    scripts = [tag("script", {"src": f"{base}/{name}.js", "defer": True}) for name in SCRIPTS]
    return Safe("".join([*sheets, *scripts]))

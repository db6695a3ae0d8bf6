"""A client that talks to the real app, without a network between them."""

import asyncio

import httpx
import pytest

from tastemaker.client import Client
from tastemaker.server import create_app
from tests.server.conftest import fitted, read_shop, shop  # noqa: F401
from tests.server.small_workspace import BASE


class ToApp(httpx.BaseTransport):
    """Hands requests to an app in this process."""

    def __init__(self, app):
        self._app = httpx.ASGITransport(app)

    def handle_request(self, request):
        return asyncio.run(self._answered(request))

    async def _answered(self, request):
        body = await request.aread() if hasattr(request.stream, "__aiter__") else request.read()
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = await self._app.handle_async_request(asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@pytest.fixture
def reading(read_shop):  # noqa: F811
    with Client(BASE, transport=ToApp(create_app(read_shop))) as client:
        yield client


@pytest.fixture
def changing(shop):  # noqa: F811
    with Client(BASE, transport=ToApp(create_app(shop))) as client:
        yield client

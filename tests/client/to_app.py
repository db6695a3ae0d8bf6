"""A transport that hands requests to an app in this process."""

import asyncio

import httpx


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

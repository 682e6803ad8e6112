"""An application of this process, asked as a browser or a program would ask it."""

from typing import Any

import httpx
from starlette.types import ASGIApp

from tests.support.threads import run_loop


def ask_app(app: ASGIApp, method: str, url: str, **request: Any) -> httpx.Response:
    """Return the answer of an application; a redirect is not followed."""

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.request(method, url, **request)

    return run_loop(call())

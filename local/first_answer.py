"""Waits until the deployed bundle answers, with all the workers that are used at once."""

import asyncio
import time

import httpx

from local.proxy import AT_ONCE

PATIENCE_S = 150.0
"""For how long workers may start. The first unpacks 3,500 files, which is 3 s of work for the
emulator's one process, and a minute on a busy machine.
"""
PAUSE_S = 30.0
"""Before a request is sent again. While the worker of the first one still starts, the next one
makes the emulator start another.
"""


async def first_answer(
    http: httpx.AsyncClient, url: str, patience_s: float = PATIENCE_S, pause_s: float = PAUSE_S
) -> int:
    """Send as many requests at the same time as the proxy lets through: each starts a worker of the
    emulator, so that the first visitor need not wait for them. Returns 200, or the status of a
    request that was answered otherwise.
    """
    ends_at = time.monotonic() + patience_s
    asked = [_settled(http, url, ends_at, pause_s) for _ in range(AT_ONCE)]
    found = await asyncio.gather(*asked)
    return max(found)


async def _settled(http: httpx.AsyncClient, url: str, ends_at: float, pause_s: float) -> int:
    """Return the status of the answer. API Gateway waits 30 s for a worker and then answers 504;
    the worker goes on, and is there for the request that is sent next.
    """
    while True:
        status = (await http.get(url)).status_code
        if status != httpx.codes.GATEWAY_TIMEOUT or time.monotonic() > ends_at:
            return status
        await asyncio.sleep(pause_s)

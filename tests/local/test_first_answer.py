"""A run is ready once its workers answer, however long a busy machine takes to start them."""

from collections.abc import Iterable

import httpx

from local.first_answer import first_answer
from local.proxy import AT_ONCE
from tests.support.threads import run_loop


def status_of(answers: Iterable[int], patience_s: float = 60) -> tuple[int, int]:
    """What a run makes of these answers, in their order, and how many it has asked for."""
    left, asked = iter(answers), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(next(left))

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            return await first_answer(http, "http://localhost/health", patience_s, pause_s=0)

    return run_loop(ask()), len(asked)


def test_workers_that_take_longer_than_api_gateway_waits_are_asked_again() -> None:
    assert status_of([504, 200, 504, 504, *[200] * AT_ONCE]) == (200, AT_ONCE + 3)


def test_workers_that_never_answer_are_not_waited_for_without_end() -> None:
    assert status_of([504] * AT_ONCE, patience_s=-1) == (504, AT_ONCE)


def test_an_answer_that_waiting_cannot_change_ends_it() -> None:
    assert status_of([200, 500, 200]) == (500, AT_ONCE)

"""`/_local/events`: the domain events that left, as JSON or as a live page with their causes."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.events.changes import Changes
from local.events.kept import MOST, Kept
from local.pages import page

Sent = Callable[[int], list[dict[str, Any]]]
"""Gives the last webhooks that Stripe owed to the bundle, newest first, at most so many."""

_ASSETS = Path(__file__).parent / "assets"
_SHOWN = 150
"""Entries of each column that the page shows."""
_MEMBERS = ("source", "detail-type", "detail")
_OF_A_DELIVERY = (
    *("id", "at", "subject", "type", "state", "attempts", "last_status", "last_answer"),
)


def events_routes(kept: Kept, changes: Changes, sent: Sent | None) -> list[Route]:
    """Return the routes below `/_local`. Without `sent`, Stripe itself sends the webhooks."""

    async def events(request: Request) -> Response:
        if not _wants_json(request):
            return _page()
        found = kept.newest("event", MOST, request.query_params.get("subject"))
        data = [{name: event[name] for name in _MEMBERS} for event in found]
        return JSONResponse({"data": data}, headers={"cache-control": "no-store", "vary": "accept"})

    async def timeline(request: Request) -> Response:
        await changes.catch_up()
        subject = request.query_params.get("subject")
        shown = {
            "stripe": None if sent is None else _deliveries(sent, subject),
            "stored": kept.newest("change", _SHOWN, subject),
            "left": kept.newest("event", _SHOWN, subject),
        }
        return JSONResponse(shown, headers={"cache-control": "no-store"})

    return [Route("/events", events), Route("/events/timeline", timeline)]


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _deliveries(sent: Sent, subject: str | None) -> list[dict[str, Any]]:
    return [
        {name: delivery.get(name) for name in _OF_A_DELIVERY}
        for delivery in reversed(sent(_SHOWN if subject is None else MOST))
        if subject is None or delivery.get("subject") == subject
    ]


def _page() -> Response:
    answer = page(
        "Cause and effect",
        _asset("events.html"),
        style=_asset("events.css"),
        script=_asset("events.js"),
    )
    answer.headers["vary"] = "accept"
    return answer


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")

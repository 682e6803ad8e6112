"""A person on the hosted page or in the modal, without a browser."""

from typing import Any

import httpx

from tests.support.stand_in import StandIn, start_path, visit_of

DAY = 24 * 3600
BACK = "http://localhost:8000/verify/return"


def hosted(stand_in: StandIn, **params: Any) -> tuple[str, str]:
    """A new session's id and the path of its page."""
    session = stand_in.create(**{"return_url": BACK, **params})
    assert session.url
    return session.id, start_path(session.url)


def submit(
    stand_in: StandIn, path: str, outcome: str, failure: str = "document_expired"
) -> httpx.Response:
    visit = visit_of(stand_in.http.get(path))
    form = {"visit": visit, "outcome": outcome, "failure": failure}
    return stand_in.http.post(path, data=form)


def open_modal(stand_in: StandIn, secret: str | None) -> httpx.Response:
    return stand_in.post("/modal/open", {"client_secret": secret})


def submit_modal(stand_in: StandIn, secret: str | None, outcome: str) -> httpx.Response:
    visit = open_modal(stand_in, secret).json()["visit"]
    order = {"visit": visit, "outcome": outcome, "failure": "document_expired"}
    return stand_in.post("/modal/submit", order)

"""Back-pressure on the deployed stack: whatever becomes of the publisher, webhooks are answered, and
what they changed is told once it runs again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.deployed import resource_of
from tests.support.service import Service, client, new_user

PEOPLE = 8
PATIENCE = 60
"""Seconds that a backlog may take on a busy machine."""


@contextmanager
def stopped_publisher(service: Service) -> Iterator[None]:
    """The publisher without any execution, as where everything else has taken them."""
    functions, name = client(service, "lambda"), resource_of(service, "EventPublication")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


def told(service: Service, subjects: set[str]) -> dict[str, list[dict[str, Any]]]:
    """What was on the bus of these subjects, each in the order of its revisions."""
    answer = service.http.get("/_local/events", headers={"Accept": "application/json"})
    found: dict[str, list[dict[str, Any]]] = {}
    for event in answer.json()["data"]:
        if event["detail"]["subject"] in subjects:
            found.setdefault(event["detail"]["subject"], []).append(event)
    for events in found.values():
        events.sort(key=lambda event: int(event["detail"]["revision"]))
    return found


def verified_session(service: Service) -> str:
    """A session whose person was verified; its webhooks have been sent."""
    user = new_user()
    answer = service.http.post("/create-verification-session", headers=service.as_user(user))
    session_id = str(answer.json()["id"])
    service.outcome(session_id, "verified")
    return session_id


def undelivered(service: Service, since: int) -> list[dict[str, Any]]:
    """The webhooks sent since then that have not been answered with a 200."""
    sent = service.http.get("/_local/stripe/_deliveries").json()["data"][since:]
    return [each for each in sent if not each["delivered"]]


def test_a_publisher_without_an_execution_holds_up_no_webhook_and_tells_everything_later(
    service: Service,
) -> None:
    since = len(service.http.get("/_local/stripe/_deliveries").json()["data"])
    with stopped_publisher(service):
        sessions = {verified_session(service) for _ in range(PEOPLE)}
        ends_at = time.monotonic() + PATIENCE
        while undelivered(service, since) and time.monotonic() < ends_at:
            time.sleep(0.1)
        assert undelivered(service, since) == []
        assert told(service, sessions) == {}
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        last = {
            subject: events[-1]["detail-type"]
            for subject, events in told(service, sessions).items()
        }
        if last == dict.fromkeys(sessions, "identity.verified"):
            return
        time.sleep(0.2)
    raise AssertionError(f"told at last: {last}")

"""The domain events that left a running service, as a rule on its bus delivered them."""

import time
from collections.abc import Iterable
from typing import Any

from tests.support.event_schemas import assert_matches_schema
from tests.support.service import Service

PATIENCE_S = 180
"""Longer than a webhook's first try, its retry, and a function's start on a busy machine."""
Event = dict[str, Any]


def told(service: Service, subject: str | None = None) -> list[Event]:
    """The events that have left, oldest first; those of one subject, if it is given."""
    answer = service.http.get(
        "/_local/events",
        params={} if subject is None else {"subject": subject},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


def types_of(events: Iterable[Event]) -> list[str]:
    return [event["detail-type"] for event in events]


def eventually_told(service: Service, subject: str, type_: str, count: int = 1) -> list[Event]:
    """All events of a subject, once so many of this type have left; each is as its schema says and
    newer than the one before.
    """
    ends_at = time.monotonic() + PATIENCE_S
    found = told(service, subject)
    while types_of(found).count(type_) < count:
        assert time.monotonic() < ends_at, f"{subject} told {types_of(found)}, not {type_}"
        time.sleep(0.2)
        found = told(service, subject)
    assert_in_order(found)
    return found


def assert_in_order(events: list[Event]) -> None:
    """Assert that events are as their schemas say, that each is newer than all that its subject has
    told before it, and that one id stands for one subject and revision. What is told once more, with
    the id that it had, may come at any time.
    """
    newest: dict[str, int] = {}
    names: dict[tuple[str, int], tuple[str, str]] = {}
    for event in events:
        assert_matches_schema(event)
        detail = event["detail"]
        subject, revision = detail["subject"], detail["revision"]
        if detail["replayed"]:
            continue
        name = (detail["id"], event["detail-type"])
        if (subject, revision) not in names:
            assert revision > newest.get(subject, 0), f"{subject} went back to {revision}"
            newest[subject] = revision
        assert names.setdefault((subject, revision), name) == name
    assert len({found for found, _ in names.values()}) == len(names)

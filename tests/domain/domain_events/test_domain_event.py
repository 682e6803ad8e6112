"""The form of an event on the bus."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from countersign.domain_events.domain_event import REVISIONS, DomainEvent, bus_revision, detail_of
from countersign.domain_events.identity_events import SessionState

STATE = SessionState(user_id="user_1", status="verified", error=None, attempt=2)
EVENT = DomainEvent("identity.verified", "vs_1", 7, 1_700_000_000, STATE)
USUAL: dict[str, Any] = {
    "version": 1,
    "deployment": "dep",
    "livemode": False,
    "epoch": 0,
    "published_at": 1_700_000_002,
    "replayed": False,
}


def detail(event: DomainEvent = EVENT, **others: Any) -> dict[str, Any]:
    return detail_of(event, **USUAL | others)


def test_the_detail_has_the_subject_its_state_and_when() -> None:
    found = detail()
    assert len(found.pop("id")) == 32
    assert found == {
        "version": 1,
        "subject": "vs_1",
        "livemode": False,
        "revision": 7,
        "replayed": False,
        "occurred_at": 1_700_000_000,
        "published_at": 1_700_000_002,
        "data": {"user_id": "user_1", "status": "verified", "error": None, "attempt": 2},
    }
    assert json.loads(json.dumps(detail())) == detail()


def test_an_event_that_is_published_again_keeps_its_id() -> None:
    assert detail(published_at=1, replayed=True)["id"] == detail()["id"]


@pytest.mark.parametrize(
    "other",
    [
        detail(deployment="other"),
        detail(livemode=True),
        detail(epoch=1),
        detail(replace(EVENT, subject="vs_2")),
        detail(replace(EVENT, revision=8)),
        detail(replace(EVENT, type="identity.revoked")),
    ],
)
def test_another_event_has_another_id(other: dict[str, Any]) -> None:
    assert other["id"] != detail()["id"]


def test_every_revision_of_an_epoch_is_above_all_of_the_last() -> None:
    assert bus_revision(1, 1) > bus_revision(0, REVISIONS - 1)
    assert detail(epoch=3)["revision"] == 3 * REVISIONS + 7
    assert bus_revision(1000, REVISIONS - 1) < 2**53, "JavaScript counts no further"

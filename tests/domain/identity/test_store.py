"""The stored session: one conditional write for each event or read."""

from typing import Any

import pytest

from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.identity.session import Session, session_key
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import claim_read, load, store_snapshot, update_known
from countersign.stripe_api.events import parse_event
from tests.support.clock import START
from tests.support.stripe_objects import failure, identity_event, session_object
from tests.support.webhooks import payload_of


def snapshot_of(kind: str, **members: Any) -> Snapshot:
    event = parse_event(payload_of(identity_event(kind, **members)))
    assert event is not None
    return Snapshot.from_event(event)


def tell(table: Table, kind: str, **members: Any) -> str:
    """Store what an event tells; returns the outcome."""
    return store_snapshot(table, snapshot_of(kind, **members)).outcome


def tell_known(table: Table, kind: str) -> str | None:
    """Store what an event tells of a known session; returns the outcome."""
    stored = update_known(table, snapshot_of(kind))
    return stored.outcome if stored else None


def read(table: Table, at: int, *, restart: bool = False, **members: Any) -> str:
    """Store what a read at some second shows; returns the outcome."""
    snapshot = Snapshot.from_read(session_object(**members), at)
    return store_snapshot(table, snapshot, restart_polling=restart).outcome


def stored(table: Table) -> Item:
    item = table.get(session_key("vs_1"))
    assert item is not None
    return item


def known(table: Table) -> Session:
    session = load(table, "vs_1")
    assert session is not None
    return session


def test_an_item_has_what_is_needed_and_nothing_else(table: Table) -> None:
    secret: Any = {"client_secret": "vs_1_secret_x", "url": "https://verify.stripe.com/start/x"}
    tell(table, "requires_input", provided_details={"email": "a@example.com"}, **secret)
    assert stored(table) == {
        "pk": "session#vs_1",
        "ord": f"0{START + 2}3evt_requires_input_{START + 2}_vs_1",
        "rev": 1,
        "status": "requires_input",
        "last_error": {"code": "document_expired", "message": "The document has expired."},
        "livemode": False,
        "created": START,
        "user": "user_1",
        "attempt": 1,
        "reports": {f"vr_1:e{START + 2}"},
    }


def test_the_same_event_again_changes_nothing(table: Table) -> None:
    assert tell(table, "verified") == "applied"
    before = stored(table)
    assert tell(table, "verified") == "duplicate"
    assert stored(table) == before


def test_an_older_event_changes_nothing_but_is_counted_as_a_check(table: Table) -> None:
    tell(table, "verified")
    assert tell(table, "created") == "superseded"
    assert stored(table)["rev"] == 1
    assert tell(table, "requires_input") == "superseded"
    assert stored(table)["status"] == "verified"
    assert stored(table)["reports"] == {f"vr_2:e{START + 3}", f"vr_1:e{START + 2}"}


def test_a_newer_event_replaces_the_state_and_not_whose_it_is(table: Table) -> None:
    tell(table, "created", user="user_1", slot="1.0")
    assert tell(table, "processing", user="user_2", slot="2.0") == "applied"
    item = stored(table)
    assert (item["status"], item["user"], item["attempt"], item["rev"]) == (
        "processing", "user_1", 1, 2,
    )  # fmt: skip


def test_an_error_is_gone_once_the_session_goes_on(table: Table) -> None:
    tell(table, "requires_input")
    tell(table, "processing", created=START + 10)
    assert stored(table)["last_error"] is None


@pytest.mark.parametrize("late", ["created", "processing", "requires_input", "verified"])
@pytest.mark.parametrize("permanent", ["canceled", "redacted"])
def test_nothing_brings_an_ended_session_back(table: Table, permanent: str, late: str) -> None:
    tell(table, permanent, created=START)
    assert tell(table, late, created=START + 1000) == "superseded"
    assert read(table, START + 2000) == "superseded"
    assert stored(table)["status"] == permanent


def test_a_redaction_stands_above_a_later_cancel(table: Table) -> None:
    tell(table, "redacted", created=START)
    assert tell(table, "canceled", created=START + 5) == "superseded"
    assert stored(table)["status"] == "redacted"


def test_a_redaction_first_leaves_a_tombstone_that_late_events_give_an_owner(table: Table) -> None:
    assert tell(table, "redacted") == "applied"
    tombstone = stored(table)
    assert "user" not in tombstone
    assert tombstone["status"] == "redacted"
    assert tell(table, "created") == "superseded"
    found = stored(table)
    assert found == tombstone | {"user": "user_1", "attempt": 1, "rev": 2}


def test_verified_is_not_final(table: Table) -> None:
    tell(table, "verified", created=START + 10)
    taken_back = failure("document_unverified_other")
    tell(table, "requires_input", created=START + 90, last_error=taken_back)
    assert stored(table)["status"] == "requires_input"


def test_a_read_with_an_old_lower_bound_changes_nothing(table: Table) -> None:
    tell(table, "processing", created=START + 10)
    assert read(table, START + 10, status="verified") == "superseded"
    assert stored(table)["status"] == "processing"


def test_a_read_from_after_the_last_event_is_believed(table: Table) -> None:
    tell(table, "processing", created=START + 10)
    assert read(table, START + 11, status="verified") == "applied"
    assert tell(table, "verified", created=START + 11) == "applied"
    assert read(table, START + 11) == "superseded"


def test_a_read_notes_a_check_whose_event_is_missing_and_the_event_its_time(table: Table) -> None:
    read(table, START + 50, last_verification_report="vr_1")
    assert stored(table)["reports"] == {f"vr_1:r{START + 50}"}
    tell(table, "requires_input")
    assert stored(table)["reports"] == {f"vr_1:r{START + 50}", f"vr_1:e{START + 2}"}
    read(table, START + 60, last_verification_report="vr_1")
    assert len(stored(table)["reports"]) == 2


def test_a_read_that_comes_too_late_still_notes_its_check(table: Table) -> None:
    tell(table, "processing", created=START + 100)
    assert read(table, START + 50, last_verification_report="vr_1") == "superseded"
    assert stored(table)["reports"] == {f"vr_1:r{START + 50}"}


@pytest.mark.parametrize("kind", ["created", "processing", "requires_input", "canceled"])
def test_update_known_leaves_an_unknown_session_alone(table: Table, kind: str) -> None:
    assert tell_known(table, kind) is None
    assert table.get(session_key("vs_1")) is None


def test_update_known_stores_a_known_one(table: Table) -> None:
    tell(table, "created")
    assert tell_known(table, "processing") == "applied"
    assert tell_known(table, "processing") == "duplicate"
    assert tell_known(table, "created") == "superseded"


def test_the_pauses_between_reads_are_doubled_for_each_session(table: Table) -> None:
    tell(table, "created")
    now, asked = START, []
    for _ in range(25):
        if claim_read(table, known(table), now):
            asked.append(now - START)
        now += 1
    assert asked == [0, 3, 9, 21]


def test_the_pauses_stop_growing_and_never_end(table: Table) -> None:
    tell(table, "created")
    now, pauses = START, []
    for _ in range(14):
        assert claim_read(table, known(table), now)
        pause = stored(table)["next_poll_at"] - now
        assert not claim_read(table, known(table), now + pause - 1)
        pauses.append(pause)
        now += pause
    assert pauses == [3 * 2 ** min(index, 9) for index in range(14)]


def test_of_two_readers_with_the_same_view_one_asks(table: Table) -> None:
    tell(table, "created")
    seen = known(table)
    assert claim_read(table, seen, START)
    assert not claim_read(table, seen, START)


def test_who_is_sent_off_to_try_wakes_the_reads(table: Table) -> None:
    tell(table, "created")
    now = START
    for _ in range(4):
        claim_read(table, known(table), now)
        now = stored(table)["next_poll_at"]
    assert not claim_read(table, known(table), now - 1)
    read(table, now - 1, restart=True)
    assert claim_read(table, known(table), now - 1)
    assert stored(table)["next_poll_at"] == now - 1 + 3


def test_the_reads_wake_though_the_last_event_is_newer_than_the_read(table: Table) -> None:
    """The button on the page reopens a session within seconds of the event that it failed."""
    tell(table, "created")
    now = START
    for _ in range(4):
        claim_read(table, known(table), now)
        now = stored(table)["next_poll_at"]
    tell(table, "requires_input", created=now - 2)
    read(table, now - 3, restart=True)
    assert claim_read(table, known(table), now - 1)

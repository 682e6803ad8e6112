"""The stored session: one conditional write for each event or read."""

from typing import Any

import pytest

from countersign.aws.due_index import DAY, HOUR, shard_of
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.identity.session import Session, session_key
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import claim_read, load, store_snapshot, update_known
from countersign.stripe_api.events import parse_event
from tests.support.clock import START
from tests.support.stripe_objects import failure, identity_event, session_object
from tests.support.visits import USER
from tests.support.webhooks import payload_of


def snapshot_of(kind: str, **members: Any) -> Snapshot:
    return Snapshot.from_event(parse_event(payload_of(identity_event(kind, **members))))


def tell(table: Table, kind: str, **members: Any) -> str:
    """Store what an event tells; returns the outcome."""
    return store_snapshot(table, snapshot_of(kind, **members)).outcome


def tell_known(table: Table, kind: str) -> str | None:
    """Store what an event tells of a known session."""
    stored = update_known(table, snapshot_of(kind))
    return stored.outcome if stored else None


def read(table: Table, at: int, *, restart: bool = False, **members: Any) -> str:
    """Store what a read at some second shows; returns the outcome."""
    snapshot = Snapshot.from_read(session_object(**members), at)
    return store_snapshot(table, snapshot, hands_out=restart).outcome


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
        "user": USER,
        "attempt": 1,
        "reports": {f"vr_1:e{START + 2}"},
        "report": "vr_1",
        "by_due": shard_of("session#vs_1"),
        "due_at": START + HOUR,
    }


def test_a_repeated_event_and_an_older_one_change_nothing_but_a_check_is_counted(
    table: Table,
) -> None:
    assert tell(table, "verified") == "applied"
    before = stored(table)
    assert tell(table, "verified") == "duplicate"
    assert stored(table) == before
    assert tell(table, "created") == "superseded"
    assert known(table).rev == 1
    assert tell(table, "requires_input") == "superseded"
    assert known(table).status == "verified"
    assert known(table).reports == {f"vr_2:e{START + 3}", f"vr_1:e{START + 2}"}


def test_a_newer_event_replaces_the_state_but_not_the_owner(table: Table) -> None:
    tell(table, "created", subject="user_1", slot="1.0")
    assert tell(table, "processing", subject="user_2", slot="2.0") == "applied"
    session = known(table)
    assert (session.status, session.user) == ("processing", USER)
    assert (session.attempt, session.rev) == (1, 2)


def test_an_error_is_gone_once_the_session_continues(table: Table) -> None:
    tell(table, "requires_input")
    tell(table, "processing", created=START + 10)
    assert known(table).last_error is None


@pytest.mark.parametrize("late", ["created", "processing", "requires_input", "verified"])
@pytest.mark.parametrize("permanent", ["canceled", "redacted"])
def test_nothing_brings_an_ended_session_back(table: Table, permanent: str, late: str) -> None:
    tell(table, permanent, created=START)
    assert tell(table, late, created=START + 1000) == "superseded"
    assert read(table, START + 2000) == "superseded"
    assert known(table).status == permanent


def test_a_redaction_wins_over_a_later_cancel(table: Table) -> None:
    tell(table, "redacted", created=START)
    assert tell(table, "canceled", created=START + 5) == "superseded"
    assert known(table).status == "redacted"


@pytest.mark.parametrize(("slot", "attempt"), [("1.0", {"attempt": 1}), (None, {})])
def test_late_events_give_the_tombstone_of_a_redaction_its_owner(
    table: Table, slot: str | None, attempt: Item
) -> None:
    assert tell(table, "redacted") == "applied"
    tombstone = stored(table)
    assert "user" not in tombstone
    assert tombstone["status"] == "redacted"
    assert tell(table, "created", slot=slot) == "superseded"
    assert stored(table) == tombstone | {"user": USER, "rev": 2} | attempt


def test_verified_is_not_final(table: Table) -> None:
    tell(table, "verified", created=START + 10)
    taken_back = failure("document_unverified_other")
    tell(table, "requires_input", created=START + 90, last_error=taken_back)
    assert known(table).status == "requires_input"


def test_a_read_is_believed_only_if_it_is_from_after_the_last_event(table: Table) -> None:
    tell(table, "processing", created=START + 10)
    assert read(table, START + 10, status="verified") == "superseded"
    assert known(table).status == "processing"
    assert read(table, START + 11, status="verified") == "applied"
    assert tell(table, "verified", created=START + 11) == "applied"
    assert read(table, START + 11) == "superseded"


def test_a_read_notes_a_check_whose_event_is_missing_and_the_event_adds_its_time(
    table: Table,
) -> None:
    read(table, START + 50, last_verification_report="vr_1")
    assert known(table).reports == {f"vr_1:r{START + 50}"}
    tell(table, "requires_input")
    assert known(table).reports == {f"vr_1:r{START + 50}", f"vr_1:e{START + 2}"}
    read(table, START + 60, last_verification_report="vr_1")
    assert len(known(table).reports) == 2


def test_a_read_that_comes_too_late_still_notes_its_check(table: Table) -> None:
    tell(table, "processing", created=START + 100)
    assert read(table, START + 50, last_verification_report="vr_1") == "superseded"
    assert known(table).reports == {f"vr_1:r{START + 50}"}


def test_update_known_leaves_an_unknown_session_alone(table: Table) -> None:
    assert tell_known(table, "created") is None
    assert table.get(session_key("vs_1")) is None
    tell(table, "created")
    assert tell_known(table, "processing") == "applied"
    assert tell_known(table, "processing") == "duplicate"
    assert tell_known(table, "created") == "superseded"


def test_the_pauses_between_reads_are_doubled_up_to_a_limit(table: Table) -> None:
    tell(table, "created")
    now, pauses = START, []
    for _ in range(14):
        assert claim_read(table, known(table), now)
        pause = known(table).next_poll_at - now
        assert not claim_read(table, known(table), now + pause - 1)
        pauses.append(pause)
        now += pause
    assert pauses == [3 * 2 ** min(index, 9) for index in range(14)]


def test_of_two_readers_with_the_same_view_one_gets_the_read(table: Table) -> None:
    tell(table, "created")
    seen = known(table)
    assert claim_read(table, seen, START)
    assert not claim_read(table, seen, START)


@pytest.mark.parametrize("heard", [True, False])
def test_a_visitor_who_is_sent_to_try_restarts_the_polling(table: Table, heard: bool) -> None:
    """Even if the last event is newer than the read: the button on the page reopens a session within
    seconds of the event that it failed.
    """
    tell(table, "created")
    now = START
    for _ in range(4):
        claim_read(table, known(table), now)
        now = known(table).next_poll_at
    assert not claim_read(table, known(table), now - 1)
    if heard:
        tell(table, "requires_input", created=now - 2)
    read(table, now - 3 if heard else now - 1, restart=True)
    assert claim_read(table, known(table), now - 1)
    assert known(table).next_poll_at == now - 1 + 3


def due(table: Table) -> dict[str, int]:
    return table.due(shard_of("session#vs_1"), START + 100 * DAY, 10)


def test_an_open_session_is_due_until_it_has_ended(table: Table) -> None:
    tell(table, "created")
    assert due(table) == {"session#vs_1": START + HOUR}
    read(table, START + HOUR + 5)
    assert due(table) == {"session#vs_1": START + 6 * HOUR}
    read(table, START + HOUR + 4)  # older than what is stored
    assert due(table) == {"session#vs_1": START + 6 * HOUR}
    read(table, START + 3 * DAY, status="processing")
    assert due(table) == {"session#vs_1": START + 4 * DAY}
    read(table, START + 4 * DAY, status="verified")
    assert due(table) == {}
    assert not stored(table).keys() & {"by_due", "due_at"}


def test_a_session_that_stays_open_is_read_for_30_days(table: Table) -> None:
    read(table, START + 29 * DAY)
    assert due(table) == {"session#vs_1": START + 30 * DAY}
    read(table, START + 30 * DAY + 1)
    assert due(table) == {}


def test_a_session_that_was_verified_and_is_no_more_is_due_again(table: Table) -> None:
    read(table, START + 5, status="verified")
    read(table, START + 9, status="requires_input")
    assert due(table) == {"session#vs_1": START + HOUR}
    tell_known(table, "canceled")
    assert due(table) == {}

"""What an event or a read tells of a verification session."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.identity.receive_event import is_session_event
from countersign.identity.snapshot import Snapshot, is_ours
from countersign.stripe_api.events import MalformedEvent, StripeEvent, parse_event
from tests.support.clock import START
from tests.support.stripe_objects import (
    DEPLOYMENT,
    KINDS,
    erased,
    failure,
    identity_event,
    session_object,
    thin,
)
from tests.support.users import qualified
from tests.support.webhooks import payload_of


def event_of(body: dict[str, Any]) -> StripeEvent:
    return parse_event(payload_of(body))


def told(kind: str, **members: Any) -> Snapshot:
    return Snapshot.from_event(event_of(identity_event(kind, **members)))


@pytest.mark.parametrize(
    "type_",
    [
        "identity.verification_session.unheard_of",
        "identity.verification_session",
        "created",
        "xidentity.verification_session.created",
        "identity.verification_session.created.created",
        "identity.verification_report.verified",
    ],
)
def test_only_the_six_types_of_events_are_acted_on(type_: str) -> None:
    assert not is_session_event(event_of(identity_event("created") | {"type": type_}))
    assert all(is_session_event(event_of(identity_event(kind))) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_tells_the_status(kind: str) -> None:
    assert told(kind).status == ("requires_input" if kind == "created" else kind)


def test_an_event_tells_whose_session_it_is() -> None:
    snapshot = told("created", subject="user_7", slot="3.1")
    assert (snapshot.user, snapshot.attempt, snapshot.certain) == (qualified("user_7"), 3, True)
    assert told("created", subject="user_7", client_reference_id=None).user == qualified("user_7")


def test_a_redaction_names_no_user_and_no_error() -> None:
    snapshot = told("redacted", last_verification_report="vr_1")
    assert (snapshot.user, snapshot.attempt, snapshot.last_error) == (None, None, None)
    assert snapshot.mark is None


def test_a_redacted_session_has_no_error_even_where_stripe_leaves_one() -> None:
    redacted = session_object(last_error=failure(), redaction={"status": "redacted"})
    assert Snapshot.from_read(redacted, START).last_error is None
    body = identity_event("redacted")
    body["data"]["object"]["last_error"] = failure()
    assert Snapshot.from_event(event_of(body)).last_error is None


def test_the_events_of_one_second_are_in_the_order_of_a_check() -> None:
    orders = [told(kind, created=START).ord for kind in KINDS]
    assert orders == sorted(orders)


def test_a_status_that_is_new_at_stripe_is_kept() -> None:
    assert told("requires_input", status="under_review").status == "under_review"
    read = Snapshot.from_read(session_object(status="under_review"), START)
    assert read.status == "under_review"


def test_whatever_redaction_is_not_still_processing_is_over() -> None:
    for status in ("redacted", "validated", "a status that is new", None):
        session = session_object(status="verified", redaction={"status": status})
        assert Snapshot.from_read(session, START).status == "redacted"
        assert told("verified", redaction={"status": status}).status == "redacted"
    session = session_object(status="verified", redaction={"status": "processing"})
    assert Snapshot.from_read(session, START).status == "verified"


def test_a_state_that_was_read_because_of_a_thin_event_is_no_older_than_the_event() -> None:
    event = event_of(thin(identity_event("verified", created=START)))
    session = session_object(status="verified")
    place = told("verified", created=START).ord
    for not_before in (None, START - 9, START):  # the read's lower bound is a poor one
        found = Snapshot.from_thin(event, session, not_before)
        assert (found.status, found.ord[:12]) == ("verified", place[:12])
    assert Snapshot.from_thin(event, session, START + 1) == Snapshot.from_read(session, START + 1)


def test_a_redaction_is_final_at_its_event_even_if_a_read_does_not_show_it_yet() -> None:
    event = event_of(thin(identity_event("redacted")))
    session = session_object(status="verified", redaction={"status": "processing"})
    assert Snapshot.from_thin(event, session, START + 99).status == "redacted"


def test_an_error_code_that_is_new_at_stripe_is_kept() -> None:
    snapshot = told("requires_input", last_error=failure("something_new", "Because."))
    assert snapshot.last_error == {"code": "something_new", "message": "Because."}


@pytest.mark.parametrize(
    "error",
    [None, {}, {"code": None, "reason": None}, {"code": "", "reason": "x"}, {"code": 3},
     {"code": ["a"], "reason": "x"}, {"code": "c" * 65}],
)  # fmt: skip
def test_an_error_without_a_code_is_ignored(error: Any) -> None:
    assert told("requires_input", last_error=error).last_error is None


@pytest.mark.parametrize("reason", [None, "", 5, ["x"], "x" * 5000])
def test_an_error_may_lack_its_reason_and_a_long_one_is_cut(reason: Any) -> None:
    error = told("requires_input", last_error={"code": "abandoned", "reason": reason}).last_error
    assert error is not None
    assert error["code"] == "abandoned"
    assert isinstance(error["message"], str)
    assert len(error["message"]) == (300 if reason == "x" * 5000 else len(str(reason or "")))


@pytest.mark.parametrize("report", ["vr_9", {"id": "vr_9", "object": "verification_report"}])
def test_a_report_may_be_expanded(report: Any) -> None:
    assert told("verified", last_verification_report=report).report == "vr_9"
    assert (
        Snapshot.from_read(session_object(last_verification_report=report), START).report == "vr_9"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_that_ends_a_check_marks_it_with_its_time(kind: str) -> None:
    mark = f"vr_9:e{START + 5}" if kind in ("requires_input", "verified") else None
    assert told(kind, last_verification_report="vr_9", created=START + 5).mark == mark


def test_a_visit_that_ended_before_a_check_marks_none() -> None:
    error = failure("consent_declined")
    assert told("requires_input", last_verification_report=None, last_error=error).mark is None


@pytest.mark.parametrize(
    ("slot", "attempt"),
    [
        ("1.0", 1), ("12.3", 12), ("7", 7), ("999999999.0", 999_999_999),
        ("", None), (".", None), (".1", None), ("a.0", None), ("-1.0", None), ("+1.0", None),
        (" 1.0", None), ("1 .0", None), ("1e3.0", None), ("1_0.0", None), ("١.0", None),
        ("²", None), ("1" * 5000, None), (None, None),
    ],
)  # fmt: skip
def test_the_attempt_is_the_number_before_the_point_if_it_is_one(
    slot: str | None, attempt: int | None
) -> None:
    assert told("created", slot=slot).attempt == attempt


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", None), ("id", ""), ("id", 1), ("id", "vs 1"), ("id", "v" * 256), ("id", []),
        ("status", None), ("status", ""), ("status", 1), ("status", "s" * 65), ("status", {}),
        ("livemode", None), ("livemode", 1), ("livemode", "true"),
        ("created", None), ("created", "1"), ("created", True), ("created", 1.0),
        ("created", -1), ("created", 10**10), ("created", 10**300),
        ("client_reference_id", 1), ("client_reference_id", []), ("client_reference_id", {}),
        ("metadata", []), ("metadata", "x"), ("metadata", 1), ("metadata", {"a": 1}),
        ("metadata", {"countersign": DEPLOYMENT, "user_id": None}), ("metadata", {"a": {}}),
        ("last_error", "x"), ("last_error", []), ("last_error", 1), ("last_error", True),
        ("redaction", "redacted"), ("redaction", []), ("redaction", 1),
    ],
)  # fmt: skip
def test_an_object_of_another_shape_is_malformed(member: str, value: Any) -> None:
    body = identity_event("requires_input")
    body["data"]["object"][member] = value
    with pytest.raises(MalformedEvent):
        Snapshot.from_event(event_of(body))


@pytest.mark.parametrize(
    ("member", "required"),
    [
        *((name, True) for name in ("id", "status", "livemode", "created")),
        *((name, False) for name in ("client_reference_id", "metadata", "last_error", "redaction")),
    ],
)
def test_an_object_may_lack_what_not_every_session_has(member: str, required: bool) -> None:
    body = identity_event("requires_input")
    del body["data"]["object"][member]
    if required:
        with pytest.raises(MalformedEvent):
            Snapshot.from_event(event_of(body))
    else:
        assert Snapshot.from_event(event_of(body)).id == "vs_1"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(KINDS), st.sampled_from(list(session_object())), anything)
def test_any_member_of_any_kind_ends_in_a_snapshot_or_a_refusal(
    kind: str, member: str, value: Any
) -> None:
    body = identity_event(kind)
    body["data"]["object"][member] = value
    try:
        snapshot = Snapshot.from_event(event_of(body))
    except MalformedEvent:
        return
    assert isinstance(snapshot.status, str)
    assert snapshot.user is None or isinstance(snapshot.user, str)
    assert snapshot.last_error is None or set(snapshot.last_error) == {"code", "message"}


def test_a_read_stands_below_the_events_of_its_second() -> None:
    read = Snapshot.from_read(session_object(), START + 9)
    assert (
        told("created", created=START + 8).ord < read.ord < told("created", created=START + 9).ord
    )


def test_a_read_is_never_older_than_its_object() -> None:
    oldest = Snapshot.from_read(session_object(), None)
    assert Snapshot.from_read(session_object(), START - 50) == oldest
    assert oldest.ord < told("created").ord


@pytest.mark.parametrize(
    ("members", "permanence"),
    [
        ({"status": "verified"}, "0"),
        ({"status": "canceled"}, "1"),
        ({"status": "canceled", "redaction": {"status": "processing"}}, "1"),
        ({"status": "canceled", "redaction": {"status": "redacted"}}, "2"),
        ({"status": "verified", "redaction": {"status": "redacted"}}, "2"),
    ],
)
def test_a_read_knows_what_is_final(members: dict[str, Any], permanence: str) -> None:
    assert Snapshot.from_read(session_object(**members), START).ord[0] == permanence


def test_a_read_of_an_erased_session_names_no_user() -> None:
    snapshot = Snapshot.from_read(
        erased(session_object(status="verified", last_error=failure())), START
    )
    assert (snapshot.status, snapshot.user, snapshot.last_error) == ("redacted", None, None)


def test_a_read_marks_a_check_as_completed_before_it() -> None:
    snapshot = Snapshot.from_read(session_object(last_verification_report="vr_9"), START + 3)
    assert (snapshot.mark, snapshot.certain) == (f"vr_9:r{START + 3}", False)


def test_only_our_own_marker_makes_a_session_ours() -> None:
    assert is_ours(session_object(), DEPLOYMENT)
    assert not is_ours(session_object(deployment="another"), DEPLOYMENT)
    assert not is_ours(session_object(metadata={}), DEPLOYMENT)
    assert not is_ours(session_object(metadata=None), DEPLOYMENT)
    assert not is_ours({}, DEPLOYMENT)

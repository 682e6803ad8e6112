"""What the business itself may see: the list, and verified outputs."""

from typing import Any

import pytest

from countersign.identity.context import Context
from countersign.identity.list_sessions import SessionQuery, list_sessions
from countersign.identity.read_outputs import read_outputs
from countersign.identity.receive_event import receive_session_event
from countersign.stripe_api.events import parse_event
from tests.support.fake_stripe import FakeStripe
from tests.support.stripe_objects import erased, identity_event, session_object
from tests.support.visits import complete, hear, opened, refusal, stored
from tests.support.webhooks import payload_of


def sessions(context: Context, **query: Any) -> list[dict[str, Any]]:
    return list(list_sessions(context, SessionQuery(**query))["data"])


def ids(context: Context, **query: Any) -> list[str]:
    return [session["id"] for session in sessions(context, **query)]


def test_the_list_is_newest_first(context: Context) -> None:
    made = [opened(context, f"user_{number}")["id"] for number in range(4)]
    assert ids(context) == made[::-1]


def test_a_session_is_listed_as_its_owner_sees_it(context: Context, stripe: FakeStripe) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    second = opened(context)["id"]
    stripe.clock.advance(5)
    complete(context, stripe, second)
    listed = sessions(context)[0]
    assert listed == {
        "id": second,
        "status": "requires_input",
        "last_error": {"code": "document_expired", "message": "The document has expired."},
        "retryable": True,
        "attempt": 2,
        "livemode": False,
        "created": stored(context, second).created,
        "updated": stored(context, second).created + 5,
    }


def test_stripes_state_is_listed_and_not_what_is_stored(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    assert [session["status"] for session in sessions(context)] == ["processing"]


def test_a_session_that_is_not_stored_is_listed_too(context: Context, stripe: FakeStripe) -> None:
    stripe.sessions["vs_9"] = session_object("vs_9", slot="4.0", created=12345)
    (listed,) = sessions(context)
    assert (listed["attempt"], listed["updated"]) == (4, 12345)


@pytest.mark.parametrize("deployment", [None, "another"])
def test_what_is_not_ours_is_left_out(
    context: Context, stripe: FakeStripe, deployment: str | None
) -> None:
    stripe.sessions["vs_9"] = session_object("vs_9", deployment=deployment)
    own = opened(context)["id"]
    assert ids(context) == [own]


def test_a_redacted_session_of_somebody_else_is_left_out_though_its_end_is_noted(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.sessions["vs_1"] = erased(session_object(deployment=None, status="verified"))
    event = parse_event(payload_of(identity_event("redacted")))
    assert event is not None
    receive_session_event(context, event)
    assert stored(context, "vs_1").status == "redacted"
    assert ids(context) == []


def test_a_redacted_session_of_ours_is_listed_though_it_bears_no_mark(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    stripe.redact(first)
    second = opened(context)["id"]
    stripe.redact(second)
    stripe.finish_redaction(second)
    listed = sessions(context)
    assert [(entry["status"], entry["attempt"]) for entry in listed] == [
        ("redacted", 2), ("canceled", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "status", ["requires_input", "processing", "verified", "canceled", "redacted"]
)
def test_the_list_can_be_of_one_status(context: Context, stripe: FakeStripe, status: str) -> None:
    made = {
        name: opened(context, name)["id"]
        for name in ("requires_input", "processing", "verified", "canceled", "redacted")
    }
    for name in ("processing", "verified", "redacted"):
        stripe.submit(made[name])
    stripe.verify(made["verified"])
    stripe.verify(made["redacted"])
    stripe.cancel(made["canceled"])
    stripe.redact(made["redacted"])
    stripe.finish_redaction(made["redacted"])
    assert ids(context, status=status) == [made[status]]


def test_the_list_can_be_of_one_user(context: Context, stripe: FakeStripe) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    opened(context, "user_2")
    second = opened(context)["id"]
    assert ids(context, user_id="user_1") == [second, first]
    assert ids(context, user_id="user_3") == []


def test_the_cursor_leads_through_every_page(context: Context, stripe: FakeStripe) -> None:
    made = []
    for number in range(7):
        made.append(opened(context, f"user_{number}")["id"])
        foreign = f"vs_foreign_{number}"
        stripe.sessions[foreign] = session_object(foreign, deployment=None)
    seen: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = list_sessions(context, SessionQuery(limit=3, cursor=cursor))
        assert len(page["data"]) <= 3
        seen += [session["id"] for session in page["data"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert seen == made[::-1]
    assert pages == 5


def test_a_page_of_nothing_but_foreign_sessions_still_leads_on(
    context: Context, stripe: FakeStripe
) -> None:
    own = opened(context)["id"]
    for number in range(3):
        stripe.sessions[f"vs_f{number}"] = session_object(f"vs_f{number}", deployment=None)
    page = list_sessions(context, SessionQuery(limit=3))
    assert page["data"] == []
    assert page["next_cursor"] is not None
    assert ids(context, cursor=page["next_cursor"]) == [own]


def test_an_empty_list_has_no_cursor(context: Context) -> None:
    assert list_sessions(context, SessionQuery()) == {"data": [], "next_cursor": None}


def test_the_last_page_has_no_cursor_even_when_it_is_full(context: Context) -> None:
    for number in range(2):
        opened(context, f"user_{number}")
    assert list_sessions(context, SessionQuery(limit=2))["next_cursor"] is None


def test_a_cursor_that_stripe_does_not_know_is_refused(context: Context) -> None:
    problem = refusal(list_sessions, context, SessionQuery(cursor="vs_unknown"))
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert [error["pointer"] for error in problem.errors] == ["/cursor"]


def test_a_list_that_can_not_be_read_is_unavailable(context: Context, stripe: FakeStripe) -> None:
    stripe.fails("list", "down")
    assert refusal(list_sessions, context, SessionQuery()).code == "stripe_unavailable"


def test_no_secret_is_listed(context: Context, stripe: FakeStripe) -> None:
    opened(context)
    text = str(list_sessions(context, SessionQuery()))
    assert not [secret for secret in stripe.minted if secret in text]


def test_verified_outputs_are_read_from_stripe_and_not_stored(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    stripe.verify(session_id)
    hear(context, stripe)
    before = stored(context, session_id)
    assert read_outputs(context, before) == {"first_name": "Jenny", "last_name": "Rosen"}
    assert stored(context, session_id) == before


@pytest.mark.parametrize("state", ["requires_input", "processing", "canceled", "redacted"])
def test_there_are_no_outputs_unless_the_session_is_verified(
    context: Context, stripe: FakeStripe, state: str
) -> None:
    session_id = opened(context)["id"]
    if state in ("processing", "redacted"):
        stripe.submit(session_id)
    if state == "canceled":
        stripe.cancel(session_id)
    if state == "redacted":
        stripe.verify(session_id)
        stripe.redact(session_id)
        assert refusal(read_outputs, context, stored(context, session_id)).code == "not_verified"
        stripe.finish_redaction(session_id)
    problem = refusal(read_outputs, context, stored(context, session_id))
    assert (problem.status, problem.code) == (409, "not_verified")


def test_outputs_of_a_session_that_is_gone_at_stripe_can_not_be_found(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.forget(session_id)
    problem = refusal(read_outputs, context, stored(context, session_id))
    assert 400 <= problem.status < 500

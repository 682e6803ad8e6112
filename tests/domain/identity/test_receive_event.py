"""Which events are acted on, and what happens to those of a session that is not stored yet."""

from typing import Any

import pytest

from countersign.identity.context import Context
from countersign.identity.receive_event import receive_session_event
from countersign.identity.session import session_key
from countersign.identity.store import load
from countersign.problems import Unavailable
from countersign.stripe_api.events import MalformedEvent, parse_event
from tests.support.fake_stripe import FakeStripe
from tests.support.stripe_objects import (
    KINDS,
    Object,
    erased,
    identity_event,
    session_object,
)
from tests.support.visits import hear, opened, stored
from tests.support.webhooks import payload_of


def receive(context: Context, body: Object) -> str:
    event = parse_event(payload_of(body))
    assert event is not None
    return receive_session_event(context, event)


def exists_at_stripe(stripe: FakeStripe, **members: Any) -> None:
    session = session_object(**members)
    stripe.sessions[session["id"]] = session


def test_a_known_session_needs_nothing_of_stripe(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    calls = list(stripe.calls)
    hear(context, stripe)
    assert stripe.calls == calls
    assert stored(context, session_id).status == "processing"


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_a_connected_account_is_ignored(
    context: Context, stripe: FakeStripe, kind: str
) -> None:
    exists_at_stripe(stripe)
    assert receive(context, identity_event(kind, account="acct_1")) == "ignored"
    assert load(context.table, "vs_1") is None
    assert stripe.calls == []


def test_an_event_of_a_connected_account_changes_no_known_session_either(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    before = stored(context, session_id)
    forged = identity_event("verified", session_id, account="acct_1", created=2_000_000_000)
    assert receive(context, forged) == "ignored"
    assert stored(context, session_id) == before


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "redacted"])
@pytest.mark.parametrize("deployment", [None, "another-deployment"])
def test_a_session_without_our_marker_is_ignored(
    context: Context, stripe: FakeStripe, kind: str, deployment: str | None
) -> None:
    exists_at_stripe(stripe, deployment=deployment)
    assert receive(context, identity_event(kind, deployment=deployment)) == "ignored"
    assert load(context.table, "vs_1") is None
    assert stripe.calls == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "redacted"])
def test_an_unknown_session_is_stored_once_stripe_confirms_it(
    context: Context, stripe: FakeStripe, kind: str
) -> None:
    exists_at_stripe(stripe)
    assert receive(context, identity_event(kind)) == "applied"
    assert stored(context, "vs_1").user == "user_1"
    assert stripe.calls == ["retrieve"]
    assert receive(context, identity_event(kind)) == "duplicate"
    assert stripe.calls == ["retrieve"]


def test_an_unknown_session_that_stripe_does_not_know_is_ignored(context: Context) -> None:
    assert receive(context, identity_event("verified")) == "ignored"
    assert load(context.table, "vs_1") is None


def test_an_unknown_session_is_believed_by_what_stripe_says_and_not_by_its_event(
    context: Context, stripe: FakeStripe
) -> None:
    exists_at_stripe(stripe, deployment="another-deployment")
    assert receive(context, identity_event("verified")) == "ignored"
    assert load(context.table, "vs_1") is None


def test_an_unknown_session_that_can_not_be_confirmed_now_is_sent_again(
    context: Context, stripe: FakeStripe
) -> None:
    exists_at_stripe(stripe)
    stripe.fails("retrieve", "down")
    with pytest.raises(Unavailable) as problem:
        receive(context, identity_event("verified"))
    assert problem.value.code == "stripe_unavailable"
    assert load(context.table, "vs_1") is None
    assert receive(context, identity_event("verified")) == "applied"


def test_a_late_event_of_a_session_that_stripe_has_erased_since_is_stored(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.sessions["vs_1"] = erased(session_object(status="verified"))
    assert receive(context, identity_event("verified")) == "applied"
    assert receive(context, identity_event("redacted")) == "applied"
    session = stored(context, "vs_1")
    assert (session.status, session.user) == ("redacted", "user_1")


def test_a_redaction_of_an_unknown_session_leaves_a_tombstone_without_asking(
    context: Context, stripe: FakeStripe
) -> None:
    assert receive(context, identity_event("redacted")) == "applied"
    assert stored(context, "vs_1").status == "redacted"
    assert stored(context, "vs_1").user is None
    assert stripe.calls == []
    assert receive(context, identity_event("verified")) == "superseded"
    assert stored(context, "vs_1").status == "redacted"
    assert stored(context, "vs_1").user == "user_1"


def test_an_erased_event_of_a_known_session_still_counts(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    body = identity_event("verified", session_id, created=2_000_000_000)
    body["data"]["object"] |= {"metadata": {}, "client_reference_id": None}
    assert receive(context, body) == "applied"
    session = stored(context, session_id)
    assert (session.status, session.user) == ("verified", "user_1")


def test_an_event_without_our_marker_names_no_owner_of_a_tombstone(context: Context) -> None:
    receive(context, identity_event("redacted"))
    receive(context, identity_event("verified", deployment=None, user="somebody"))
    assert stored(context, "vs_1").user is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_that_is_no_session_is_malformed_and_stores_nothing(
    context: Context, kind: str
) -> None:
    body = identity_event(kind)
    body["data"]["object"] = {"id": "vs_1"}
    with pytest.raises(MalformedEvent):
        receive(context, body)
    assert load(context.table, "vs_1") is None


def test_what_a_session_hides_is_not_stored(context: Context, stripe: FakeStripe) -> None:
    exists_at_stripe(stripe)
    secrets = {"client_secret": "vs_1_secret_canary", "url": "https://canary.example"}
    receive(context, identity_event("verified", provided_details={"email": "canary"}, **secrets))
    assert "canary" not in str(context.table.get(session_key("vs_1")))

"""Which events are acted on, and what happens to those of a session that is not stored yet."""

from typing import Any

import pytest

from countersign.identity import store
from countersign.identity.session import session_key
from countersign.problems import Unavailable
from countersign.stripe_api.events import MalformedEvent
from tests.support.stripe_objects import KINDS, erased, identity_event, session_object
from tests.support.visits import USER, World

LATE = 2_000_000_000
LASTING = [kind for kind in KINDS if kind != "redacted"]


def exists_at_stripe(world: World, **members: Any) -> None:
    session = session_object(**members)
    world.stripe.sessions[session["id"]] = session


def is_stored(world: World) -> bool:
    return store.load(world.context.table, "vs_1") is not None


def test_an_event_of_a_stored_session_asks_nothing_of_stripe(world: World) -> None:
    session_id = world.open()
    world.stripe.submit(session_id)
    calls = list(world.stripe.calls)
    world.hear()
    assert world.stripe.calls == calls
    assert world.stored(session_id).status == "processing"


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_a_connected_account_is_ignored(world: World, kind: str) -> None:
    exists_at_stripe(world)
    assert world.receive(identity_event(kind, account="acct_1")) == "ignored"
    assert not is_stored(world)
    assert world.stripe.calls == []
    session_id = world.open()
    before = world.stored(session_id)
    forged = identity_event(kind, session_id, account="acct_1", created=LATE)
    assert world.receive(forged) == "ignored"
    assert world.stored(session_id) == before


@pytest.mark.parametrize("kind", LASTING)
@pytest.mark.parametrize("deployment", [None, "another-deployment"])
def test_a_session_without_our_marker_is_ignored(
    world: World, kind: str, deployment: str | None
) -> None:
    exists_at_stripe(world, deployment=deployment)
    assert world.receive(identity_event(kind, deployment=deployment)) == "ignored"
    assert not is_stored(world)
    assert world.stripe.calls == []


@pytest.mark.parametrize("kind", LASTING)
def test_an_unknown_session_is_stored_once_stripe_confirms_it(world: World, kind: str) -> None:
    exists_at_stripe(world)
    assert world.receive(identity_event(kind)) == "applied"
    assert world.stored("vs_1").user == USER
    assert world.stripe.calls == ["retrieve"]
    assert world.receive(identity_event(kind)) == "duplicate"
    assert world.stripe.calls == ["retrieve"]


@pytest.mark.parametrize("members", [None, {"deployment": "another-deployment"}])
def test_an_unknown_session_that_stripe_does_not_confirm_is_ignored(
    world: World, members: dict[str, str] | None
) -> None:
    if members:
        exists_at_stripe(world, **members)
    assert world.receive(identity_event("verified")) == "ignored"
    assert not is_stored(world)


def test_an_event_that_stripe_cannot_confirm_now_is_sent_again(world: World) -> None:
    exists_at_stripe(world)
    world.stripe.fails("retrieve", "down")
    with pytest.raises(Unavailable, match="stripe_unavailable"):
        world.receive(identity_event("verified"))
    assert not is_stored(world)
    assert world.receive(identity_event("verified")) == "applied"


def test_a_late_event_of_a_session_that_stripe_has_erased_is_stored(world: World) -> None:
    world.stripe.sessions["vs_1"] = erased(session_object(status="verified"))
    assert world.receive(identity_event("verified")) == "applied"
    assert world.receive(identity_event("redacted")) == "applied"
    assert (world.stored("vs_1").status, world.stored("vs_1").user) == ("redacted", USER)


def test_a_redaction_of_an_unknown_session_leaves_a_tombstone(world: World) -> None:
    assert world.receive(identity_event("redacted")) == "applied"
    assert (world.stored("vs_1").status, world.stored("vs_1").user) == ("redacted", None)
    assert world.stripe.calls == []
    unmarked = identity_event("requires_input", deployment=None, subject="somebody")
    assert world.receive(unmarked) == "superseded"
    assert world.stored("vs_1").user is None
    assert world.receive(identity_event("verified")) == "superseded"
    assert (world.stored("vs_1").status, world.stored("vs_1").user) == ("redacted", USER)


def test_an_erased_event_of_a_stored_session_counts(world: World) -> None:
    session_id = world.open()
    body = identity_event("verified", session_id, created=LATE)
    body["data"]["object"] |= {"metadata": {}, "client_reference_id": None}
    assert world.receive(body) == "applied"
    session = world.stored(session_id)
    assert (session.status, session.user) == ("verified", USER)


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_that_is_not_a_session_is_malformed(world: World, kind: str) -> None:
    body = identity_event(kind)
    body["data"]["object"] = {"id": "vs_1"}
    with pytest.raises(MalformedEvent):
        world.receive(body)
    assert not is_stored(world)


def test_secrets_in_an_event_are_not_stored(world: World) -> None:
    exists_at_stripe(world)
    secrets = {"client_secret": "vs_1_secret_canary", "url": "https://canary.example"}
    world.receive(identity_event("verified", provided_details={"email": "canary"}, **secrets))
    assert "canary" not in str(world.context.table.get(session_key("vs_1")))

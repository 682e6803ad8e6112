"""`POST /webhook`: what becomes of an event."""

import json
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import SESSIONS, Bundle
from tests.support.gateway import Caller, LambdaContext
from tests.support.logs import Log
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import (
    KINDS,
    identity_event,
    session_marks,
    session_object,
    stripe_event,
    thin,
)
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, payload_of, signature, webhook
from tools.functions import load_function

LIMIT = 1024 * 1024
Object = dict[str, Any]


def test_an_event_is_applied_then_known_then_too_old(
    bundle: Bundle, user: str, session_id: str, event: Object
) -> None:
    answer = bundle.receive(webhook(event))
    assert (answer.status, answer.json) == (200, {"received": True, "outcome": "applied"})
    assert answer.headers["content-type"] == "application/json"
    assert bundle.view(user, session_id)["status"] == "verified"
    assert bundle.tell(event) == "duplicate"
    earlier = bundle.events_of(session_id)[0]
    assert earlier["type"].endswith("created")
    assert bundle.tell(earlier) == "superseded"
    assert bundle.view(user, session_id)["status"] == "verified"


def test_an_event_of_a_stored_session_is_one_write_and_asks_nothing_of_stripe(
    bundle: Bundle, session_id: str, event: Object
) -> None:
    asked = len(bundle.stripe.requests())
    before = bundle.items()[f"session#{session_id}"]["rev"]
    bundle.tell(event)
    assert len(bundle.stripe.requests()) == asked
    assert bundle.items()[f"session#{session_id}"]["rev"] == before + 1


def test_the_events_of_a_session_end_in_the_same_state_in_any_order(
    bundle: Bundle, user: str, session_id: str
) -> None:
    bundle.stripe.outcome(session_id, "document_expired")
    events = bundle.events_of(session_id)
    kinds = [event["type"].rpartition(".")[2] for event in events]
    assert kinds == ["created", "processing", "requires_input"]
    for event in reversed(events * 2):
        bundle.tell(event)
    shown = bundle.view(user, session_id)
    assert (shown["status"], shown["last_error"]["code"]) == ("requires_input", "document_expired")


@pytest.mark.parametrize("name", ["stripe-signature", "Stripe-Signature", "STRIPE-SIGNATURE"])
@pytest.mark.parametrize("encoded", [True, False])
def test_header_names_and_base64_do_not_matter(
    bundle: Bundle, event: Object, name: str, encoded: bool
) -> None:
    event["data"]["object"]["metadata"]["name"] = "Zoë 山田 😀"
    assert bundle.tell(event, name=name, encoded=encoded) == "applied"


EVENT = stripe_event("verified", session_object())
NO_EVENTS: list[Any] = [
    b"", b"{", b"[{}]", b"null", b"{}", b"\xff\xfe", b'{"id": "\xff"}', b"[" * 100_000, b"9" * 5_000,
    EVENT | {"data": {}}, EVENT | {"object": "charge"}, EVENT | {"created": True},
    stripe_event("verified", {}), stripe_event("verified", session_object(status=7)),
]  # fmt: skip


def test_a_signed_body_that_is_not_an_event_is_refused(
    bundle: Bundle, subtests: pytest.Subtests
) -> None:
    for body in NO_EVENTS:
        with subtests.test(body=str(body)[:60]):
            assert_problem(bundle.receive(webhook(body, encoded=True)), 400, "invalid_payload")
    assert bundle.items() == {}


def test_the_largest_body_is_read_and_a_larger_one_is_not(bundle: Bundle, event: Object) -> None:
    payload = json.dumps(event).encode()
    largest = payload[:-1] + b" " * (LIMIT - len(payload)) + b"}"
    assert len(largest) == LIMIT
    for encoded in (True, False):
        answer = bundle.receive(webhook(largest + b" ", encoded=encoded))
        assert_problem(answer, 413, "payload_too_large")
        assert bundle.tell(largest, encoded=encoded) in ("applied", "duplicate")


@pytest.mark.parametrize(
    "type_",
    ["customer.created", "identity.verification_session.unheard_of", "é" * 255, "\ud800"],
)
def test_an_event_of_another_type_is_ignored(bundle: Bundle, type_: str) -> None:
    body = json.dumps(identity_event("created") | {"type": type_}).encode()
    assert bundle.tell(body) == "ignored"
    assert bundle.items() == {}


def test_a_thin_event_of_a_session_leads_to_a_read_of_it(
    bundle: Bundle, user: str, session_id: str, event: Object
) -> None:
    path = f"/v1/identity/verification_sessions/{session_id}"
    bundle.stripe.fault(path=path, status=503, times=2)
    assert_problem(bundle.receive(webhook(thin(event))), 503, "stripe_unavailable")
    assert bundle.tell(thin(event)) == "applied"
    assert bundle.view(user, session_id)["status"] == "verified"
    seen = bundle.items()
    assert bundle.tell(thin(event)) in ("duplicate", "superseded")
    assert bundle.tell(event) in ("applied", "superseded")
    stored = f"session#{session_id}"
    same = ("status", "last_error", "user", "attempt", "created")
    assert [bundle.items()[stored][name] for name in same] == [seen[stored][name] for name in same]
    assert "client_secret" not in bundle.everything_stored()


UNREAD = thin(identity_event("verified"))


@pytest.mark.parametrize(
    "body",
    [
        UNREAD | {"related_object": None},
        UNREAD | {"related_object": {"id": "vs_nobodys", "type": "x", "url": "/v1/x"}},
        UNREAD | {"type": "v1.identity.verification_session.unheard_of"},
        UNREAD | {"type": "v2.core.account.updated", "related_object": "acct_1"},
        UNREAD | {"type": "v1.account.application.deauthorized"},
    ],
    ids=range(5),
)
def test_a_thin_event_that_nothing_can_be_done_with_is_told(
    bundle: Bundle, log: Log, body: Object
) -> None:
    assert bundle.tell(body) == "ignored"
    assert bundle.items() == {}
    assert log.metrics() == {"EventReceived": 1, "UnusableEvent": 1}
    (warning,) = [entry for entry in log.entries() if entry.get("level") == "WARNING" and "event" in entry]  # fmt: skip
    assert (warning["event"], warning["type"]) == (body["id"], body["type"].removeprefix("v1."))


@pytest.mark.parametrize(
    "members",
    [{"type": "v2.core.event_destination.ping"}, {"livemode": True}, {"context": "acct_1"}],
)
def test_a_thin_event_that_is_not_ours_to_act_on_is_ignored_in_silence(
    bundle: Bundle, log: Log, session_id: str, members: Object
) -> None:
    asked, before = len(bundle.stripe.requests()), bundle.items()
    body = thin(identity_event("verified", session_id)) | members
    assert bundle.tell(body, CONNECT_SECRET) == "ignored"
    assert (len(bundle.stripe.requests()), bundle.items()) == (asked, before)
    assert log.metrics() == {"EventReceived": 1}


def test_an_event_that_names_an_account_in_the_old_way_is_of_that_account(
    bundle: Bundle, session_id: str
) -> None:
    before = bundle.items()
    old = identity_event("verified", session_id, created=4_000_000_000) | {"user_id": "acct_1"}
    assert bundle.tell(old, CONNECT_SECRET) == "ignored"
    assert bundle.items() == before


@pytest.mark.parametrize("form", ["{t}, {v1}", " {t},{v1} ", "{t},{v1},", "{t} ,\t{v1} , "])
def test_a_signature_header_as_proxies_rewrite_it_is_genuine(
    bundle: Bundle, event: Object, form: str
) -> None:
    time, _, made = signature(payload_of(event)).partition(",")
    assert bundle.tell(event, header=form.format(t=time, v1=made)) == "applied"


@pytest.mark.parametrize(
    ("members", "secret"),
    [({"livemode": True}, ACCOUNT_SECRET), ({"account": "acct_1"}, CONNECT_SECRET)],
)
def test_an_event_of_the_other_mode_or_of_a_connected_account_is_ignored(
    bundle: Bundle, session_id: str, members: Object, secret: str
) -> None:
    before = bundle.items()
    bodies = [identity_event(kind, session_id, created=4_000_000_000, **members) for kind in KINDS]
    outcomes = {body["type"]: bundle.tell(body, secret) for body in bodies}
    assert outcomes == dict.fromkeys(outcomes, "ignored")
    assert bundle.items() == before


@pytest.mark.parametrize("metadata", [{}, {"countersign": "another"}])
def test_a_session_that_is_not_ours_is_ignored(bundle: Bundle, user: str, metadata: Any) -> None:
    foreign = bundle.stripe.create(client_reference_id=user, metadata=metadata).id
    bundle.stripe.outcome(foreign, "verified")
    assert set(bundle.hear(foreign)) == {"ignored"}
    assert bundle.items() == {}


def test_a_session_that_stripe_does_not_know_is_ignored(bundle: Bundle) -> None:
    assert bundle.tell(identity_event("verified", "vs_forged")) == "ignored"
    assert bundle.items() == {}


def test_a_session_of_ours_that_is_not_stored_is_retrieved_and_stored(
    bundle: Bundle, user: str
) -> None:
    lost = bundle.stripe.create(client_reference_id=user, metadata=session_marks(user)).id
    assert bundle.hear(lost) == ["applied"]
    assert bundle.view(user, lost)["status"] == "requires_input"


def test_a_redaction_that_comes_first_leaves_a_tombstone(
    bundle: Bundle, dynamodb_client: QuickDynamoDB, user: str, session_id: str
) -> None:
    bundle.stripe.outcome(session_id, "verified")
    early = bundle.events_of(session_id)
    bundle.user(user).post(f"{SESSIONS}/{session_id}/redact")
    bundle.redacted(session_id)
    del dynamodb_client.rows[f"session#{session_id}"]
    assert bundle.tell(bundle.events_of(session_id)[-1]) == "applied"
    assert bundle.user(user).get(f"{SESSIONS}/{session_id}").status == 404
    assert [bundle.tell(event) for event in early] == ["superseded"] * len(early)
    assert bundle.view(user, session_id)["status"] == "redacted"


def test_an_event_is_logged_by_its_id_and_outcome_alone(
    bundle: Bundle, user: str, session_id: str, event: Object, log: Log
) -> None:
    bundle.tell(event)
    (entry,) = (line for line in log.entries() if "level" in line)
    assert log.metrics() == {"EventReceived": 1}
    assert (entry["event"], entry["outcome"]) == (event["id"], "applied")
    assert user not in log.text()


def test_half_a_character_in_a_signed_event_breaks_nothing(
    bundle: Bundle, session_id: str, event: Object
) -> None:
    text = json.dumps(event)
    for member in ("status", "client_reference_id", "type"):
        value = json.dumps(event["data"]["object"].get(member) or event[member])
        broken = text.replace(f'"{member}": {value}', f'"{member}": "\\ud800"')
        assert broken != text, member
        answer = bundle.receive(webhook(broken.encode()))
        assert answer.status in (200, 400), member


def test_the_webhook_needs_no_token_and_little_time(bundle: Bundle, event: Object) -> None:
    hurried = Caller(load_function("webhook_receipt").handler)
    hurried.context = LambdaContext(milliseconds=2_000)
    assert hurried.send(webhook(event)).status == 200

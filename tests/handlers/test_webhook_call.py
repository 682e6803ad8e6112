"""`POST /webhook`: every answer of the contract's table."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.handlers.test_conventions import is_problem
from tests.support.bundle import SESSIONS, Bundle
from tests.support.gateway import Caller, LambdaContext, http_event
from tests.support.logs import Log
from tests.support.processes import forget_settings, load_function
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import put_secret
from tests.support.stripe_objects import KINDS, identity_event, session_object, stripe_event
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, signature, webhook

LIMIT = 1024 * 1024
Object = dict[str, Any]


@pytest.fixture
def session_id(bundle: Bundle, user: str) -> str:
    return bundle.open(user)


@pytest.fixture
def event(bundle: Bundle, session_id: str) -> Object:
    """A genuine event that changes the session: it is verified."""
    bundle.stripe.outcome(session_id, "verified")
    found = bundle.events_of(session_id)[-1]
    assert found["type"].endswith("verified")
    return found


def test_an_event_is_applied_then_known_then_too_old(
    bundle: Bundle, user: str, session_id: str, event: Object
) -> None:
    assert bundle.tell(event) == "applied"
    assert bundle.view(user, session_id)["status"] == "verified"
    assert bundle.tell(event) == "duplicate"
    earlier = bundle.events_of(session_id)[0]
    assert earlier["type"].endswith("created")
    assert bundle.tell(earlier) == "superseded"
    assert bundle.view(user, session_id)["status"] == "verified"


def test_the_answer_has_the_contracts_form(bundle: Bundle, event: Object) -> None:
    answer = bundle.receive(webhook(event))
    assert (answer.status, answer.json) == (200, {"received": True, "outcome": "applied"})
    assert answer.headers["content-type"] == "application/json"


def test_a_stored_session_costs_stripe_nothing_and_is_one_write(
    bundle: Bundle, session_id: str, event: Object
) -> None:
    asked = len(bundle.stripe.requests())
    before = bundle.items()[f"session#{session_id}"]["rev"]
    bundle.tell(event)
    assert len(bundle.stripe.requests()) == asked + 0
    assert bundle.items()[f"session#{session_id}"]["rev"] == before + 1


def test_all_events_of_a_session_in_any_order_end_in_the_same(
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


@pytest.mark.parametrize("secret", [ACCOUNT_SECRET, CONNECT_SECRET])
def test_every_configured_secret_signs(bundle: Bundle, event: Object, secret: str) -> None:
    assert bundle.tell(event, secret) == "applied"


@pytest.mark.parametrize("name", ["stripe-signature", "Stripe-Signature", "STRIPE-SIGNATURE"])
@pytest.mark.parametrize("encoded", [True, False])
def test_header_names_and_base64_do_not_matter(
    bundle: Bundle, event: Object, name: str, encoded: bool
) -> None:
    event["data"]["object"]["metadata"]["name"] = "Zoë 山田 😀"
    assert bundle.tell(event, name=name, encoded=encoded) == "applied"


@pytest.mark.parametrize("off", [-295, 295])
def test_a_signature_of_the_last_or_next_minutes_is_fresh(
    bundle: Bundle, event: Object, off: int
) -> None:
    assert bundle.tell(event, at=time.time() + off) == "applied"


FORGED: list[Callable[[bytes], str]] = [
    lambda _: "",
    lambda _: "nonsense",
    lambda _: "t=,v1=",
    lambda payload: signature(payload, "whsec_of_somebody_else"),
    lambda payload: signature(payload, ""),
    lambda payload: signature(payload, " "),
    lambda payload: signature(payload + b" "),
    lambda payload: signature(payload, at=time.time() - 310),
    lambda payload: signature(payload, at=time.time() + 310),
    lambda payload: signature(payload).replace("v1=", "v0="),
    lambda payload: signature(payload).partition(",")[2],
    lambda payload: "t=1," + signature(payload),
    lambda payload: signature(payload).replace(",", ", "),
    lambda payload: signature(payload).upper(),
    lambda payload: signature(payload)[:-1] + "é",
    lambda payload: signature(payload) + "\u0663",
    lambda payload: signature(payload) + ",v1=" + "a" * 10_000,
]


@pytest.mark.parametrize("forge", FORGED, ids=range(len(FORGED)))
def test_what_stripe_did_not_sign_just_now_is_refused(
    bundle: Bundle, event: Object, log: Log, forge: Callable[[bytes], str]
) -> None:
    before = bundle.items()
    forged = forge(json.dumps(event, indent=2, ensure_ascii=False).encode())
    is_problem(bundle.receive(webhook(event, header=forged)), 400, "invalid_signature")
    assert bundle.items() == before
    assert log.metrics() == {"InvalidSignature": 1}


def test_a_missing_header_is_refused(bundle: Bundle) -> None:
    answer = bundle.receive(http_event("POST", "/webhook", body="{}"))
    is_problem(answer, 400, "invalid_signature")
    is_problem(bundle.receive(http_event("POST", "/webhook")), 400, "invalid_signature")


def test_one_good_signature_among_many_is_enough(bundle: Bundle, event: Object) -> None:
    payload = json.dumps(event, indent=2, ensure_ascii=False).encode()
    many = signature(payload, "whsec_old") + "," + signature(payload).partition(",")[2]
    answer = bundle.receive(webhook(event, header=many))
    assert answer.json["outcome"] == "applied"


NO_EVENTS: list[Any] = [
    b"", b" ", b"{", b"[]", b"[{}]", b"42", b"null", b"true", b'"evt_1"', b"{}", b"NaN",
    b"\xff\xfe", b'{"id": "\xff"}', b"[" * 100_000, b"9" * 5_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    stripe_event("verified", session_object()) | {"data": {}},
    stripe_event("verified", session_object()) | {"data": {"object": None}},
    stripe_event("verified", session_object()) | {"data": []},
    stripe_event("verified", session_object()) | {"object": "charge"},
    stripe_event("verified", session_object()) | {"id": 5},
    stripe_event("verified", session_object()) | {"created": True},
    stripe_event("verified", session_object()) | {"created": 10**40},
    stripe_event("verified", session_object()) | {"livemode": 0},
    stripe_event("verified", session_object()) | {"account": {}},
    stripe_event("verified", {"id": "vs_1"}),
    stripe_event("verified", {}),
    stripe_event("verified", session_object(status=7)),
    stripe_event("verified", session_object(metadata=[])),
    stripe_event("verified", session_object(metadata={"a": 1})),
    stripe_event("verified", session_object(last_error="x")),
    stripe_event("verified", session_object(client_reference_id=5)),
]  # fmt: skip


@pytest.mark.parametrize("body", NO_EVENTS, ids=range(len(NO_EVENTS)))
def test_what_is_signed_but_no_event_is_refused(bundle: Bundle, body: Any) -> None:
    is_problem(bundle.receive(webhook(body, encoded=True)), 400, "invalid_payload")
    assert bundle.items() == {}


def test_the_largest_body_is_read_and_a_larger_one_is_not(bundle: Bundle, event: Object) -> None:
    payload = json.dumps(event).encode()
    largest = payload[:-1] + b" " * (LIMIT - len(payload)) + b"}"
    assert len(largest) == LIMIT
    for encoded in (True, False):
        answer = bundle.receive(webhook(largest + b" ", encoded=encoded))
        is_problem(answer, 413, "payload_too_large")
        assert bundle.tell(largest, encoded=encoded) in ("applied", "duplicate")


@pytest.mark.parametrize(
    "type_",
    ["customer.created", "identity.verification_session.unheard_of", "payment_intent.succeeded",
     "identity.verification_report.verified", "ping", "v1.identity.verification_session.verified",
     "é" * 255, "\ud800"],
)  # fmt: skip
def test_an_event_of_another_type_is_ignored(bundle: Bundle, type_: str) -> None:
    body = json.dumps(identity_event("created") | {"type": type_}).encode()
    assert bundle.tell(body) == "ignored"
    assert bundle.items() == {}


def test_a_thin_event_is_ignored(bundle: Bundle) -> None:
    thin = {"id": "evt_1", "object": "v2.core.event", "created": "2026-11-22T04:00:00.000Z"}
    assert bundle.tell(thin | {"type": "v1.identity.verification_session.verified"}) == "ignored"


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_the_other_mode_is_ignored(bundle: Bundle, session_id: str, kind: str) -> None:
    before = bundle.items()
    body = identity_event(kind, session_id, created=4_000_000_000, livemode=True)
    assert bundle.tell(body) == "ignored"
    assert bundle.items() == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_a_connected_account_is_ignored(
    bundle: Bundle, session_id: str, kind: str
) -> None:
    before = bundle.items()
    body = identity_event(kind, session_id, created=4_000_000_000, account="acct_1")
    assert bundle.tell(body, CONNECT_SECRET) == "ignored"
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


def test_a_session_of_ours_that_is_not_stored_is_asked_for_and_stored(
    bundle: Bundle, user: str
) -> None:
    marks = {"countersign": "countersign-test", "countersign_slot": "1.0", "user_id": user}
    lost = bundle.stripe.create(client_reference_id=user, metadata=marks).id
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


def test_a_stripe_that_can_not_confirm_has_the_event_sent_again(bundle: Bundle, user: str) -> None:
    marks = {"countersign": "countersign-test", "countersign_slot": "1.0", "user_id": user}
    lost = bundle.stripe.create(client_reference_id=user, metadata=marks).id
    path = f"/v1/identity/verification_sessions/{lost}"
    for status in (500, 503, 429):
        bundle.stripe.fault(path=path, status=status, times=2)
        (event,) = bundle.events_of(lost)
        answer = bundle.receive(webhook(event))
        is_problem(answer, 503, "stripe_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        bundle.stripe.fault(path=path, times=0)
        assert bundle.items() == {}
    assert bundle.tell(event) == "applied"


def test_a_storage_that_is_down_has_the_event_sent_again(
    bundle: Bundle, deployed_with: Any, event: Object
) -> None:
    deployed_with(IDENTITY_TABLE="no-such-table")
    is_problem(bundle.receive(webhook(event)), 503, "storage_unavailable")
    deployed_with(IDENTITY_TABLE="identity")
    assert bundle.tell(event) == "applied"


def test_a_secret_that_was_rolled_is_picked_up(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object
) -> None:
    both = {"STRIPE_SECRET_KEY": "sk_test_local", "STRIPE_WEBHOOK_SECRETS": "whsec_old"}
    monkeypatch.setenv("STRIPE_SECRET", put_secret("rolled", **both))
    forget_settings()
    assert bundle.tell(event, "whsec_old") == "applied"
    put_secret("rolled", **(both | {"STRIPE_WEBHOOK_SECRETS": "whsec_new,whsec_old"}))
    # Not looked for again within the minute.
    is_problem(bundle.receive(webhook(event, "whsec_new")), 400, "invalid_signature")
    from countersign import secrets
    from tests.support.clock import Clock

    monkeypatch.setattr(secrets, "time", Clock(time.monotonic() + secrets.REFRESH))
    assert bundle.tell(event, "whsec_new") == "duplicate"
    assert bundle.tell(event, "whsec_old") == "duplicate"


@pytest.mark.parametrize("webhooks", ["", " , ", ","])
def test_without_a_signing_secret_nothing_is_believed(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object, webhooks: str
) -> None:
    arn = put_secret("blank", STRIPE_SECRET_KEY="sk_test_1", STRIPE_WEBHOOK_SECRETS=webhooks)
    monkeypatch.setenv("STRIPE_SECRET", arn)
    forget_settings()
    for secret in ("", " ", ACCOUNT_SECRET):
        is_problem(bundle.receive(webhook(event, secret)), 503, "secrets_unavailable")


def test_a_live_deployment_with_the_secrets_of_a_local_run_believes_nothing(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object
) -> None:
    secret = "whsec_local_account"
    arn = put_secret("live", STRIPE_SECRET_KEY="sk_live_1", STRIPE_WEBHOOK_SECRETS=secret)
    monkeypatch.setenv("STRIPE_SECRET", arn)
    forget_settings()
    is_problem(bundle.receive(webhook(event, secret)), 503, "secrets_unavailable")


def test_an_event_is_logged_by_its_id_and_outcome_alone(
    bundle: Bundle, user: str, session_id: str, event: Object, log: Log
) -> None:
    bundle.tell(event)
    (entry,) = log.entries()
    assert (entry["event"], entry["outcome"]) == (event["id"], "applied")
    assert user not in log.text()


def test_half_a_character_in_a_signed_event_is_no_failure_of_ours(
    bundle: Bundle, session_id: str, event: Object
) -> None:
    text = json.dumps(event)
    for member in ("status", "client_reference_id", "type"):
        value = json.dumps(event["data"]["object"].get(member) or event[member])
        broken = text.replace(f'"{member}": {value}', f'"{member}": "\\ud800"')
        assert broken != text, member
        answer = bundle.receive(webhook(broken.encode()))
        assert answer.status in (200, 400), member


def test_the_webhook_needs_no_token_and_asks_for_little_time(bundle: Bundle, event: Object) -> None:
    hurried = Caller(load_function("webhook_receipt").handler)
    hurried.context = LambdaContext(milliseconds=2_000)
    assert hurried.send(webhook(event)).status == 200

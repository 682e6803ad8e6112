"""`POST /webhook`: which signatures are believed, and what happens while a dependency is down."""

import json
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from countersign.aws import secrets
from tests.support.assertions import assert_problem
from tests.support.bundle import Bundle
from tests.support.clock import Clock
from tests.support.gateway import http_event
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.quick_secrets import put_secret
from tests.support.stripe_objects import session_marks
from tests.support.webhooks import ACCOUNT_SECRET, CONNECT_SECRET, signature, webhook

Object = dict[str, Any]
FORGED: list[Callable[[bytes], str]] = [
    lambda _: "",
    lambda _: "t=,v1=",
    lambda payload: signature(payload, "whsec_of_somebody_else"),
    lambda payload: signature(payload, " "),
    lambda payload: signature(payload + b" "),
    lambda payload: signature(payload, at=time.time() - 310),
    lambda payload: signature(payload, at=time.time() + 310),
    lambda payload: signature(payload).replace("v1=", "v0="),
    lambda payload: "t=1," + signature(payload),
    lambda payload: signature(payload)[:-1] + "é",
    lambda payload: signature(payload) + ",v1=" + "a" * 10_000,
]


def test_every_configured_secret_signs_for_some_minutes(bundle: Bundle, event: Object) -> None:
    outcomes = [
        bundle.tell(event, secret, at=time.time() + off)
        for secret, off in product((ACCOUNT_SECRET, CONNECT_SECRET), (-295, 0, 295))
    ]
    assert outcomes == ["applied", *["duplicate"] * 5]


def test_a_body_that_stripe_did_not_sign_just_now_is_refused(
    bundle: Bundle, event: Object, log: Log, subtests: pytest.Subtests
) -> None:
    before = bundle.items()
    payload = json.dumps(event, indent=2, ensure_ascii=False).encode()
    for number, forge in enumerate(FORGED):
        with subtests.test(number=number):
            answer = bundle.receive(webhook(event, header=forge(payload)))
            assert_problem(answer, 400, "invalid_signature")
    assert bundle.items() == before
    assert log.metrics() == {"InvalidSignature": len(FORGED)}


def test_a_missing_header_is_refused(bundle: Bundle) -> None:
    answer = bundle.receive(http_event("POST", "/webhook", body="{}"))
    assert_problem(answer, 400, "invalid_signature")
    assert_problem(bundle.receive(http_event("POST", "/webhook")), 400, "invalid_signature")


def test_an_event_that_stripe_cannot_confirm_is_sent_again(bundle: Bundle, user: str) -> None:
    lost = bundle.stripe.create(client_reference_id=user, metadata=session_marks(user)).id
    path = f"/v1/identity/verification_sessions/{lost}"
    for status in (500, 503, 429):
        bundle.stripe.fault(path=path, status=status, times=2)
        (event,) = bundle.events_of(lost)
        answer = bundle.receive(webhook(event))
        assert_problem(answer, 503, "stripe_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        bundle.stripe.fault(path=path, times=0)
        assert bundle.items() == {}
    assert bundle.tell(event) == "applied"


def test_an_event_that_cannot_be_stored_is_sent_again(
    bundle: Bundle, deployed_with: Any, event: Object
) -> None:
    deployed_with(IDENTITY_TABLE="no-such-table")
    assert_problem(bundle.receive(webhook(event)), 503, "storage_unavailable")
    deployed_with(IDENTITY_TABLE="identity")
    assert bundle.tell(event) == "applied"


def test_a_rolled_secret_is_fetched_within_a_minute(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", put_secret("rolled", STRIPE_WEBHOOK_SECRETS="whsec_old"))
    forget_settings()
    assert bundle.tell(event, "whsec_old") == "applied"
    put_secret("rolled", STRIPE_WEBHOOK_SECRETS="whsec_new,whsec_old")
    # It is not fetched again within the minute.
    assert_problem(bundle.receive(webhook(event, "whsec_new")), 400, "invalid_signature")

    monkeypatch.setattr(secrets, "time", Clock(time.monotonic() + secrets.REFRESH))
    assert bundle.tell(event, "whsec_new") == "duplicate"
    assert bundle.tell(event, "whsec_old") == "duplicate"


def test_without_a_signing_secret_nothing_is_believed(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", put_secret("blank", STRIPE_WEBHOOK_SECRETS=" , "))
    forget_settings()
    for secret in ("", " ", ACCOUNT_SECRET):
        assert_problem(bundle.receive(webhook(event, secret)), 503, "secrets_unavailable")


def test_a_live_deployment_does_not_believe_the_secrets_of_a_local_run(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, event: Object
) -> None:
    secret = "whsec_local_account"
    monkeypatch.setenv("WEBHOOK_SECRET", put_secret("live", STRIPE_WEBHOOK_SECRETS=secret))
    monkeypatch.setenv("STRIPE_MODE", "live")
    forget_settings()
    assert_problem(bundle.receive(webhook(event, secret)), 503, "secrets_unavailable")

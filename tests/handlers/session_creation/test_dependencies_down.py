"""Stripe, the table or the secrets are down: 503 with the name of what is down, and nothing half
written.
"""

from collections import deque
from typing import Any

import pytest

from countersign.aws import secrets
from tests.support.assertions import assert_unavailable
from tests.support.bundle import CREATE, SESSIONS, Bundle
from tests.support.gateway import Caller, LambdaContext
from tests.support.processes import forget_settings
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.quick_secrets import put_secret

ALL = "/v1/identity/verification_sessions"
EACH = f"{ALL}/*"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_create_that_stripe_refuses_to_serve_leaves_the_user_free(
    bundle: Bundle, user: str, status: int
) -> None:
    bundle.stripe.fault(path=ALL, status=status, times=20)
    assert_unavailable(bundle.user(user).post(CREATE), "stripe")
    bundle.stripe.fault(path=ALL, times=0)
    assert bundle.user(user).post(CREATE).status == 200


@pytest.mark.parametrize(("made", "slot"), [(False, "1.1"), (True, "1.0")])
def test_a_saved_500_is_left_behind_unless_it_created_a_session(
    bundle: Bundle, user: str, made: bool, slot: str
) -> None:
    bundle.stripe.fault(path=ALL, status=500, after=made, times=1)
    session_id = bundle.open(user)
    assert bundle.at_stripe(user) == [session_id]
    metadata = bundle.session_at_stripe(session_id)["object"]["metadata"]
    assert metadata["countersign_slot"] == slot


@pytest.mark.parametrize("name", ["cancel", "redact"])
def test_an_ending_that_stripe_does_not_answer_changes_nothing(
    bundle: Bundle, user: str, name: str
) -> None:
    session_id = bundle.open(user)
    before = bundle.items()[f"session#{session_id}"]
    bundle.stripe.fault(path=EACH, status=503, times=4)
    assert_unavailable(bundle.user(user).post(f"{SESSIONS}/{session_id}/{name}"), "stripe")
    assert bundle.items()[f"session#{session_id}"] == before


def test_a_read_is_answered_with_the_stored_session(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.fault(path=EACH, status=503, times=4)
    assert bundle.view(user, session_id)["status"] == "requires_input"


@pytest.mark.parametrize("path", [SESSIONS, f"{SESSIONS}/{{id}}/outputs"])
def test_a_call_that_needs_stripe_is_unavailable(bundle: Bundle, user: str, path: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.fault(path=EACH, status=503, times=4)
    bundle.stripe.fault(path=ALL, status=503, times=4)
    assert_unavailable(bundle.operator().get(path.replace("{id}", session_id)), "stripe")


def test_a_request_with_too_little_time_does_not_call_stripe(bundle: Bundle, user: str) -> None:
    hurried = Caller(bundle.user(user).handler, user, context=LambdaContext(milliseconds=5_000))
    assert_unavailable(hurried.post(CREATE), "stripe")
    session_id = bundle.open(user)
    assert hurried.get(f"{SESSIONS}/{session_id}").json["status"] == "requires_input"


CALLS: list[tuple[str, str]] = [
    ("POST", CREATE),
    ("GET", f"{SESSIONS}/current"),
    ("GET", f"{SESSIONS}/vs_1"),
    ("POST", f"{SESSIONS}/vs_1/cancel"),
    ("POST", f"{SESSIONS}/vs_1/redact"),
    ("GET", f"{SESSIONS}/vs_1/outputs"),
]


def test_a_table_that_does_not_serve_is_named(
    bundle: Bundle, deployed_with: Any, subtests: pytest.Subtests
) -> None:
    deployed_with(IDENTITY_TABLE="no-such-table")
    caller = bundle.operator()
    for method, path in CALLS:
        with subtests.test(method=method, path=path):
            answer = caller.post(path) if method == "POST" else caller.get(path)
            assert_unavailable(answer, "storage")


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
def test_a_table_that_refuses_a_write_loses_nothing(
    bundle: Bundle, dynamodb_client: QuickDynamoDB, user: str, operation: str
) -> None:
    """The claim, and the write after Stripe has made the session."""
    dynamodb_client.failures[operation] = deque(["ThrottlingException"])
    assert_unavailable(bundle.user(user).post(CREATE), "storage")
    session_id = bundle.open(user)
    assert bundle.at_stripe(user) == [session_id]


def test_a_secret_that_cannot_be_read_is_named(bundle: Bundle, monkeypatch: Any) -> None:
    missing = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:none"
    blank = put_secret("no-key", STRIPE_SECRET_KEY=" ")
    for arn in (missing, blank):
        monkeypatch.setenv("STRIPE_SECRET", arn)
        forget_settings()
        assert_unavailable(bundle.user("any").post(CREATE), "secrets")
    secrets.secret.cache_clear()

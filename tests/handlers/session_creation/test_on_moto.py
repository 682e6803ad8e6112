"""The main paths through both functions again, with their storage on moto."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import storage
from tests.support.bundle import BACK, CREATE, SESSIONS, Bundle
from tests.support.stripe_objects import session_marks
from tests.support.users import qualified

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Items = Callable[[], dict[str, dict[str, Any]]]


@pytest.fixture
def dynamodb_client(dynamodb: "DynamoDBClient") -> "DynamoDBClient":
    return dynamodb


@pytest.fixture
def table_name(dynamodb: "DynamoDBClient") -> str:
    return storage.create_table(dynamodb)


@pytest.fixture
def items(dynamodb: "DynamoDBClient", table_name: str) -> Items:
    return lambda: storage.all_items(dynamodb, table_name)


@pytest.fixture
def bundle(bundle: Bundle, deployed_with: Callable[..., Bundle], table_name: str) -> Bundle:
    return deployed_with(IDENTITY_TABLE=table_name)


def test_a_user_fails_tries_again_and_is_verified(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user, return_url=BACK, email="a@example.com")
    bundle.stripe.outcome(session_id, "document_expired")
    bundle.hear(session_id)
    assert bundle.view(user, session_id)["last_error"]["code"] == "document_expired"
    assert bundle.open(user) == session_id
    bundle.stripe.clock.offset += 2
    bundle.stripe.outcome(session_id, "verified")
    bundle.hear(session_id)
    assert bundle.hear(session_id)[-1] == "duplicate"
    assert bundle.view(user, session_id)["status"] == "verified"
    assert bundle.user(user).post(CREATE).code == "already_verified"
    item = bundle.items()[f"session#{session_id}"]
    assert len({mark.partition(":")[0] for mark in item["reports"]}) == 2


def test_a_user_cancels_and_has_another_attempt_redacted(bundle: Bundle, user: str) -> None:
    first = bundle.open(user)
    assert bundle.user(user).post(f"{SESSIONS}/{first}/cancel").status == 200
    second = bundle.open(user)
    bundle.stripe.outcome(second, "verified")
    assert bundle.user(user).post(f"{SESSIONS}/{second}/redact").status == 202
    bundle.redacted(second)
    bundle.hear(second)
    assert bundle.view(user, second)["status"] == "redacted"
    third = bundle.open(user)
    assert bundle.view(user, third)["attempt"] == 3
    listed = bundle.operator().get(SESSIONS, query={"user_id": user}).json["data"]
    assert [session["id"] for session in listed] == [third, first]


def test_a_request_is_repeated_under_its_key(bundle: Bundle, user: str) -> None:
    key = {"idempotency-key": "k"}
    answers = [bundle.user(user).post(CREATE, {"flow": "modal"}, headers=key) for _ in range(2)]
    assert len({answer.json["id"] for answer in answers}) == 1
    other = bundle.user(user).post(CREATE, {"flow": "redirect"}, headers=key)
    assert other.code == "idempotency_key_reused"


def test_events_before_our_own_write_and_after_a_failure_end_in_one_session(
    bundle: Bundle, user: str
) -> None:
    bundle.stripe.fault(path="/v1/identity/verification_sessions", status=500, after=True)
    session_id = bundle.open(user)
    assert bundle.session_at_stripe(session_id)["object"]["metadata"] == session_marks(user)
    assert bundle.hear(session_id)[0] in ("applied", "duplicate", "superseded")
    assert bundle.items()[f"session#{session_id}"]["user"] == qualified(user)

"""`Idempotency-Key` on `POST /create-verification-session`."""

from typing import Any

import pytest

from tests.support.bundle import CREATE, SESSIONS, Bundle
from tests.support.gateway import HttpAnswer


def ask(bundle: Bundle, user: str, key: str, body: Any = None) -> HttpAnswer:
    return bundle.user(user).post(CREATE, body, headers={"Idempotency-Key": key})


def test_the_same_key_and_body_give_the_session_again_with_a_fresh_secret(
    bundle: Bundle, user: str
) -> None:
    first, second = (ask(bundle, user, "k", {"flow": "modal"}) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert first.json["id"] == second.json["id"]
    assert first.json["client_secret"] != second.json["client_secret"]
    assert second.headers["cache-control"] == "no-store"


def test_the_redirect_flow_is_repeated_as_such(bundle: Bundle, user: str) -> None:
    first, second = (ask(bundle, user, "k", {"flow": "redirect"}) for _ in range(2))
    assert set(first.json) == set(second.json) == {"id", "url"}
    assert first.json["url"] != second.json["url"]


@pytest.mark.parametrize("body", ['{"flow": "redirect"}', '{"flow":"modal"} ', "{}"])
def test_another_body_is_refused(bundle: Bundle, user: str, body: str) -> None:
    ask(bundle, user, "k", '{"flow":"modal"}')
    answer = ask(bundle, user, "k", body)
    assert (answer.status, answer.code) == (409, "idempotency_key_reused")


def test_an_empty_body_is_the_same_however_it_is_sent(bundle: Bundle, user: str) -> None:
    first = ask(bundle, user, "k")
    for body in ("", "{}"):
        assert ask(bundle, user, "k", body).json["id"] == first.json["id"]


def test_a_key_counts_within_its_caller(bundle: Bundle, user: str) -> None:
    first, second = ask(bundle, user, "k"), ask(bundle, f"{user}-other", "k", {"flow": "redirect"})
    assert (first.status, second.status) == (200, 200)
    assert first.json["id"] != second.json["id"]


def test_a_refused_request_frees_its_key(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "processing")
    assert ask(bundle, user, "k").code == "verification_in_progress"
    bundle.stripe.outcome(session_id, "document_expired")
    assert ask(bundle, user, "k", {"flow": "redirect"}).json["id"] == session_id


def test_an_invalid_request_does_not_use_its_key(bundle: Bundle, user: str) -> None:
    assert ask(bundle, user, "k", {"flow": "popup"}).status == 422
    assert ask(bundle, user, "k", {"flow": "modal"}).status == 200


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(bundle: Bundle, user: str, key: str) -> None:
    answer = ask(bundle, user, key)
    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert "idempotency-key" in error["pointer"].lower().replace("_", "-")
    assert bundle.items() == {}


@pytest.mark.parametrize("key", ["k" * 255, "a b", '"quoted"', "é", "#", "idempotency#x"])
def test_any_other_key_is_fine(bundle: Bundle, user: str, key: str) -> None:
    assert ask(bundle, user, key).status == 200
    assert ask(bundle, user, key).status == 200


def test_a_repetition_after_the_session_has_ended_says_so(bundle: Bundle, user: str) -> None:
    session_id = ask(bundle, user, "k").json["id"]
    bundle.user(user).post(f"{SESSIONS}/{session_id}/cancel")
    answer = ask(bundle, user, "k")
    assert (answer.status, answer.code) == (409, "verification_session_closed")
    assert ask(bundle, user, "k2").json["id"] != session_id


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("processing", "verification_in_progress"), ("verified", "already_verified")],
)
def test_a_repetition_is_refused_as_a_first_request_would_be(
    bundle: Bundle, user: str, outcome: str, code: str
) -> None:
    bundle.stripe.outcome(ask(bundle, user, "k").json["id"], outcome)
    assert ask(bundle, user, "k").code == code


def test_a_record_has_neither_secret_nor_body(bundle: Bundle, user: str) -> None:
    body = {"flow": "modal", "email": "canary@example.com"}
    secrets = [ask(bundle, user, "canary-key", body).json["client_secret"] for _ in range(2)]
    text = bundle.everything_stored()
    assert "canary" not in text
    assert not [secret for secret in secrets if secret in text]
    (record,) = [item for pk, item in bundle.items().items() if pk.startswith("idempotency#")]
    assert set(record) == {"pk", "body_hash", "began_at", "expires_at", "resource_id"}

"""`Idempotency-Key` on `POST /create-verification-session`."""

import pytest

from tests.support.bundle import SESSIONS, Bundle


@pytest.mark.parametrize(("flow", "secret"), [("modal", "client_secret"), ("redirect", "url")])
def test_the_same_key_and_body_give_the_session_again_with_a_fresh_secret(
    bundle: Bundle, user: str, flow: str, secret: str
) -> None:
    first, second = (bundle.ask(user, {"flow": flow}, "k") for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert set(first.json) == set(second.json) == {"id", secret}
    assert first.json["id"] == second.json["id"]
    assert first.json[secret] != second.json[secret]
    assert second.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", ['{"flow": "redirect"}', '{"flow":"modal"} ', "{}"])
def test_another_body_is_refused(bundle: Bundle, user: str, body: str) -> None:
    bundle.ask(user, '{"flow":"modal"}', "k")
    assert bundle.refused(user, body, "k") == (409, "idempotency_key_reused")


def test_an_empty_body_is_the_same_however_it_is_sent(bundle: Bundle, user: str) -> None:
    first = bundle.ask(user, None, "k")
    for body in ("", "{}"):
        assert bundle.ask(user, body, "k").json["id"] == first.json["id"]


def test_a_key_belongs_to_its_caller(bundle: Bundle, user: str) -> None:
    first = bundle.ask(user, None, "k")
    second = bundle.ask(f"{user}-other", {"flow": "redirect"}, "k")
    assert (first.status, second.status) == (200, 200)
    assert first.json["id"] != second.json["id"]


def test_a_refused_request_frees_its_key(bundle: Bundle, user: str) -> None:
    assert bundle.refused(user, {"flow": "popup"}, "k") == (422, "invalid_request")
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "processing")
    assert bundle.refused(user, None, "k") == (409, "verification_in_progress")
    bundle.stripe.outcome(session_id, "document_expired")
    assert bundle.ask(user, {"flow": "redirect"}, "k").json["id"] == session_id


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(bundle: Bundle, user: str, key: str) -> None:
    answer = bundle.ask(user, None, key)
    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert "idempotency-key" in error["pointer"].lower().replace("_", "-")
    assert bundle.items() == {}


@pytest.mark.parametrize("key", ["k" * 255, "a b", '"quoted"', "é", "#", "idempotency#x"])
def test_any_other_key_is_allowed(bundle: Bundle, user: str, key: str) -> None:
    assert [bundle.ask(user, None, key).status for _ in range(2)] == [200, 200]


def test_a_repeated_request_is_refused_once_its_session_has_ended(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.ask(user, None, "k").json["id"]
    bundle.user(user).post(f"{SESSIONS}/{session_id}/cancel")
    assert bundle.refused(user, None, "k") == (409, "verification_session_closed")
    assert bundle.ask(user, None, "k2").json["id"] != session_id


def test_a_record_has_neither_secret_nor_body(bundle: Bundle, user: str) -> None:
    body = {"flow": "modal", "email": "canary@example.com"}
    secrets = [bundle.ask(user, body, "canary-key").json["client_secret"] for _ in range(2)]
    text = bundle.everything_stored()
    assert "canary" not in text
    assert not [secret for secret in secrets if secret in text]
    (record,) = [item for pk, item in bundle.items().items() if pk.startswith("idempotency#")]
    assert set(record) == {
        "pk", "body_hash", "claim", "began_at", "expires_at", "resource_id",
    }  # fmt: skip

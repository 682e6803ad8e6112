import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from tests.support.stand_in import SESSIONS, StandIn
from tests.support.stand_in_servers import eventually

DAY = 24 * 3600


def create(stand_in: StandIn, key: str, **more: Any) -> httpx.Response:
    data = {"type": "document", **more}
    return stand_in.call("POST", SESSIONS, data=data, headers={"Idempotency-Key": key})


def count(stand_in: StandIn) -> int:
    return len(stand_in.get(SESSIONS)["data"])


def test_the_first_answer_is_repeated_word_for_word(stand_in: StandIn) -> None:
    first = create(stand_in, "key", client_reference_id="user_1")
    again = create(stand_in, "key", client_reference_id="user_1")
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == "key"
    assert count(stand_in) == 1


def test_other_parameters_or_another_endpoint_are_refused(stand_in: StandIn) -> None:
    session = create(stand_in, "key").json()["id"]
    with pytest.raises(stripe.IdempotencyError) as refused:
        stand_in.sessions.create({"type": "id_number"}, {"idempotency_key": "key"})
    assert refused.value.http_status == 400
    elsewhere = stand_in.call(
        "POST", f"{SESSIONS}/{session}/cancel", headers={"Idempotency-Key": "key"}
    )
    assert elsewhere.status_code == 400
    assert elsewhere.json()["error"]["type"] == "idempotency_error"
    assert count(stand_in) == 1


def test_the_order_of_parameters_does_not_matter(stand_in: StandIn) -> None:
    headers = {
        "Idempotency-Key": "key",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    first, again = (
        stand_in.call("POST", SESSIONS, content=body, headers=headers)
        for body in ("type=document&metadata[a]=1", "metadata[a]=1&type=document")
    )
    assert again.json() == first.json()


def test_a_saved_500_is_repeated_for_a_day(stand_in: StandIn) -> None:
    stand_in.fault(status=500)
    first = create(stand_in, "key")
    assert first.status_code == 500
    assert first.json()["error"]["type"] == "api_error"
    stand_in.clock.offset = DAY - 60
    again = create(stand_in, "key")
    assert (again.status_code, again.json()) == (500, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert count(stand_in) == 0
    stand_in.clock.offset = DAY + 60
    assert create(stand_in, "key").status_code == 200
    assert count(stand_in) == 1


@pytest.mark.parametrize("status", [409, 429, 503])
def test_a_refusal_before_the_endpoint_is_not_saved(stand_in: StandIn, status: int) -> None:
    stand_in.fault(status=status)
    assert create(stand_in, "key").status_code == status
    assert create(stand_in, "key").status_code == 200


def test_a_validation_failure_is_not_saved(stand_in: StandIn) -> None:
    assert create(stand_in, "key", color="red").status_code == 400
    assert create(stand_in, "key").status_code == 200


def test_a_refusal_by_the_endpoint_is_saved(stand_in: StandIn) -> None:
    session = stand_in.create().id
    stand_in.outcome(session, "processing")
    cancel, headers = f"{SESSIONS}/{session}/cancel", {"Idempotency-Key": "key"}
    first = stand_in.call("POST", cancel, headers=headers)
    stand_in.outcome(session, "document_expired")
    again = stand_in.call("POST", cancel, headers=headers)
    assert (first.status_code, again.json()) == (400, first.json())
    assert again.headers["idempotent-replayed"] == "true"


def test_a_second_request_while_the_first_runs_is_a_conflict(
    stand_in: StandIn, released: threading.Event
) -> None:
    stand_in.fault(delay_s=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(create, stand_in, "key")
        eventually(lambda: stand_in.backend.running)
        second = create(stand_in, "key")
        assert (second.status_code, first.done()) == (409, False)
        error = second.json()["error"]
        assert (error["type"], error["code"]) == ("idempotency_error", "idempotency_key_in_use")
        released.set()
        body = first.result().json()
    assert create(stand_in, "key").json() == body
    assert count(stand_in) == 1


def test_many_at_once_make_one_session(stand_in: StandIn) -> None:
    ready = threading.Barrier(8)

    def race(_: int) -> httpx.Response:
        ready.wait()
        return create(stand_in, "key")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert count(stand_in) == 1


def test_the_sdk_retries_a_500_into_the_saved_answer(stand_in: StandIn) -> None:
    stand_in.fault(status=500)
    client = stand_in.client("sk_test_local", max_network_retries=1)
    with pytest.raises(stripe.APIError):
        client.v1.identity.verification_sessions.create({"type": "document"})
    keys = {entry["idempotency_key"] for entry in stand_in.requests()}
    assert len(keys) == 1
    assert [entry["status"] for entry in stand_in.requests()] == [500, 500]


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_of_a_bad_length_is_refused(stand_in: StandIn, key: str) -> None:
    assert create(stand_in, key).status_code == 400
    assert create(stand_in, "k" * 255).status_code == 200


def test_a_key_on_a_get_has_no_effect(stand_in: StandIn) -> None:
    session = stand_in.create().id
    answers = [
        stand_in.call("GET", f"{SESSIONS}/{session}", headers={"Idempotency-Key": "key"})
        for _ in range(2)
    ]
    assert answers[0].json()["client_secret"] != answers[1].json()["client_secret"]
    assert all("idempotent-replayed" not in answer.headers for answer in answers)

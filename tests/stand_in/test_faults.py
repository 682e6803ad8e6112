from typing import Any

import pytest
import stripe

from tests.support.stand_in import SESSIONS, StandIn


def test_the_next_calls_fail_then_all_is_well(stand_in: StandIn) -> None:
    stand_in.fault(status=503, times=2)
    assert [stand_in.call("GET", SESSIONS).status_code for _ in range(3)] == [503, 503, 200]


def test_times_0_clears_it(stand_in: StandIn) -> None:
    stand_in.fault(status=500, times=9)
    stand_in.fault(times=0)
    assert stand_in.call("GET", SESSIONS).status_code == 200


def test_a_path_is_exact_and_a_star_takes_any_ending(stand_in: StandIn) -> None:
    session = stand_in.create().id
    stand_in.fault(status=500)
    assert stand_in.call("GET", f"{SESSIONS}/{session}").status_code == 200
    assert stand_in.call("GET", SESSIONS).status_code == 500
    stand_in.fault(path=f"{SESSIONS}/*", status=500, times=9)
    assert stand_in.call("GET", SESSIONS).status_code == 200
    assert stand_in.call("GET", f"{SESSIONS}/{session}").status_code == 500
    assert stand_in.call("POST", f"{SESSIONS}/{session}/cancel").status_code == 500


def test_a_429_is_a_rate_limit_to_the_sdk(stand_in: StandIn) -> None:
    stand_in.fault(status=429)
    with pytest.raises(stripe.RateLimitError):
        stand_in.create()


def test_a_delay_alone_ends_in_the_answer(stand_in: StandIn) -> None:
    stand_in.fault(delay_s=2)
    impatient = stand_in.client("sk_test_local", http_client=stripe.RequestsClient(timeout=0.05))
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.identity.verification_sessions.list()
    assert stand_in.call("GET", SESSIONS).status_code == 200


def test_an_operation_can_be_carried_out_and_its_answer_lost(stand_in: StandIn) -> None:
    stand_in.fault(status=500, after=True)
    options: Any = {"idempotency_key": "key"}
    for _ in range(2):  # the failure is what the key repeats
        with pytest.raises(stripe.APIError):
            stand_in.sessions.create({"type": "document", "client_reference_id": "u"}, options)
    assert len(stand_in.get(SESSIONS, client_reference_id="u")["data"]) == 1
    stand_in.receiver.wait_for(1)
    assert stand_in.receiver.types() == ["created"]


def test_an_answer_that_comes_too_late_is_repeated_to_the_same_key(stand_in: StandIn) -> None:
    stand_in.fault(delay_s=2, after=True)
    impatient = stand_in.client("sk_test_local", http_client=stripe.RequestsClient(timeout=0.05))
    options: Any = {"idempotency_key": "key"}
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.identity.verification_sessions.create({"type": "document"}, options)
    session = stand_in.sessions.create({"type": "document"}, options)
    assert [listed["id"] for listed in stand_in.get(SESSIONS)["data"]] == [session.id]


@pytest.mark.parametrize(
    "order",
    [
        {},
        [],
        {"path": SESSIONS},
        {"path": SESSIONS, "times": 1},
        {"path": "/_local/stripe/v1/events", "times": 1, "status": 500},
        {"path": SESSIONS, "times": -1, "status": 500},
        {"path": SESSIONS, "times": True, "status": 500},
        {"path": SESSIONS, "times": 1, "status": 200},
        {"path": SESSIONS, "times": 1, "status": "500"},
        {"path": SESSIONS, "times": 1, "delay_s": -1},
        {"path": SESSIONS, "times": 1, "status": 429, "after": True},
        {"path": SESSIONS, "times": 1, "status": 500, "color": "red"},
    ],
)
def test_a_bad_order_is_refused_with_a_message(stand_in: StandIn, order: Any) -> None:
    refused = stand_in.post("/_faults", order)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/_faults", "/_outcome", "/_deliveries", "/_events"])
def test_a_body_that_is_no_order_is_refused(stand_in: StandIn, path: str) -> None:
    for body in (b"", b"{", b"\xff", b"[]", b'{"a": "\\ud800"}', b"NaN", b"[" * 100_000):
        refused = stand_in.http.post(path, content=body)
        assert refused.status_code == 400
        assert refused.json()["error"]["message"]

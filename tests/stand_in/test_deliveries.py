import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.support.stand_in import ACCOUNT_SECRET, CONNECT_SECRET, StandIn
from tests.support.stand_in_servers import Received, eventually


def verify(request: Received, secret: str = ACCOUNT_SECRET) -> stripe.Event:
    return stripe.Webhook.construct_event(  # type: ignore[no-any-return]
        request.body, request.headers["Stripe-Signature"], secret
    )


def settled(stand_in: StandIn, state: str, count: int) -> list[dict[str, Any]]:
    def look() -> list[dict[str, Any]]:
        found = [entry for entry in stand_in.deliveries() if entry["state"] == state]
        return found if len(found) == count else []

    return eventually(look)


def test_an_event_is_signed_and_shaped_as_stripes(stand_in: StandIn) -> None:
    session = stand_in.sessions.create(
        {"type": "document", "client_reference_id": "Zoë"}, {"idempotency_key": "key"}
    )
    request = stand_in.receiver.wait_for(1)[0]
    event = verify(request)
    assert event.type == "identity.verification_session.created"
    assert event.api_version == "2026-10-28.endive"
    assert event.livemode is False
    assert event.request
    assert event.request.idempotency_key == "key"
    subject = request.event["data"]["object"]
    assert (subject["id"], subject["client_reference_id"]) == (session.id, "Zoë")
    assert subject["client_secret"] is None
    assert subject["url"] is None
    assert "verified_outputs" not in subject
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Zoë".encode() in request.body
    with pytest.raises(stripe.SignatureVerificationError):
        verify(request, CONNECT_SECRET)


def test_a_refused_event_comes_again_with_a_new_signature(stand_in: StandIn) -> None:
    stand_in.receiver.statuses = [500, 302]
    stand_in.create()
    requests = stand_in.receiver.wait_for(3)
    assert len({request.event["id"] for request in requests}) == 1
    assert len({request.body for request in requests}) == 1
    for request in requests:
        verify(request)
    entry = settled(stand_in, "delivered", 1)[0]
    assert (entry["attempts"], entry["last_status"], entry["delivered"]) == (3, 200, True)


def test_each_try_is_signed_with_the_time_of_that_try(stand_in: StandIn) -> None:
    stand_in.receiver.statuses = [500]
    stand_in.create()
    stand_in.receiver.wait_for(1)
    stand_in.clock.offset += 100
    first, second = (
        int(request.headers["Stripe-Signature"].split(",")[0].removeprefix("t="))
        for request in stand_in.receiver.wait_for(2)[:2]
    )
    assert second - first >= 100


def test_it_gives_up_after_the_last_retry(stand_in: StandIn) -> None:
    stand_in.receiver.statuses = [500] * 9
    session = stand_in.create()
    entry = settled(stand_in, "failed", 1)[0]
    assert (entry["attempts"], entry["last_status"], entry["delivered"]) == (4, 500, False)
    undelivered = stand_in.get("/v1/events", delivery_success="false")["data"]
    assert [event["data"]["object"]["id"] for event in undelivered] == [session.id]
    assert undelivered[0]["pending_webhooks"] == 1
    assert stand_in.get("/v1/events", delivery_success="true")["data"] == []


def test_nobody_listening_counts_as_a_failed_try(make_stand_in: Callable[..., StandIn]) -> None:
    stand_in = make_stand_in(delivery_timeout=0.05)
    stand_in.receiver.busy()
    stand_in.create()
    entry = settled(stand_in, "failed", 1)[0]
    stand_in.receiver.released.set()
    assert (entry["attempts"], entry["last_status"]) == (4, None)


def test_a_delivered_event_is_no_longer_pending(stand_in: StandIn) -> None:
    stand_in.create()
    settled(stand_in, "delivered", 1)
    event = stand_in.get("/v1/events", delivery_success="true")["data"][0]
    assert event["pending_webhooks"] == 0
    assert stand_in.receiver.received[0].event["pending_webhooks"] == 1


def test_events_arrive_in_order_even_at_a_receiver_that_takes_its_time(
    stand_in: StandIn,
) -> None:
    stand_in.receiver.delay = 0.05
    session = stand_in.create()
    stand_in.outcome(session.id, "document_expired")
    stand_in.outcome(session.id, "verified")
    stand_in.receiver.wait_for(5)
    wanted = ["created", "processing", "requires_input", "processing", "verified"]
    assert stand_in.receiver.types() == wanted


def test_a_slow_receiver_does_not_hold_up_the_api(stand_in: StandIn) -> None:
    stand_in.receiver.busy()
    stand_in.create()
    stand_in.create()
    assert len(stand_in.get("/v1/events")["data"]) == 2
    assert stand_in.receiver.received == []
    stand_in.receiver.released.set()


def test_held_events_wait_until_they_are_let_go(stand_in: StandIn) -> None:
    stand_in.mode("hold")
    session = stand_in.create()
    stand_in.outcome(session.id, "verified")
    assert [entry["state"] for entry in stand_in.deliveries()] == ["held"] * 3
    stand_in.mode("normal")
    stand_in.receiver.wait_for(3)
    assert stand_in.receiver.types() == ["created", "processing", "verified"]


def test_hold_keeps_back_what_was_to_be_tried_again(
    make_stand_in: Callable[..., StandIn],
) -> None:
    stand_in = make_stand_in(retry_delays=(60,))
    stand_in.receiver.statuses = [500]
    stand_in.create()
    eventually(lambda: stand_in.deliveries()[0]["attempts"] == 1)
    stand_in.mode("hold")
    assert stand_in.deliveries()[0]["state"] == "held"
    stand_in.mode("normal")
    assert len(stand_in.receiver.wait_for(2)) == 2


def test_held_events_can_be_let_go_newest_first(stand_in: StandIn) -> None:
    stand_in.mode("hold")
    session = stand_in.create()
    stand_in.outcome(session.id, "verified")
    stand_in.mode("reverse")
    stand_in.receiver.wait_for(3)
    assert stand_in.receiver.types() == ["verified", "processing", "created"]
    assert stand_in.http.get("/_deliveries").json()["mode"] == "normal"


def test_every_event_can_be_sent_twice(stand_in: StandIn) -> None:
    stand_in.mode("duplicate")
    stand_in.create()
    first, second = stand_in.receiver.wait_for(2)
    assert first.event == second.event
    assert eventually(lambda: stand_in.deliveries()[0]["attempts"] == 2)


def test_dropped_events_never_arrive_and_are_not_marked_undelivered(stand_in: StandIn) -> None:
    stand_in.mode("drop")
    dropped = stand_in.create().id
    stand_in.mode("normal")
    stand_in.create()
    stand_in.receiver.wait_for(1)
    settled(stand_in, "delivered", 1)
    assert [request.event["data"]["object"]["id"] for request in stand_in.receiver.received] != [
        dropped
    ]
    assert [entry["state"] for entry in stand_in.deliveries()] == ["dropped", "delivered"]
    assert stand_in.get("/v1/events", delivery_success="false")["data"] == []
    assert len(stand_in.get("/v1/events")["data"]) == 2


def test_an_unknown_mode_is_refused(stand_in: StandIn) -> None:
    assert stand_in.post("/_deliveries", {"mode": "sometimes"}).status_code == 400
    assert stand_in.post("/_deliveries", {"mode": "hold", "for": 3}).status_code == 400


@pytest.mark.parametrize(("connect", "secret"), [(False, ACCOUNT_SECRET), (True, CONNECT_SECRET)])
def test_any_event_can_be_signed_and_sent(stand_in: StandIn, connect: bool, secret: str) -> None:
    event = {"id": "evt_mine", "object": "event", "account": "acct_1", "type": "account.updated"}
    sent = stand_in.post("/_events", {"event": event, "connect": connect})
    assert sent.status_code == 202
    request = stand_in.receiver.wait_for(1)[0]
    assert verify(request, secret).id == "evt_mine"
    assert request.event == event
    entry = settled(stand_in, "delivered", 1)[0]
    assert (entry["event"], entry["type"]) == ("evt_mine", "account.updated")
    assert stand_in.get("/v1/events")["data"] == []


def test_an_event_can_be_any_json_object_at_all(stand_in: StandIn) -> None:
    for event in ({}, {"type": "ping"}, {"id": None, "data": {"object": None}}):
        assert stand_in.post("/_events", {"event": event}).status_code == 202
    bodies = [json.loads(request.body) for request in stand_in.receiver.wait_for(3)]
    assert bodies == [{}, {"type": "ping"}, {"id": None, "data": {"object": None}}]


def test_the_time_of_an_event_is_that_of_its_answer(stand_in: StandIn) -> None:
    before = int(time.time())
    session = stand_in.create()
    event = stand_in.receiver.wait_for(1)[0].event
    assert before <= session.created <= event["created"] <= time.time()

"""`account.application.*`: what they say, and that they come first, late, twice or never."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from tests.stand_in.accounts import on_behalf
from tests.support.stand_in import (
    ACCOUNT_SECRET,
    APP_ID,
    APPLICATION_ID,
    BAKERY,
    BOOKSHOP,
    CALLBACK,
    CONNECT_SECRET,
    INSTALLS,
    SESSIONS,
    StandIn,
)
from tests.support.stand_in_servers import Received, eventually

AUTHORIZED, DEAUTHORIZED = "account.application.authorized", "account.application.deauthorized"
LINK = f"/apps/install/link/{APP_ID}?redirect_uri={CALLBACK}"


def verify(request: Received, secret: str) -> None:
    stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], secret)


def types(stand_in: StandIn) -> list[str]:
    return [request.event["type"] for request in stand_in.receiver.received]


@pytest.mark.parametrize("livemode", [False, True])
def test_the_connect_endpoint_gets_the_event_of_an_installation(
    stand_in: StandIn, livemode: bool
) -> None:
    stand_in.install(livemode=livemode)
    request = stand_in.receiver.wait_for(1)[0]
    verify(request, CONNECT_SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        verify(request, ACCOUNT_SECRET)
    event = request.event
    assert (event["type"], event["account"], event["livemode"]) == (AUTHORIZED, BAKERY, livemode)
    assert event["data"] == {
        "object": {"id": APPLICATION_ID, "object": "application", "name": "Countersign"}
    }
    assert event["request"] == {"id": None, "idempotency_key": None}


def test_an_uninstallation_sends_one_event_per_mode(stand_in: StandIn) -> None:
    stand_in.install()
    stand_in.install(livemode=True)
    stand_in.uninstall()
    events = [request.event for request in stand_in.receiver.wait_for(4)]
    assert [event["type"] for event in events] == [AUTHORIZED] * 2 + [DEAUTHORIZED] * 2
    assert sorted(event["livemode"] for event in events[2:]) == [False, True]
    assert {event["account"] for event in events} == {BAKERY}
    for request in stand_in.receiver.received:
        verify(request, CONNECT_SECRET)


def test_one_mode_can_be_uninstalled_alone(stand_in: StandIn) -> None:
    stand_in.install()
    stand_in.install(livemode=True)
    stand_in.uninstall(livemode=True)
    assert stand_in.receiver.wait_for(3)[2].event["livemode"] is True
    assert len(stand_in.get(INSTALLS, app=APP_ID)["data"]) == 1


def test_an_app_that_was_uninstalled_can_be_authorized_again(stand_in: StandIn) -> None:
    stand_in.install()
    first = stand_in.get(INSTALLS, app=APP_ID)["data"][0]["id"]
    stand_in.uninstall()
    stand_in.install()
    second = stand_in.get(INSTALLS, app=APP_ID)["data"][0]["id"]
    assert first != second
    stand_in.receiver.wait_for(3)
    assert types(stand_in) == [AUTHORIZED, DEAUTHORIZED, AUTHORIZED]


def test_events_of_a_connected_account_are_not_listed_among_ours(stand_in: StandIn) -> None:
    stand_in.install()
    event = stand_in.receiver.wait_for(1)[0].event
    assert stand_in.get("/v1/events")["data"] == []
    assert stand_in.call("GET", f"/v1/events/{event['id']}").status_code == 404
    entry = stand_in.deliveries()[0]
    assert (entry["endpoint"], entry["account"]) == ("connect", BAKERY)


def test_events_of_a_connected_account_are_listed_on_its_behalf_without_its_name(
    stand_in: StandIn,
) -> None:
    stand_in.install()
    stand_in.install(livemode=True)
    stand_in.install(BOOKSHOP)
    sent = stand_in.receiver.wait_for(3)[0].event
    connected = on_behalf(stand_in, BAKERY).v1.events
    assert [event.id for event in connected.list().data] == [sent["id"]]
    found = connected.retrieve(sent["id"])
    assert (found.type, "account" in found) == (AUTHORIZED, False)
    assert connected.list({"types": [DEAUTHORIZED]}).data == []


def test_events_of_a_connected_account_take_a_permission(stand_in: StandIn) -> None:
    stand_in.install()
    stand_in.post("/_merchant", {"account": BAKERY, "do": "withdraw_permission"})
    with pytest.raises(stripe.PermissionError, match="event_read"):
        on_behalf(stand_in, BAKERY).v1.events.list()


def install_by_page(stand_in: StandIn) -> httpx.Response:
    return stand_in.http.post(LINK, data={"account": BAKERY, "mode": "test"})


def install_by_control(stand_in: StandIn) -> httpx.Response:
    return stand_in.post("/_install", {"account": BAKERY})


def create_session(stand_in: StandIn) -> httpx.Response:
    return stand_in.call("POST", SESSIONS, data={"type": "document"})


@pytest.mark.parametrize("act", [install_by_page, install_by_control, create_session])
def test_events_can_come_before_the_answer(
    stand_in: StandIn, act: Callable[[StandIn], httpx.Response]
) -> None:
    stand_in.mode("first")
    stand_in.receiver.delay = 0.3
    assert act(stand_in).status_code < 400
    assert len(stand_in.receiver.received) == 1
    assert stand_in.deliveries()[0]["attempts"] == 1


def test_an_answer_waits_for_its_events_no_longer_than_the_limit(
    make_stand_in: Callable[..., StandIn],
) -> None:
    stand_in = make_stand_in(first_limit=0.05)
    stand_in.mode("first")
    stand_in.receiver.busy()
    assert install_by_page(stand_in).status_code == 303
    assert stand_in.receiver.received == []
    stand_in.receiver.released.set()
    stand_in.receiver.wait_for(1)


def test_an_answer_waits_for_the_first_try_alone(make_stand_in: Callable[..., StandIn]) -> None:
    stand_in = make_stand_in(retry_delays=(60,), first_limit=30)
    stand_in.mode("first")
    stand_in.receiver.statuses = [500]
    assert install_by_page(stand_in).status_code == 303
    assert (stand_in.deliveries()[0]["attempts"], stand_in.deliveries()[0]["state"]) == (
        1,
        "pending",
    )


def test_what_a_receiver_asks_meanwhile_is_answered_at_once(
    make_stand_in: Callable[..., StandIn],
) -> None:
    stand_in = make_stand_in(first_limit=30)
    stand_in.mode("first")
    answers: list[Any] = []
    stand_in.receiver.on_event = lambda: answers.append(stand_in.get("/v1/accounts/" + BAKERY))
    assert install_by_page(stand_in).status_code == 303
    assert [answer["id"] for answer in answers] == [BAKERY]


def test_other_accounts_events_do_not_hold_up_an_answer(
    make_stand_in: Callable[..., StandIn],
) -> None:
    stand_in = make_stand_in(first_limit=30)
    stand_in.mode("hold")
    stand_in.install(BOOKSHOP)
    stand_in.mode("first")
    stand_in.install(BAKERY)
    accounts = [request.event["account"] for request in stand_in.receiver.received]
    assert accounts == [BAKERY]
    stand_in.mode("normal")
    eventually(lambda: len(stand_in.receiver.received) == 2)

"""The domain events that leave the deployed stack: read from the queue behind a rule on its bus."""

import json
import time
from functools import partial
from typing import Any

from tests.support.merchants import STAND_IN, Merchant
from tests.support.service import Service, new_user
from tests.support.spc_service import PayerAtHome, Shop
from tests.support.step_up_bundle import DECISIONS
from tests.support.step_up_service import Till
from tests.support.told_events import Event, eventually_told, types_of

MOST_TRIES = 5
DEVICE = {"wallet": {"type": "google_pay", "dynamic_last4": "3478"}}


def verified(service: Service, user: str) -> str:
    """A session that Stripe has verified, once it is told."""
    created = service.http.post("/create-verification-session", headers=service.as_user(user))
    session_id = str(created.json()["id"])
    service.outcome(session_id, "verified")
    eventually_told(service, session_id, "identity.verified")
    return session_id


def data_of(event: Event) -> dict[str, Any]:
    return dict(event["detail"]["data"])


def credential_of(service: Service, payer: PayerAtHome) -> str:
    (found,) = service.http.get("/spc-credentials", headers=payer.headers).json()["data"]
    return str(found["credential_id"])


def test_a_verification_is_told_once_though_stripe_sends_it_twice(service: Service) -> None:
    user = new_user()
    service.http.post(f"{STAND_IN}/_deliveries", json={"mode": "duplicate"})
    try:
        session_id = verified(service, user)
    finally:
        service.http.post(f"{STAND_IN}/_deliveries", json={"mode": "normal"})
    time.sleep(1.1)  # within one second of Stripe's, a verification counts as the later event
    # What comes after it is told after it, so that a second telling would have come by then.
    service.outcome(session_id, "document_expired", force=True)
    found = eventually_told(service, session_id, "identity.revoked")
    assert types_of(found).count("identity.verified") == 1
    assert types_of(found)[-1] == "identity.revoked"
    (event,) = [each for each in found if each["detail-type"] == "identity.verified"]
    assert event["detail"]["livemode"] is False
    assert (data_of(event)["user_id"], data_of(event)["status"]) == (user, "verified")


def test_a_connection_its_confirmation_its_settings_and_its_end_are_told(service: Service) -> None:
    merchant = Merchant(service)
    tell = partial(eventually_told, service, merchant.account)
    assert merchant.connect().status_code == 303
    assert data_of(tell("app.installed")[0])["user_id"] == merchant.user
    merchant.eventually(livemode_confirmed=True)
    path, settings = f"/installations/{merchant.account}", {"payee_name": "Morning Crumb"}
    changed = service.http.patch(path, headers=merchant.headers, json=settings)
    assert changed.status_code == 200, changed.text
    event = tell("app.settings_changed")[-1]
    assert data_of(event)["changed"] == ["payee_name"]
    assert "Crumb" not in json.dumps(event)
    service.http.post(f"{STAND_IN}/_uninstall", json={"account": merchant.account})
    found = tell("app.uninstalled")
    # The confirmation comes with the installation, if its webhook was the first.
    confirmed = [data_of(event)["confirmed"] for event in found[:-1]]
    assert confirmed[-1] is True
    assert set(types_of(found)) <= {
        *("app.installed", "app.confirmed", "app.settings_changed", "app.uninstalled")
    }


def test_a_credential_its_confirmations_and_an_opt_out_are_told(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    credential_id = credential_of(service, payer)
    (registered,) = eventually_told(service, credential_id, "spc.credential_registered")
    assert data_of(registered)["user_id"] == payer.user
    assert data_of(registered)["trust"]["everywhere"] is True
    handle = payer.allow(shop)
    given, failed = shop.ask(handle).json(), shop.ask(handle).json()
    answer = payer.answer(given, shop.origin)
    assert service.http.post("/spc-auth-response", json=answer).json()["success"] is True
    for _ in range(MOST_TRIES):
        wrong = payer.answer(failed, shop.origin, value="0.99")
        assert service.http.post("/spc-auth-response", json=wrong).status_code == 400
    (told_once,) = eventually_told(service, given["ceremony_id"], "spc.authenticated")
    assert (data_of(told_once)["payer"], data_of(told_once)["amount"]) == (handle, 1099)
    (ended,) = eventually_told(service, failed["ceremony_id"], "spc.failed")
    assert data_of(ended)["status"] == "failed"
    asked = shop.ask(handle).json()
    body = {"ceremony_id": asked["ceremony_id"]}
    assert service.http.post("/spc-opt-out", json=body).status_code == 204
    (event,) = eventually_told(service, handle, "spc.opted_out")
    assert data_of(event)["account_id"] == shop.merchant.account
    (ended,) = eventually_told(service, asked["ceremony_id"], "spc.failed")
    assert data_of(ended)["payer"] == handle
    removed = service.http.delete(f"/spc-credentials/{credential_id}", headers=payer.headers)
    assert removed.status_code == 204
    found = eventually_told(service, credential_id, "spc.credential_removed")
    assert data_of(found[-1])["status"] == "removed"


def test_a_decision_and_what_became_of_it_are_told(service: Service, shop: Shop) -> None:
    till = Till(shop)
    decision = till.decided(google_pay={"token": till.google_pay(eci="05")["token"]})
    (made,) = eventually_told(service, decision["id"], "step_up.decided")
    assert (data_of(made)["outcome"], data_of(made)["reviewed"]) == ("proceed", False)
    assert data_of(made)["result"] is None
    payment = till.at_stripe("payment_intents", amount=1099, currency="eur", card=DEVICE)
    answer = till.tell(decision, payment_intent=payment)
    assert answer.status_code == 200, answer.text
    found = eventually_told(service, decision["id"], "step_up.result")
    assert data_of(found[-1])["result"]["payment_intent"] == payment


def test_a_review_is_told_as_needed_and_as_decided_when_it_ended(
    service: Service, shop: Shop
) -> None:
    till = Till(shop)
    card = till.at_stripe("payment_methods", card={"brand": "visa"})
    decision = till.decided(payment_method=card, off_session=True)
    assert decision["outcome"] == "review"
    (needed,) = eventually_told(service, decision["id"], "step_up.review_needed")
    assert data_of(needed)["next"] == "wait_for_review"
    ended = service.http.post(
        f"{DECISIONS}/{decision['id']}/review", headers=shop.server, json={"outcome": "decline"}
    )
    assert ended.status_code == 200, ended.text
    found = eventually_told(service, decision["id"], "step_up.decided")
    assert types_of(found) == ["step_up.review_needed", "step_up.decided"]
    assert (data_of(found[-1])["outcome"], data_of(found[-1])["reviewed"]) == ("decline", True)

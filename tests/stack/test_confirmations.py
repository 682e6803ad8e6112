"""Secure Payment Confirmation on the deployed stack, over HTTP, with IAM enforced."""

from functools import partial
from typing import Any

import httpx

from tests.support.authenticator import SigningKey
from tests.support.service import Service
from tests.support.spc_service import PayerAtHome, Shop
from tests.support.threads import at_once


def send(service: Service, body: dict[str, Any], origin: str = "") -> httpx.Response:
    """What the payer's browser sends, without any token."""
    headers = {"Origin": origin} if origin else {}
    return service.http.post("/spc-auth-response", json=body, headers=headers)


def test_a_payer_approves_exactly_this_payment(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    handle = payer.allow(shop)
    asked = shop.ask(handle).json()
    assert asked["total"] == {"value": "10.99", "currency": "EUR"}
    assert shop.verdict(asked["ceremony_id"])["status"] == "pending"
    answer = send(service, payer.answer(asked, shop.origin), shop.origin)
    assert answer.json()["success"] is True
    assert answer.json()["browser_bound"] == "trusted"
    assert answer.headers["access-control-allow-origin"] == shop.origin
    told = shop.verdict(asked["ceremony_id"])
    assert (told["status"], told["amount"], told["payer"]) == ("authenticated", 1099, handle)


def test_another_amount_and_a_second_answer_are_refused(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    asked = shop.ask(payer.allow(shop)).json()
    wrong = send(service, payer.answer(asked, shop.origin, value="0.99"))
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_total")
    assert wrong.json()["success"] is False
    right = payer.answer(asked, shop.origin)
    assert send(service, right).status_code == 200
    again = send(service, right)
    assert (again.status_code, again.json()["code"]) == (409, "ceremony_already_used")


def test_two_answers_at_once_give_one_success(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    handle = payer.allow(shop)
    for _ in range(3):
        body = payer.answer(shop.ask(handle).json(), shop.origin)
        answers = at_once([partial(send, service, body), partial(send, service, body)])
        assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_a_new_browser_waits_for_its_owner_to_approve_it_in_one_that_is_trusted(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    handle, trusted = payer.allow(shop), payer.browser_key
    payer.browser_key = SigningKey.new()
    body = payer.answer(shop.ask(handle).json(), shop.origin)
    told = send(service, body).json()
    assert (told["browser_bound"], told["step_up_required"]) == ("new", True)
    (credential,) = service.http.get("/spc-credentials", headers=payer.headers).json()["data"]
    (pending,) = [key for key in credential["browser_keys"] if key["status"] == "pending"]
    path = f"/spc-credentials/{credential['credential_id']}/browser-keys/{pending['id']}"
    alone = service.http.post(f"{path}/trust", headers=payer.headers)
    assert (alone.status_code, alone.json()["code"]) == (403, "trusted_browser_required")
    question = service.http.post(f"{path}/approval-request", headers=payer.headers).json()
    payer.browser_key, new = trusted, payer.browser_key
    approval = payer.answer(question, service.url)
    assert (
        service.http.post(f"{path}/trust", headers=payer.headers, json=approval).status_code == 200
    )
    payer.browser_key = new
    body = payer.answer(shop.ask(handle).json(), shop.origin)
    assert send(service, body).json()["browser_bound"] == "trusted"
    assert service.http.delete(path, headers=payer.headers).status_code == 204


def test_an_opt_out_suspends_this_merchants_handle_alone(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    other = Shop.open(service)
    handle, elsewhere = payer.allow(shop), payer.allow(other)
    asked = shop.ask(handle).json()
    body = {"ceremony_id": asked["ceremony_id"]}
    assert service.http.post("/spc-opt-out", json=body).status_code == 204
    assert shop.ask(handle).json()["code"] == "unknown_payer"
    assert other.ask(elsewhere).status_code == 200
    assert payer.allow(shop) == handle
    assert shop.ask(handle).status_code == 200


def test_a_handle_is_useless_at_another_merchant(
    service: Service, shop: Shop, payer: PayerAtHome
) -> None:
    stranger = Shop.open(service).ask(payer.allow(shop))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_payer")

"""Step-up decisions on the deployed stack, over HTTP, with IAM enforced."""

import time
from collections import Counter
from functools import partial

import httpx
import pytest

from tests.support.authenticator import SigningKey
from tests.support.service import Service, new_user
from tests.support.spc_service import PayerAtHome, Shop
from tests.support.step_up_bundle import DECISIONS, OPERATOR_SCOPE
from tests.support.step_up_service import Till
from tests.support.threads import at_once

MANY = 12
"""Four times as many as the proxy lets through at the same time."""
DEVICE = {"wallet": {"type": "google_pay", "dynamic_last4": "3478"}}
CHALLENGED = {"result": "authenticated", "authentication_flow": "challenge", "version": "2.2.0"}


@pytest.fixture(scope="module")
def till(service: Service) -> Till:
    return Till(Shop.open(service))


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("code", ""))


def test_a_token_that_google_signed_spares_the_step_up_once(till: Till) -> None:
    google_pay = {"token": till.google_pay(eci="05")["token"]}
    told = till.decided(google_pay=google_pay, key=new_user("key"))
    assert (told["outcome"], told["evidence"], told["inputs"]["eci"]) == ("proceed", "signed", "05")
    assert code(till.decide(google_pay=google_pay)) == (409, "google_pay_token_replayed")
    assert till.read(f"/{told['id']}").json() == told


def test_of_many_calls_at_once_one_gets_a_decision(till: Till) -> None:
    google_pay = {"token": till.google_pay()["token"]}
    key = new_user("key")
    tries = [
        partial(till.decide, google_pay=google_pay, key=f"{key}-{number}") for number in range(MANY)
    ]
    found = Counter(code(answer) for answer in at_once(tries))
    assert found == {(201, ""): 1, (409, "google_pay_token_replayed"): MANY - 1}


def test_a_card_is_read_back_from_stripe(till: Till) -> None:
    for kind, member in (
        ("payment_methods", "payment_method"),
        ("confirmation_tokens", "confirmation_token"),
    ):
        told = till.decided(**{member: till.at_stripe(kind, card=DEVICE)})
        assert (told["evidence"], told["outcome"]) == ("wallet", "proceed")
        assert told["card"]["dynamic_last4"] == "3478"
    missing = till.decide(payment_method="pm_1none")
    assert code(missing) == (422, "invalid_request")


def test_a_confirmation_and_a_payment_that_are_told_make_a_payer_known_and_no_browser_trusted(
    service: Service, till: Till
) -> None:
    payer = PayerAtHome(service, SigningKey.new())
    assert payer.register().status_code == 201
    payer.browser_key = SigningKey.new()
    handle = payer.allow(till.shop)
    token = till.google_pay()["token"]
    decision = till.decided(payer=handle, google_pay={"token": token})
    asked = till.shop.ask(handle).json()
    answer = payer.answer(asked, till.shop.origin)
    assert service.http.post("/spc-auth-response", json=answer).json()["browser_bound"] == "new"
    payment = till.at_stripe(
        "payment_intents", amount=1099, currency="eur", card=DEVICE, three_d_secure=CHALLENGED
    )
    told = till.tell(decision, ceremony_id=asked["ceremony_id"], payment_intent=payment)
    assert told.status_code == 200, told.text
    results = told.json()["results"]
    assert results["spc"]["status"] == "authenticated"
    assert results["payment"]["three_d_secure"]["authentication_flow"] == "challenge"
    (credential,) = service.http.get("/spc-credentials", headers=payer.headers).json()["data"]
    assert {key["status"] for key in credential["browser_keys"]} == {"pending"}
    other = till.tell(till.decided(), payment_intent=payment)
    assert code(other) == (409, "decision_already_used")
    assert till.decided(payer=handle)["inputs"]["first_seen"] is False


def test_decisions_are_listed_for_the_merchant_and_for_the_operator(service: Service) -> None:
    till = Till(Shop.open(service))
    told = [till.decided(amount=amount) for amount in (100, 200, 300)]
    made = [decision["id"] for decision in told]
    listed: list[str] = []
    query = {"account_id": till.account, "limit": "2"}
    for _ in range(100):  # an index follows its table after a moment
        page = till.read(**query).json()
        rest = (
            till.read(**query, cursor=page["next_cursor"]).json() if page["next_cursor"] else page
        )
        listed = [entry["id"] for entry in [*page["data"], *rest["data"]]]
        if sorted(listed) == sorted(made):
            break
        time.sleep(0.1)
    assert sorted(listed) == sorted(made)
    operator = service.as_user(new_user("operator"), OPERATOR_SCOPE)
    # Two, should midnight fall between them.
    days = {time.strftime("%Y-%m-%d", time.gmtime(decision["created"])) for decision in told}
    found: set[str] = set()
    for day in days:
        query = {"day": day, "limit": "100"}
        answer = service.http.get(DECISIONS, headers=operator, params=query)
        found |= {entry["id"] for entry in answer.json()["data"]}
        assert code(till.read(**query)) == (403, "missing_scope")
    assert set(made) <= found


def test_another_merchant_finds_nothing(service: Service, till: Till) -> None:
    other, decision = Till(Shop.open(service)), till.decided()
    assert code(other.read(f"/{decision['id']}")) == (404, "decision_not_found")
    assert code(other.tell(decision, payment_intent="pi_1")) == (404, "decision_not_found")
    assert code(other.read(account_id=till.account)) == (404, "installation_not_found")
    answer = other.decide(account_id=till.account)
    assert code(answer) == (404, "installation_not_found")

"""Objects of a payment: made by the controls, and read as the bundle reads them."""

from typing import Any

from tests.support.stand_in import BAKERY, StandIn

METHODS, TOKENS, INTENTS = "/_payment_methods", "/_confirmation_tokens", "/_payment_intents"
EURO: dict[str, Any] = {"amount": 1999, "currency": "eur"}


def make(stand_in: StandIn, path: str, account: str = BAKERY, **order: Any) -> dict[str, Any]:
    response = stand_in.post(path, {"account": account, **order})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def read(stand_in: StandIn, path: str, account: str = BAKERY, **params: str) -> Any:
    """What the API answers on behalf of the account."""
    header = {"Stripe-Account": account}
    return stand_in.call("GET", f"/v1/{path}", headers=header, params=params).json()


def expanded(stand_in: StandIn, intent: dict[str, Any]) -> Any:
    params = {"expand[0]": "latest_charge", "expand[1]": "payment_method"}
    return read(stand_in, f"payment_intents/{intent['id']}", **params)


def do(stand_in: StandIn, intent: dict[str, Any], act: str, **more: Any) -> dict[str, Any]:
    """Have the merchant, the issuer or time do something to a payment, and return its charge."""
    order = {"account": BAKERY, "payment_intent": intent["id"], "do": act, **more}
    response = stand_in.post("/_merchant", order)
    assert response.status_code == 200, response.text
    return dict(expanded(stand_in, intent)["latest_charge"] or {})


def authenticate(stand_in: StandIn, intent: dict[str, Any], outcome: str) -> dict[str, Any]:
    order = {"payment_intent": intent["id"], "outcome": outcome}
    response = stand_in.post("/_authenticate", order)
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made

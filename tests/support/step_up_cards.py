"""Cards at Stripe, and the tokens of the same cards, to make payments with."""

from typing import Any

from local.google import payload
from tests.support.chromium import Json
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import PAN, StepUpBundle

METHODS, TOKENS, INTENTS = "/_payment_methods", "/_confirmation_tokens", "/_payment_intents"
CARD_PAN = "4111111111111111"
"""The card of the `PAN_ONLY` tokens that are sealed here."""
DEVICE_CARD: Json = {"wallet": {"type": "google_pay", "dynamic_last4": PAN[-4:]}}
"""The card of a device token; `last4` is of the number that the payer knows."""
PAN_CARD: Json = {
    **{"wallet": {"type": "google_pay"}, "last4": CARD_PAN[-4:]},
    **{"exp_month": 12, "exp_year": 2030},
}
PLAIN_CARD: Json = {"last4": "4242"}


def at_stripe(step_up: StepUpBundle, kind: str, account: str = BAKERY, **members: Any) -> str:
    """The id of a fresh object of a merchant's account, on which the app is installed."""
    step_up.stripe.install(account)
    answer = step_up.stripe.post(kind, {"account": account, **members})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def paid(step_up: StepUpBundle, account: str = BAKERY, **members: Any) -> str:
    """A payment of 10.99 euros, unless the test says otherwise."""
    return at_stripe(step_up, INTENTS, account, **{"amount": 1099, "currency": "eur"} | members)


def details(auth_method: str = "CRYPTOGRAM_3DS", **members: Any) -> Json:
    """The cleartext of a token whose `paymentMethodDetails` has these members; `...` leaves one
    out.
    """
    cleartext = payload(auth_method)
    changed = cleartext["paymentMethodDetails"] | members
    kept = {name: value for name, value in changed.items() if value is not Ellipsis}
    return cleartext | {"paymentMethodDetails": kept}


def rewrite(step_up: StepUpBundle, kind: str, identifier: str, **members: Any) -> None:
    """Have the stand-in's object of this kind (`payment_method`, …) say something else."""
    store = step_up.stripe.backend.store
    document = store.get(kind, identifier)
    assert document is not None
    store.put(kind, identifier, document | {"object": document["object"] | members})


def stored(step_up: StepUpBundle, kind: str, identifier: str) -> Json:
    """An object of the stand-in's, as it is kept."""
    document = step_up.stripe.backend.store.get(kind, identifier)
    assert document is not None
    return dict(document["object"])

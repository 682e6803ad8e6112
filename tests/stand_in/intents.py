"""PaymentIntents as the bundle uses them: through the SDK, on behalf of a connected account."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import stripe

from tests.stand_in.payments import METHODS, make
from tests.support.stand_in import BAKERY, StandIn
from tests.support.stand_in_servers import eventually

ORDER: dict[str, Any] = {
    "amount": 1999,
    "currency": "eur",
    "allowed_payment_method_types": ["card"],
    "capture_method": "manual",
    "confirmation_method": "manual",
}


class Intents:
    """The PaymentIntents of the bakery."""

    def __init__(self, stand_in: StandIn, account: str = BAKERY) -> None:
        self.stand_in, self.account = stand_in, account
        client = stand_in.client("sk_test_local", stripe_account=account, max_network_retries=0)
        self.calls = client.v1.payment_intents

    def create(self, **params: Any) -> str:
        sent: Any = ORDER | params
        return self.calls.create(sent).id

    def card(self, **card: Any) -> str:
        """A PaymentMethod of this card."""
        customer = {"customer": named} if (named := card.pop("customer", None)) else {}
        made = make(self.stand_in, METHODS, self.account, card=card, **customer)
        return str(made["id"])

    def confirm(self, intent: str, method: str | None = None, **params: Any) -> dict[str, Any]:
        """The PaymentIntent after an attempt, with its charge."""
        asked = params.pop("request_three_d_secure", None)
        if asked:
            params["payment_method_options"] = {"card": {"request_three_d_secure": asked}}
        named = {"payment_method": method} if method else {}
        sent: Any = {"expand": ["latest_charge"], "use_stripe_sdk": True, **named, **params}
        return dict(self.calls.confirm(intent, sent).to_dict())

    def capture(self, intent: str, **params: Any) -> dict[str, Any]:
        sent: Any = {"expand": ["latest_charge"], "amount_to_capture": 1999, **params}
        return dict(self.calls.capture(intent, sent).to_dict())

    def cancel(self, intent: str, **params: Any) -> dict[str, Any]:
        sent: Any = {"expand": ["latest_charge"], **params}
        return dict(self.calls.cancel(intent, sent).to_dict())

    def read(self, intent: str, *expand: str) -> dict[str, Any]:
        sent: Any = {"expand": list(expand or ("latest_charge",))}
        return dict(self.calls.retrieve(intent, sent).to_dict())

    def held(self, **card: Any) -> str:
        """A payment that is authorized and not captured."""
        intent = self.create()
        assert self.confirm(intent, self.card(**card))["status"] == "requires_capture"
        return intent


@contextmanager
def refused(status: int, code: str | None) -> Iterator[dict[str, Any]]:
    """Expect Stripe's refusal, and fill in its `error` object."""
    found: dict[str, Any] = {}
    with pytest.raises(stripe.StripeError) as caught:
        yield found
    error: Any = caught.value
    found.update((error.json_body or {}).get("error", {}))
    assert (error.http_status, found.get("code")) == (status, code), found


def events_of(stand_in: StandIn, account: str = BAKERY) -> list[str]:
    """The types of the events that the bundle was sent for an account, in their order."""
    eventually(lambda: all(each["state"] != "pending" for each in stand_in.deliveries()))
    return [
        each["type"]
        for each in stand_in.deliveries()
        if each["account"] == account and not each["type"].startswith("account.")
    ]

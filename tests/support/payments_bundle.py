"""Payments in this process, as a merchant's server sees them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from countersign.payments import context as payments
from countersign.payments import store
from countersign.payments.payment_record import PaymentRecord
from tests.support.authenticator import Passkey
from tests.support.chromium import Browser, Json
from tests.support.gateway import Caller, HttpAnswer, LambdaContext
from tests.support.roles import acting_as
from tests.support.spc_bundle import MERCHANT_SCOPE, SERVER, SpcBundle
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import METHODS, TOKENS, at_stripe, rewrite
from tests.support.watched_intents import WatchedIntents
from tools.functions import load_function

PAYMENTS = "/payments"
US_CARD: Json = {"last4": "4242", "country": "US"}
"""A card with which no 3-D Secure is tried unless it is asked for."""
_numbers = itertools.count(1)


@dataclass
class PaymentsBundle(StepUpBundle):
    """A deployment with empty tables and one merchant, whose calls about PaymentIntents are watched."""

    intents: WatchedIntents = field(default_factory=WatchedIntents)

    def shop(
        self,
        subject: str | None = SERVER,
        scope: str = MERCHANT_SCOPE,
        milliseconds: int = 29_000,
    ) -> Caller:
        """A merchant's server, or another caller, whose request has so much time."""
        handler = load_function("payments").handler
        return Caller(handler, subject, scope, LambdaContext(milliseconds=milliseconds))

    def card(self, account: str = BAKERY, **members: Any) -> str:
        """A PaymentMethod of the merchant's account."""
        customer = {"customer": members.pop("customer")} if "customer" in members else {}
        return at_stripe(self, METHODS, account, card=US_CARD | members, **customer)

    def token(self, account: str = BAKERY, **members: Any) -> str:
        """A confirmation token of the merchant's account."""
        return at_stripe(self, TOKENS, account, card=US_CARD | members)

    def create(self, key: str | None = None, **members: Any) -> HttpAnswer:
        """The answer for a payment of 10.99 dollars, unless the test says otherwise."""
        headers = {"idempotency-key": key or _key()}
        return self.shop().post(PAYMENTS, paying(**members), headers=headers)

    def created(self, **members: Any) -> Json:
        """The payment."""
        answer = self.create(**members)
        assert answer.status == 201, answer
        return dict(answer.json)

    def confirm_payment(
        self, payment: str, key: str | None = None, milliseconds: int = 29_000, **body: Any
    ) -> HttpAnswer:
        """The answer to a confirmation with a card, or without one."""
        headers = {"idempotency-key": key or _key()}
        caller = self.shop(milliseconds=milliseconds)
        return caller.post(f"{PAYMENTS}/{payment}/confirm", body, headers=headers)

    def confirmed(self, payment: str, **body: Any) -> Json:
        """The payment after a confirmation."""
        answer = self.confirm_payment(payment, **body)
        assert answer.status == 200, answer
        return dict(answer.json)

    def cancel(self, payment: str) -> HttpAnswer:
        return self.shop().post(f"{PAYMENTS}/{payment}/cancel")

    def ask_again(self, payment: str) -> HttpAnswer:
        """The payer is to be asked once more."""
        return self.shop().post(f"{PAYMENTS}/{payment}/spc")

    def confirm_spc(self, made: Json, passkey: Passkey, browser: Browser) -> HttpAnswer:
        """The payer approves what they are shown, on the merchant's page."""
        return SpcBundle.confirm(self, made["spc"], passkey, browser)

    def read(self, payment: str) -> Json:
        """The payment as its merchant reads it."""
        answer = self.shop().get(f"{PAYMENTS}/{payment}")
        assert answer.status == 200, answer
        return dict(answer.json)

    def sweep(self) -> Json:
        """One sweep."""
        handler = load_function("payments").handler
        with acting_as(handler):
            swept = handler({"sweep": {}}, LambdaContext(milliseconds=60_000))
        return dict(swept["swept"])

    def intent(self, payment: str) -> Json:
        """The PaymentIntent of a payment, with its charge, as the stand-in has it."""
        wanted = self.record(payment).payment_intent
        ledger = self.stripe.http.get("/_ledger").json()["payment_intents"]
        return next(each for each in ledger if each["id"] == wanted)

    def made(self, payment: str) -> list[Json]:
        """Every PaymentIntent that names a payment."""
        ledger = self.stripe.http.get("/_ledger").json()["payment_intents"]
        return [each for each in ledger if each["metadata"].get("countersign_payment") == payment]

    def authenticate(self, payment: str, outcome: str = "pass") -> None:
        """The payer goes through 3-D Secure."""
        wanted = {"payment_intent": self.record(payment).payment_intent, "outcome": outcome}
        answer = self.stripe.post("/_authenticate", wanted)
        assert answer.status_code == 200, answer.text

    def merchant_does(self, payment: str, do: str, account: str = BAKERY, **members: Any) -> None:
        """Something is done to a payment at Stripe, without us."""
        wanted = {"payment_intent": self.record(payment).payment_intent, "do": do, **members}
        answer = self.stripe.post("/_merchant", {"account": account, **wanted})
        assert answer.status_code == 200, answer.text

    def rewrite(self, payment: str, **members: Any) -> None:
        """The PaymentIntent says something else."""
        rewrite(self, "payment_intent", str(self.record(payment).payment_intent), **members)

    def record(self, payment: str) -> PaymentRecord:
        """The payment as it is stored."""
        found = store.load(payments.context().table, payment)
        assert found is not None
        return found


def paying(**members: Any) -> Json:
    """10.99 dollars at the bakery, under a reference of its own; `...` leaves a member out."""
    usual = {"account_id": BAKERY, "amount": 1099, "currency": "usd", "reference": _key()}
    body = usual | members
    return {name: value for name, value in body.items() if value is not Ellipsis}


def _key() -> str:
    return f"order-{next(_numbers)}"

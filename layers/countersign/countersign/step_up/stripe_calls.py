"""Stripe's cards and payments, read on behalf of the merchant's account (`Stripe-Account`)."""

from typing import Any, Protocol

from countersign.stripe_api.calls import StripeResponse, call

CARDS = ("payment_methods", "PaymentMethod")
"""What a read of a card needs of the SDK (`clients.connect`)."""
_PAGE = 100
"""The most that Stripe lists at once."""


class StripeCalls(Protocol):
    """The calls to Stripe about payments; each raises as `call` does."""

    def payment_method(self, account_id: str, payment_method: str) -> StripeResponse: ...
    def confirmation_token(self, account_id: str, confirmation_token: str) -> StripeResponse: ...
    def payment_intent(self, account_id: str, payment_intent: str) -> StripeResponse: ...
    def payment_intents(self, account_id: str, customer: str) -> StripeResponse: ...
    def payments_between(
        self, account_id: str, begin: int, end: int, after: str | None
    ) -> StripeResponse: ...
    def setup_intents(self, account_id: str, payment_method: str) -> StripeResponse: ...


class StripePayments:
    """`StripeCalls` over Stripe's own SDK."""

    def payment_method(self, account_id: str, payment_method: str) -> StripeResponse:
        """Read a PaymentMethod: https://docs.stripe.com/api/payment_methods/retrieve."""
        return call(lambda c: c.v1.payment_methods.retrieve(payment_method), account=account_id)

    def confirmation_token(self, account_id: str, confirmation_token: str) -> StripeResponse:
        """Read a token: https://docs.stripe.com/api/confirmation_tokens/retrieve."""
        return call(
            lambda c: c.v1.confirmation_tokens.retrieve(confirmation_token), account=account_id
        )

    def payment_intent(self, account_id: str, payment_intent: str) -> StripeResponse:
        """Read a PaymentIntent with its latest charge: https://docs.stripe.com/api/payment_intents/
        retrieve.
        """
        params: Any = {"expand": ["latest_charge"]}
        return call(
            lambda c: c.v1.payment_intents.retrieve(payment_intent, params), account=account_id
        )

    def payment_intents(self, account_id: str, customer: str) -> StripeResponse:
        """List a customer's newest PaymentIntents with their charges: https://docs.stripe.com/api/
        payment_intents/list.
        """
        params: Any = {"customer": customer, "expand": ["data.latest_charge"], "limit": _PAGE}
        return call(lambda c: c.v1.payment_intents.list(params), account=account_id)

    def payments_between(
        self, account_id: str, begin: int, end: int, after: str | None
    ) -> StripeResponse:
        """List a page of the PaymentIntents that were created between two times (Unix seconds),
        newest first, after the one with an id.
        """
        created = {"gte": begin, "lte": end}
        params: Any = {"created": created, "limit": _PAGE} | (
            {"starting_after": after} if after else {}
        )
        return call(lambda c: c.v1.payment_intents.list(params), account=account_id)

    def setup_intents(self, account_id: str, payment_method: str) -> StripeResponse:
        """List a PaymentMethod's newest SetupIntents with their attempts: https://docs.stripe.com/
        api/setup_intents/list.
        """
        expand = ["data.latest_attempt", "data.payment_method"]
        params: Any = {"payment_method": payment_method, "expand": expand, "limit": _PAGE}
        return call(lambda c: c.v1.setup_intents.list(params), account=account_id)

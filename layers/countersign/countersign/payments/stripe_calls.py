"""PaymentIntents at Stripe, on the merchant's account (`Stripe-Account`).

https://docs.stripe.com/api/payment_intents. Each call is tried once: what an unanswered one came to
is read, and it is repeated with the same key.
"""

from typing import Any, Protocol

from countersign.payments.intent import EXPAND
from countersign.stripe_api.calls import StripeResponse, call

INTENTS = ("payment_intents", "PaymentIntent")
"""What these calls need of the SDK (`clients.connect`)."""
LONG = 20.0
"""Seconds that a confirmation may take: it asks the issuer, and looks up 3-D Secure."""
SHORT = 5.0
"""Seconds that every other call may take."""
Expand = tuple[str, ...]
"""What is read whole with a PaymentIntent; each object takes a permission of its own."""
_PAGE = 100


class StripeCalls(Protocol):
    """The calls to Stripe about PaymentIntents; each raises as `call` does."""

    def create(self, account_id: str, params: dict[str, Any], key: str) -> StripeResponse: ...
    def update(self, account_id: str, intent: str, params: dict[str, Any]) -> StripeResponse: ...
    def confirm(
        self, account_id: str, intent: str, params: dict[str, Any], key: str
    ) -> StripeResponse: ...
    def capture(
        self, account_id: str, intent: str, params: dict[str, Any], key: str, expand: Expand
    ) -> StripeResponse: ...
    def cancel(
        self, account_id: str, intent: str, params: dict[str, Any], key: str, expand: Expand
    ) -> StripeResponse: ...
    def retrieve(self, account_id: str, intent: str, expand: Expand) -> StripeResponse: ...
    def created_between(
        self, account_id: str, since: int, until: int, after: str | None
    ) -> StripeResponse: ...


class StripeIntents:
    """`StripeCalls` over Stripe's own SDK."""

    def create(self, account_id: str, params: dict[str, Any], key: str) -> StripeResponse:
        """Create a PaymentIntent."""
        sent: Any = params
        return call(
            lambda c: c.v1.payment_intents.create(sent, {"idempotency_key": key}),
            account=account_id,
            once=SHORT,
        )

    def update(self, account_id: str, intent: str, params: dict[str, Any]) -> StripeResponse:
        """Set members: the same each time, so that it needs no key."""
        sent: Any = params
        return call(
            lambda c: c.v1.payment_intents.update(intent, sent), account=account_id, once=SHORT
        )

    def confirm(
        self, account_id: str, intent: str, params: dict[str, Any], key: str
    ) -> StripeResponse:
        """Confirm a PaymentIntent."""
        sent: Any = {**params, "expand": list(EXPAND)}
        return call(
            lambda c: c.v1.payment_intents.confirm(intent, sent, {"idempotency_key": key}),
            account=account_id,
            once=LONG,
        )

    def capture(
        self, account_id: str, intent: str, params: dict[str, Any], key: str, expand: Expand
    ) -> StripeResponse:
        """Capture what is authorized."""
        sent: Any = {**params, "expand": list(expand)}
        return call(
            lambda c: c.v1.payment_intents.capture(intent, sent, {"idempotency_key": key}),
            account=account_id,
            once=SHORT,
        )

    def cancel(
        self, account_id: str, intent: str, params: dict[str, Any], key: str, expand: Expand
    ) -> StripeResponse:
        """Cancel a PaymentIntent."""
        sent: Any = {**params, "expand": list(expand)}
        return call(
            lambda c: c.v1.payment_intents.cancel(intent, sent, {"idempotency_key": key}),
            account=account_id,
            once=SHORT,
        )

    def retrieve(self, account_id: str, intent: str, expand: Expand) -> StripeResponse:
        """Read a PaymentIntent, with its latest charge and its review where they are expanded."""
        params: Any = {"expand": list(expand)}
        return call(
            lambda c: c.v1.payment_intents.retrieve(intent, params), account=account_id, once=SHORT
        )

    def created_between(
        self, account_id: str, since: int, until: int, after: str | None
    ) -> StripeResponse:
        """List a page of the PaymentIntents created in a time (Unix seconds), newest first, after
        the one with an id.
        """
        params: Any = {"created": {"gte": since, "lte": until}, "limit": _PAGE} | (
            {"starting_after": after} if after else {}
        )
        return call(lambda c: c.v1.payment_intents.list(params), account=account_id, once=SHORT)

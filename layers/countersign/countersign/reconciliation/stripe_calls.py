"""Stripe's list of events: https://docs.stripe.com/api/events/list."""

from typing import Any, Protocol

from countersign.stripe_api.calls import StripeResponse, call

PAGE = 100
"""The most events that Stripe gives at once."""
MOST_TYPES = 20
"""The most types of events that one request may name."""


class StripeCalls(Protocol):
    """The requests to Stripe about events. Each raises as `call` does."""

    def events(self, params: dict[str, Any], account: str | None = None) -> StripeResponse: ...


class StripeEvents:
    """`StripeCalls` over Stripe's own SDK."""

    def events(self, params: dict[str, Any], account: str | None = None) -> StripeResponse:
        """Return a page of events, newest first, of our own account or of a connected one."""
        wanted: Any = params
        return call(lambda c: c.v1.events.list(wanted), account=account)

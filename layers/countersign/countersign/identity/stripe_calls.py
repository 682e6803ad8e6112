"""Verification sessions at Stripe: https://docs.stripe.com/api/identity/verification_sessions.

A retrieve mints a fresh `client_secret` and `url` while the session needs input, so neither is ever
stored (docs/decisions.md#never-stored-or-logged).
"""

from typing import Any, Protocol

from countersign.stripe_api.calls import StripeResponse, call

SESSIONS = ("identity.verification_sessions", "identity.VerificationSession")
"""What these calls need of the SDK (`clients.connect`)."""
LONGEST_PAGE = 100
"""Sessions that one page of Stripe's list may hold."""

StripeSession = dict[str, Any]
"""A verification session as Stripe's API shows it, perhaps with its secret and url."""


class StripeCalls(Protocol):
    """What Identity asks of Stripe about verification sessions. Each raises as `call` does."""

    def create(self, params: dict[str, Any], idempotency_key: str) -> StripeResponse: ...
    def retrieve(self, session_id: str, expand: tuple[str, ...] = ()) -> StripeResponse: ...
    def update(self, session_id: str, params: dict[str, Any]) -> StripeResponse: ...
    def cancel(self, session_id: str) -> StripeResponse: ...
    def redact(self, session_id: str) -> StripeResponse: ...
    def list(self, params: dict[str, Any]) -> StripeResponse: ...


class StripeSessions:
    """`StripeCalls` over Stripe's own SDK."""

    def create(self, params: Any, idempotency_key: str) -> StripeResponse:
        """Create a session, or return the one that was created under this idempotency key."""
        options: Any = {"idempotency_key": idempotency_key}
        return call(lambda c: c.v1.identity.verification_sessions.create(params, options))

    def retrieve(self, session_id: str, expand: tuple[str, ...] = ()) -> StripeResponse:
        """Return a session as it is now."""
        params: Any = {"expand": list(expand)} if expand else {}
        return call(lambda c: c.v1.identity.verification_sessions.retrieve(session_id, params))

    def update(self, session_id: str, params: Any) -> StripeResponse:
        """Change a session that needs input."""
        return call(lambda c: c.v1.identity.verification_sessions.update(session_id, params))

    def cancel(self, session_id: str) -> StripeResponse:
        """End a session that needs input, permanently."""
        return call(lambda c: c.v1.identity.verification_sessions.cancel(session_id))

    def redact(self, session_id: str) -> StripeResponse:
        """Have Stripe erase what was collected; an event says so, within days."""
        return call(lambda c: c.v1.identity.verification_sessions.redact(session_id))

    def list(self, params: Any) -> StripeResponse:
        """Return one page of sessions, newest first."""
        return call(lambda c: c.v1.identity.verification_sessions.list(params))

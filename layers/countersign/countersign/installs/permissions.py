"""The permissions that the app asks merchants for, all at once: each one that is added later has to
be agreed to by every merchant again. Pure.

`examples/stripe-app.json` says what each is for, to the merchant.
https://docs.stripe.com/stripe-apps/reference/permissions.
"""

from collections.abc import Iterable

ACCOUNT = "connected_account_read"
"""The permission to read the account: its country and its names."""

PERMISSIONS = (
    ACCOUNT,
    "apple_pay_domain_write",
    "charge_read",
    "confirmation_token_client_write",
    "confirmation_token_read",
    "customer_read",
    "dispute_read",
    "elements_write",
    "event_read",
    "payment_intent_read",
    "payment_intent_write",
    "payment_method_read",
    "review_read",
    "setup_intent_read",
)


def missing_permissions(granted: Iterable[str]) -> list[str]:
    """Return the permissions that a merchant has yet to agree to."""
    agreed = frozenset(granted)
    return [name for name in PERMISSIONS if name not in agreed]

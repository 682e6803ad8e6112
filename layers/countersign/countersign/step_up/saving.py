"""How a card was saved for payments without its payer, by what Stripe has of it. Pure.

https://docs.stripe.com/payments/save-during-payment and /payments/save-and-reuse: a SetupIntent
with `usage` or a PaymentIntent with `setup_future_usage` of `off_session` that succeeded. It is the
payer's agreement, and where the law asks for it the issuer authenticates them then (Regulation (EU)
2018/389, article 14, for the first of a series).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from countersign.step_up.stripe_card import StripeCard, read_card

SavingProof = Literal["authenticated", "unauthenticated"]
"""`authenticated` where the issuer authenticated the payer when the card was saved, or the card is
a device's own number, for which it answers.
"""
_OFF_SESSION = "off_session"


def best_of(savings: Iterable[SavingProof | None]) -> SavingProof | None:
    """Return the one that proves most; `None` where nothing was saved."""
    found = set(savings) - {None}
    return "authenticated" if "authenticated" in found else next(iter(found), None)


def of_setup_intent(intent: Mapping[str, Any], fingerprint: str) -> SavingProof | None:
    """Return how a SetupIntent saved the card with this fingerprint, if it did. Its
    `latest_attempt` and its `payment_method` are expanded.
    """
    if intent.get("status") != "succeeded" or intent.get("usage") != _OFF_SESSION:
        return None
    card = read_card(_at(intent, "payment_method"))
    details = _at(intent, "latest_attempt", "payment_method_details", "card")
    return _proof(intent, fingerprint, card, details)


def of_payment_intent(intent: Mapping[str, Any], fingerprint: str) -> SavingProof | None:
    """Return how a PaymentIntent saved the card with this fingerprint, if it did. Its
    `latest_charge` is expanded. A payment that was disputed is no agreement to more of them.
    """
    usages = intent, _at(intent, "payment_method_options", "card")
    is_for_later = any(usage.get("setup_future_usage") == _OFF_SESSION for usage in usages)
    charge = _at(intent, "latest_charge")
    if not is_for_later or intent.get("status") != "succeeded" or charge.get("disputed"):
        return None
    details = _at(charge, "payment_method_details")
    return _proof(intent, fingerprint, read_card(details), _at(details, "card"))


def _proof(
    intent: Mapping[str, Any],
    fingerprint: str,
    card: StripeCard | None,
    details: Mapping[str, Any],
) -> SavingProof | None:
    # What was agreed to on behalf of another account is that account's.
    if card is None or card.fingerprint != fingerprint or intent.get("on_behalf_of") is not None:
        return None
    is_authenticated = _at(details, "three_d_secure").get("result") == "authenticated"
    return "authenticated" if is_authenticated or card.is_device_token else "unauthenticated"


def _at(found: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the object at a path, and an empty one where there is none: an id is not expanded."""
    value: Any = found
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}

"""What the issuer of a card says to a charge, and Stripe of its risk
(docs.stripe.com/testing#declined-payments, docs.stripe.com/declines/codes). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

DeclineCode = Literal[
    "authentication_required", "card_velocity_exceeded", "expired_card", "generic_decline",
    "incorrect_cvc", "insufficient_funds", "lost_card", "processing_error", "stolen_card",
]  # fmt: skip
Risk = Literal["elevated", "highest", "normal"]

_OWN_CODE = {"authentication_required", "expired_card", "incorrect_cvc", "processing_error"}
"""Decline codes that are the code of the error, too."""
_MESSAGES = {
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
_BY_NUMBER: Mapping[str, DeclineCode] = {
    "0002": "generic_decline",
    "9995": "insufficient_funds",
    "9987": "lost_card",
    "9979": "stolen_card",
    "0069": "expired_card",
    "0127": "incorrect_cvc",
    "0119": "processing_error",
    "6975": "card_velocity_exceeded",
    "0341": "generic_decline",
}
"""Of Visa's test cards of the United States, by the last four digits."""
_AFTER_3DS: Mapping[str, DeclineCode] = {
    "1280": "generic_decline",
    "1629": "generic_decline",
    "3178": "insufficient_funds",
}
"""Of test cards for 3-D Secure, which are of several countries."""
_RISKS: Mapping[str, Risk] = {"4954": "highest", "9235": "elevated"}
_DISPUTES = {"0259": "fraudulent", "2685": "product_not_received", "1976": "fraudulent"}
_INQUIRY, _WARNED_OF = "1976", "5423"


@dataclass(frozen=True)
class Refusal:
    """A charge that is refused, in the words of Stripe's error; `decline_code` is the issuer's."""

    code: str
    decline_code: DeclineCode

    @property
    def message(self) -> str:
        return _MESSAGES.get(self.decline_code, "Your card was declined.")


def refusal(card: Mapping[str, Any], declines: DeclineCode | None) -> Refusal | None:
    """Return why the `card` of a PaymentMethod is declined, `None` if it is not. `declines` is what
    it was made to be.
    """
    said = declines or _of_number(card)
    return declined(said) if said else None


def declined(said: DeclineCode) -> Refusal:
    """Return the refusal with an issuer's word."""
    return Refusal(said if said in _OWN_CODE else "card_declined", said)


def risk(card: Mapping[str, Any]) -> Risk:
    """Return how risky Stripe finds a card. One that is elevated is reviewed by the merchant."""
    return _RISKS.get(card["last4"], "normal") if _is_test_visa(card) else "normal"


def dispute(card: Mapping[str, Any]) -> tuple[str, bool] | None:
    """Return the reason for which a payment with a card is disputed once it was captured, and
    whether that is an inquiry only; `None` for one that is not.
    """
    reason = _DISPUTES.get(card["last4"]) if _is_test_visa(card) else None
    return (reason, card["last4"] == _INQUIRY) if reason else None


def is_warned_of(card: Mapping[str, Any]) -> bool:
    """Return whether the network warns of fraud with a card."""
    return _is_test_visa(card) and card["last4"] == _WARNED_OF


def refund(card: Mapping[str, Any]) -> Literal["succeeded", "later", "fails"]:
    """Return how a refund to a card goes: some test cards take their time for it."""
    found: dict[str, Literal["later", "fails"]] = {"7726": "later", "5126": "fails"}
    return found.get(card["last4"], "succeeded") if _is_test_visa(card) else "succeeded"


def _of_number(card: Mapping[str, Any]) -> DeclineCode | None:
    if _is_test_visa(card) and card["last4"] in _BY_NUMBER:
        return _BY_NUMBER[card["last4"]]
    return _AFTER_3DS.get(card["last4"]) if card["brand"] == "visa" else None


def _is_test_visa(card: Mapping[str, Any]) -> bool:
    # The numbers of other countries and networks end in the same digits.
    return card["brand"] == "visa" and card["country"] == "US" and card.get("wallet") is None

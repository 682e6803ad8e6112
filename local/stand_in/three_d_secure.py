"""What 3-D Secure does with a card when a payment asks for it, and what the charge says of it then
(docs.stripe.com/testing#three-ds-cards). Pure.
"""

from collections.abc import Mapping
from typing import Any, Literal

from local.stand_in.cards import Plays, ThreeDSecure

Request = Literal["automatic", "any", "challenge"]
"""`payment_method_options[card][request_three_d_secure]`."""

_ALWAYS = {"3155", "3184", "3220"}
"""The last four digits of test cards that are authenticated whatever is requested."""
_BY_NUMBER: Mapping[tuple[str, str], Plays] = {
    **{("visa", last4): "challenge" for last4 in ("0446", "1629", "3055", "3178", *_ALWAYS)},
    **{("visa", last4): "processing_error" for last4 in ("1280", "3097")},
    ("amex", "0005"): "not_supported",
}
"""What Stripe's test cards do, by brand and last four digits."""
_NOT_ENROLLED: Plays = "attempt_acknowledged"


def play(card: Mapping[str, Any], plays: Plays | None, request: Request) -> Plays | None:
    """Return what 3-D Secure does with the `card` of a PaymentMethod, `None` where it is not tried.
    `plays` is what the card was made to do. A device token cannot do it.
    """
    if not card["three_d_secure_usage"]["supported"]:
        return None
    if request == "automatic" and card["last4"] not in _ALWAYS:
        return None
    if plays is not None:
        return plays
    usual: Plays = "frictionless" if card["country"] != "US" else _NOT_ENROLLED
    return _BY_NUMBER.get((card["brand"], card["last4"]), usual)


def shown(played: Plays | None) -> ThreeDSecure | None:
    """Return what a charge says of it; of a challenge, that it was passed."""
    return _SHOWN[played].model_copy() if played else None


def _authenticated(flow: Literal["challenge", "frictionless"]) -> ThreeDSecure:
    return ThreeDSecure(
        result="authenticated",
        authentication_flow=flow,
        electronic_commerce_indicator="05",
        version="2.2.0",
    )


_SHOWN: Mapping[Plays, ThreeDSecure] = {
    "challenge": _authenticated("challenge"),
    "frictionless": _authenticated("frictionless"),
    "attempt_acknowledged": ThreeDSecure(
        result="attempt_acknowledged",
        result_reason="card_not_enrolled",
        electronic_commerce_indicator="06",
        version="2.2.0",
    ),
    "not_supported": ThreeDSecure(result="not_supported", result_reason="network_not_supported"),
    "processing_error": ThreeDSecure(
        result="processing_error", result_reason="protocol_error", version="2.2.0"
    ),
    "failed": ThreeDSecure(result="failed", result_reason="rejected", version="2.2.0"),
}

"""What 3-D Secure does with a card when a payment asks for it, and what the charge says of it then
(docs.stripe.com/testing#three-ds-cards). Pure.
"""

from collections.abc import Mapping
from typing import Any, Literal

from local.stand_in.cards import Plays, ThreeDSecure

Request = Literal["automatic", "any", "challenge"]
"""`payment_method_options[card][request_three_d_secure]`."""

_ALWAYS = {"0446", "1280", "1629", "3155", "3178", "3184", "3220"}
"""The last four digits of test cards that are authenticated whatever is requested."""
_SET_UP = {"0446"}
"""Of those, the ones that count as set up for payments without their payer."""
_BY_ITSELF: set[Plays] = {"data_share_only", "exempted"}
"""What Stripe does whether 3-D Secure was asked for or not."""
_BY_NUMBER: Mapping[tuple[str, str], Plays] = {
    **{("visa", last4): "challenge" for last4 in ("3055", *_ALWAYS)},
    **{("visa", last4): "processing_error" for last4 in ("1280", "3097")},
    ("amex", "0005"): "not_supported",
}
"""What Stripe's test cards do, by brand and last four digits."""
_NOT_ENROLLED: Plays = "attempt_acknowledged"


def play(
    card: Mapping[str, Any], plays: Plays | None, request: Request, *, off_session: bool = False
) -> Plays | None:
    """Return what 3-D Secure does with the `card` of a PaymentMethod, `None` where it is not tried.
    `plays` is what the card was made to do. A device token cannot do it.
    """
    is_always = card["last4"] in _ALWAYS and not (off_session and card["last4"] in _SET_UP)
    if not card["three_d_secure_usage"]["supported"]:
        return None
    if request == "automatic" and not is_always and plays not in _BY_ITSELF:
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
    "exempted": ThreeDSecure(
        result="exempted",
        exemption_indicator="low_risk",
        exemption_indicator_applied=True,
        version="2.2.0",
    ),
    "data_share_only": ThreeDSecure(
        result="data_share_only", electronic_commerce_indicator="07", version="2.2.0"
    ),
    "failed": ThreeDSecure(result="failed", result_reason="rejected", version="2.2.0"),
}

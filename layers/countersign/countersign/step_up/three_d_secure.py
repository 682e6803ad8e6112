"""What a decision means for a PaymentIntent: what to request of 3-D Secure, and the results with
which the payment may be captured. Pure.

https://docs.stripe.com/api/payment_intents/create#create_payment_intent-payment_method_options-
card-request_three_d_secure and https://docs.stripe.com/api/charges/object#charge_object-
payment_method_details-card-three_d_secure-result. Stripe lets a payment continue when 3-D Secure is
not available, so a merchant that requires it captures by hand, once the result is there.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from countersign.step_up.rules import Capture, Rule

RequestThreeDSecure = Literal["automatic", "any", "challenge"]
"""`automatic` leaves it to Stripe's own engine; there is no "never"."""

UNASKED: Sequence[Capture] = (
    "none",
    "authenticated",
    "attempt_acknowledged",
    "exempted",
    "not_supported",
)
"""The results that suffice where 3-D Secure is not asked for."""
_ASKED: Sequence[Capture] = ("authenticated", "attempt_acknowledged", "not_supported")
_ASKED_WHERE_EXPECTED: Sequence[Capture] = ("authenticated",)
_IN_TURN_OF_THE_ISSUER: Sequence[Capture] = ("authenticated", "attempt_acknowledged", "exempted")
"""The results that a rule may accept where authentication is expected: with every other result, the
payment went without it.
"""


class Terms(Struct, frozen=True):
    """How to make a payment: without a sufficient confirmation, and with one."""

    request_three_d_secure: RequestThreeDSecure = "automatic"
    after_confirmation: RequestThreeDSecure = "automatic"
    captures: tuple[Capture, ...] = ()
    captures_after_confirmation: tuple[Capture, ...] = ()


NOT_TO_BE_MADE = Terms()
"""The payment is not made: with no result may it be captured."""


def terms_of_proceed(rule: Rule) -> Terms:
    """Return the terms of a payment that needs no stronger proof."""
    captures = rule.captures or tuple(UNASKED)
    return Terms(captures=captures, captures_after_confirmation=captures)


def terms_of_step_up(rule: Rule, methods: Sequence[str], *, is_expected: bool) -> Terms:
    """Return the terms of a payment that is proved by `methods`. Where 3-D Secure is not among
    them, it may be captured with a confirmation only. `is_expected` is where authentication is
    expected.
    """
    can_confirm, can_authenticate = "spc" in methods, "3ds" in methods
    requested: RequestThreeDSecure = "automatic"
    captures: tuple[Capture, ...] = ()
    if can_authenticate:
        # `automatic` is for payments that proceed.
        requested = "any" if rule.three_d_secure == "automatic" else rule.three_d_secure
        captures = _captures(rule, is_expected=is_expected)
    if not can_confirm:
        return Terms(requested, requested, captures, captures)
    return Terms(
        requested,
        "automatic",
        captures,
        rule.captures_after_confirmation or tuple(UNASKED),
    )


def _captures(rule: Rule, *, is_expected: bool) -> tuple[Capture, ...]:
    if not is_expected:
        return rule.captures or tuple(_ASKED)
    kept = tuple(one for one in rule.captures if one in _IN_TURN_OF_THE_ISSUER)
    return kept or tuple(_ASKED_WHERE_EXPECTED)

"""What a PaymentIntent's status lets be done with it, and what an attempt that failed is answered
with (docs.stripe.com/payments/paymentintents/lifecycle).
"""

from typing import Any, Literal

from local.stand_in.errors import CarriedOut, StripeError
from local.stand_in.merchant_acts import OPEN
from local.stand_in.payments import unexpected_state

_STATUSES = {
    "confirmed": ("requires_payment_method", "requires_confirmation"),
    "captured": ("requires_capture",),
    "canceled": OPEN,
}


def check(intent: dict[str, Any], done: Literal["confirmed", "captured", "canceled"]) -> None:
    """Raise StripeError, with the PaymentIntent inside, for what cannot be done with it now."""
    statuses, status = _STATUSES[done], intent["status"]
    if status in statuses:
        return
    if (done, status) == ("confirmed", "succeeded"):
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has already succeeded after being"
            " previously confirmed.",
            intent,
        )
    raise unexpected_state(
        f"This PaymentIntent could not be {done} because it has a status of {status}. Only a"
        f" PaymentIntent with one of the following statuses may be {done}: {', '.join(statuses)}.",
        intent,
    )


def declined(intent: dict[str, Any]) -> StripeError:
    """Return the error of an attempt that has failed: the charge and the PaymentIntent are in it,
    and stay.
    """
    error = dict(intent["last_payment_error"])
    message, kind, code = (error.pop(name) for name in ("message", "type", "code"))
    return CarriedOut(message, status=402, type=kind, code=code, **error, payment_intent=intent)

"""What a merchant, the issuer or time does to a payment at Stripe, without the app."""

from collections.abc import Callable
from typing import Any, Literal

from local.stand_in import payments
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError, no_such

Act = Literal["capture", "cancel", "refund", "dispute", "expire"]

_OPEN = (
    "requires_action", "requires_capture", "requires_confirmation", "requires_payment_method",
)  # fmt: skip
Pair = tuple[dict[str, Any], dict[str, Any] | None]
"""A PaymentIntent and its charge, if it has one."""


def act(
    backend: Backend, account: str, identifier: str, name: Act, amount: int | None
) -> dict[str, Any]:
    """Do it to a PaymentIntent of the account, and return that. `amount` is of a capture, which may
    be more than was authorized, or a refund. Raises StripeError.
    """
    intent = payments.find(backend, payments.INTENT, account, identifier)
    if intent is None:
        raise no_such("payment_intent", identifier[:60], "payment_intent")
    statuses, step = _ACTS[name]
    if intent["status"] not in statuses:
        message = f"This PaymentIntent is {intent['status']}: {name} takes {' or '.join(statuses)}."
        raise payments.unexpected_state(message)
    charge_id = intent["latest_charge"]
    charge = payments.find(backend, payments.CHARGE, account, charge_id) if charge_id else None
    intent, charge = step(intent, charge, amount, int(backend.now()))
    payments.put(backend, payments.INTENT, account, intent)
    if charge is not None:
        payments.put(backend, payments.CHARGE, account, charge)
    return intent


def _capture(intent: Any, charge: Any, amount: int | None, now: int) -> Pair:
    captured = charge["amount"] if amount is None else amount
    settled = {"status": "succeeded", "amount_capturable": 0, "amount_received": captured}
    said = {"captured": True, "amount_captured": captured}
    return intent | settled, charge | said


def _cancel(intent: Any, charge: Any, amount: int | None, now: int) -> Pair:
    return _canceled(intent, charge, "requested_by_customer", now)


def _expire(intent: Any, charge: Any, amount: int | None, now: int) -> Pair:
    return _canceled(intent, charge, "expired", now)


def _canceled(intent: Any, charge: Any, reason: str, now: int) -> Pair:
    """A hold that ends is shown as refunded, though nothing was paid."""
    ended = {"status": "canceled", "canceled_at": now, "cancellation_reason": reason}
    released = {"amount_capturable": 0, "next_action": None}
    given_back = charge and charge | {"amount_refunded": charge["amount"], "refunded": True}
    return intent | ended | released, given_back


def _refund(intent: Any, charge: Any, amount: int | None, now: int) -> Pair:
    left = charge["amount_captured"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise StripeError(f"Refund amount ({wanted}) is not from 1 to {left}.", param="amount")
    refunded = charge["amount_refunded"] + wanted
    said = {"amount_refunded": refunded, "refunded": refunded == charge["amount_captured"]}
    return intent, charge | said


def _dispute(intent: Any, charge: Any, amount: int | None, now: int) -> Pair:
    return intent, charge | {"disputed": True}


_ACTS: dict[Act, tuple[tuple[str, ...], Callable[[Any, Any, int | None, int], Pair]]] = {
    "capture": (("requires_capture",), _capture),
    "cancel": (_OPEN, _cancel),
    "expire": (_OPEN, _expire),
    "refund": (("succeeded",), _refund),
    "dispute": (("succeeded",), _dispute),
}
"""What each takes and does."""

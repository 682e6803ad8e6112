"""What a merchant, the issuer or time does to a payment at Stripe, without the app."""

from collections.abc import Callable
from typing import Any, Literal

from local.stand_in import payments, reviews, settlements
from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.errors import no_such
from local.stand_in.payments import CHARGE, INTENT

Act = Literal[
    "approve_review", "cancel", "capture", "dispute", "expire", "open_review", "refund",
    "refuse_review",
]  # fmt: skip

OPEN = (
    "requires_action", "requires_capture", "requires_confirmation", "requires_payment_method",
)  # fmt: skip
"""The statuses of a PaymentIntent that can be canceled."""


def act(
    backend: Backend, account: str, identifier: str, name: Act, amount: int | None
) -> dict[str, Any]:
    """Do it to a PaymentIntent of the account, and return that. `amount` is of a capture, which may
    be more than was authorized, or a refund. Raises StripeError.
    """
    books = Books(backend, account)
    intent = books.find(INTENT, identifier)
    if intent is None:
        raise no_such("payment_intent", identifier[:60], "payment_intent")
    statuses, step = _ACTS[name]
    if intent["status"] not in statuses:
        message = f"This PaymentIntent is {intent['status']}: {name} takes {' or '.join(statuses)}."
        raise payments.unexpected_state(message, intent)
    step(books, intent, amount)
    return books.find(INTENT, identifier) or intent


def expire(backend: Backend, identifier: str) -> None:
    """Let a hold end that lasts no longer."""
    account, intent = payments.of_any_account(backend, identifier)
    if intent["status"] == "requires_capture":
        settlements.expire(Books(backend, account), intent)


def _capture(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    charge = books.find(CHARGE, intent["latest_charge"]) or intent
    settlements.capture(books, intent, charge["amount"] if amount is None else amount)


def _cancel(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    settlements.cancel(books, intent, "requested_by_customer")


def _expire(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    settlements.expire(books, intent)


def _dispute(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    settlements.dispute(books, intent)


def _open_review(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    reviews.open_review(books, intent, "manual")


def _approve(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    reviews.close_review(books, intent, "approved")


def _refuse(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    """The money itself is given back, or released, by another act."""
    reviews.close_review(books, intent, "refunded_as_fraud")


_CHARGED = ("requires_capture", "succeeded")
_ACTS: dict[Act, tuple[tuple[str, ...], Callable[[Books, dict[str, Any], int | None], None]]] = {
    "capture": (("requires_capture",), _capture),
    "cancel": (OPEN, _cancel),
    "expire": (OPEN, _expire),
    "refund": (("succeeded",), settlements.refund),
    "dispute": (("succeeded",), _dispute),
    "open_review": (_CHARGED, _open_review),
    "approve_review": (_CHARGED, _approve),
    "refuse_review": (_CHARGED, _refuse),
}
"""What each takes and does."""

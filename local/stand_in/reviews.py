"""A merchant's review of a payment (docs.stripe.com/radar/reviews)."""

from typing import Any, Literal

from local.stand_in import payments
from local.stand_in.books import Books
from local.stand_in.ids import new_id
from local.stand_in.payments import CHARGE, INTENT, REVIEW

ClosedReason = Literal["approved", "canceled", "disputed", "refunded", "refunded_as_fraud"]


def open_review(
    books: Books, intent: dict[str, Any], reason: Literal["manual", "rule"]
) -> dict[str, Any]:
    """Put a payment that has a charge into review, and return it."""
    review = books.put(REVIEW, _review(intent, reason, books.now()))
    intent = books.put(INTENT, intent | {"review": review["id"]})
    charge = books.find(CHARGE, intent["latest_charge"])
    if charge is not None:
        books.put(CHARGE, charge | {"review": review["id"]})
    books.tell("review.opened", review)
    return intent


def close_review(books: Books, intent: dict[str, Any], reason: ClosedReason) -> None:
    """End the review of a payment. Raises StripeError when there is none that is open."""
    if not close_open(books, intent, reason):
        raise payments.unexpected_state("This PaymentIntent is not in review.", intent)


def close_open(books: Books, intent: dict[str, Any], reason: ClosedReason) -> bool:
    """End the review of a payment if it is open, and return whether it was."""
    review = books.find(REVIEW, intent["review"])
    if review is None or not review["open"]:
        return False
    closed = {"open": False, "reason": reason, "closed_reason": reason}
    books.tell("review.closed", books.put(REVIEW, review | closed))
    return True


def _review(intent: dict[str, Any], reason: str, now: int) -> dict[str, Any]:
    return {
        "id": new_id("prv"),
        "object": "review",
        "billing_zip": None,
        "charge": intent["latest_charge"],
        "closed_reason": None,
        "created": now,
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": True,
        "opened_reason": reason,
        "payment_intent": intent["id"],
        "reason": reason,
        "session": None,
    }

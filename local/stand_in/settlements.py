"""What ends a payment, or follows its end: capture, release, refund and dispute, each with its
events. Who may do it, and in which state, is for the caller to know.
"""

from typing import Any

from local.stand_in import aftermath_objects, agenda, issuers, reviews
from local.stand_in.books import Books
from local.stand_in.errors import StripeError
from local.stand_in.ids import new_id
from local.stand_in.payments import CHARGE, DISPUTE, INTENT, METHOD, REFUND


def capture(
    books: Books, intent: dict[str, Any], amount: int, fee: int | None = None
) -> dict[str, Any]:
    """Take the amount of what is held, and release the rest. A `fee` takes the place of the one
    that the PaymentIntent has.
    """
    charge = _charge(books, intent)
    collected = intent["application_fee_amount"] if fee is None else fee
    charge = books.put(CHARGE, charge | {
        "captured": True, "amount_captured": amount, "application_fee_amount": collected,
    })  # fmt: skip
    settled = {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    intent = intent | settled | {"application_fee_amount": collected}
    _put_settled(books, intent)
    books.tell("charge.captured", charge)
    paid(books, intent, charge)
    return intent


def paid(books: Books, intent: dict[str, Any], charge: dict[str, Any]) -> None:
    """Tell that the money was taken, and have the payer dispute it whose card does."""
    books.tell("payment_intent.succeeded", intent)
    fee = new_id("fee") if charge["application_fee_amount"] else None
    booked = {"balance_transaction": new_id("txn"), "application_fee": fee}
    books.tell("charge.updated", books.put(CHARGE, charge | booked))
    method = books.find(METHOD, charge["payment_method"])
    if method is None:
        return
    if issuers.is_warned_of(method["card"]):
        warning = aftermath_objects.fraud_warning(charge, books.now())
        books.tell("radar.early_fraud_warning.created", warning)
    if found := issuers.dispute(method["card"]):
        reason, is_inquiry = found
        dispute(books, intent, reason, is_inquiry=is_inquiry)


def cancel(books: Books, intent: dict[str, Any], reason: str | None) -> dict[str, Any]:
    """Cancel a payment that has not been captured. What was held is released, and shown as refunded
    though nothing was paid.
    """
    charge, intent = _release(books, intent, reason)
    if charge is not None:
        books.tell("charge.refunded", charge)
    books.tell("payment_intent.canceled", intent)
    reviews.close_open(books, intent, "canceled")
    return intent


def expire(books: Books, intent: dict[str, Any]) -> dict[str, Any]:
    """End a payment whose hold has lasted too long."""
    charge, intent = _release(books, intent, "expired")
    if charge is not None:
        books.tell("charge.expired", charge)
    books.tell("payment_intent.canceled", intent)
    reviews.close_open(books, intent, "canceled")
    return intent


def refund(books: Books, intent: dict[str, Any], amount: int | None) -> None:
    """Give money back, all that is left without an amount. Some test cards take their time. Raises
    StripeError.
    """
    charge = _charge(books, intent)
    left = charge["amount_captured"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise StripeError(f"Refund amount ({wanted}) is not from 1 to {left}.", param="amount")
    method = books.find(METHOD, charge["payment_method"])
    how = issuers.refund(method["card"]) if method else "succeeded"
    status = "pending" if how == "later" else "succeeded"
    made = books.put(REFUND, aftermath_objects.refund(charge, wanted, status, books.now()))
    charge = books.put(CHARGE, _given_back(charge, wanted))
    books.tell("refund.created", made)
    books.tell("charge.refunded", charge)
    reviews.close_open(books, intent, "refunded")
    if how != "succeeded":
        delay = books.backend.config.processing_delay
        agenda.add(books.backend, "refund", delay, refund=made["id"], account=books.account)


def finish_refund(books: Books, identifier: str) -> None:
    """Bring a refund that takes its time to its end: one that succeeded already fails."""
    made = books.find(REFUND, identifier)
    charge = books.find(CHARGE, made["charge"]) if made else None
    if made is None or charge is None:
        return
    if made["status"] == "pending":
        books.tell("refund.updated", books.put(REFUND, made | {"status": "succeeded"}))
        return
    failed = {"status": "failed", "failure_reason": "unknown"}
    books.put(CHARGE, _given_back(charge, -made["amount"]))
    books.tell("refund.failed", books.put(REFUND, made | failed))


def dispute(
    books: Books, intent: dict[str, Any], reason: str = "fraudulent", *, is_inquiry: bool = False
) -> None:
    """Have the payer dispute a payment, or their bank inquire about it."""
    charge = books.put(CHARGE, _charge(books, intent) | {"disputed": True})
    made = aftermath_objects.dispute(charge, reason, books.now(), is_inquiry=is_inquiry)
    books.put(DISPUTE, made)
    books.tell("charge.dispute.created", made)
    if not is_inquiry:
        books.tell("charge.dispute.funds_withdrawn", made)
    reviews.close_open(books, intent, "disputed")


def _release(
    books: Books, intent: dict[str, Any], reason: str | None
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the charge that was held, if one was, and the PaymentIntent that has ended."""
    charge = books.find(CHARGE, intent["latest_charge"])
    if charge is not None and intent["status"] == "requires_capture":
        charge = books.put(CHARGE, _given_back(charge, charge["amount"]))
    else:
        charge = None
    ended = {"status": "canceled", "canceled_at": books.now(), "cancellation_reason": reason}
    intent = intent | ended | {"amount_capturable": 0, "next_action": None}
    _put_settled(books, intent)
    return charge, intent


def _given_back(charge: dict[str, Any], amount: int) -> dict[str, Any]:
    refunded = charge["amount_refunded"] + amount
    whole = charge["amount_captured"] if charge["captured"] else charge["amount"]
    return charge | {"amount_refunded": refunded, "refunded": refunded == whole}


def _put_settled(books: Books, intent: dict[str, Any]) -> None:
    """Keep a PaymentIntent that is held no more: it will not expire."""
    if expires := books.hidden(INTENT, intent["id"]).get("expires"):
        agenda.remove(books.backend, [expires])
    books.put(INTENT, intent, expires=None)


def _charge(books: Books, intent: dict[str, Any]) -> dict[str, Any]:
    charge = books.find(CHARGE, intent["latest_charge"])
    if charge is None:
        raise LookupError(f"{intent['id']} has no charge")
    return charge

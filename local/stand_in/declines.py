"""Attempts that fail: the card was not authenticated, or its issuer refuses the charge
(docs.stripe.com/declines), each with its events.
"""

from typing import Any

from local.stand_in import charge_objects, issuers, payment_objects
from local.stand_in.books import Books
from local.stand_in.cards import ThreeDSecure
from local.stand_in.charge_objects import Response
from local.stand_in.issuers import Refusal
from local.stand_in.payments import CHARGE, INTENT

UNAUTHENTICATED = (
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication.",
)
NO_ACTION = (
    "payment_intent_action_required",
    "This payment required an authentication action to complete, but `error_on_requires_action`"
    " was set.",
)


def fail(
    books: Books, intent: dict[str, Any], method: dict[str, Any], code: str, message: str
) -> dict[str, Any]:
    """Return a PaymentIntent that was not authenticated: there is no charge of it, and it is no
    error of the card.
    """
    error = _error(code, message, method) | {"type": "invalid_request_error"}
    failed = books.put(INTENT, payment_objects.declined(intent, error), authenticated=None)
    books.tell("payment_intent.payment_failed", failed)
    return failed


def refuse(
    books: Books,
    intent: dict[str, Any],
    method: dict[str, Any],
    refusal: Refusal,
    secure: ThreeDSecure | None,
) -> dict[str, Any]:
    response = Response(refusal, risk=issuers.risk(method["card"]))
    charge = charge_objects.charge(intent, method, secure, None, response, books.now())
    error = _error(refusal.code, refusal.message, method) | {
        "charge": charge["id"],
        "decline_code": refusal.decline_code,
    }
    declined = payment_objects.declined(intent, error, charge)
    books.put(CHARGE, charge)
    books.put(INTENT, declined, authenticated=None)
    books.tell("charge.failed", charge)
    books.tell("payment_intent.payment_failed", declined)
    return declined


def _error(code: str, message: str, method: dict[str, Any]) -> dict[str, Any]:
    address = f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
    said = {"code": code, "doc_url": address, "message": message}
    return {"type": "card_error", **said, "payment_method": method}

"""Attempts to pay: what comes of a PaymentIntent that is confirmed with a card
(docs.stripe.com/payments/paymentintents/lifecycle), each step with its events.
"""

from dataclasses import dataclass
from typing import Any

from local.stand_in import (
    agenda,
    charge_objects,
    declines,
    issuers,
    payment_objects,
    payments,
    reviews,
    settlements,
    three_d_secure,
)
from local.stand_in.backend import DAY, Backend
from local.stand_in.books import Books
from local.stand_in.cards import ThreeDSecure
from local.stand_in.charge_objects import Response
from local.stand_in.errors import no_such
from local.stand_in.events import AUTOMATIC, Cause
from local.stand_in.ids import token
from local.stand_in.payments import CHARGE, INTENT, METHOD

_HOLD_S, _HOLD_OF_YEN_S = 7 * DAY, 30 * DAY
"""How long an authorization lasts (docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""


@dataclass(frozen=True)
class How:
    """How a PaymentIntent is confirmed: without its payer (`off_session`), where the payer is led
    for a challenge, if not by Stripe.js, and whether a challenge is an error.
    """

    off_session: bool = False
    redirect_to: str | None = None
    refuses_action: bool = False


def attempt(
    books: Books, intent: dict[str, Any], method: dict[str, Any], how: How
) -> dict[str, Any]:
    """Confirm a PaymentIntent with a PaymentMethod, and return it as it is then. Of one that is
    declined, `last_payment_error` says why.
    """
    intent = intent | {"payment_method": method["id"], "last_payment_error": None}
    request = intent["payment_method_options"]["card"]["request_three_d_secure"]
    plays = books.hidden(METHOD, method["id"]).get("plays")
    played = three_d_secure.play(method["card"], plays, request, off_session=how.off_session)
    if played == "challenge" and how.off_session:
        return declines.refuse(
            books, intent, method, issuers.declined("authentication_required"), None
        )
    if played == "challenge" and how.refuses_action:
        return declines.fail(books, intent, method, *declines.NO_ACTION)
    if played == "challenge":
        return _challenge(books, intent, how)
    if played == "failed":
        return declines.fail(books, intent, method, *declines.UNAUTHENTICATED)
    return authorize(books, intent, method, three_d_secure.shown(played))


def authenticate(
    backend: Backend, identifier: str, *, passed: bool, cause: Cause = AUTOMATIC
) -> dict[str, Any]:
    """Do what a payer does with the challenge of a PaymentIntent, and return that. With manual
    confirmation it then waits to be confirmed again. Raises StripeError when it waits for none.
    """
    account, intent = payments.of_any_account(backend, identifier)
    books = Books(backend, account, cause)
    if intent["status"] != "requires_action":
        message = f"This PaymentIntent is {intent['status']}; it cannot be authenticated."
        raise payments.unexpected_state(message, intent)
    method = books.find(METHOD, intent["payment_method"])
    if method is None:
        raise no_such("PaymentMethod", str(intent["payment_method"])[:60], "payment_method")
    if not passed:
        return declines.fail(books, intent, method, *declines.UNAUTHENTICATED)
    if intent["confirmation_method"] == "automatic":
        return confirm_authenticated(books, intent, method)
    waits = intent | {"status": "requires_confirmation", "next_action": None}
    return books.put(INTENT, waits, authenticated=method["id"])


def confirm_authenticated(
    books: Books, intent: dict[str, Any], method: dict[str, Any]
) -> dict[str, Any]:
    """Return a PaymentIntent whose payer has passed the challenge, confirmed to the end."""
    return authorize(books, intent, method, three_d_secure.shown("challenge"))


def authorize(
    books: Books, intent: dict[str, Any], method: dict[str, Any], secure: ThreeDSecure | None
) -> dict[str, Any]:
    """Ask the issuer for the money, and return the PaymentIntent: held, captured or declined."""
    hidden = books.hidden(METHOD, method["id"])
    if refusal := issuers.refusal(method["card"], hidden.get("declines")):
        return declines.refuse(books, intent, method, refusal, secure)
    is_held, lasts = intent["capture_method"] == "manual", hidden.get("hold_s") or _hold(intent)
    until = books.now() + lasts if is_held else None
    response = Response(capture_before=until, risk=issuers.risk(method["card"]))
    eci = secure.electronic_commerce_indicator if secure else None
    charge = charge_objects.charge(intent, method, secure, eci, response, books.now())
    intent = payment_objects.charged(intent, charge)
    expires = (
        agenda.add(books.backend, "expire", lasts, payment_intent=intent["id"]) if is_held else None
    )
    books.put(CHARGE, charge)
    books.put(INTENT, intent, expires=expires, authenticated=None)
    books.put(METHOD, method, used=True)
    books.tell("charge.succeeded", charge)
    if is_held:
        books.tell("payment_intent.amount_capturable_updated", intent)
    else:
        settlements.paid(books, intent, charge)
    if hidden.get("in_review") or response.risk == "elevated":
        return reviews.open_review(books, intent, "rule")
    return intent


def _challenge(books: Books, intent: dict[str, Any], how: How) -> dict[str, Any]:
    if how.redirect_to is None:
        action: dict[str, Any] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "stripe_3ds2_fingerprint"},
        }
    else:
        url = f"{books.backend.config.public_url}/3ds/{intent['id']}/{token(24)}"
        where = {"return_url": how.redirect_to, "url": url}
        action = {"type": "redirect_to_url", "redirect_to_url": where}
    acting = books.put(INTENT, payment_objects.acting(intent, action), authenticated=None)
    books.tell("payment_intent.requires_action", acting)
    return acting


def _hold(intent: dict[str, Any]) -> int:
    return _HOLD_OF_YEN_S if intent["currency"] == "jpy" else _HOLD_S

"""What can be paid with and what was paid on each account, as it is kept here."""

from collections.abc import Iterator
from typing import Any

from local.stand_in import charge_objects, customers, payment_objects, setup_objects
from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.cards import HIDDEN, Card, Eci, ThreeDSecure
from local.stand_in.charge_objects import Response
from local.stand_in.errors import StripeError, no_such
from local.stand_in.payment_objects import CHARGED, Payment, Usage
from local.stand_in.pm_cards import TEST_CARDS
from local.stand_in.setup_objects import SetupStatus

METHOD, TOKEN, INTENT, CHARGE = "payment_method", "confirmation_token", "payment_intent", "charge"
SETUP, ATTEMPT = "setup_intent", "setup_attempt"
REFUND, DISPUTE, REVIEW = "refund", "dispute", "review"


def find(backend: Backend, kind: str, account: str, identifier: str) -> dict[str, Any] | None:
    """Return an object of the account; that of another account is not found."""
    stored = backend.store.get(kind, identifier)
    if stored is None or stored["account"] != account:
        return None
    found: dict[str, Any] = stored["object"]
    return found


def newest_first(backend: Backend, kind: str, account: str) -> Iterator[dict[str, Any]]:
    """Return the objects of the account."""
    for _, stored in backend.store.newest_first(kind):
        if stored["account"] == account:
            yield stored["object"]


def method(backend: Backend, account: str, identifier: str) -> dict[str, Any] | None:
    """Return a PaymentMethod of the account. One of the `pm_card_...` that every account has in
    test mode is a new one with each use.
    """
    if card := TEST_CARDS.get(identifier):
        return add_method(backend, account, card)
    return find(backend, METHOD, account, identifier)


def add_method(
    backend: Backend, account: str, card: Card, customer: str | None = None
) -> dict[str, Any]:
    """Return a new PaymentMethod, saved on the customer if there is one."""
    if customer is not None:
        customers.add(backend, account, customer)
    books = Books(backend, account)
    made = payment_objects.payment_method(card, customer, books.now())
    return books.put(METHOD, made, **card.model_dump(include=HIDDEN))


def add_token(
    backend: Backend, account: str, card: Card, usage: Usage | None = None
) -> dict[str, Any]:
    """Return a new ConfirmationToken; with a usage it would save the card for that."""
    books = Books(backend, account)
    made = payment_objects.confirmation_token(card, books.now(), usage)
    return books.put(TOKEN, made, **card.model_dump(include=HIDDEN))


def use_token(
    backend: Backend, account: str, identifier: str, intent: str | None = None
) -> dict[str, Any]:
    """Return the PaymentMethod that a ConfirmationToken becomes, once. Raises StripeError
    (docs.stripe.com/api/confirmation_tokens).
    """
    books = Books(backend, account)
    found = spend_token(books, identifier, intent)
    made = payment_objects.of_token(found, books.now())
    known = books.hidden(TOKEN, identifier)
    return books.put(METHOD, made, **{name: known.get(name) for name in HIDDEN})


def spend_token(books: Books, identifier: str, intent: str | None) -> dict[str, Any]:
    """Return a ConfirmationToken that can be used no more. Raises StripeError."""
    found = books.find(TOKEN, identifier)
    if found is None:
        raise no_such("confirmation_token", identifier[:60], "confirmation_token")
    is_used = books.hidden(TOKEN, identifier).get("used")
    if is_used or found["expires_at"] <= books.now():
        raise StripeError("This ConfirmationToken was used before, or has expired.")
    return books.put(TOKEN, found | {"payment_intent": intent}, used=True)


def add_intent(
    backend: Backend,
    account: str,
    payment: Payment,
    secure: ThreeDSecure | None = None,
    eci: Eci | None = None,
) -> dict[str, Any]:
    """Return a PaymentIntent as if it had been in its status for a while, with a charge that says
    this of 3-D Secure where its status has one.
    """
    application, now = backend.config.application_id, int(backend.now())
    made = payment_objects.payment_intent(payment, application, now)
    if payment.status in CHARGED and payment.payment_method is not None:
        method = payment.payment_method
        charged = charge_objects.charge(made, method, secure, eci, Response(), now)
        made = payment_objects.charged(made, charged)
        put(backend, CHARGE, account, charged)
    put(backend, INTENT, account, made)
    return made


def add_setup(
    backend: Backend,
    account: str,
    method: dict[str, Any],
    usage: Usage,
    status: SetupStatus,
    secure: ThreeDSecure | None,
) -> dict[str, Any]:
    """Return a SetupIntent, with its attempt once the card has been saved."""
    application, now = backend.config.application_id, int(backend.now())
    made = setup_objects.setup_intent(method, usage, status, application, now)
    if status == "succeeded":
        attempt = setup_objects.setup_attempt(made, method, secure)
        made["latest_attempt"] = attempt["id"]
        put(backend, ATTEMPT, account, attempt)
    put(backend, SETUP, account, made)
    return made


def of_any_account(backend: Backend, identifier: str) -> tuple[str, dict[str, Any]]:
    """Return the account of a PaymentIntent, and it. Raises StripeError 404."""
    stored = backend.store.get(INTENT, identifier)
    if stored is None:
        raise no_such("payment_intent", identifier[:60], "payment_intent")
    return stored["account"], stored["object"]


def find_of_any_account(
    backend: Backend, kind: str, identifier: str | None
) -> dict[str, Any] | None:
    """Return an object, whichever account has it."""
    stored = backend.store.get(kind, identifier) if identifier else None
    return stored["object"] if stored else None


def put(backend: Backend, kind: str, account: str, made: dict[str, Any], **more: Any) -> None:
    """Keep an object of the account, with what Stripe does not show of it."""
    known = backend.store.get(kind, made["id"]) or {}
    backend.store.put(kind, made["id"], known | {"account": account, "object": made} | more)


def unexpected_state(message: str, intent: dict[str, Any]) -> StripeError:
    """Return the refusal of what a PaymentIntent in its state cannot do; it is in the error."""
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=intent)

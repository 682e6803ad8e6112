"""What can be paid with and what was paid on each account, as it is kept here."""

from collections.abc import Iterator
from typing import Any

from local.stand_in import charge_objects, payment_objects, setup_objects, three_d_secure
from local.stand_in.backend import Backend
from local.stand_in.cards import Card, Eci, ThreeDSecure
from local.stand_in.errors import StripeError, no_such
from local.stand_in.payment_objects import CHARGED, Payment, Usage
from local.stand_in.pm_cards import TEST_CARDS
from local.stand_in.setup_objects import SetupStatus

METHOD, TOKEN, INTENT, CHARGE = "payment_method", "confirmation_token", "payment_intent", "charge"
SETUP, ATTEMPT = "setup_intent", "setup_attempt"

_UNAUTHENTICATED = (
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication.",
)
_NOBODY_THERE = (
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


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
    made = payment_objects.payment_method(card, customer, int(backend.now()))
    put(backend, METHOD, account, made, plays=card.plays)
    return made


def add_token(backend: Backend, account: str, card: Card) -> dict[str, Any]:
    made = payment_objects.confirmation_token(card, int(backend.now()))
    put(backend, TOKEN, account, made, plays=card.plays)
    return made


def use_token(backend: Backend, account: str, identifier: str) -> dict[str, Any]:
    """Return the PaymentMethod that a ConfirmationToken becomes, once. Raises StripeError
    (docs.stripe.com/api/confirmation_tokens).
    """
    found = find(backend, TOKEN, account, identifier)
    if found is None:
        raise no_such("confirmation_token", identifier[:60], "confirmation_token")
    stored = backend.store.get(TOKEN, identifier) or {}
    if stored.get("used") or found["expires_at"] <= backend.now():
        raise StripeError("This ConfirmationToken was used before, or has expired.")
    put(backend, TOKEN, account, found, used=True)
    made = payment_objects.of_token(found, int(backend.now()))
    put(backend, METHOD, account, made, plays=stored.get("plays"))
    return made


def add_intent(
    backend: Backend,
    account: str,
    payment: Payment,
    secure: ThreeDSecure | None = None,
    eci: Eci | None = None,
) -> dict[str, Any]:
    """Return a PaymentIntent in its status, with a charge that says this of 3-D Secure where its
    status has one.
    """
    application, now = backend.config.application_id, int(backend.now())
    made = payment_objects.payment_intent(payment, application, now)
    if payment.status in CHARGED:
        return charge(backend, account, made, payment.payment_method, secure, eci)
    put(backend, INTENT, account, made)
    return made


def play_intent(
    backend: Backend, account: str, payment: Payment, *, off_session: bool
) -> dict[str, Any]:
    """Return a PaymentIntent as it is once it has been confirmed: with 3-D Secure as its card plays
    it, or as Stripe adds it by itself where it was not asked for.
    """
    method, now = payment.payment_method, int(backend.now())
    made = payment_objects.payment_intent(payment, backend.config.application_id, now)
    stored = backend.store.get(METHOD, method["id"]) or {}
    played = three_d_secure.play(method["card"], stored.get("plays"), payment.request)
    if off_session and played == "challenge":
        made = payment_objects.declined(made, *_NOBODY_THERE)
    elif played == "challenge":
        made = payment_objects.acting(made)
    elif played == "failed":
        made = payment_objects.declined(made, *_UNAUTHENTICATED)
    else:
        return charge(backend, account, made, method, three_d_secure.shown(played))
    put(backend, INTENT, account, made)
    return made


def authenticate(backend: Backend, identifier: str, *, passed: bool) -> dict[str, Any]:
    """Do what a payer does with the challenge of a PaymentIntent, and return that. Raises
    StripeError when it waits for none.
    """
    account, made = of_any_account(backend, identifier)
    if made["status"] != "requires_action":
        raise _unexpected_state(made, "authenticated")
    if not passed:
        made = payment_objects.declined(made, *_UNAUTHENTICATED)
        put(backend, INTENT, account, made)
        return made
    method = find(backend, METHOD, account, made["payment_method"])
    if method is None:
        raise no_such("PaymentMethod", str(made["payment_method"])[:60], "payment_method")
    return charge(backend, account, made, method, three_d_secure.shown("challenge"))


def charge(
    backend: Backend,
    account: str,
    intent: dict[str, Any],
    method: dict[str, Any],
    secure: ThreeDSecure | None,
    eci: Eci | None = None,
) -> dict[str, Any]:
    """Charge a PaymentIntent, and return it."""
    made = charge_objects.charge(intent, method, secure, eci, int(backend.now()))
    intent = payment_objects.charged(intent, made)
    put(backend, CHARGE, account, made)
    put(backend, INTENT, account, intent)
    return intent


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


def put(backend: Backend, kind: str, account: str, made: dict[str, Any], **more: Any) -> None:
    """Keep an object of the account, with what Stripe does not show of it."""
    known = backend.store.get(kind, made["id"]) or {}
    backend.store.put(kind, made["id"], known | {"account": account, "object": made} | more)


def _unexpected_state(intent: dict[str, Any], done: str) -> StripeError:
    return unexpected_state(f"This PaymentIntent is {intent['status']}; it cannot be {done}.")


def unexpected_state(message: str) -> StripeError:
    return StripeError(message, code="payment_intent_unexpected_state")

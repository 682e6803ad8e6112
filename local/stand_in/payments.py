"""What can be paid with and what was paid on each account, as it is kept here."""

from typing import Any

from local.stand_in import payment_objects
from local.stand_in.backend import Backend
from local.stand_in.cards import Card
from local.stand_in.payment_objects import CHARGED, Payment
from local.stand_in.pm_cards import TEST_CARDS

METHOD, TOKEN, INTENT, CHARGE = "payment_method", "confirmation_token", "payment_intent", "charge"


def find(backend: Backend, kind: str, account: str, identifier: str) -> dict[str, Any] | None:
    """Return an object of the account; that of another account is not found."""
    stored = backend.store.get(kind, identifier)
    if stored is None or stored["account"] != account:
        return None
    found: dict[str, Any] = stored["object"]
    return found


def method(backend: Backend, account: str, identifier: str) -> dict[str, Any] | None:
    """Return a PaymentMethod of the account. One of the `pm_card_...` that every account has in
    test mode is a new one with each use.
    """
    if card := TEST_CARDS.get(identifier):
        return add_method(backend, account, card)
    return find(backend, METHOD, account, identifier)


def add_method(backend: Backend, account: str, card: Card) -> dict[str, Any]:
    made = payment_objects.payment_method(card, int(backend.now()))
    _put(backend, METHOD, account, made)
    return made


def add_token(backend: Backend, account: str, card: Card) -> dict[str, Any]:
    made = payment_objects.confirmation_token(card, int(backend.now()))
    _put(backend, TOKEN, account, made)
    return made


def add_intent(backend: Backend, account: str, payment: Payment) -> dict[str, Any]:
    """Return the PaymentIntent, with a charge where its status has one."""
    application, now = backend.config.application_id, int(backend.now())
    made = payment_objects.payment_intent(payment, application, now)
    if payment.status in CHARGED:
        charge = payment_objects.charge(payment, made)
        made["latest_charge"] = charge["id"]
        _put(backend, CHARGE, account, charge)
    _put(backend, INTENT, account, made)
    return made


def _put(backend: Backend, kind: str, account: str, made: dict[str, Any]) -> None:
    backend.store.put(kind, made["id"], {"account": account, "object": made})

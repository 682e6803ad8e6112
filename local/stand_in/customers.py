"""Customers of the accounts (docs.stripe.com/api/customers), as far as payments name them."""

from typing import Any

from local.stand_in.backend import Backend
from local.stand_in.books import Books
from local.stand_in.errors import no_such
from local.stand_in.ids import token

CUSTOMER = "customer"


def add(backend: Backend, account: str, identifier: str | None = None) -> dict[str, Any]:
    """Return the customer with this id, or a new one."""
    books, wanted = Books(backend, account), identifier or f"cus_{token(14)}"
    key = f"{account}/{wanted}"  # a control may give two accounts a customer of the same id
    known = backend.store.get(CUSTOMER, key)
    made: dict[str, Any] = known["object"] if known else _customer(wanted, books.now())
    backend.store.put(CUSTOMER, key, {"account": account, "object": made})
    return made


def check(backend: Backend, account: str, identifier: str) -> None:
    """Raise StripeError 400 unless the account has this customer."""
    if backend.store.get(CUSTOMER, f"{account}/{identifier}") is None:
        raise no_such("customer", identifier[:60], "customer", status=400)


def _customer(identifier: str, now: int) -> dict[str, Any]:
    return {
        "id": identifier,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "livemode": False,
        "metadata": {},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }

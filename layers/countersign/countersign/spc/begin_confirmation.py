"""Asking a payer to confirm one payment: what the browser is to show, and what must come back.

Everything that will be compared is fixed here, in the form in which a browser writes it.
"""

from dataclasses import dataclass
from typing import Any

from countersign.formats.money import check_amount, decimal_value
from countersign.problems import Invalid, Problem
from countersign.spc import ceremonies, credentials, payer_handles
from countersign.spc.context import Context, relying_party
from countersign.spc.payment_request import dialog
from countersign.spc.protocol.terms import (
    Instrument,
    Logo,
    Terms,
    Total,
)


@dataclass(frozen=True, slots=True)
class Merchant:
    """The merchant as its installation says, never as the request does."""

    account_id: str
    payee_name: str | None
    payee_origin: str | None
    checkout_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What a merchant asks for; the amount is in Stripe's minor unit of the currency."""

    payer: str
    amount: int
    currency: str
    instrument: Instrument
    logos: tuple[Logo, ...] = ()
    caller_origin: str | None = None
    top_origin: str | None = None


class NoCredential(Exception):
    """The payer has nothing to confirm with; 3-D Secure is the way."""


def request(context: Context, merchant: Merchant, order: Order) -> dict[str, Any]:
    """Begin a ceremony.

    Raises `NoCredential` for a payer who has none, 422 for an amount or an origin that is not
    possible, 404 `unknown_payer`, and 409 `payee_missing` for a merchant that payers could not be
    shown.
    """
    check_amount(order.amount, order.currency)
    terms = _terms(context, merchant, order)
    payer = _payer(context, merchant, order)
    known = credentials.credential_ids(context.table, payer.user)
    if not known:
        raise NoCredential
    members = {
        "account_id": merchant.account_id,
        "payer": payer.handle,
        "amount": order.amount,
        "currency": order.currency,
        "credentials": known,
        "checkout_origins": list(merchant.checkout_origins),
        "terms": terms.as_item(),
    }
    ceremony_id = ceremonies.begin(context.table, "payment", payer.user, members, context.now())
    return _told(ceremony_id, terms, known)


def again(context: Context, merchant: Merchant, order: Order, ceremony_id: str) -> dict[str, Any]:
    """What was told of a ceremony when it was begun; raises 404 `unknown_payer` for a payer who has
    ended it since.
    """
    _payer(context, merchant, order)
    item = ceremonies.load(context.table, "payment", ceremony_id)
    return _told(ceremony_id, Terms.from_item(item["terms"], ()), item["credentials"])


def _told(ceremony_id: str, terms: Terms, known: list[str]) -> dict[str, Any]:
    return {"available": True, **dialog(ceremony_id, terms, known, opt_out=True)}


def _payer(context: Context, merchant: Merchant, order: Order) -> payer_handles.Payer:
    payer = payer_handles.find(context.table, order.payer, merchant.account_id)
    if payer is None:
        raise payer_handles.unknown_payer()
    return payer


def _terms(context: Context, merchant: Merchant, order: Order) -> Terms:
    if merchant.payee_name is None and merchant.payee_origin is None:
        raise Problem(
            409,
            "payee_missing",
            "Payers could not be shown whom they pay: set payee_name of the installation, or"
            " payee_origin and its proof.",
        )
    return Terms(
        challenges=(),
        rp_id=relying_party(context)[0],
        origins=_allowed(merchant, order.caller_origin, "/caller_origin"),
        top_origins=_allowed(merchant, order.top_origin, "/top_origin"),
        payee_name=merchant.payee_name,
        payee_origin=merchant.payee_origin,
        logos=order.logos,
        total=Total(decimal_value(order.amount, order.currency), order.currency.upper()),
        instrument=order.instrument,
    )


def _allowed(merchant: Merchant, origin: str | None, pointer: str) -> frozenset[str]:
    """The one origin that the merchant names, else any of its checkout origins."""
    if not merchant.checkout_origins:
        raise Problem(
            409, "checkout_origins_missing", "Set checkout_origins of the installation first."
        )
    if origin is None:
        return frozenset(merchant.checkout_origins)
    if origin not in merchant.checkout_origins:
        message = "is not one of the installation's checkout origins"
        raise Invalid([{"pointer": pointer, "message": message}])
    return frozenset({origin})

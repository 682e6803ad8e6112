"""Trying the rules on a payment: decided as for real, with nothing stored and no token used up."""

from collections.abc import Mapping
from typing import Any

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.installs.installation import Installation
from countersign.step_up import make_decision, store
from countersign.step_up.context import Contexts
from countersign.step_up.order import Order, check_order
from countersign.step_up.rules import RuleBook


def simulate(
    contexts: Contexts,
    book: RuleBook,
    held: Installation,
    order: Order,
    supposed: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What a payment would get; `supposed` has the auth method, the flags and the ECI of a Google
    Pay token to be supposed. Raises 404 `unknown_payer`, 422 for an order that can not be, and what
    reading a card raises.
    """
    check_order(order, has_token=supposed is not None)
    signed = _signed(supposed) if supposed is not None else None
    return store.told(make_decision.weigh_up(contexts, book, held, order, signed).members)


def _signed(supposed: Mapping[str, Any]) -> SignedCard:
    flags = supposed["account_verified"], supposed["card_holder_authenticated"]
    assurance = None if flags == (None, None) else Assurance(*flags)
    return SignedCard(supposed["auth_method"], assurance, supposed["eci"], facts=None)

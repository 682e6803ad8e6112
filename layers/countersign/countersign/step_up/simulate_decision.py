"""Simulate a decision: decided as a real one, with nothing stored and no token used up."""

from collections.abc import Mapping
from typing import Any

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.installs.installation import Installation
from countersign.step_up.context import Contexts
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.order import Order, check_order
from countersign.step_up.rules import RuleBook
from countersign.step_up.weigh_order import weigh_order


def simulate_decision(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: Order,
    supposed: Mapping[str, Any] | None,
) -> DecidedOrder:
    """Return what an order would get. `supposed` has the auth method, the flags and the ECI of a
    Google Pay token to suppose. Raises 404 `unknown_payer`, 422 for an impossible order, and what
    reading a card raises.
    """
    check_order(order, has_token=supposed is not None)
    signed = _signed(supposed) if supposed is not None else None
    return weigh_order(contexts, book, installation, order, signed).decided


def _signed(supposed: Mapping[str, Any]) -> SignedCard:
    flags = supposed["account_verified"], supposed["card_holder_authenticated"]
    assurance = None if flags == (None, None) else Assurance(*flags)
    return SignedCard(supposed["auth_method"], assurance, supposed["eci"], facts=None)

"""Finding what became of a decision's payment: the confirmation as we have it and the payment as
Stripe has it, each held to the decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from countersign.aws.items import Item
from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.problems import Problem
from countersign.spc import ceremonies, verdicts
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.refusals import Refused
from countersign.step_up.context import Contexts
from countersign.step_up.evidence import card_differs
from countersign.step_up.gather_evidence import read_back
from countersign.step_up.stripe_card import Charge, StripeCard, read_charge

CLOCK_SKEW = 60
"""Seconds by which Stripe's clock and ours may differ."""
_SETTLED = {"requires_capture": 1, "succeeded": 2, "canceled": 2}
"""How far a PaymentIntent has come by its status, from where it does not go back (0 before):
https://docs.stripe.com/payments/paymentintents/lifecycle.
"""
_VERDICT = ("ceremony_id", "status", "browser_bound", "step_up_required", "authenticated_at")


def confirmation(contexts: Contexts, decision: Item, ceremony_id: str) -> dict[str, Any]:
    """The verdict of a ceremony, if that is of this decision's payment; raises `Refused`, and 409
    `payment_differs` and `decision_expired`.
    """
    ceremony = ceremonies.load_kept(contexts.spc.table, PaymentCeremony, ceremony_id)
    verdict = verdicts.verdict(ceremony, contexts.spc.now())
    if verdict.account_id != decision["account_id"]:
        raise Refused("unknown_ceremony")
    same = ["amount", "currency", *(["payer"] if decision["payer"] is not None else [])]
    _check_same(asdict(verdict), decision, same)
    if not decision["created"] <= ceremony.began_at <= decision["ends_at"]:
        raise _expired()
    return {name: getattr(verdict, name) for name in _VERDICT}


def payment(
    contexts: Contexts, held: Installation, decision: Item, payment_intent: str
) -> dict[str, Any]:
    """The payment that a PaymentIntent is; raises 409 `payment_differs`, `card_differs` and
    `decision_expired`, and as `read_back` does.
    """
    reading = contexts.step_up.stripe.payment_intent, payment_intent
    intent = read_back(contexts.installs, held, "payment_intent", *reading)
    _check_same(intent, decision, ("amount", "currency"))
    charge = read_charge(intent)
    if charge is not None:
        _check_charge(decision, charge)
    return {
        "payment_intent": intent["id"],
        "status": intent["status"],
        "settled": _SETTLED.get(intent["status"], 0),
        "charged_at": charge.created if charge else None,
        "three_d_secure": charge.three_d_secure if charge else None,
        "eci": charge.eci if charge else None,
        "differs": _differing(decision["inputs"], charge.card) if charge and charge.card else [],
    }


def _check_charge(decision: Item, charge: Charge) -> None:
    """The payment was made while the decision could be used, with the card that was decided about:
    the network is not compared, since a token tells it by its number alone.
    """
    begin, end = decision["created"] - CLOCK_SKEW, decision["ends_at"] + CLOCK_SKEW
    if not begin <= charge.created <= end:
        raise _expired()
    decided = decision["card"]
    if decided is None:
        return
    # A device's own number has an expiry of its own, which Stripe does not tell.
    expiry = () if decided["last4"] is None else ("exp_month", "exp_year")
    names = [name for name in ("last4", "dynamic_last4", *expiry) if decided[name] is not None]
    if any(getattr(charge.card, name, None) != decided[name] for name in names):
        raise card_differs("was charged")


def _differing(inputs: Item, card: StripeCard) -> list[str]:
    """What the decision rested on by somebody's word, and Stripe knows otherwise. The payment is
    made: it is told, and not refused.
    """
    told = [name for name in ("issuer_country", "network", "funding") if inputs[name] is not None]
    differing = [name for name in (*told, "wallet") if inputs[name] != getattr(card, name)]
    if differing:
        count("PaymentDiffersFromDecision")
        logger.warning("payment differs from its decision", extra={"members": differing})
    return differing


def _check_same(found: Mapping[str, Any], decision: Item, names: Sequence[str]) -> None:
    differing = [name for name in names if found[name] != decision[name]]
    if differing:
        detail = f"The payment has another {' and '.join(differing)} than was decided about."
        raise Problem(409, "payment_differs", detail)


def _expired() -> Problem:
    detail = "The payment began before its decision, or after that could be used: decide first."
    return Problem(409, "decision_expired", detail)

"""Read what became of a decision's payment: the confirmation as we have it and the payment as
Stripe has it, each compared with the decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.spc import ceremonies, verdicts
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.refusals import Refused
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import DecidedOrder, DecisionRecord
from countersign.step_up.evidence_sources import read_at_stripe
from countersign.step_up.refusals import card_differs, decision_expired, payment_differs
from countersign.step_up.results import ConfirmationResult, PaymentResult
from countersign.step_up.rules.payment import Payment
from countersign.step_up.stripe_card import Charge, StripeCard, read_charge

CLOCK_SKEW = 60
"""Seconds by which Stripe's clock and ours may differ."""
_PROGRESS = {"requires_capture": 1, "succeeded": 2, "canceled": 2}
"""How far a PaymentIntent has come by its status; it never goes back to a smaller number (0 for any
other status): https://docs.stripe.com/payments/paymentintents/lifecycle.
"""


def read_confirmation(
    contexts: Contexts, record: DecisionRecord, ceremony_id: str
) -> ConfirmationResult:
    """Return the verdict of a ceremony, if it is of this decision's payment. Raises `Refused`, and
    409 `payment_differs` and `decision_expired`.
    """
    ceremony = ceremonies.load_kept(contexts.spc.table, PaymentCeremony, ceremony_id)
    verdict = verdicts.verdict(ceremony, contexts.spc.now())
    if verdict.account_id != record.order.account_id:
        raise Refused("unknown_ceremony")
    same = ["amount", "currency", *(["payer"] if record.order.payer is not None else [])]
    _check_same(asdict(verdict), record.order, same)
    if not record.created <= ceremony.began_at <= record.ends_at:
        raise decision_expired()
    return ConfirmationResult(
        ceremony_id=verdict.ceremony_id,
        status=verdict.status,
        browser_bound=verdict.browser_bound,
        step_up_required=verdict.step_up_required,
        authenticated_at=verdict.authenticated_at,
    )


def read_payment(
    contexts: Contexts, installation: Installation, record: DecisionRecord, payment_intent: str
) -> PaymentResult:
    """Return the payment of a PaymentIntent. Raises 409 `payment_differs`, `card_differs` and
    `decision_expired`, and as `read_at_stripe` does.
    """
    reading = contexts.step_up.stripe.payment_intent, payment_intent
    intent = read_at_stripe(contexts.installs, installation, "payment_intent", *reading)
    _check_same(intent, record.order, ("amount", "currency"))
    charge = read_charge(intent)
    if charge is not None:
        _check_charge(record, charge)
    card = charge.card if charge else None
    return PaymentResult(
        payment_intent=intent["id"],
        status=intent["status"],
        progress=_PROGRESS.get(intent["status"], 0),
        charged_at=charge.created if charge else None,
        three_d_secure=charge.three_d_secure if charge else None,
        eci=charge.eci if charge else None,
        differs=_differing(record.order.inputs, card) if card else (),
    )


def _check_charge(record: DecisionRecord, charge: Charge) -> None:
    """Check that the payment was made while the decision could be used, with the card that was
    decided about.
    """
    begin, end = record.created - CLOCK_SKEW, record.ends_at + CLOCK_SKEW
    if not begin <= charge.created <= end:
        raise decision_expired()
    card = record.order.card
    if card is not None and not card.is_charged(charge.card):
        raise card_differs("was charged")


def _differing(inputs: Payment, card: StripeCard) -> tuple[str, ...]:
    """Return what the decision relied on and Stripe knows otherwise. The payment is made already,
    so this is reported and not refused.
    """
    names = ("issuer_country", "network", "funding")
    stated = [name for name in names if getattr(inputs, name) is not None]
    compared = (*stated, "wallet")
    differing = tuple(name for name in compared if getattr(inputs, name) != getattr(card, name))
    if differing:
        count("PaymentDiffersFromDecision")
        extra = {"members": list(differing)}
        logger.warning("payment differs from its decision", extra=extra)
    return differing


def _check_same(found: Mapping[str, Any], order: DecidedOrder, names: Sequence[str]) -> None:
    differing = [name for name in names if found[name] != getattr(order, name)]
    if differing:
        raise payment_differs(differing)

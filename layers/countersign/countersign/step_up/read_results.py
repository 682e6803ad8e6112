"""Read what became of a decision's payment: the confirmation as we have it and the payment as
Stripe has it, each compared with the decision.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from countersign.aws.telemetry import count, logger
from countersign.formats.records import to_members
from countersign.installs.installation import Installation
from countersign.problems import Problem
from countersign.spc import ceremonies, verdicts
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.refusals import Refused
from countersign.step_up.context import Contexts
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.evidence_sources import read_at_stripe
from countersign.step_up.refusals import card_differs, decision_expired, payment_differs
from countersign.step_up.results import CLOCK_SKEW, ConfirmationResult, PaymentResult
from countersign.step_up.stripe_card import Charge, StripeCard, read_charge

_PROGRESS = {"requires_capture": 1, "succeeded": 2, "canceled": 2}
"""How far a PaymentIntent has come by its status; it never goes back to a smaller number (0 for any
other status): https://docs.stripe.com/payments/paymentintents/lifecycle.
"""

CHALLENGE = 1200
"""Seconds that may lie between an attempt and its charge where a payer is challenged in between."""


def report_difference(decision_id: str, reasons: Sequence[str]) -> None:
    """Count and log a payment that was not made as it was decided. A refund and nothing else is a
    merchant's everyday business: it is counted apart, so that the rest is heard.
    """
    if list(reasons) == ["refunded"]:
        count("PaymentRefunded")
    else:
        count("PaymentDiffersFromDecision")
    extra = {"decision": decision_id, "reasons": list(reasons)}
    logger.warning("payment differs from its decision", extra=extra)


def read_confirmation(
    contexts: Contexts, record: DecisionRecord, ceremony_id: str
) -> ConfirmationResult:
    """Return the verdict of a ceremony, if it is of this decision's payment. Raises `Refused`, and
    409 `payment_differs`, `card_differs` and `decision_expired`.
    """
    ceremony = ceremonies.load_kept(contexts.spc.table, PaymentCeremony, ceremony_id)
    asked, order = ceremony.scope, record.order
    if (asked.account_id, asked.installation) != (order.account_id, order.installation):
        raise Refused("unknown_ceremony")
    verdict = verdicts.verdict(ceremony, contexts.spc.now())
    same = ["amount", "currency", *(["payer"] if order.payer is not None else [])]
    _check_same(to_members(verdict), order, same)
    decided = order.card.fingerprint if order.card else None
    if None not in (asked.fingerprint, decided) and asked.fingerprint != decided:
        raise card_differs("was confirmed")
    if not record.covers(ceremony.began_at):
        raise decision_expired()
    return ConfirmationResult(
        ceremony_id=verdict.ceremony_id,
        status=verdict.status,
        browser_bound=verdict.browser_bound,
        step_up_required=verdict.step_up_required,
        authenticated_at=verdict.authenticated_at,
        fingerprint=asked.fingerprint,
    )


def read_payment(
    contexts: Contexts,
    installation: Installation,
    record: DecisionRecord,
    payment_intent: str,
    found: Mapping[str, Any] | None = None,
) -> PaymentResult:
    """Return the payment of a PaymentIntent, read now unless it was `found` already.

    Raises 409 `payment_differs`, `card_differs` and `decision_expired`, and as `read_at_stripe`
    does. A payment that is refused so and was captured
    all the same is counted.
    """
    reading = contexts.step_up.stripe.payment_intent, payment_intent
    intent = found or read_at_stripe(contexts.installs, installation, "payment_intent", *reading)
    charge = read_charge(intent)
    try:
        _check_same(intent, record.order, ("amount", "currency"))
        if charge is not None:
            _check_charge(record, charge)
    except Problem as problem:
        if charge is not None and charge.amount_captured:
            report_difference(record.id, [problem.code])
        raise
    return _payment(record, intent, charge)


def _payment(
    record: DecisionRecord, intent: Mapping[str, Any], charge: Charge | None
) -> PaymentResult:
    found = PaymentResult(
        payment_intent=intent["id"],
        status=intent["status"],
        progress=_PROGRESS.get(intent["status"], 0),
        amount_received=intent.get("amount_received") or 0,
        is_of_another_account=_is_of_another_account(intent, record.order.account_id),
        last_error=(intent.get("last_payment_error") or {}).get("code"),
    )
    if charge is None:
        return found
    return replace(
        found,
        charged_at=charge.created,
        amount_captured=charge.amount_captured,
        # A hold that is released is shown as refunded, too.
        amount_refunded=charge.amount_refunded if charge.amount_captured else 0,
        disputed=charge.disputed,
        three_d_secure=charge.three_d_secure,
        eci=charge.eci,
        differs=_differing(record.order, charge.card) if charge.card else (),
        fingerprint=charge.card.fingerprint if charge.card else None,
        captured_in_review=charge.amount_captured > 0 and _is_in_review(record, intent, charge),
    )


def _check_charge(record: DecisionRecord, charge: Charge) -> None:
    """Check that the payment was made while the decision could be used, with the card that was
    decided about: with some card, where none was named.
    """
    card, secure = record.order.card, charge.three_d_secure
    began = [charge.created]
    if secure is not None and secure.authentication_flow == "challenge":
        began.append(charge.created - CHALLENGE)
    if not any(record.covers(at, CLOCK_SKEW) for at in began):
        raise decision_expired()
    if charge.card is None or (card is not None and not card.is_charged(charge.card)):
        raise card_differs("was charged")


def _differing(order: DecidedOrder, charged: StripeCard) -> tuple[str, ...]:
    """Return what the decision relied on and Stripe knows otherwise. A card with two networks may
    be charged on either, unless its payer has chosen one.
    """
    inputs, known = order.inputs, order.card or DecidedCard(wallet=order.inputs.wallet)
    country, funding = inputs.issuer_country, inputs.funding
    if known.fingerprint is None:
        known = replace(known, network=inputs.network)
    else:
        country = funding = None  # they are Stripe's own, of the card with this fingerprint
    differs = {
        "issuer_country": country and country != charged.issuer_country,
        "network": not known.ran_on_its_network(charged),
        "funding": funding and funding != charged.funding,
        "wallet": known.wallet != charged.wallet,
    }
    return tuple(name for name, applies in differs.items() if applies)


def _is_of_another_account(intent: Mapping[str, Any], account_id: str) -> bool:
    """Whether a payment is on behalf of another account, or its money goes to one."""
    transfer = intent.get("transfer_data") or {}
    accounts = {intent.get("on_behalf_of"), transfer.get("destination")}
    return not accounts <= {None, account_id}


def _is_in_review(record: DecisionRecord, intent: Mapping[str, Any], charge: Charge) -> bool:
    """Whether a payment was captured before its review ended. Stripe does not show when a charge
    was captured by hand: that counts from when it was told.
    """
    if record.order.outcome == "review":
        return True
    known = record.results.payment
    if known is not None and known.captured_in_review:
        return True
    is_at_once = intent.get("capture_method") != "manual"
    ended_at = record.review.ended_at if record.review else 0
    return is_at_once and charge.created < ended_at - CLOCK_SKEW


def _check_same(found: Mapping[str, Any], order: DecidedOrder, names: Sequence[str]) -> None:
    differing = [name for name in names if found[name] != getattr(order, name)]
    if differing:
        raise payment_differs(differing)

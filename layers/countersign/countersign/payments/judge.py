"""Judge a payment that is authorized: capture it, cancel it, or look again. Pure.

We capture only what was decided: each fact that was read and does not fit cancels. What could not
be read is not missing; it is read again, until an hour before the hold ends.
"""

from typing import Literal

from msgspec import Struct

from countersign.payments.intent import Intent
from countersign.payments.misfits import Misfit
from countersign.payments.payment_record import PaymentRecord
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord

BEFORE_END = 3600
"""Seconds before the end of a hold at which what is still not clear is canceled."""
HOLD = 4 * 24 * 3600
"""Seconds for which a hold lasts at least, where Stripe does not say (`capture_before`)."""


class Verdict(Struct, frozen=True):
    """What to do with an authorized payment, and why: the misfits of one that is canceled, what is
    waited for with one that is looked at again.
    """

    kind: Literal["capture", "cancel", "wait"]
    reason: str
    misfits: tuple[Misfit, ...] = ()


def judge(
    record: PaymentRecord, decision: DecisionRecord | None, intent: Intent, livemode: bool, now: int
) -> Verdict:
    """Return what to do with a PaymentIntent in `requires_capture` at this time (Unix seconds)."""
    if decision is None or intent.charge is None:
        return _wait(record, intent, "charge_not_read", now)
    misfits = _misfits(record, decision, intent, livemode)
    if misfits:
        return Verdict("cancel", misfits[0], tuple(misfits))
    if intent.review == "unread":
        return _wait(record, intent, "review_not_read", now)
    if intent.review == "open":
        return _wait(record, intent, "review_open", now)
    if hold_ends(record, intent) <= now:
        return Verdict("cancel", "hold_over", ("hold_over",))
    return Verdict("capture", "approved")


def hold_ends(record: PaymentRecord, intent: Intent | None) -> int:
    """Return until when a payment can be captured (Unix seconds), as it was noted where its charge
    is not read now.
    """
    is_read = intent is not None and intent.charge is not None
    said = intent.capture_before if intent and is_read else record.money.capture_before
    began = record.attempt.at if record.attempt else record.created
    return said if said is not None else began + HOLD


def _wait(record: PaymentRecord, intent: Intent, reason: str, now: int) -> Verdict:
    is_late = now >= hold_ends(record, intent) - BEFORE_END
    return Verdict("cancel", "hold_over", ("hold_over",)) if is_late else Verdict("wait", reason)


def _misfits(
    record: PaymentRecord, decision: DecisionRecord, intent: Intent, livemode: bool
) -> list[Misfit]:
    order, charge = record.order, intent.charge
    attempt = record.attempt
    if charge is None:
        return []
    proofs = _proof_misfits(record, decision.order, intent)
    found: dict[Misfit, bool] = {
        "another_payment": (intent.id, intent.payment) != (record.payment_intent, record.id),
        "mode_differs": intent.livemode != livemode,
        "amount_differs": {intent.amount, intent.amount_capturable, intent.charge_amount}
        != {order.amount}
        or intent.currency != order.currency,
        "capture_method_differs": (intent.capture_method, intent.confirmation_method)
        != ("manual", "manual"),
        "customer_differs": intent.customer != order.customer,
        "fee_differs": (intent.application_fee_amount or 0) != (order.application_fee_amount or 0),
        "another_account": bool(intent.elsewhere),
        "card_differs": not _is_card(record, decision.order, intent),
        "network_differs": not _is_network(decision.order, intent),
        "decision_over": attempt is None or not decision.covers(attempt.at),
        "refunded": charge.amount_refunded > 0,
        "disputed": charge.disputed,
        "review_refused": intent.review == "refused",
    }
    return [*(name for name, applies in found.items() if applies), *proofs]


def _is_card(record: PaymentRecord, order: DecidedOrder, intent: Intent) -> bool:
    """Whether the card of the attempt was charged: its own PaymentMethod, or one made by its token,
    and the card that was decided about.
    """
    charge, named = intent.charge, record.card
    if charge is None or charge.card is None or order.card is None or named is None:
        return False
    method = named.payment_method
    is_own = method is None or intent.charge_method in (None, method)
    wallet = order.card.wallet
    return is_own and order.card.is_charged(charge.card) and charge.card.wallet == wallet


def _is_network(order: DecidedOrder, intent: Intent) -> bool:
    charged, decided = intent.charge.card if intent.charge else None, order.card
    return charged is None or decided is None or decided.ran_on_its_network(charged)


def _proof_misfits(record: PaymentRecord, order: DecidedOrder, intent: Intent) -> list[Misfit]:
    """Return what is missing of the proof. A decision that is not to be paid allows no result."""
    secure = intent.charge.three_d_secure if intent.charge else None
    result = (secure.result if secure else None) or "none"
    is_confirmed = record.proof == "spc"
    captures = order.captures_after_confirmation if is_confirmed else order.captures
    found: dict[Misfit, bool] = {
        "proof_missing": result not in captures,
        "exemption_not_applied": secure is not None and secure.is_exemption_missed,
    }
    return [name for name, applies in found.items() if applies]

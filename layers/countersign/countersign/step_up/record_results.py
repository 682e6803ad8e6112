"""Record what became of a decision, and what follows from it."""

from collections.abc import Mapping
from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.installs.installation import Installation
from countersign.problems import Invalid
from countersign.step_up import store
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.judgment import judge
from countersign.step_up.read_results import read_confirmation, read_payment, report_difference
from countersign.step_up.refusals import decision_already_used
from countersign.step_up.results import Results


def record_results(
    contexts: Contexts,
    installation: Installation,
    decision: DecisionRecord,
    ceremony_id: str | None,
    payment_intent: str | None,
    found: Mapping[str, Any] | None = None,
) -> DecisionRecord:
    """Store the results of a decision's payment, as we and Stripe know them and not as the caller
    states them, and return the decision with them. It can be repeated for the same payment.
    `found` is the PaymentIntent with its charge, where it was read already.

    Raises 409 `payment_differs` for another amount, currency or payer, `card_differs` for another
    card, `decision_expired` for what began before the decision or after its end,
    `decision_already_used` for a second payment, and what reading raises.
    """
    if ceremony_id is None and payment_intent is None:
        message = "give a ceremony_id, a payment_intent, or both"
        raise Invalid([{"pointer": "", "message": message}])
    spc = payment = None
    if ceremony_id is not None:
        spc = read_confirmation(contexts, decision, ceremony_id)
    if payment_intent is not None:
        payment = read_payment(contexts, installation, decision, payment_intent, found)
    _store(contexts, decision, Results(spc, payment))
    # Another request may have recorded the other result meanwhile.
    stored = store.load(contexts.step_up.table, decision.id) or decision
    _follow(contexts, decision, stored)
    return stored


def _store(contexts: Contexts, decision: DecisionRecord, found: Results) -> None:
    """Store what was found. A late reading from before does not undo a payment that has been
    captured or canceled.
    """
    now = contexts.step_up.now()
    changes = [store.results_change(decision, found, now)]
    if found.spc is not None:
        resource = f"ceremony {found.spc.ceremony_id}"
        changes.append(store.resource_change(resource, decision.id, now))
    # Until it is paid, a PaymentIntent may be tried with another card, on another decision.
    if found.payment is not None and found.payment.is_paid:
        resource = f"payment {found.payment.payment_intent}"
        changes.append(store.resource_change(resource, decision.id, now))
    try:
        contexts.step_up.table.transact(changes)
    except TransactionRefused as refused:
        item = refused.failed.get(decision.pk)
        if item is not None and _is_superseded(found, DecisionRecord.from_item(item).results):
            return _store(contexts, decision, Results(spc=found.spc)) if found.spc else None
        problem = decision_already_used()
        if found.payment is not None and found.payment.is_captured:
            report_difference(decision.id, [problem.code])
        raise problem from None


def _follow(contexts: Contexts, before: DecisionRecord, now: DecisionRecord) -> None:
    """Make the payer known by a payment that was made as it was decided, and count one that was
    not, when that is told for the first time.
    """
    found, order = judge(now), now.order
    if found.fulfilled and order.payer is not None:
        known = order.account_id, order.installation, order.payer
        contexts.step_up.table.transact([store.payer_change(*known, contexts.step_up.now())])
    if found.reasons and found.reasons != judge(before).reasons:
        report_difference(now.id, found.reasons)


def _is_superseded(found: Results, stored: Results) -> bool:
    """Whether the payment is stored as it was further on."""
    read, known = found.payment, stored.payment
    if read is None or known is None or read.payment_intent != known.payment_intent:
        return False
    return known.progress > read.progress

"""The proof of a payment: what a decision asks for, and how far the payer has come with it."""

from dataclasses import dataclass, replace
from typing import Any

from countersign.aws.changes import Change
from countersign.installs.installation import Installation
from countersign.payments.card_shown import card_shown
from countersign.payments.context import Contexts
from countersign.payments.machine import move
from countersign.payments.name_card import load_decision
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import NEXT_OF, Next, Proof, Status
from countersign.spc import ceremonies
from countersign.spc.begin_confirmation import (
    ConfirmationRequest,
    NoCredential,
    begin_confirmation,
    confirmation_dialog,
)
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.refusals import Refused
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.merchant import merchant_of

MOST_CEREMONIES = 5
"""Times that a payer is asked to confirm one payment."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a decision puts a payment. `dialog` is what the payer is shown, if they are asked."""

    status: Status
    next: Next
    proof: Proof | None
    ceremony: str | None = None
    dialog: dict[str, Any] | None = None


def stand(
    contexts: Contexts, installation: Installation, record: PaymentRecord, decision: DecisionRecord
) -> Standing:
    """Return where a decision puts a payment; the payer is asked where it says `confirm`. One who
    cannot be asked after all goes on with 3-D Secure, where the decision allows it.
    """
    order = decision.order
    if order.next != "confirm":
        return Standing(NEXT_OF[order.next], order.next, _proof(decision))
    try:
        dialog = ask(contexts, installation, record)
    except NoCredential:
        if "3ds" in order.methods:
            return Standing("ready", "authenticate", "3ds")
        return Standing("requires_card", "another_card", None)
    return Standing("requires_step_up", "confirm", None, dialog["ceremony_id"], dialog)


def standing_members(standing: Standing, record: PaymentRecord, now: int) -> dict[str, Any]:
    """Return the members of a payment that a standing sets."""
    asked = standing.ceremony is not None
    return {
        "next": standing.next,
        "proof": standing.proof,
        "reason": "declined_by_rules" if standing.status == "failed" else None,
        "ceremony": standing.ceremony,
        "asked_at": now if asked else record.asked_at,
        "ceremonies": record.ceremonies + asked,
    }


def ask(contexts: Contexts, installation: Installation, record: PaymentRecord) -> dict[str, Any]:
    """Begin a ceremony for a payment whose card is known, and return what is shown. Raises
    `NoCredential`, and as `begin_confirmation` does.
    """
    if record.ceremonies >= MOST_CEREMONIES:
        raise NoCredential
    merchant, request = merchant_of(installation), _request(record)
    return begin_confirmation(contexts.decisions.spc, merchant, request)


def shown_again(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> dict[str, Any] | None:
    """Return what the present ceremony shows, `None` where it is over."""
    if record.status != "requires_step_up" or record.ceremony is None:
        return None
    merchant, request = merchant_of(installation), _request(record)
    try:
        return confirmation_dialog(contexts.decisions.spc, merchant, request, record.ceremony)
    except Refused:
        return None


def refreshed(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment as its decision and its ceremony have it by now. Stores nothing."""
    now = contexts.payments.now()
    if record.status == "in_review":
        decision = load_decision(contexts, record.decision)
        if decision is None or decision.order.outcome == "review":
            return record
        standing = stand(contexts, installation, record, decision)
        return move(
            record, "end_review", standing.status, now, **standing_members(standing, record, now)
        )
    if record.status == "requires_step_up" and record.ceremony is not None:
        return _answered(contexts, record, now)
    return record


def _answered(contexts: Contexts, record: PaymentRecord, now: int) -> PaymentRecord:
    """Return a payment with the payer's answer to its ceremony, if there is one. In a browser that
    is new 3-D Secure follows.
    """
    ceremony = load_ceremony(contexts, record)
    confirmation = ceremony.confirmation if ceremony else None
    if confirmation is None:
        return record
    if not confirmation.step_up_required:
        return move(record, "prove", "ready", now, proof="spc", next="pay")
    facts = {"reason": "browser_new"}
    return move(record, "prove", "ready", now, facts, proof="3ds", next="authenticate")


def given_up(
    contexts: Contexts, record: PaymentRecord, decision: DecisionRecord
) -> tuple[PaymentRecord, list[Change]]:
    """Return a payment whose payer does not confirm it, with the change that voids the ceremony: it
    belongs in the same transaction.
    """
    now = contexts.payments.now()
    ceremony = load_ceremony(contexts, record)
    if "3ds" in decision.order.methods:
        after = move(record, "give_up_spc", "ready", now, proof="3ds", next="authenticate")
    else:
        after = move(record, "give_up_spc", "requires_card", now, proof=None, next="another_card")
    if ceremony is None or ceremony.status != "pending":
        return after, []
    return after, [in_spc(contexts, ceremonies.void_change(ceremony, now))]


def enough(contexts: Contexts, record: PaymentRecord) -> list[Change]:
    """Return the condition that the payer's confirmation suffices, where it is the proof."""
    if record.proof != "spc" or record.ceremony is None:
        return []
    return [in_spc(contexts, ceremonies.enough_change(record.ceremony))]


def load_ceremony(contexts: Contexts, record: PaymentRecord) -> PaymentCeremony | None:
    """Return the ceremony of a payment."""
    if record.ceremony is None:
        return None
    try:
        return ceremonies.load_kept(contexts.decisions.spc.table, PaymentCeremony, record.ceremony)
    except Refused:
        return None


def in_spc(contexts: Contexts, change: Change) -> Change:
    """Return a change of the table of confirmations, for a transaction of payments."""
    return replace(change, table=contexts.decisions.spc.table.name)


def _request(record: PaymentRecord) -> ConfirmationRequest:
    order, card = record.order, record.card
    if card is None or order.payer is None:
        raise NoCredential
    return ConfirmationRequest(
        payer=order.payer,
        amount=order.amount,
        currency=order.currency,
        instrument=card_shown(card.card, order.instrument),
        fingerprint=card.card.fingerprint,
    )


def _proof(decision: DecisionRecord) -> Proof | None:
    order = decision.order
    if order.next == "authenticate":
        return "3ds"
    if order.next != "pay":
        return None
    return "wallet" if order.evidence in ("signed", "wallet") else "none"

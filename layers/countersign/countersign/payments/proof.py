"""The proof of a payment: what a decision asks for, and how far the payer has come with it."""

from typing import Any

from msgspec import Struct

from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony
from countersign.payments.context import Contexts
from countersign.payments.load_decision import load_decision
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import NEXT_OF, Next, Proof, Status
from countersign.spc.begin_confirmation import NoCredential
from countersign.step_up.decision_record import DecisionRecord


class Standing(Struct, frozen=True):
    """Where a decision puts a payment. `dialog` is what the payer is shown, if they are asked."""

    status: Status
    next: Next
    proof: Proof | None
    dialog: dict[str, Any] | None = None

    def members(self, record: PaymentRecord, now: int) -> dict[str, Any]:
        """Return the members of a payment that this sets."""
        asked = self.dialog is not None
        return {
            "next": self.next,
            "proof": self.proof,
            "reason": "declined_by_rules" if self.status == "failed" else None,
            "ceremony": self.dialog["ceremony_id"] if self.dialog else None,
            "asked_at": now if asked else record.asked_at,
            "ceremonies": record.ceremonies + asked,
        }


def stand(
    contexts: Contexts, installation: Installation, record: PaymentRecord, decision: DecisionRecord
) -> Standing:
    """Return where a decision puts a payment; the payer is asked where it says `confirm`. One who
    cannot be asked after all goes on with 3-D Secure, where the decision allows it. Raises as
    `begin_confirmation` does.
    """
    if decision.order.next != "confirm":
        return _standing(decision)
    try:
        dialog = spc_ceremony.ask(contexts, installation, record)
    except NoCredential:
        return _without_spc(decision)
    return Standing("requires_step_up", "confirm", None, dialog)


def refreshed(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment as its decision and its ceremony have it by now. Stores nothing, and asks
    nobody: a payer who is to confirm after a review is asked by the merchant's next call.
    """
    now = contexts.payments.now()
    if record.status == "in_review":
        decision = load_decision(contexts, record.decision)
        if decision is None or decision.order.outcome == "review":
            return record
        standing = _standing(decision)
        return move(record, "end_review", standing.status, now, **standing.members(record, now))
    if record.status == "requires_step_up":
        return _answered(contexts, record, now)
    return record


def given_up(contexts: Contexts, record: PaymentRecord, decision: DecisionRecord) -> PaymentRecord:
    """Return a payment whose payer does not confirm it. The ceremony is void with it."""
    standing, now = _without_spc(decision), contexts.payments.now()
    return move(
        record, "give_up_spc", standing.status, now, proof=standing.proof, next=standing.next
    )


def _answered(contexts: Contexts, record: PaymentRecord, now: int) -> PaymentRecord:
    """Return a payment with the payer's answer to its ceremony, if there is one. In a browser that
    is new 3-D Secure follows.
    """
    ceremony = spc_ceremony.load(contexts, record)
    confirmation = ceremony.confirmation if ceremony else None
    if confirmation is None:
        return record
    if not confirmation.step_up_required:
        return move(record, "prove", "ready", now, proof="spc", next="pay")
    decision = load_decision(contexts, record.decision)
    standing = _without_spc(decision) if decision else Standing("ready", "authenticate", "3ds")
    return move(
        record, "prove", standing.status, now, {"reason": "browser_new"},
        proof=standing.proof, next=standing.next,
    )  # fmt: skip


def _standing(decision: DecisionRecord) -> Standing:
    following = decision.order.next
    return Standing(NEXT_OF[following], following, _proof(decision))


def _without_spc(decision: DecisionRecord) -> Standing:
    """Return where a payment stands that is not confirmed to us."""
    if "3ds" in decision.order.methods:
        return Standing("ready", "authenticate", "3ds")
    return Standing("requires_card", "another_card", None)


def _proof(decision: DecisionRecord) -> Proof | None:
    order = decision.order
    if order.next == "authenticate":
        return "3ds"
    if order.next != "pay":
        return None
    return "wallet" if order.evidence in ("signed", "wallet") else "none"

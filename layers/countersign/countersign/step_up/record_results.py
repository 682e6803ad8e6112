"""Keeping what became of a decision, and what follows from it."""

from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.aws.items import Item
from countersign.installs.installation import Installation
from countersign.problems import Invalid, Problem
from countersign.spc import ceremonies, vouch
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.step_up import read_results, store
from countersign.step_up.context import Contexts

_PAID = ("requires_capture", "succeeded")
"""The statuses of a PaymentIntent whose payment the issuer has authorised."""
_CHALLENGED = ("authenticated", "challenge")
"""The 3-D Secure that the payer themselves has passed: a frictionless one has asked nobody."""


def record(
    contexts: Contexts,
    held: Installation,
    decision: Item,
    ceremony_id: str | None,
    payment_intent: str | None,
) -> Item:
    """Store the results of a decision's payment, as we and Stripe know them and not as the caller
    tells, and return the decision with them. It can be done again, for the same payment.

    Raises 409 `payment_differs` for another amount, currency or payer, `card_differs` for another
    card, `decision_expired` for what was begun before the decision or after its end,
    `decision_already_used` for a second payment, and what reading raises.
    """
    found: dict[str, Any] = {}
    if ceremony_id is not None:
        found["spc"] = read_results.confirmation(contexts, decision, ceremony_id)
    if payment_intent is not None:
        found["payment"] = read_results.payment(contexts, held, decision, payment_intent)
    if not found:
        message = "give a ceremony_id, a payment_intent, or both"
        raise Invalid([{"pointer": "", "message": message}])
    _store(contexts, decision, found)
    # The other result may have been told meanwhile.
    stored = store.load(contexts.step_up.table, store.id_of(decision)) or decision
    _vouch(contexts, stored)
    return stored


def _store(contexts: Contexts, decision: Item, found: Item) -> None:
    """Store what was found. A payment that has been captured or cancelled is not taken back by a
    reading from before, however late that comes.
    """
    now, decision_id = contexts.step_up.now(), store.id_of(decision)
    changes = [store.adding_results(decision, found)]
    if "spc" in found:
        resource = f"ceremony {found['spc']['ceremony_id']}"
        changes.append(store.using_resource(resource, decision_id, now))
    # Until it is paid, a PaymentIntent may be tried with another card, on another decision.
    if "payment" in found and found["payment"]["status"] in _PAID:
        resource = f"payment {found['payment']['payment_intent']}"
        changes.append(store.using_resource(resource, decision_id, now))
        if decision["payer"] is not None:
            changes.append(store.seeing_payer(decision["account_id"], decision["payer"], now))
    try:
        contexts.step_up.table.transact(changes)
    except TransactionRefused as refused:
        if _is_superseded(found, refused.failed.get(decision["pk"])):
            rest = {name: result for name, result in found.items() if name != "payment"}
            return _store(contexts, decision, rest) if rest else None
        raise Problem(
            409,
            "decision_already_used",
            "This decision, or what you name of its payment, is tied to another already: ask for a"
            " decision for each payment.",
        ) from None


def _is_superseded(found: Item, stored: Item | None) -> bool:
    """Whether the payment is stored as it was further on."""
    read, known = (item.get("payment") for item in (found, (stored or {}).get("results", {})))
    if not read or not known or read["payment_intent"] != known["payment_intent"]:
        return False
    return bool(known["settled"] > read["settled"])


def _vouch(contexts: Contexts, decision: Item) -> None:
    """A challenge that the payer passed for this very payment vouches for the browser in which they
    confirmed it: once, for the payer and the card that were decided about, the confirmation (never
    one from before the decision) before the charge. That the card is the payer's own nobody knows
    but its issuer.
    """
    confirmed, paid = (decision["results"].get(name) or {} for name in ("spc", "payment"))
    proof = paid.get("three_d_secure") or {}
    is_passed = (proof.get("result"), proof.get("authentication_flow")) == _CHALLENGED
    is_theirs = decision["payer"] is not None and decision["card"] is not None
    if not (is_passed and is_theirs and paid["status"] in _PAID):
        return
    is_confirmed = confirmed.get("status") == "authenticated"
    if (
        is_confirmed
        and confirmed["authenticated_at"] <= paid["charged_at"] + read_results.CLOCK_SKEW
    ):
        ceremony_id = confirmed["ceremony_id"]
        ceremony = ceremonies.load_kept(contexts.spc.table, PaymentCeremony, ceremony_id)
        vouch.vouch(contexts.spc.table, ceremony)

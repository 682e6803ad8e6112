"""Making a decision: gather the evidence, decide, and store all that goes with it at once."""

from dataclasses import asdict, dataclass
from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.aws.items import Item
from countersign.aws.telemetry import count, logger
from countersign.google_pay.payload import SignedCard
from countersign.http.idempotency import IdempotencyKey, known, remembering
from countersign.installs.installation import Installation
from countersign.problems import Problem
from countersign.spc import credentials, payer_handles
from countersign.spc.context import Context as SpcContext
from countersign.spc.refusals import unknown_payer
from countersign.step_up import gather_evidence, store
from countersign.step_up.context import Context, Contexts
from countersign.step_up.evidence import Evidence, weigh
from countersign.step_up.order import Order, check_order
from countersign.step_up.policy import Decision, decide_on_both
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.three_d_secure import request_three_d_secure
from countersign.stripe_api.keys import deployment_is_live


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence for an order, and the decision as it is stored and told."""

    evidence: Evidence
    members: Item


def make(
    contexts: Contexts, book: RuleBook, held: Installation, order: Order, key: IdempotencyKey | None
) -> Item:
    """Decide and store: the decision, the token as used, and the key, in one transaction. The same
    key and body get the stored decision.

    Raises 409 `google_pay_token_replayed` for a token that was used before, 409
    `idempotency_key_reused`, 404 `unknown_payer`, and what opening a token and reading a card
    raise.
    """
    check_order(order, has_token=order.token is not None)
    table = contexts.step_up.table
    made = known(table, key) if key else None
    if made is not None:
        return _stored(contexts.step_up, made)
    now = contexts.step_up.now()
    opened = gather_evidence.opened_token(contexts.step_up.settings, order, now)
    weighed = weigh_up(contexts, book, held, order, opened.card if opened else None)
    item = store.new_item(weighed.members, now)
    decision_id = store.id_of(item)
    changes = [store.creating(item)]
    if opened is not None:
        changes.append(store.using_token(opened.message_id, decision_id, opened.expires_ms))
    if key is not None:
        changes.append(remembering(key, decision_id))
    try:
        table.transact(changes)
    except TransactionRefused:
        # By the same request, a moment sooner? Its key may not be among those told to have failed.
        made = known(table, key) if key else None
        if made is not None:
            return _stored(contexts.step_up, made)
        raise _replayed() from None
    _report(weighed, decision_id)
    return item


def weigh_up(
    contexts: Contexts, book: RuleBook, held: Installation, order: Order, signed: SignedCard | None
) -> Weighed:
    """What is decided on a signed card, if there is one, and on all else that is known; nothing is
    stored.
    """
    can_confirm = _can_confirm(contexts.spc, held, order)
    first_seen = not (
        order.payer and store.knows_payer(contexts.step_up.table, order.account_id, order.payer)
    )
    gateway = gather_evidence.card_at_stripe(contexts.step_up, contexts.installs, held, order)
    evidence = weigh(order, signed, gateway, first_seen=first_seen)
    views = evidence.payment, evidence.otherwise
    decision, decided = decide_on_both(book, *views, can_confirm=can_confirm)
    return Weighed(evidence, _members(book, order, evidence, decision, decided))


def _can_confirm(context: SpcContext, held: Installation, order: Order) -> bool:
    """Whether the payer has a credential to confirm with, and the merchant a name and pages to show
    them; raises 404 `unknown_payer`.
    """
    if order.payer is None:
        return False
    payer = payer_handles.known_at(context.table, order.payer, order.account_id)
    if payer is None or payer.status == "ended":
        raise unknown_payer()
    is_shown = any(held.payee(livemode=deployment_is_live())) and bool(held.checkout_origins)
    may_ask = is_shown and payer.status == "active"
    return may_ask and bool(credentials.credential_ids(context.table, payer.user))


def _members(
    book: RuleBook, order: Order, evidence: Evidence, decision: Decision, decided: Payment
) -> Item:
    """What is stored; `decided` is the view of the payment that the decision was taken on."""
    assurance = None if decided.evidence == "none" else evidence.assurance
    return {
        "account_id": order.account_id,
        "amount": order.amount,
        "currency": order.currency,
        "payer": order.payer,
        "outcome": decision.outcome,
        "reasons": [*decision.reasons, *_about_claims(evidence, decided)],
        "rule": decision.rule,
        "rules_version": book.version,
        "evidence": decided.evidence,
        "methods": list(decision.methods),
        "auth_method": decided.auth_method,
        "assurance": asdict(assurance) if assurance else None,
        "request_three_d_secure": request_three_d_secure(decision),
        "card": evidence.card,
        "inputs": _inputs(book, decided),
    }


def _about_claims(evidence: Evidence, decided: Payment) -> list[Reason]:
    """The reasons that lie in what the browser claims."""
    is_alone = evidence.payment.evidence == "claimed"
    reasons: dict[Reason, bool] = {
        "claimed_assurance_not_signed": evidence.is_contradicted,
        "claim_set_aside": is_alone and decided is evidence.otherwise,
        "signed_assurance_denied": not is_alone and decided is evidence.otherwise,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _inputs(book: RuleBook, payment: Payment) -> dict[str, Any]:
    """What the rules looked at; of the metadata only what a rule names, as the rest is nobody's
    business here.
    """
    inputs = asdict(payment)
    metadata = inputs.pop("metadata")
    looked_at = {name: metadata[name] for name in sorted(book.metadata_keys & metadata.keys())}
    return inputs | {"metadata": looked_at}


def _report(weighed: Weighed, decision_id: str) -> None:
    if weighed.evidence.is_contradicted:
        count("ClaimedAssuranceNotSigned")
        logger.warning("claimed assurance is not signed", extra={"decision": decision_id})


def _stored(context: Context, decision_id: str) -> Item:
    """The decision as it is stored, which is what the caller is told."""
    item = store.load(context.table, decision_id)
    if item is None:
        raise RuntimeError("a decision that a key stands for is not stored")
    return item


def _replayed() -> Problem:
    return Problem(
        409,
        "google_pay_token_replayed",
        "This Google Pay token was used for a decision before; ask the payer to pay again.",
    )

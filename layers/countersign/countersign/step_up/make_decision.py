"""Make a decision: gather the evidence, decide, and store all that belongs to it at once."""

from dataclasses import dataclass, replace

from countersign.aws.changes import TransactionRefused
from countersign.aws.telemetry import count, logger
from countersign.google_pay.payload import SignedCard
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.spc import credentials, payer_handles
from countersign.spc.context import Context as SpcContext
from countersign.spc.refusals import unknown_payer
from countersign.step_up import store
from countersign.step_up.context import Context, Contexts
from countersign.step_up.decision_record import DecidedOrder, DecisionRecord
from countersign.step_up.evidence import Evidence, weigh_evidence
from countersign.step_up.evidence_sources import open_order_token, read_card_at_stripe
from countersign.step_up.order import Order, check_order
from countersign.step_up.policy import Decision, decide_on_both
from countersign.step_up.reasons import Reason
from countersign.step_up.refusals import token_replayed
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.three_d_secure import request_three_d_secure


@dataclass(frozen=True, slots=True)
class WeighedOrder:
    """The evidence for an order, and what was decided on it."""

    evidence: Evidence
    decided: DecidedOrder


def make_decision(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: Order,
    key: IdempotencyKey | None,
) -> DecisionRecord:
    """Decide and store: the decision, the token as used, and the key, in one transaction
    (docs/decisions.md#a-token-counts-once). The same key and body return the stored decision.

    Raises 409 `google_pay_token_replayed` for a token that was used before, 409
    `idempotency_key_reused`, 404 `unknown_payer`, and what opening a token and reading a card
    raise.
    """
    check_order(order, has_token=order.token is not None)
    table = contexts.step_up.table
    made = resource_of(table, key) if key else None
    if made is not None:
        return _stored(contexts.step_up, made)
    now = contexts.step_up.now()
    opened = open_order_token(contexts.step_up.settings, order, now)
    weighed = weigh_order(contexts, book, installation, order, opened.card if opened else None)
    record = DecisionRecord.new(weighed.decided, now)
    changes = [store.decision_change(record)]
    if opened is not None:
        changes.append(store.token_change(opened, record.id))
    if key is not None:
        changes.append(remember_change(key, record.id))
    try:
        table.transact(changes)
    except TransactionRefused:
        # The same request may have been a moment sooner; its key need not be among the failed ones.
        made = resource_of(table, key) if key else None
        if made is not None:
            return _stored(contexts.step_up, made)
        raise token_replayed() from None
    _report(weighed, record.id)
    return record


def weigh_order(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: Order,
    signed: SignedCard | None,
) -> WeighedOrder:
    """Return what is decided on a signed card, if there is one, and on all else that is known.
    Stores nothing.
    """
    can_confirm = _can_confirm(contexts.spc, installation, order)
    first_seen = not (
        order.payer and store.load_payer(contexts.step_up.table, order.account_id, order.payer)
    )
    at_stripe = read_card_at_stripe(contexts.step_up, contexts.installs, installation, order)
    evidence = weigh_evidence(order, signed, at_stripe, first_seen=first_seen)
    views = evidence.payment, evidence.otherwise
    decision, view = decide_on_both(book, *views, can_confirm=can_confirm)
    return WeighedOrder(evidence, _decided_order(book, order, evidence, decision, view))


def _can_confirm(context: SpcContext, installation: Installation, order: Order) -> bool:
    """Whether the payer has a credential to confirm with, and the merchant a name and pages to show
    them. Raises 404 `unknown_payer`.
    """
    if order.payer is None:
        return False
    place = order.account_id, installation.id
    payer = payer_handles.known_at(context.table, order.payer, *place)
    if payer is None or payer.status == "ended":
        raise unknown_payer()
    is_shown = any(access.shown_payee(installation)) and bool(installation.checkout_origins)
    may_ask = is_shown and payer.status == "active"
    return may_ask and bool(credentials.credential_ids(context.table, payer.user))


def _decided_order(
    book: RuleBook, order: Order, evidence: Evidence, decision: Decision, view: Payment
) -> DecidedOrder:
    """Return an order with its decision; `view` is the one that the decision was taken on."""
    looked_at = sorted(book.metadata_keys & view.metadata.keys())
    return DecidedOrder(
        account_id=order.account_id,
        amount=order.amount,
        currency=order.currency,
        payer=order.payer,
        outcome=decision.outcome,
        reasons=(*decision.reasons, *_about_claims(evidence, view)),
        rule=decision.rule,
        rules_version=book.version,
        evidence=view.evidence,
        methods=decision.methods,
        auth_method=view.auth_method,
        assurance=None if view.evidence == "none" else evidence.assurance,
        request_three_d_secure=request_three_d_secure(decision),
        card=evidence.card,
        # No rule needs the rest of the metadata, and it may name people: it is not kept.
        inputs=replace(view, metadata={name: view.metadata[name] for name in looked_at}),
    )


def _about_claims(evidence: Evidence, view: Payment) -> list[Reason]:
    """Return the reasons that lie in what the browser claims."""
    is_alone = evidence.payment.evidence == "claimed"
    is_otherwise = view is evidence.otherwise
    reasons: dict[Reason, bool] = {
        "claimed_assurance_not_signed": evidence.is_contradicted,
        "claim_set_aside": is_alone and is_otherwise,
        "signed_assurance_denied": not is_alone and is_otherwise,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _report(weighed: WeighedOrder, decision_id: str) -> None:
    if weighed.evidence.is_contradicted:
        count("ClaimedAssuranceNotSigned")
        logger.warning("claimed assurance is not signed", extra={"decision": decision_id})


def _stored(context: Context, decision_id: str) -> DecisionRecord:
    """Return the stored decision that a key stands for."""
    record = store.load(context.table, decision_id)
    if record is None:
        raise RuntimeError("a decision that a key stands for is not stored")
    return record

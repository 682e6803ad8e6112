"""Make a decision, and store all that belongs to it at once."""

from countersign.aws.changes import TransactionRefused
from countersign.aws.telemetry import count, logger
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.installs.installation import Installation
from countersign.step_up import store
from countersign.step_up.context import Context, Contexts
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.evidence_sources import open_order_token
from countersign.step_up.not_lower import not_lower
from countersign.step_up.order import Order, check_order
from countersign.step_up.refusals import decision_not_found, token_replayed
from countersign.step_up.rules import RuleBook
from countersign.step_up.weigh_order import WeighedOrder, weigh_order


def make_decision(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: Order,
    key: IdempotencyKey | None,
    floor: DecidedOrder | None = None,
) -> DecisionRecord:
    """Decide and store: the decision, the token as used, and the key, in one transaction
    (docs/decisions.md#a-token-counts-once). The same key and body return the stored decision.
    With a `floor`, an earlier decision on the same card, this one is no lower.

    Raises 409 `google_pay_token_replayed` for a token that was used before, 409
    `idempotency_key_reused`, 404 `unknown_payer`, and what opening a token and reading a card
    raise.
    """
    check_order(order, has_token=order.token is not None)
    table = contexts.step_up.table
    made = resource_of(table, key) if key else None
    if made is not None:
        return _stored(contexts.step_up, installation, made)
    now = contexts.step_up.now()
    opened = open_order_token(contexts.step_up.settings, order, now)
    weighed = weigh_order(contexts, book, installation, order, opened.card if opened else None)
    decided = not_lower(weighed.decided, floor) if floor else weighed.decided
    record = DecisionRecord.new(decided, now)
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
            return _stored(contexts.step_up, installation, made)
        raise token_replayed() from None
    _report(weighed, record.id)
    return record


def _report(weighed: WeighedOrder, decision_id: str) -> None:
    if "claimed_assurance_not_signed" in weighed.evidence.contradictions:
        count("ClaimedAssuranceNotSigned")
        logger.warning("claimed assurance is not signed", extra={"decision": decision_id})


def _stored(context: Context, installation: Installation, decision_id: str) -> DecisionRecord:
    """Return the stored decision that a key stands for. Raises 404 for one of an earlier
    installation.
    """
    record = store.load(context.table, decision_id)
    if record is None:
        raise RuntimeError("a decision that a key stands for is not stored")
    if not record.belongs_to(installation):
        raise decision_not_found()
    return record

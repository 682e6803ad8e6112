"""Create a payment: fix the order, decide on the card if one is named, and take the reference."""

from dataclasses import dataclass, replace
from typing import Any

from countersign.aws.changes import TransactionRefused
from countersign.formats.charge_limits import check_charge
from countersign.http.idempotency import IdempotencyKey, remember_change, resource_of
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import try_advance
from countersign.payments.cancel_payment import cancel_payment
from countersign.payments.context import Contexts
from countersign.payments.machine import move
from countersign.payments.name_card import CardRequest, ReadCard, decide_on, read_named_card
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import NamedCard, PaymentRecord
from countersign.payments.proof import shown_again, stand, standing_members
from countersign.payments.refusals import already_paid, payment_not_found, payment_open
from countersign.problems import Invalid, in_progress
from countersign.spc.refusals import unknown_payer
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.payer_ability import known_payer
from countersign.step_up.rules import RuleBook

TRIES = 3
"""Times that a reference is tried which is freed meanwhile."""


@dataclass(frozen=True, slots=True)
class CreatedPayment:
    """A payment that was created, and what its payer is shown, where they are asked to confirm."""

    record: PaymentRecord
    dialog: dict[str, Any] | None = None


def create_payment(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    card: CardRequest,
    key: IdempotencyKey,
    *,
    replaces: bool = False,
) -> CreatedPayment:
    """Create a payment, with `replaces` in the place of one that is open under its reference. The
    same key and body return the payment that was created.

    Raises 409 `payment_open` or `already_paid`, 422 for an amount or a card that is not possible,
    and what reading and deciding raise.
    """
    table = contexts.payments.table
    made = resource_of(table, key)
    if made is not None:
        return _again(contexts, installation, made)
    check_charge(order.amount, order.currency)
    _check(contexts, installation, order, card)
    taken: str | None = None
    for _ in range(TRIES):
        holder = _holder(contexts, order)
        if holder is not None:
            _make_room(contexts, installation, holder, replaces=replaces)
        record, dialog = _decided(contexts, book, installation, order, card, key)
        try:
            taken = store.create(table, record, [remember_change(key, record.id)])
        except TransactionRefused:
            made = resource_of(table, key)
            if made is None:
                raise in_progress() from None
            return _again(contexts, installation, made)
        if taken is None:
            return CreatedPayment(record, dialog)
    raise payment_open(str(taken), retry_after=2)


def _check(
    contexts: Contexts, installation: Installation, order: PaymentOrder, card: CardRequest
) -> None:
    """Raise 422 for evidence without a card, and 404 for a payer who is not known here."""
    if card.payment_data is not None and not (card.names_card or card.token):
        message = "says nothing without the card: name its payment_method or confirmation_token"
        raise Invalid([{"pointer": "/google_pay", "message": message}])
    payer = order.payer
    if payer is not None and known_payer(contexts.decisions.spc, installation, payer) is None:
        raise unknown_payer()


def _holder(contexts: Contexts, order: PaymentOrder) -> PaymentRecord | None:
    """Return the payment that has the reference, before anything is decided for nothing."""
    table = contexts.payments.table
    holder = store.holder_of(table, order)
    return store.load(table, holder) if holder else None


def _make_room(
    contexts: Contexts, installation: Installation, holder: PaymentRecord, *, replaces: bool
) -> None:
    """Free a reference, or raise as `create_payment` does."""
    if holder.status == "succeeded":
        raise already_paid(holder.id)
    if not replaces:
        raise payment_open(holder.id)
    current = try_advance(contexts, holder) if holder.is_running else holder
    if current.status == "succeeded":
        raise already_paid(current.id)
    ended = cancel_payment(contexts, installation, current, "replaced")
    if not ended.has_ended:
        raise payment_open(ended.id, retry_after=5)


def _decided(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    order: PaymentOrder,
    request: CardRequest,
    key: IdempotencyKey,
) -> tuple[PaymentRecord, dict[str, Any] | None]:
    """Return a new payment, not stored yet, with the decision on its card."""
    now = contexts.payments.now()
    new = PaymentRecord.new(order, now)
    if not request.names_card and request.token is None:
        return move(new, "create", "requires_card", now), None
    card = read_named_card(contexts, installation, request) if request.names_card else None
    decision = decide_on(contexts, book, installation, order, request, card, key=key)
    named = with_card(new, card, decision)
    standing = stand(contexts, installation, named, decision)
    members = standing_members(standing, named, now)
    return move(named, "create", standing.status, now, **members), standing.dialog


def with_card(
    record: PaymentRecord, card: ReadCard | None, decision: DecisionRecord
) -> PaymentRecord:
    """Return a payment with the card that was decided about: a move follows."""
    decided = decision.order.card
    fingerprint = decided.fingerprint if decided else None
    named = None
    if decided is not None:
        read = card.named if card else None
        named = NamedCard(
            decided,
            read.payment_method if read else None,
            read.confirmation_token if read else None,
        )
    known = {fingerprint: decision.id} if fingerprint else {}
    return replace(record, card=named, decision=decision.id, decided={**record.decided, **known})


def _again(contexts: Contexts, installation: Installation, payment_id: str) -> CreatedPayment:
    """Return the payment that a key stands for; what its payer is shown is made anew."""
    record = store.load(contexts.payments.table, payment_id)
    if record is None or record.order.installation != installation.id:
        raise payment_not_found()
    return CreatedPayment(record, shown_again(contexts, installation, record))
